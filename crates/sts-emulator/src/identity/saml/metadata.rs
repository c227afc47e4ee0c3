//! The metadata of a SAML identity provider: its name and its keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, asn1::ObjectIdentifier};

use super::document::{Element, METADATA, SIGNATURE, parse};
use crate::identity::key::PublicKey;

/// Longest metadata that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;
const MAX_KEYS: usize = 16;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// Why metadata cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MetadataError {
    #[error("the metadata has more than {MAX_BYTES} bytes or more than {MAX_KEYS} keys")]
    TooLarge,
    #[error("the metadata is no XML without DTD, comments and duplicate ids")]
    Xml,
    #[error("the metadata's root is no `EntityDescriptor` with an `entityID` and one `IDPSSODescriptor`")]
    NotAProvider,
    #[error("a certificate of the metadata cannot be read, or its key is neither RSA nor P-256")]
    Certificate,
    #[error("the metadata has no certificate for signing")]
    NoKey,
}

/// What assertions are judged by.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) entity_id: String,
    pub(crate) keys: Vec<PublicKey>,
}

impl Metadata {
    /// Reads an `EntityDescriptor`. Certificates count as wrappers of keys, as SAML's metadata profile has it: neither who
    /// issued them nor when they end is looked at.
    pub(crate) fn parse(text: &str) -> Result<Self, MetadataError> {
        if text.len() > MAX_BYTES {
            return Err(MetadataError::TooLarge);
        }
        let document = parse(text).ok_or(MetadataError::Xml)?;
        let entity = Element::root(&document)
            .filter(|root| root.is(METADATA, "EntityDescriptor"))
            .ok_or(MetadataError::NotAProvider)?;
        let entity_id = entity.attribute("entityID").filter(|id| !id.is_empty());
        let (Some(entity_id), Some(provider)) = (entity_id, entity.only(METADATA, "IDPSSODescriptor")) else {
            return Err(MetadataError::NotAProvider);
        };
        let mut keys = Vec::new();
        for descriptor in provider.named(METADATA, "KeyDescriptor") {
            if descriptor.attribute("use").is_some_and(|usage| usage != "signing") {
                continue;
            }
            let certificates = descriptor
                .named(SIGNATURE, "KeyInfo")
                .flat_map(|info| info.named(SIGNATURE, "X509Data"))
                .flat_map(|data| data.named(SIGNATURE, "X509Certificate"));
            for certificate in certificates {
                keys.push(read_certificate(certificate).ok_or(MetadataError::Certificate)?);
            }
        }
        match keys.len() {
            0 => Err(MetadataError::NoKey),
            1..=MAX_KEYS => Ok(Self { entity_id: entity_id.to_owned(), keys }),
            _ => Err(MetadataError::TooLarge),
        }
    }
}

fn read_certificate(certificate: Element<'_, '_>) -> Option<PublicKey> {
    let folded: Vec<u8> = certificate.text()?.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let certificate = Certificate::from_der(&STANDARD.decode(folded).ok()?).ok()?;
    let info = certificate.tbs_certificate().subject_public_key_info();
    let key = info.subject_public_key.as_bytes()?.to_vec();
    match info.algorithm.oid {
        RSA => Some(PublicKey::RsaDer(key)),
        ELLIPTIC_CURVE => {
            let curve: ObjectIdentifier = info.algorithm.parameters.as_ref()?.decode_as().ok()?;
            (curve == P256).then_some(PublicKey::P256(key))
        }
        _ => None,
    }
}
