//! SAML responses of the emulator's own provider, signed with ECDSA (XML-DSig).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use sts_types::SamlAssertion;

use super::document::{self, ASSERTION, Element, PROTOCOL, SIGNATURE};
use super::signature::signed_info;
use super::{AUDIENCES, BEARER, NAME_ID_PREFIX, ROLE_ATTRIBUTE, SESSION_NAME_ATTRIBUTE, SUCCESS};
use crate::identity::{IdentityProvider, IssueError};
use crate::sts::reply::write_escaped;
use crate::world::SamlProvider;

const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);
/// A SAML response to be issued: a good one unless told otherwise.
///
/// Made by [`Emulator::saml_assertion`](crate::Emulator::saml_assertion).
#[must_use = "nothing is issued before `issue`"]
pub struct SamlAssertionBuilder<'a> {
    provider: &'a IdentityProvider,
    now: Timestamp,
    subject: String,
    issuer: String,
    recipient: String,
    provider_arn: String,
    role_arn: String,
    session_name: String,
    lifetime: Duration,
    expired: bool,
    tampered: bool,
}

impl<'a> SamlAssertionBuilder<'a> {
    pub(crate) fn new(
        provider: &'a IdentityProvider,
        registered: &SamlProvider,
        role_arn: String,
        subject: String,
        now: Timestamp,
    ) -> Self {
        Self {
            provider,
            now,
            subject,
            issuer: registered.issuer.clone(),
            recipient: registered.recipient.clone(),
            provider_arn: registered.arn.clone(),
            role_arn,
            session_name: "saml-session".to_owned(),
            lifetime: DEFAULT_LIFETIME,
            expired: false,
            tampered: false,
        }
    }

    /// Sets the attribute that becomes the session's name. Default: `saml-session`. One that is not 2 to 64 of
    /// `[A-Za-z0-9.@_-]` is refused with `InvalidParameter.RoleSessionName`.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = name.into();
        self
    }

    /// Sets the role the response is good for. Default: the role of [`Emulator::role_arn`](crate::Emulator::role_arn).
    /// Any other role is then refused with `AuthenticationFail.NoPermission`.
    pub fn role_arn(mut self, arn: impl Into<String>) -> Self {
        self.role_arn = arn.into();
        self
    }

    /// Sets the issuer. Any but the default is refused with `AuthenticationFail.SAMLAssertion.Invalid`.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// How long the response is good, in whole seconds from the emulator's now. Default: one hour.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Makes the response end one second before it is issued: `AuthenticationFail.SAMLAssertion.Expired`.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// Changes the subject after signing: `AuthenticationFail.SAMLAssertion.Invalid`.
    pub fn tampered(mut self) -> Self {
        self.tampered = true;
        self
    }

    /// Signs the response and encodes it in Base64, ready for the parameter `SAMLAssertion`.
    ///
    /// # Errors
    ///
    /// [`IssueError`] when the operating system gives no random bytes.
    pub fn issue(self) -> Result<SamlAssertion, IssueError> {
        let ids = [self.provider.xml_id()?, self.provider.xml_id()?];
        let unsigned = self.document(&ids, &self.subject, "");
        // What was written here can be read; were it not so, what is issued would be refused.
        let info = document::parse(&unsigned)
            .and_then(|document| signed_info(Element::root(&document)?.only(ASSERTION, "Assertion")?));
        let info = info.unwrap_or_default();
        let value = STANDARD.encode(self.provider.sign(info.as_bytes())?);
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{SIGNATURE}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue>\
             </ds:Signature>"
        );
        let subject = format!("{}{}", self.subject, if self.tampered { "-tampered" } else { "" });
        Ok(SamlAssertion::unchecked(STANDARD.encode(self.document(&ids, &subject, &signature))))
    }

    fn document(&self, [response_id, assertion_id]: &[String; 2], subject: &str, signature: &str) -> String {
        let now = Timestamp::from_second(self.now.as_second()).unwrap_or(self.now);
        let lifetime = SignedDuration::from_secs(i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX));
        let lifetime = if self.expired { SignedDuration::from_secs(-1) } else { lifetime };
        let end = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        let [audience, _] = AUDIENCES;
        let [subject, issuer, recipient, session_name] =
            [subject, &self.issuer, &self.recipient, &self.session_name].map(escape);
        let roles = escape(&format!("{},{}", self.role_arn, self.provider_arn));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <samlp:Response xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{response_id}\" \
             Version=\"2.0\" IssueInstant=\"{now}\" Destination=\"{recipient}\"><saml:Issuer>{issuer}</saml:Issuer>\
             <samlp:Status><samlp:StatusCode Value=\"{SUCCESS}\"/></samlp:Status>\
             <saml:Assertion ID=\"{assertion_id}\" Version=\"2.0\" IssueInstant=\"{now}\">\
             <saml:Issuer>{issuer}</saml:Issuer>{signature}<saml:Subject>\
             <saml:NameID Format=\"{NAME_ID_PREFIX}persistent\">{subject}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"{BEARER}\">\
             <saml:SubjectConfirmationData NotOnOrAfter=\"{end}\" Recipient=\"{recipient}\"/>\
             </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter=\"{end}\">\
             <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>\
             </saml:Conditions><saml:AuthnStatement AuthnInstant=\"{now}\"><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified\
             </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>\
             <saml:Attribute Name=\"{SESSION_NAME_ATTRIBUTE}\"><saml:AttributeValue>{session_name}\
             </saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"{ROLE_ATTRIBUTE}\"><saml:AttributeValue>\
             {roles}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>\
             </samlp:Response>"
        )
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    write_escaped(&mut escaped, text);
    escaped
}
