//! XML from outside: bounded, without DTD, entities, comments and processing instructions.

use std::collections::HashSet;

use uppsala::{Attribute, Document, NodeId, NodeKind, Parser};

pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(super) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

const MAX_DEPTH: u32 = 32;
const MAX_NODES: usize = 10_000;

/// Parses a document. Nothing of what is refused here has a place in a SAML response or in metadata, and each of it has been used
/// to make two readers of one document see two things.
pub(super) fn parse(text: &str) -> Option<Document<'_>> {
    let parser = Parser::new()
        .with_max_depth(MAX_DEPTH)
        .with_max_entity_expansion(0)
        .with_forbid_dtd(true)
        .with_forbid_entities(true);
    let document = parser.parse(text).ok()?;
    let nodes = document.descendants(document.root());
    if nodes.len() > MAX_NODES {
        return None;
    }
    let mut ids = HashSet::new();
    for node in nodes {
        match document.node_kind(node)? {
            NodeKind::Comment(_) | NodeKind::ProcessingInstruction(_) => return None,
            // An id that two elements have says nothing about either.
            NodeKind::Element(element) => {
                let mut own = element.attributes.iter().filter(|attribute| is_id(attribute));
                if !own.all(|attribute| ids.insert(attribute.value.to_string())) {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(document)
}

fn is_id(attribute: &Attribute<'_>) -> bool {
    attribute.name.local_name.eq_ignore_ascii_case("id")
}

/// An element and the document it is in.
#[derive(Clone, Copy)]
pub(super) struct Element<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    pub(super) node: NodeId,
}

impl<'d, 'a> Element<'d, 'a> {
    pub(super) fn root(document: &'d Document<'a>) -> Option<Self> {
        Some(Self { document, node: document.document_element()? })
    }

    pub(super) fn is(self, namespace: &str, name: &str) -> bool {
        self.document.element(self.node).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        let document = self.document;
        document
            .children_iter(self.node)
            .filter(move |&node| document.element(node).is_some())
            .map(move |node| Self { document, node })
    }

    pub(super) fn named(self, namespace: &'d str, name: &'d str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.is(namespace, name))
    }

    /// The child of this name, if there is exactly one.
    pub(super) fn only(self, namespace: &str, name: &str) -> Option<Self> {
        let mut found = self.children().filter(|child| child.is(namespace, name));
        found.next().filter(|_| found.next().is_none())
    }

    /// How many elements of this name are in the document, at any depth.
    pub(super) fn count_everywhere(self, namespace: &str, name: &str) -> usize {
        let document = self.document;
        let all = document.descendants(document.root());
        all.into_iter().filter(|&node| Self { document, node }.is(namespace, name)).count()
    }

    /// The value of an attribute that is in no namespace.
    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        let attributes = &self.document.element(self.node)?.attributes;
        attributes
            .iter()
            .find(|attribute| attribute.name.namespace_uri.is_none() && attribute.name.local_name == name)
            .map(|attribute| attribute.value.as_ref())
    }

    /// The text of an element that has nothing but text, without white space at its ends.
    pub(super) fn text(self) -> Option<String> {
        let mut text = String::new();
        for child in self.document.children_iter(self.node) {
            match self.document.node_kind(child)? {
                NodeKind::Text(part) | NodeKind::CData(part) => text.push_str(part),
                _ => return None,
            }
        }
        Some(text.trim_ascii().to_owned())
    }
}
