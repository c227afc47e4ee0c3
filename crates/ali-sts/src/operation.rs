//! The four operations, each as a request whose settings are chosen one by one and that is then sent.

pub(crate) mod assume_role;
pub(crate) mod assume_role_with_oidc;
pub(crate) mod assume_role_with_saml;
pub(crate) mod get_caller_identity;
pub(crate) mod session_policy;

use crate::client::Client;
use sts_types::{InvalidInput, SessionDuration};

/// Takes a value over, or keeps the first refusal for `send()`.
fn set<I, T>(
    input: Result<I, InvalidInput>,
    value: Result<T, impl Into<InvalidInput>>,
    put: impl FnOnce(&mut I, T),
) -> Result<I, InvalidInput> {
    let mut input = input?;
    put(&mut input, value.map_err(Into::into)?);
    Ok(input)
}

/// The parameters of one call, in the order of their names.
struct Params<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Params<'a> {
    fn new(action: &'a str) -> Self {
        let mut params = Vec::with_capacity(9);
        params.push(("Action", action));
        Self(params)
    }

    fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.0.push((name, value));
        self
    }

    fn with_some(self, name: &'a str, value: Option<&'a str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// What every call has near its end; `Version` is put last by the caller.
    fn version(self, client: &'a Client) -> Self {
        self.with("Version", &client.0.api_version)
    }
}

fn seconds(duration: Option<SessionDuration>) -> Option<String> {
    duration.map(|duration| duration.as_secs().to_string())
}
