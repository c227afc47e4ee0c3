//! Identity providers.

use std::sync::Arc;

use super::Source;
use super::fields::{Fields, NameRule, Unique, is_made_of};
use super::node::{Node, Value};
use crate::identity::oidc::keys::KeySet;
use crate::identity::oidc::remote::RemoteKeys;
use crate::identity::saml::metadata::Metadata;
use crate::identity::{oidc, saml};
use crate::world::{OidcProvider, SamlProvider};

const OIDC: &[&str] = &[
    "name",
    "issuer",
    "client_ids",
    "jwks",
    "jwks_url",
    "fingerprints",
    "shown_fingerprint",
    "issuance_limit_hours",
];
const SAML: &[&str] = &["name", "metadata", "issuer", "recipient"];

const PROVIDER_NAME: NameRule = NameRule {
    fits: |text| {
        is_made_of(text, 1..=128, "._-")
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.ends_with(|c: char| c.is_ascii_alphanumeric())
    },
    words: "1 to 128 letters, digits and `.`, `_`, `-`, of which the last three neither begin nor end it",
};
const ISSUER: NameRule = NameRule {
    fits: |text| text.len() <= 255 && !text.contains(['?', '#', '@', ' ']) && is_url(text),
    words: "an `https` or `http` URL of at most 255 characters without query and fragment",
};
const URL: NameRule = NameRule { fits: is_url, words: "an `https` or `http` URL" };
const CLIENT_ID: NameRule =
    NameRule { fits: |text| (1..=128).contains(&text.len()), words: "1 to 128 characters" };
const FINGERPRINT: NameRule = NameRule {
    fits: |text| (20..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
    words: "20 to 128 hexadecimal digits",
};
const SAML_ISSUER: NameRule =
    NameRule { fits: |text| !text.is_empty(), words: "the entity id of the provider" };

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn oidc_providers(source: &Source<'_>, nodes: &[Node<'_>], account_id: &str) -> Vec<OidcProvider> {
    let mut unique = Unique::new("an OIDC provider", source.problems);
    let read = |node| {
        let fields = Fields::new("an OIDC provider", node, OIDC, source.problems)?;
        let name = fields.required_name("name", &PROVIDER_NAME).unwrap_or_default();
        unique.check(name, fields.at);
        let client_ids = texts(&fields, "client_ids", &CLIENT_ID);
        let needed = fields.require("client_ids", "the audiences that its tokens may have");
        if fields.list("client_ids").is_empty()
            && let Some(node) = needed
        {
            fields
                .report(node, "`client_ids` of an OIDC provider is empty; no token would be good".to_owned());
        }
        let hours = fields.integer("issuance_limit_hours", 1..=168);
        let hours = hours.and_then(|hours| u32::try_from(hours).ok());
        let issuance_limit_hours = hours.unwrap_or(oidc::DEFAULT_ISSUANCE_LIMIT_HOURS);
        let issuer = fields.required_name("issuer", &ISSUER).unwrap_or_default();
        let fingerprints = texts(&fields, "fingerprints", &FINGERPRINT);
        let shown_fingerprint = fields.name("shown_fingerprint", &FINGERPRINT);
        let verifier = keys(&fields).map(|keys| oidc::Verifier {
            issuer: issuer.to_owned(),
            client_ids: client_ids.clone(),
            issuance_limit_hours,
            fingerprints,
            shown_fingerprint: shown_fingerprint.map(str::to_owned),
            keys,
        });
        Some(OidcProvider {
            arn: format!("acs:ram::{account_id}:oidc-provider/{name}"),
            issuer: issuer.to_owned(),
            client_ids,
            issuance_limit_hours,
            verifier: verifier.map(Arc::new),
        })
    };
    nodes.iter().filter_map(read).collect()
}

pub(super) fn saml_providers(source: &Source<'_>, nodes: &[Node<'_>], account_id: &str) -> Vec<SamlProvider> {
    let mut unique = Unique::new("a SAML provider", source.problems);
    let read = |node| {
        let fields = Fields::new("a SAML provider", node, SAML, source.problems)?;
        let name = fields.required_name("name", &PROVIDER_NAME).unwrap_or_default();
        unique.check(name, fields.at);
        let metadata = metadata(&fields);
        let issuer = match &metadata {
            // It says so itself.
            Some(metadata) => &metadata.entity_id,
            None if fields.get("metadata").is_some() => "",
            None => fields.required_name("issuer", &SAML_ISSUER).unwrap_or_default(),
        };
        let recipient = fields.name("recipient", &URL);
        let recipients = recipient.map_or(saml::RECIPIENTS.to_vec(), |recipient| vec![recipient]);
        Some(SamlProvider {
            arn: format!("acs:ram::{account_id}:saml-provider/{name}"),
            issuer: issuer.to_owned(),
            recipient: recipients.first().copied().unwrap_or_default().to_owned(),
            verifier: metadata.map(|metadata| {
                Arc::new(saml::Verifier {
                    issuer: metadata.entity_id,
                    keys: metadata.keys,
                    audiences: saml::AUDIENCES.map(str::to_owned).to_vec(),
                    recipients: recipients.iter().map(|&recipient| recipient.to_owned()).collect(),
                })
            }),
        })
    };
    nodes.iter().filter_map(read).collect()
}

/// Where the keys of an OIDC provider are, if it is not the emulator's own.
fn keys(fields: &Fields<'_, '_>) -> Option<oidc::Keys> {
    match (fields.get("jwks"), fields.name("jwks_url", &URL)) {
        (None, None) => None,
        (Some(node), None) => match KeySet::parse(json_of(node).as_bytes()) {
            Ok(keys) => Some(oidc::Keys::Given(Arc::new(keys))),
            Err(error) => {
                fields.report(node, format!("`jwks` of an OIDC provider is no key set: {error}"));
                None
            }
        },
        (None, Some(url)) => match RemoteKeys::new(url) {
            Ok(keys) => Some(oidc::Keys::Remote(keys)),
            Err(error) => {
                let node = fields.get("jwks_url")?;
                fields.report(node, format!("`jwks_url` of an OIDC provider cannot be used; {error}"));
                None
            }
        },
        (Some(node), Some(_)) => {
            fields.report(node, "an OIDC provider has `jwks` or `jwks_url`, not both; remove one".to_owned());
            None
        }
    }
}

/// The metadata of a SAML provider, if it is not the emulator's own.
fn metadata(fields: &Fields<'_, '_>) -> Option<Metadata> {
    let node = fields.get("metadata")?;
    match Metadata::parse(fields.text_of("metadata", node)?) {
        Ok(metadata) => Some(metadata),
        Err(error) => {
            fields.report(node, format!("`metadata` of a SAML provider cannot be used: {error}"));
            None
        }
    }
}

/// Every text of a list.
fn texts(fields: &Fields<'_, '_>, name: &str, rule: &NameRule) -> Vec<String> {
    let one = |node| {
        let text = fields.text_of(name, node)?;
        if (rule.fits)(text) {
            return Some(text.to_owned());
        }
        fields.report(node, format!("each of `{name}` is {}", rule.words));
        None
    };
    fields.list(name).iter().filter_map(one).collect()
}

fn json_of(node: &Node<'_>) -> String {
    match &node.value {
        Value::Text(text) => text.clone().into_owned(),
        other => other.to_json().to_string(),
    }
}
