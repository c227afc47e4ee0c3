//! SAML responses of the emulator's own provider.
//!
//! The signature is not XML-DSig: it covers the bytes of the whole document and stands in an attribute of its root,
//! in a namespace of the emulator. A response of a real identity provider is therefore always refused. What is
//! parsed is what was signed, byte for byte, so no signature can be wrapped around something else.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use sts_types::SamlAssertion;

use super::{IdentityProvider, IssueError};
use crate::sts::refusal::Refusal;
use crate::sts::reply::write_escaped;
use crate::world::SamlProvider;

const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);
const SIGNATURE_ATTRIBUTE: &str = " emulator:Signature=\"";
const NAME_ID_PREFIX: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
const SESSION_NAME_ATTRIBUTE: &str = "https://www.aliyun.com/SAML-Role/Attributes/RoleSessionName";
const ROLE_ATTRIBUTE: &str = "https://www.aliyun.com/SAML-Role/Attributes/Role";

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
        let (head, tail) = self.document(&self.subject);
        let signature = STANDARD.encode(self.provider.sign(format!("{head}{tail}").as_bytes())?);
        let (head, tail) =
            if self.tampered { self.document(&format!("{}-tampered", self.subject)) } else { (head, tail) };
        let document = format!("{head}{SIGNATURE_ATTRIBUTE}{signature}\"{tail}");
        Ok(SamlAssertion::unchecked(STANDARD.encode(document)))
    }

    /// The document before and after the place of the signature.
    fn document(&self, subject: &str) -> (String, String) {
        let now = Timestamp::from_second(self.now.as_second()).unwrap_or(self.now);
        let lifetime = SignedDuration::from_secs(i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX));
        let lifetime = if self.expired { SignedDuration::from_secs(-1) } else { lifetime };
        let end = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        let [subject, issuer, recipient, session_name] =
            [subject, &self.issuer, &self.recipient, &self.session_name].map(escape);
        let roles = escape(&format!("{},{}", self.role_arn, self.provider_arn));
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:emulator=\"urn:sts-emulator:signature\" \
             Version=\"2.0\""
            .to_owned();
        let tail = format!(
            " IssueInstant=\"{now}\" Destination=\"{recipient}\"><saml:Issuer>{issuer}</saml:Issuer><samlp:Status>\
             <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
             <saml:Assertion Version=\"2.0\" IssueInstant=\"{now}\"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject>\
             <saml:NameID Format=\"{NAME_ID_PREFIX}persistent\">{subject}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData NotOnOrAfter=\"{end}\" Recipient=\"{recipient}\"/>\
             </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter=\"{end}\">\
             <saml:AudienceRestriction><saml:Audience>urn:alibaba:cloudcomputing</saml:Audience>\
             </saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement>\
             <saml:Attribute Name=\"{SESSION_NAME_ATTRIBUTE}\"><saml:AttributeValue>{session_name}\
             </saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"{ROLE_ATTRIBUTE}\"><saml:AttributeValue>\
             {roles}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>\
             </samlp:Response>"
        );
        (head, tail)
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    write_escaped(&mut escaped, text);
    escaped
}

/// What a good response says.
#[derive(Default)]
pub(crate) struct Assertion {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) subject_type: String,
    pub(crate) recipient: String,
    pub(crate) session_name: String,
    pub(crate) roles: Vec<String>,
    end: Option<Timestamp>,
}

pub(crate) fn verify(
    assertion: &str,
    provider: &IdentityProvider,
    registered: &SamlProvider,
    now: Timestamp,
) -> Result<Assertion, Refusal> {
    // Encoders that fold lines are common; the length is that of the parameter.
    let is_plausible = (4..=100_000).contains(&assertion.len());
    let folded: Vec<u8> = assertion.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let document = STANDARD.decode(folded).ok().filter(|_| is_plausible);
    let document =
        document.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(Refusal::saml_invalid)?;
    let signed = signed_part(&document, provider).ok_or_else(Refusal::saml_invalid)?;
    let assertion = read(&signed).ok_or_else(Refusal::saml_invalid)?;
    if assertion.issuer != registered.issuer || assertion.recipient != registered.recipient {
        return Err(Refusal::saml_invalid());
    }
    match assertion.end {
        Some(end) if now < end => Ok(assertion),
        Some(_) => Err(Refusal::saml_expired()),
        None => Err(Refusal::saml_invalid()),
    }
}

/// The document without its signature, if this provider has signed exactly that.
fn signed_part(document: &str, provider: &IdentityProvider) -> Option<String> {
    let (head, rest) = document.split_once(SIGNATURE_ATTRIBUTE)?;
    let (signature, tail) = rest.split_once('"')?;
    let signed = format!("{head}{tail}");
    let signature = STANDARD.decode(signature).ok()?;
    provider.has_signed(signed.as_bytes(), &signature).then_some(signed)
}

/// Reads a document that [`SamlAssertionBuilder`] wrote.
fn read(document: &str) -> Option<Assertion> {
    let mut reader = Reader::from_str(document);
    let mut assertion = Assertion::default();
    let mut attribute_name = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Eof => return Some(assertion),
            Event::Empty(element) if element.local_name().as_ref() == "SubjectConfirmationData" => {
                assertion.recipient = attribute(&element, "Recipient")?;
            }
            Event::Start(element) => match element.local_name().as_ref() {
                "Issuer" => assertion.issuer = content(&mut reader, &element)?,
                "NameID" => {
                    let format = attribute(&element, "Format")?;
                    assertion.subject_type =
                        format.strip_prefix(NAME_ID_PREFIX).unwrap_or(&format).to_owned();
                    assertion.subject = content(&mut reader, &element)?;
                }
                "Conditions" => assertion.end = attribute(&element, "NotOnOrAfter")?.parse().ok(),
                "Attribute" => attribute_name = attribute(&element, "Name")?,
                "AttributeValue" => {
                    let value = content(&mut reader, &element)?;
                    match attribute_name.as_str() {
                        SESSION_NAME_ATTRIBUTE => assertion.session_name = value,
                        ROLE_ATTRIBUTE => assertion.roles.push(value),
                        _ => {}
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    Some(quick_xml::escape::unescape(&attribute.value).ok()?.into_owned())
}

fn content(reader: &mut Reader<&[u8]>, element: &BytesStart<'_>) -> Option<String> {
    let raw = reader.read_text(element.name()).ok()?;
    Some(quick_xml::escape::unescape(&raw).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::Random;
    use crate::world::World;

    const ROLE: &str = "acs:ram::1234567890123456:role/app";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn only_own_responses_are_accepted() {
        let random = Random::new();
        let registered = World::default().accounts[0].saml_providers[0].clone();
        let (mine, stranger) =
            (IdentityProvider::new(&random).unwrap(), IdentityProvider::new(&random).unwrap());
        let subject = "<alice & \"bob\">";
        let issue = |provider| {
            SamlAssertionBuilder::new(provider, &registered, ROLE.to_owned(), subject.to_owned(), at(1000))
        };
        let judge = |text: &str, second: i64| {
            verify(text, &mine, &registered, at(second)).map_err(|refusal| refusal.code().to_owned())
        };

        let good = issue(&mine).session_name("alice@example").issue().unwrap();
        let read = judge(good.expose_secret(), 4599).unwrap();
        assert_eq!((read.subject.as_str(), read.subject_type.as_str()), (subject, "persistent"));
        assert_eq!(
            (read.issuer.as_str(), read.session_name.as_str()),
            (registered.issuer.as_str(), "alice@example")
        );
        assert_eq!(read.roles, [format!("{ROLE},{}", registered.arn)]);

        let code = |suffix: &str| Some(format!("AuthenticationFail.SAMLAssertion.{suffix}"));
        assert_eq!(judge(good.expose_secret(), 4600).err(), code("Expired"));
        for (bad, suffix) in [
            (issue(&mine).expired(), "Expired"),
            (issue(&mine).tampered(), "Invalid"),
            (issue(&mine).issuer("https://example.com"), "Invalid"),
            (issue(&stranger), "Invalid"),
        ] {
            assert_eq!(judge(bad.issue().unwrap().expose_secret(), 1000).err(), code(suffix));
        }
        let unsigned = STANDARD.encode("<samlp:Response/>");
        let oversized = "A".repeat(100_001);
        for bad in ["", "abc", "!!!!", "/////w==", &unsigned, &oversized] {
            assert_eq!(judge(bad, 1000).err(), code("Invalid"));
        }
    }
}
