//! AssumeRoleWithSAML.

use super::{Context, rules};
use crate::identity::saml;
use crate::parameters::Parameters;
use crate::refusal::Refusal;
use crate::reply::{Answer, Value, text};
use crate::world::Trusted;

pub(super) fn run(context: &Context<'_>, parameters: &Parameters) -> Result<Answer, Refusal> {
    let require = |name: &'static str| parameters.get(name).ok_or_else(|| Refusal::missing_parameter(name));
    let provider_arn = require("SAMLProviderArn")?;
    let role_arn = require("RoleArn")?;
    let assertion = require("SAMLAssertion")?;
    let parts = rules::role_arn(role_arn)?;
    let seconds = rules::duration_seconds(parameters)?;
    rules::policy(parameters)?;

    let provider = &context.world.saml_provider;
    if provider_arn != provider.arn {
        return Err(Refusal::no_such_saml_provider());
    }
    let assertion = saml::verify(assertion, context.identity_provider, provider, context.now)?;
    let session_name = rules::session_name(&assertion.session_name)?;

    let role =
        context.world.role(parts.account_id, parts.role_name).ok_or_else(Refusal::no_such_role_for_saml)?;
    // The response names the pair of role and provider it is good for.
    let pair = format!("{},{provider_arn}", context.world.role_arn(role));
    let is_offered = assertion.roles.iter().any(|offered| offered.eq_ignore_ascii_case(&pair));
    if !is_offered || !role.trusts(&Trusted::Federated(provider.arn.clone())) {
        return Err(Refusal::federation_denied("There is no permission"));
    }
    let mut fields = context.open_session(role, session_name, None, seconds)?;
    let info = vec![
        text("SubjectType", assertion.subject_type),
        text("Subject", assertion.subject),
        text("Issuer", assertion.issuer),
        text("Recipient", assertion.recipient),
    ];
    fields.push(("SAMLAssertionInfo", Value::Group(info)));
    Ok(Answer { root: "AssumeRoleWithSAMLResponse", fields })
}
