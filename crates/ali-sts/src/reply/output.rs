//! The operations' outputs, out of an answer's members. What is required is never made up.

use crate::reply::{CredentialsFields, Fields, TokenInfoFields, UserFields, as_sent, document, filled};
use std::borrow::Cow;
use sts_types::{
    Arn, AssumeRoleOutput, AssumeRoleWithOidcOutput, AssumeRoleWithSamlOutput, AssumedRoleUser, Credentials,
    GetCallerIdentityOutput, IdentityType, OidcTokenInfo, SamlAssertionInfo,
};

/// The id and status that every output carries.
pub(crate) struct Meta {
    pub(crate) request_id: String,
    pub(crate) status: u16,
}

/// What is missing, for a [`ResponseError`](crate::ResponseError).
type Problem = &'static str;

pub(crate) fn assume_role(fields: Fields<'_>, meta: Meta) -> Result<AssumeRoleOutput, Problem> {
    let mut out = AssumeRoleOutput::new(credentials(fields.credentials, "AssumeRole")?);
    out.assumed_role_user = fields.assumed_role_user.and_then(user);
    out.source_identity = fields.source_identity.map(Cow::into_owned);
    (out.request_id, out.status) = (meta.request_id, meta.status);
    Ok(out)
}

pub(crate) fn assume_role_with_oidc(
    fields: Fields<'_>,
    meta: Meta,
) -> Result<AssumeRoleWithOidcOutput, Problem> {
    let mut out = AssumeRoleWithOidcOutput::new(credentials(fields.credentials, "AssumeRoleWithOIDC")?);
    out.assumed_role_user = fields.assumed_role_user.and_then(user);
    out.oidc_token_info = fields.token_info.map(|info| oidc(*info));
    out.source_identity = fields.source_identity.map(Cow::into_owned);
    (out.request_id, out.status) = (meta.request_id, meta.status);
    Ok(out)
}

pub(crate) fn assume_role_with_saml(
    fields: Fields<'_>,
    meta: Meta,
) -> Result<AssumeRoleWithSamlOutput, Problem> {
    let mut out = AssumeRoleWithSamlOutput::new(credentials(fields.credentials, "AssumeRoleWithSAML")?);
    out.assumed_role_user = fields.assumed_role_user.and_then(user);
    out.saml_assertion_info = fields.token_info.map(|info| saml(*info));
    out.source_identity = fields.source_identity.map(Cow::into_owned);
    (out.request_id, out.status) = (meta.request_id, meta.status);
    Ok(out)
}

pub(crate) fn caller_identity(fields: Fields<'_>, meta: Meta) -> Result<GetCallerIdentityOutput, Problem> {
    let identity = &fields.identity;
    let identity_type = filled(&identity.identity_type).ok_or("it has no `IdentityType`")?;
    let account_id = filled(&identity.account_id).ok_or("it has no `AccountId`")?;
    let arn = filled(&identity.arn).ok_or("it has no `Arn`")?;
    let principal_id = filled(&identity.principal_id).ok_or("it has no `PrincipalId`")?;
    let mut out = GetCallerIdentityOutput::new(
        IdentityType::from(identity_type),
        account_id,
        Arn::unchecked(arn),
        principal_id,
    );
    out.user_id = filled(&identity.user_id).map(str::to_owned);
    out.role_id = filled(&identity.role_id).map(str::to_owned);
    (out.request_id, out.status) = (meta.request_id, meta.status);
    Ok(out)
}

fn credentials(
    fields: Option<CredentialsFields<'_>>,
    provider_name: &'static str,
) -> Result<Credentials, Problem> {
    let fields = fields.ok_or("it has no `Credentials`")?;
    Ok(document::whole(&fields)?.with_provider_name(provider_name))
}

/// Without a name there is nobody.
fn user(fields: UserFields<'_>) -> Option<AssumedRoleUser> {
    let arn = Arn::unchecked(filled(&fields.arn)?);
    Some(AssumedRoleUser::new(arn, as_sent(fields.assumed_role_id)))
}

fn oidc(fields: TokenInfoFields<'_>) -> OidcTokenInfo {
    let mut info = OidcTokenInfo::default();
    info.subject = as_sent(fields.subject);
    info.issuer = as_sent(fields.issuer);
    info.client_ids = as_sent(fields.client_ids);
    info.expiration_time = as_sent(fields.expiration_time);
    info.issuance_time = as_sent(fields.issuance_time);
    info.verification_info = as_sent(fields.verification_info);
    info
}

fn saml(fields: TokenInfoFields<'_>) -> SamlAssertionInfo {
    let mut info = SamlAssertionInfo::default();
    info.subject_type = as_sent(fields.subject_type);
    info.subject = as_sent(fields.subject);
    info.issuer = as_sent(fields.issuer);
    info.recipient = as_sent(fields.recipient);
    info
}
