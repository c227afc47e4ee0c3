//! Identity providers.

use super::Source;
use super::fields::{Fields, NameRule, Unique, is_made_of};
use super::node::{Node, Value};
use crate::world::{OidcProvider, SamlProvider};

const OIDC: &[&str] =
    &["name", "issuer", "client_ids", "jwks", "jwks_url", "fingerprints", "issuance_limit_hours"];
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
const SAML_ISSUER: NameRule =
    NameRule { fits: |text| !text.is_empty(), words: "the entity id of the provider" };

const DEFAULT_ISSUANCE_LIMIT: i64 = 12;

/// As the China site has it.
const DEFAULT_RECIPIENT: &str = "https://signin.aliyun.com/saml-role/SSO";

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn oidc(source: &Source<'_>, nodes: &[Node<'_>], account_id: &str) -> Vec<OidcProvider> {
    let mut unique = Unique::new("an OIDC provider", source.problems);
    let read = |node| {
        let fields = Fields::new("an OIDC provider", node, OIDC, source.problems)?;
        let name = fields.required_name("name", &PROVIDER_NAME).unwrap_or_default();
        unique.check(name, fields.at);
        if let (Some(jwks), Some(_)) = (fields.get("jwks"), fields.get("jwks_url")) {
            fields.report(jwks, "an OIDC provider has `jwks` or `jwks_url`, not both; remove one".to_owned());
        }
        let client_ids = texts(&fields, "client_ids", &CLIENT_ID);
        if client_ids.is_empty() {
            fields.require("client_ids", "the audiences that its tokens may have");
        }
        let hours = fields.integer("issuance_limit_hours", 1..=168).unwrap_or(DEFAULT_ISSUANCE_LIMIT);
        Some(OidcProvider {
            name: name.to_owned(),
            arn: format!("acs:ram::{account_id}:oidc-provider/{name}"),
            issuer: fields.required_name("issuer", &ISSUER).unwrap_or_default().to_owned(),
            client_ids,
            jwks: fields.get("jwks").map(|node| json_of(node)),
            jwks_url: fields.name("jwks_url", &URL).map(str::to_owned),
            fingerprints: texts(&fields, "fingerprints", &CLIENT_ID),
            issuance_limit_hours: u32::try_from(hours).unwrap_or(u32::MAX),
        })
    };
    nodes.iter().filter_map(read).collect()
}

pub(super) fn saml(source: &Source<'_>, nodes: &[Node<'_>], account_id: &str) -> Vec<SamlProvider> {
    let mut unique = Unique::new("a SAML provider", source.problems);
    let read = |node| {
        let fields = Fields::new("a SAML provider", node, SAML, source.problems)?;
        let name = fields.required_name("name", &PROVIDER_NAME).unwrap_or_default();
        unique.check(name, fields.at);
        let metadata = fields.text("metadata").map(str::to_owned);
        let issuer = match metadata {
            // It says so itself.
            Some(_) => fields.name("issuer", &SAML_ISSUER),
            None => fields.required_name("issuer", &SAML_ISSUER),
        };
        Some(SamlProvider {
            name: name.to_owned(),
            arn: format!("acs:ram::{account_id}:saml-provider/{name}"),
            issuer: issuer.unwrap_or_default().to_owned(),
            recipient: fields.name("recipient", &URL).unwrap_or(DEFAULT_RECIPIENT).to_owned(),
            metadata,
        })
    };
    nodes.iter().filter_map(read).collect()
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
