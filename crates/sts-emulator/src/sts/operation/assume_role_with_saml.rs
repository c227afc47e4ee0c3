//! AssumeRoleWithSAML.

use super::{Granted, Run, rules};
use crate::identity::saml;
use crate::sts::refusal::Refusal;
use crate::sts::reply::{Answer, Value, text};

pub(super) fn run(run: &mut Run<'_>) -> Result<Answer, Refusal> {
    let parameters = run.parameters;
    let require = |name: &'static str| parameters.get(name).ok_or_else(|| Refusal::missing_parameter(name));
    let provider_arn = require("SAMLProviderArn")?;
    let role_arn = require("RoleArn")?;
    let assertion = require("SAMLAssertion")?;
    let parts = rules::role_arn(role_arn)?;
    let world = run.cloud.world();
    let seconds = rules::duration_seconds(parameters, world.min_session_seconds)?;
    let policy = rules::policy(parameters)?;

    let provider = world.saml_provider(provider_arn).ok_or_else(Refusal::no_such_saml_provider)?;
    let assertion = saml::judge(assertion, &run.cloud.identity_provider, provider, run.now)?;
    let session_name = assertion.session_name.as_str();
    rules::session_name(session_name)?;

    let role = world.role(parts.account_id, parts.role_name).ok_or_else(Refusal::no_such_role_for_saml)?;
    // The response names the pair of role and provider it is good for.
    let pair = format!("{},{provider_arn}", role.arn());
    if !assertion.roles.iter().any(|offered| offered.eq_ignore_ascii_case(&pair)) {
        return Err(Refusal::federation_denied("There is no permission"));
    }
    run.trusts_provider(role, provider_arn, [("saml:recipient", vec![assertion.recipient.as_str()])])?;
    // A session does not outlive the one at the identity provider.
    let left = assertion.session_end.map(|end| end.duration_since(run.now).as_secs());
    let seconds = left.map_or(seconds, |left| seconds.min(left));
    let granted =
        Granted { role, name: session_name, source_identity: None, policy: policy.as_ref(), seconds };
    let mut fields = run.open_session(&granted)?;
    let info = vec![
        text("SubjectType", assertion.subject_type),
        text("Subject", assertion.subject),
        text("Issuer", assertion.issuer),
        text("Recipient", assertion.recipient),
    ];
    fields.push(("SAMLAssertionInfo", Value::Group(info)));
    Ok(Answer { root: "AssumeRoleWithSAMLResponse", fields })
}
