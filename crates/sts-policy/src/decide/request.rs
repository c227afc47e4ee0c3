//! What is decided about.

use crate::decide::caller::Caller;
use crate::decide::index;
use crate::value::Reading;
use std::fmt;

/// The condition keys of a request and their values. A key that is not here is absent from the request, which is not the
/// same as an empty value.
///
/// `Debug` shows the keys alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Context {
    // A handful: a walk is quicker than a map.
    entries: Vec<Entry>,
}

#[derive(Clone, PartialEq, Eq)]
struct Entry {
    key: String,
    values: Vec<Value>,
}

/// One value, and what it can be read as.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) reading: Reading,
}

impl Context {
    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key with a value, or a value to the key where it is there already (few keys have several). The case of the
    /// key matters. Values are text: `true`, `10.0.0.1`, `2026-01-01T00:00:00Z`, `42`.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.insert(key, value);
        self
    }

    /// As [`with`](Self::with), in place.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let (key, text) = (key.into(), value.into());
        let value = Value { reading: Reading::of(&text), text };
        match self.entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.values.push(value),
            None => self.entries.push(Entry { key, values: vec![value] }),
        }
    }

    /// The values of a key, at least one; `None` where the key is absent.
    pub(super) fn values(&self, key: &str) -> Option<&[Value]> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &*entry.values)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&str> = self.entries.iter().map(|entry| &*entry.key).collect();
        f.debug_tuple("Context").field(&keys).finish()
    }
}

/// One question: may this action be done to this resource? A call that is checked several times (a copy reads one object
/// and writes another) is several of these; see [`Layers::decide_all`](crate::decide::Layers::decide_all).
///
/// `Debug` shows the action and the names of the keys.
#[derive(Clone)]
pub struct Request<'a> {
    action: &'a str,
    /// Actions are compared without regard to case; this is the one form of them.
    pub(super) folded_action: Box<[u8]>,
    pub(super) action_key: u64,
    pub(super) resource: &'a str,
    pub(super) context: &'a Context,
    pub(super) callers: Vec<Caller>,
}

impl<'a> Request<'a> {
    /// `action` such as `oss:GetObject`, in any case; `resource` such as
    /// `acs:oss:cn-hangzhou:123456789012:my-bucket/a.txt`, in which `*` is a character like any other.
    #[must_use]
    pub fn new(action: &'a str, resource: &'a str, context: &'a Context) -> Self {
        let folded_action: Box<[u8]> = action.to_ascii_lowercase().into_bytes().into();
        let action_key = index::key_of_action(&folded_action);
        Self { action, folded_action, action_key, resource, context, callers: Vec::new() }
    }

    /// Who asks, for policies that name principals: the digits of an account or a RAM user, an ARN of an account
    /// (`acs:ram::1:root`), a RAM user, a role or its session (`acs:ram::1:assumed-role/r/s`), an identity provider, or a
    /// service (`ecs.aliyuncs.com`). Called again, it gives a further name of the same caller. Without one, only
    /// statements about everybody are about the caller.
    #[must_use]
    pub fn principal(mut self, name: &str) -> Self {
        self.callers.push(Caller::new(name));
        self
    }

    /// The fourth segment of the resource: whose it is.
    pub(super) fn resource_account(&self) -> &str {
        self.resource.split(':').nth(3).unwrap_or_default()
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("action", &self.action)
            .field("context", self.context)
            .finish_non_exhaustive()
    }
}
