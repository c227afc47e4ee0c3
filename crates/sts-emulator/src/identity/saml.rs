//! SAML providers: whose responses are good, and why the others are not.
//!
//! A response is refused unless it has one assertion, signed as a whole, which is what the service's documentation asks for. What
//! is read out of a response is read from the very tree, and the very element, whose signature was verified.

pub(crate) mod builder;
mod document;
pub(crate) mod metadata;
mod signature;

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use super::IdentityProvider;
use super::key::PublicKey;
use crate::sts::refusal::Refusal;
use crate::world::SamlProvider;
use document::{ASSERTION, Element, PROTOCOL, SIGNATURE};

const NAME_ID_PREFIX: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const SESSION_NAME_ATTRIBUTE: &str = "https://www.aliyun.com/SAML-Role/Attributes/RoleSessionName";
const ROLE_ATTRIBUTE: &str = "https://www.aliyun.com/SAML-Role/Attributes/Role";

/// The audiences that the documentation names, of the Chinese and of the international site.
pub(crate) const AUDIENCES: [&str; 2] =
    ["urn:alibaba:cloudcomputing", "urn:alibaba:cloudcomputing:international"];
/// The recipients that the documentation names. It writes `SSO` here and `sso` there, so case does not count.
pub(crate) const RECIPIENTS: [&str; 2] =
    ["https://signin.aliyun.com/saml-role/SSO", "https://signin.alibabacloud.com/saml-role/sso"];

/// Documented for the parameter `SAMLAssertion`.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=100_000;
/// How far the clocks of a provider and of the emulator may differ: what is good only from a later moment than this is refused. An
/// end is not stretched.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// A registered provider, as far as its responses are concerned.
pub(crate) struct Verifier {
    /// The `entityID` of the metadata, compared byte by byte.
    pub(crate) issuer: String,
    /// The keys of the metadata. Each of them may sign.
    pub(crate) keys: Vec<PublicKey>,
    /// An assertion must be for one of them. Usually [`AUDIENCES`].
    pub(crate) audiences: Vec<String>,
    /// An assertion must be sent to one of them. Usually [`RECIPIENTS`].
    pub(crate) recipients: Vec<String>,
}

/// What a good response says.
#[derive(Debug)]
pub(crate) struct Assertion {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// The format of the subject's name, without SAML's own prefix.
    pub(crate) subject_type: String,
    pub(crate) recipient: String,
    /// Empty when the response gives none, which is no good name for a session.
    pub(crate) session_name: String,
    /// Pairs of role ARN and provider ARN with a comma between them, as they came.
    pub(crate) roles: Vec<String>,
    /// `SessionNotOnOrAfter`: when the session at the provider ends.
    pub(crate) session_end: Option<Timestamp>,
}

impl Verifier {
    /// Judges the value of `SAMLAssertion`.
    pub(crate) fn verify(&self, assertion: &str, now: Timestamp) -> Result<Assertion, Refusal> {
        let document = decode(assertion).ok_or_else(Refusal::saml_invalid)?;
        let document = document::parse(&document).ok_or_else(Refusal::saml_invalid)?;
        let assertion = self.signed_assertion(&document).ok_or_else(Refusal::saml_invalid)?;
        let (assertion, validity) = self.read(assertion).ok_or_else(Refusal::saml_invalid)?;
        if now >= validity.end {
            return Err(Refusal::saml_expired());
        }
        if validity.start.is_some_and(|start| now.checked_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX) < start) {
            return Err(Refusal::saml_invalid());
        }
        Ok(assertion)
    }

    /// The one assertion of a successful response for us, if one of our keys has signed it.
    fn signed_assertion<'d, 'a>(&self, document: &'d uppsala::Document<'a>) -> Option<Element<'d, 'a>> {
        let response = Element::root(document).filter(|root| root.is(PROTOCOL, "Response"))?;
        let assertion = response.only(ASSERTION, "Assertion")?;
        // One that is hidden elsewhere is there to be mistaken for this one.
        if response.count_everywhere(ASSERTION, "Assertion") != 1
            || response.count_everywhere(ASSERTION, "EncryptedAssertion") != 0
        {
            return None;
        }
        let signatures = response.count_everywhere(SIGNATURE, "Signature");
        let response_is_signed = response.children().any(|child| child.is(SIGNATURE, "Signature"));
        if signatures != 1 + usize::from(response_is_signed)
            || !signature::is_signed(assertion, &self.keys)
            || (response_is_signed && !signature::is_signed(response, &self.keys))
        {
            return None;
        }

        let status = response.only(PROTOCOL, "Status")?.only(PROTOCOL, "StatusCode")?;
        let issuer_agrees = match response.only(ASSERTION, "Issuer") {
            Some(issuer) => issuer.text()? == self.issuer,
            None => response.named(ASSERTION, "Issuer").next().is_none(),
        };
        let destination_agrees = response.attribute("Destination").is_none_or(|to| self.is_recipient(to));
        let is_good = response.attribute("Version") == Some("2.0")
            && status.attribute("Value") == Some(SUCCESS)
            && issuer_agrees
            && destination_agrees;
        is_good.then_some(assertion)
    }

    fn is_recipient(&self, address: &str) -> bool {
        self.recipients.iter().any(|recipient| recipient.eq_ignore_ascii_case(address))
    }

    fn read(&self, assertion: Element<'_, '_>) -> Option<(Assertion, Validity)> {
        let issuer = assertion.only(ASSERTION, "Issuer")?.text()?;
        if assertion.attribute("Version") != Some("2.0") || issuer != self.issuer {
            return None;
        }
        let subject = assertion.only(ASSERTION, "Subject")?;
        let name = subject.only(ASSERTION, "NameID")?;
        let format = name.attribute("Format").unwrap_or(UNSPECIFIED);
        let confirmation = subject.only(ASSERTION, "SubjectConfirmation")?;
        let data = confirmation.only(ASSERTION, "SubjectConfirmationData")?;
        let recipient = data.attribute("Recipient")?;
        if confirmation.attribute("Method") != Some(BEARER) || !self.is_recipient(recipient) {
            return None;
        }
        let mut validity = Validity { start: None, end: time(data.attribute("NotOnOrAfter")?)? };
        validity.narrow(data.attribute("NotBefore"), None)?;
        self.check_conditions(assertion.only(ASSERTION, "Conditions")?, &mut validity)?;

        let mut session_end = None;
        for statement in assertion.named(ASSERTION, "AuthnStatement") {
            if let Some(end) = statement.attribute("SessionNotOnOrAfter") {
                let end = time(end)?;
                validity.end = validity.end.min(end);
                session_end = session_end.into_iter().chain([end]).min();
            }
        }
        let attributes = Attributes::read(assertion)?;
        let assertion = Assertion {
            issuer,
            subject: name.text()?,
            subject_type: format.strip_prefix(NAME_ID_PREFIX).unwrap_or(format).to_owned(),
            recipient: recipient.to_owned(),
            session_name: attributes.session_name.unwrap_or_default(),
            roles: attributes.roles,
            session_end,
        };
        Some((assertion, validity))
    }

    fn check_conditions(&self, conditions: Element<'_, '_>, validity: &mut Validity) -> Option<()> {
        validity.narrow(conditions.attribute("NotBefore"), conditions.attribute("NotOnOrAfter"))?;
        let mut is_restricted = false;
        for condition in conditions.children() {
            if condition.is(ASSERTION, "AudienceRestriction") {
                // Each of several restrictions must hold; within one, any audience will do.
                let mut audiences = condition.named(ASSERTION, "Audience").filter_map(Element::text);
                if !audiences.any(|audience| self.audiences.contains(&audience)) {
                    return None;
                }
                is_restricted = true;
            } else if !condition.is(ASSERTION, "OneTimeUse") && !condition.is(ASSERTION, "ProxyRestriction") {
                // SAML 2.0 §2.5.1.1: a condition that is not understood cannot be held to be true.
                return None;
            }
        }
        is_restricted.then_some(())
    }
}

/// When an assertion is good.
struct Validity {
    start: Option<Timestamp>,
    end: Timestamp,
}

impl Validity {
    fn narrow(&mut self, start: Option<&str>, end: Option<&str>) -> Option<()> {
        if let Some(start) = start {
            self.start = self.start.max(Some(time(start)?));
        }
        if let Some(end) = end {
            self.end = self.end.min(time(end)?);
        }
        Some(())
    }
}

#[derive(Default)]
struct Attributes {
    session_name: Option<String>,
    roles: Vec<String>,
}

impl Attributes {
    fn read(assertion: Element<'_, '_>) -> Option<Self> {
        let mut found = Self::default();
        let statements = assertion.named(ASSERTION, "AttributeStatement");
        for attribute in statements.flat_map(|statement| statement.named(ASSERTION, "Attribute")) {
            let values = attribute.named(ASSERTION, "AttributeValue");
            match attribute.attribute("Name")? {
                ROLE_ATTRIBUTE => {
                    for value in values {
                        found.roles.push(value.text()?);
                    }
                }
                SESSION_NAME_ATTRIBUTE => {
                    for value in values {
                        // Of two names, which is meant?
                        if found.session_name.replace(value.text()?).is_some() {
                            return None;
                        }
                    }
                }
                _ => {}
            }
        }
        Some(found)
    }
}

/// The XML of a response.
fn decode(assertion: &str) -> Option<String> {
    if !LENGTH.contains(&assertion.len()) {
        return None;
    }
    // Encoders that fold lines are common; the length is that of the parameter.
    let folded: Vec<u8> = assertion.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    String::from_utf8(STANDARD.decode(folded).ok()?).ok()
}

/// A time as SAML 2.0 §1.3.3 writes it: UTC, and said so.
fn time(text: &str) -> Option<Timestamp> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.TZ".contains(&byte));
    text.parse().ok().filter(|_| is_plain && text.ends_with('Z'))
}

/// Judges a response of a registered provider: by its metadata or, where it has none, by the emulator's own key.
pub(crate) fn judge(
    assertion: &str,
    provider: &IdentityProvider,
    registered: &SamlProvider,
    now: Timestamp,
) -> Result<Assertion, Refusal> {
    match &registered.verifier {
        Some(verifier) => verifier.verify(assertion, now),
        None => verify(assertion, provider, registered, now),
    }
}

/// Judges a response by the emulator's own provider.
fn verify(
    assertion: &str,
    provider: &IdentityProvider,
    registered: &SamlProvider,
    now: Timestamp,
) -> Result<Assertion, Refusal> {
    let verifier = Verifier {
        issuer: registered.issuer.clone(),
        keys: vec![provider.public_key()],
        audiences: AUDIENCES.map(str::to_owned).to_vec(),
        recipients: vec![registered.recipient.clone()],
    };
    verifier.verify(assertion, now)
}
