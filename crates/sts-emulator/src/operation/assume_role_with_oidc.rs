//! AssumeRoleWithOIDC.

use super::{Context, rules};
use crate::identity::oidc;
use crate::parameters::Parameters;
use crate::refusal::Refusal;
use crate::reply::{Answer, Value, text};
use crate::world::Trusted;

pub(super) fn run(context: &Context<'_>, parameters: &Parameters) -> Result<Answer, Refusal> {
    let session_name = rules::session_name(parameters.require("RoleSessionName")?)?;
    let role_arn = parameters.get("RoleArn").ok_or_else(|| Refusal::missing_parameter("RoleArn"))?;
    let parts = rules::role_arn(role_arn)?;
    let seconds = rules::duration_seconds(parameters)?;
    rules::policy(parameters)?;

    let provider = &context.world.oidc_provider;
    match parameters.get("OIDCProviderArn") {
        Some(arn) if arn == provider.arn => {}
        Some(arn) if arn.contains(":oidc-provider/") => {
            return Err(Refusal::federation_denied("No such OIDC Provider registered."));
        }
        _ => return Err(Refusal::federation_denied("Parameter OIDCProviderArn is not valid")),
    }
    let token = parameters.get("OIDCToken").unwrap_or_default();
    let claims = oidc::verify(token, context.identity_provider, provider, context.now)?;

    let role = context
        .world
        .role(parts.account_id, parts.role_name)
        .ok_or_else(|| Refusal::no_such_role(role_arn))?;
    if !role.trusts(&Trusted::Federated(provider.arn.clone())) {
        return Err(Refusal::federation_denied("There is no permission"));
    }
    let mut fields = context.open_session(role, session_name, None, seconds)?;
    let info = vec![
        text("Subject", claims.subject),
        text("Issuer", claims.issuer),
        text("ClientIds", claims.audiences.join(",")),
        text("ExpirationTime", claims.expiration.to_string()),
        text("IssuanceTime", claims.issuance.to_string()),
        text("VerificationInfo", "Success"),
    ];
    fields.push(("OIDCTokenInfo", Value::Group(info)));
    Ok(Answer { root: "AssumeRoleWithOIDCResponse", fields })
}
