//! AssumeRoleWithOIDC.

use super::{Granted, Run, rules};
use crate::identity::oidc;
use crate::sts::refusal::Refusal;
use crate::sts::reply::{Answer, Value, text};

pub(super) async fn run(run: &mut Run<'_>) -> Result<Answer, Refusal> {
    let parameters = run.parameters;
    let session_name = parameters.require("RoleSessionName")?;
    rules::session_name(session_name)?;
    let role_arn = parameters.get("RoleArn").ok_or_else(|| Refusal::missing_parameter("RoleArn"))?;
    let parts = rules::role_arn(role_arn)?;
    let world = run.cloud.world();
    let seconds = rules::duration_seconds(parameters, world.min_session_seconds)?;
    let policy = rules::policy(parameters)?;

    let provider_arn = parameters.get("OIDCProviderArn").unwrap_or_default();
    if !provider_arn.contains(":oidc-provider/") {
        return Err(Refusal::federation_denied("Parameter OIDCProviderArn is not valid"));
    }
    let provider = world
        .oidc_provider(provider_arn)
        .ok_or_else(|| Refusal::federation_denied("No such OIDC Provider registered."))?;
    let token = parameters.get("OIDCToken").unwrap_or_default();
    let claims = oidc::judge(token, &run.cloud.identity_provider, provider, run.now).await?;

    let role =
        world.role(parts.account_id, parts.role_name).ok_or_else(|| Refusal::no_such_role(role_arn))?;
    let keys = [("oidc:iss", vec![claims.issuer.as_str()]), ("oidc:sub", vec![claims.subject.as_str()])];
    let audiences = ("oidc:aud", claims.audiences.iter().map(String::as_str).collect());
    run.trusts_provider(role, provider_arn, keys.into_iter().chain([audiences]))?;
    let granted =
        Granted { role, name: session_name, source_identity: None, policy: policy.as_ref(), seconds };
    let mut fields = run.open_session(&granted)?;
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
