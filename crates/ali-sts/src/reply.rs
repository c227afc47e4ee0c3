//! What an answer says, whatever form it has.

pub(crate) mod document;
pub(crate) mod json;
pub(crate) mod output;
pub(crate) mod refusal;
pub(crate) mod xml;

use std::borrow::Cow;

/// The members of an answer that mean something to us, by the place they stand in.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    pub(crate) request_id: Text<'a>,
    pub(crate) host_id: Text<'a>,
    pub(crate) code: Text<'a>,
    pub(crate) message: Text<'a>,
    pub(crate) recommend: Text<'a>,
    pub(crate) source_identity: Text<'a>,
    pub(crate) credentials: Option<CredentialsFields<'a>>,
    pub(crate) assumed_role_user: Option<UserFields<'a>>,
    pub(crate) token_info: Option<Box<TokenInfoFields<'a>>>,
    pub(crate) identity: IdentityFields<'a>,
    pub(crate) access_denied: Option<Box<AccessDeniedFields<'a>>>,
}

/// Text borrowed from the answer where nothing in it was escaped.
pub(crate) type Text<'a> = Option<Cow<'a, str>>;

/// `Credentials`.
#[derive(Default)]
pub(crate) struct CredentialsFields<'a> {
    pub(crate) access_key_id: Text<'a>,
    pub(crate) access_key_secret: Text<'a>,
    pub(crate) security_token: Text<'a>,
    pub(crate) expiration: Text<'a>,
}

/// `AssumedRoleUser`.
#[derive(Default)]
pub(crate) struct UserFields<'a> {
    pub(crate) arn: Text<'a>,
    pub(crate) assumed_role_id: Text<'a>,
}

/// `OIDCTokenInfo` and `SAMLAssertionInfo`.
#[derive(Default)]
pub(crate) struct TokenInfoFields<'a> {
    pub(crate) subject: Text<'a>,
    pub(crate) subject_type: Text<'a>,
    pub(crate) issuer: Text<'a>,
    pub(crate) recipient: Text<'a>,
    pub(crate) client_ids: Text<'a>,
    pub(crate) expiration_time: Text<'a>,
    pub(crate) issuance_time: Text<'a>,
    pub(crate) verification_info: Text<'a>,
}

/// The members of a GetCallerIdentity answer.
#[derive(Default)]
pub(crate) struct IdentityFields<'a> {
    pub(crate) identity_type: Text<'a>,
    pub(crate) account_id: Text<'a>,
    pub(crate) arn: Text<'a>,
    pub(crate) principal_id: Text<'a>,
    pub(crate) user_id: Text<'a>,
    pub(crate) role_id: Text<'a>,
}

/// `AccessDeniedDetail`.
#[derive(Default)]
pub(crate) struct AccessDeniedFields<'a> {
    pub(crate) auth_action: Text<'a>,
    pub(crate) auth_principal_display_name: Text<'a>,
    pub(crate) auth_principal_owner_id: Text<'a>,
    pub(crate) auth_principal_type: Text<'a>,
    pub(crate) no_permission_type: Text<'a>,
    pub(crate) policy_type: Text<'a>,
    pub(crate) encoded_diagnostic_message: Text<'a>,
}

/// An empty text is as good as none.
pub(crate) fn filled<'t>(text: &'t Text<'_>) -> Option<&'t str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// A text as the service sent it, empty where it sent none.
pub(crate) fn as_sent(text: Text<'_>) -> String {
    text.map(Cow::into_owned).unwrap_or_default()
}
