//! What TOML and JSON have in common.

use std::borrow::Cow;
use std::ops::Range;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) span: Range<usize>,
    pub(super) value: Value<'t>,
}

#[derive(Debug)]
pub(super) enum Value<'t> {
    Table(Vec<Member<'t>>),
    List(Vec<Node<'t>>),
    Text(Cow<'t, str>),
    Integer(i64),
    Bool(bool),
    /// A date and time of TOML, as it is written.
    Time(String),
    /// What no world has.
    Other(&'static str),
}

/// A name and its value.
#[derive(Debug)]
pub(super) struct Member<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) at: usize,
    pub(super) node: Node<'t>,
}

impl Value<'_> {
    /// As messages call it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::List(_) => "a list",
            Self::Text(_) => "text",
            Self::Integer(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Time(_) => "a time",
            Self::Other(kind) => kind,
        }
    }

    /// The same as JSON, for what is kept as JSON.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Table(members) => members
                .iter()
                .map(|member| (member.name.clone().into_owned(), member.node.value.to_json()))
                .collect(),
            Self::List(nodes) => nodes.iter().map(|node| node.value.to_json()).collect(),
            Self::Text(text) => text.as_ref().into(),
            Self::Integer(number) => (*number).into(),
            Self::Bool(truth) => (*truth).into(),
            Self::Time(time) => time.as_str().into(),
            Self::Other(_) => serde_json::Value::Null,
        }
    }
}
