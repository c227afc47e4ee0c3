//! Policies in a world: JSON in text, or written out in the world's own language.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use sts_policy::decide::Options;
use sts_policy::{Document, PolicyKind, Severity};

use super::Source;
use super::fields::{Fields, NameRule, Unique, is_made_of, nearest, shown};
use super::node::{Node, Value};
use crate::world::NamedPolicy;
use crate::world::system_policies::{SYSTEM_POLICIES, system_policy};

const POLICY: &[&str] = &["name", "document"];

const POLICY_NAME: NameRule =
    NameRule { fits: |text| is_made_of(text, 1..=128, "-"), words: "1 to 128 letters, digits and `-`" };

/// The custom policies of an account, and the system's.
pub(super) struct Policies(HashMap<String, Option<Arc<NamedPolicy>>>);

impl Policies {
    pub(super) fn read(source: &Source<'_>, nodes: &[Node<'_>]) -> Self {
        let mut unique = Unique::new("a policy", source.problems);
        let mut policies = HashMap::new();
        for node in nodes {
            let Some(fields) = Fields::new("a policy", node, POLICY, source.problems) else { continue };
            let name = fields.required_name("name", &POLICY_NAME).unwrap_or_default();
            unique.check(name, fields.at);
            let document = fields.require("document", "the policy itself");
            let policy = document
                .and_then(|node| read(source, name, node, PolicyKind::Identity, Options::new()))
                .map(Arc::new);
            policies.insert(name.to_owned(), policy);
        }
        Self(policies)
    }

    /// Policies by name or written out on the spot.
    pub(super) fn named(&self, source: &Source<'_>, nodes: &[Node<'_>]) -> Vec<Arc<NamedPolicy>> {
        let one = |(at, node): (usize, &Node<'_>)| match &node.value {
            Value::Text(name) if !name.trim_start().starts_with('{') => self.by_name(source, name, node),
            _ => {
                let name = format!("inline policy {at}");
                read(source, &name, node, PolicyKind::Identity, Options::new()).map(Arc::new)
            }
        };
        nodes.iter().enumerate().filter_map(one).collect()
    }

    fn by_name(&self, source: &Source<'_>, name: &str, node: &Node<'_>) -> Option<Arc<NamedPolicy>> {
        if let Some(policy) = self.0.get(name) {
            // What is wrong with it was told where it stands.
            return policy.clone();
        }
        if let Some(text) = system_policy(name) {
            return NamedPolicy::parse(name, text, Options::new()).ok().map(Arc::new);
        }
        let known: Vec<&str> = self.0.keys().map(String::as_str).chain(SYSTEM_POLICIES).collect();
        let hint = match nearest(name, &known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "put it among the `policies` of the account, or write it here as JSON".to_owned(),
        };
        source.problems.report(node.span.start, format!("there is no policy `{}`; {hint}", shown(name)));
        None
    }
}

/// Reads a policy of a kind and tells what the service would refuse in it.
pub(super) fn read(
    source: &Source<'_>,
    name: &str,
    node: &Node<'_>,
    kind: PolicyKind,
    options: Options,
) -> Option<NamedPolicy> {
    let (text, start) = text_of(source, node)?;
    let document = Document::parse(&text);
    let report = document.check(kind);
    let mut is_good = true;
    for finding in report.findings().iter().filter(|finding| finding.severity() == Severity::Error) {
        is_good = false;
        let (code, message, place) = (finding.code(), finding.message(), finding.place());
        match start {
            Some(start) => {
                source
                    .problems
                    .report(start + place.span().start, format!("{message} ({code}, at `{}`)", place.path()));
            }
            None => source
                .problems
                .report(node.span.start, format!("in this policy: {message} ({code}, at {place})")),
        }
    }
    let policy = is_good.then(|| document.into_policy().ok()).flatten()?;
    Some(NamedPolicy { name: name.to_owned(), compiled: policy.compile_with(options) })
}

/// The text of a policy and, where it stands in the world as it is, where.
fn text_of<'n>(source: &'n Source<'_>, node: &'n Node<'_>) -> Option<(Cow<'n, str>, Option<usize>)> {
    let written = source.text.get(node.span.clone()).unwrap_or_default();
    match &node.value {
        Value::Text(text) => {
            let start = written.find(text.as_ref()).map(|at| node.span.start + at);
            Some((text.as_ref().into(), start))
        }
        // A world in JSON.
        Value::Table(_)
            if written.starts_with('{')
                && serde_json::from_str::<serde_core::de::IgnoredAny>(written).is_ok() =>
        {
            Some((written.into(), Some(node.span.start)))
        }
        Value::Table(_) => Some((node.value.to_json().to_string().into(), None)),
        other => {
            let message = format!("a policy is a table, or its JSON in text, not {}", other.kind());
            source.problems.report(node.span.start, message);
            None
        }
    }
}
