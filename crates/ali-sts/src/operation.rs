//! The four operations, each as a request whose settings are chosen one by one and that is then sent.

pub(crate) mod assume_role;
pub(crate) mod assume_role_with_oidc;
pub(crate) mod assume_role_with_saml;
pub(crate) mod get_caller_identity;
pub(crate) mod session_policy;

use crate::client::Client;
use crate::client::call::MOST;
use std::borrow::Cow;
use sts_types::{InvalidInput, SessionDuration};

/// Writes what the requests for a role session have in common: their shape, the setters of what every session has, and the
/// change of the client that the blocking twin needs.
macro_rules! session_request {
    ($(#[$doc:meta])* $request:ident, $input:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct $request<C = $crate::Client> {
            pub(crate) client: C,
            input: Result<$input, $crate::InvalidInput>,
        }

        impl<C> $request<C> {
            /// How long the credentials are to be valid, as a `Duration` or in seconds: 900 to 43,200 whole seconds, at
            /// most the role's own `MaxSessionDuration`; default 3,600.
            pub fn duration<V>(mut self, duration: V) -> Self
            where
                V: TryInto<$crate::SessionDuration, Error: Into<$crate::InvalidInput>>,
            {
                self.input = $crate::operation::set(self.input, duration.try_into(), |input, duration| {
                    input.duration = Some(duration);
                });
                self
            }

            /// Narrows what the session may do to what the role *and* this policy allow; default all that the role
            /// allows.
            pub fn policy(mut self, policy: impl $crate::IntoSessionPolicy) -> Self {
                self.input = $crate::operation::set(self.input, policy.into_session_policy(), |input, policy| {
                    input.policy = Some(policy);
                });
                self
            }

            #[cfg(feature = "blocking")]
            pub(crate) fn map_client<D>(self, map: impl FnOnce(C) -> D) -> $request<D> {
                $request { client: map(self.client), input: self.input }
            }
        }
    };
    ($(#[$doc:meta])* $request:ident, $input:ty, named) => {
        $crate::operation::session_request!($(#[$doc])* $request, $input);

        impl<C> $request<C> {
            /// The session's name, for audit logs: 2 to 64 characters of `A-Z a-z 0-9 . @ _ -`; default `app`.
            /// [`session_name_for`](crate::session_name_for) makes one out of any text.
            pub fn session_name<V>(mut self, name: V) -> Self
            where
                V: TryInto<$crate::SessionName, Error: Into<$crate::InvalidInput>>,
            {
                self.input = $crate::operation::set(self.input, name.try_into(), |input, name| input.session_name = name);
                self
            }
        }
    };
}

pub(crate) use session_request;

/// Takes a value over, or keeps the first refusal for `send()`.
pub(crate) fn set<I, T>(
    input: Result<I, InvalidInput>,
    value: Result<T, impl Into<InvalidInput>>,
    put: impl FnOnce(&mut I, T),
) -> Result<I, InvalidInput> {
    let mut input = input?;
    put(&mut input, value.map_err(Into::into)?);
    Ok(input)
}

/// The parameters of one call, in the order of their names.
struct Params<'a> {
    list: [(&'a str, &'a str); MOST],
    length: usize,
}

impl<'a> Params<'a> {
    fn new(action: &'a str) -> Self {
        Self { list: [("Action", action); MOST], length: 1 }
    }

    /// In place: it is too large to be moved each time.
    fn with(&mut self, name: &'a str, value: &'a str) -> &mut Self {
        if let Some(place) = self.list.get_mut(self.length) {
            *place = (name, value);
            self.length += 1;
        }
        self
    }

    fn with_some(&mut self, name: &'a str, value: Option<&'a str>) -> &mut Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// What every call has near its end; `Version` is put last by the caller.
    fn version(&mut self, client: &'a Client) {
        self.with("Version", &client.0.api_version);
    }

    fn as_slice(&self) -> &[(&'a str, &'a str)] {
        self.list.get(..self.length).unwrap_or_default()
    }
}

fn seconds(duration: Option<SessionDuration>) -> Option<Cow<'static, str>> {
    duration.map(|duration| match duration {
        SessionDuration::DEFAULT => Cow::Borrowed("3600"),
        other => Cow::Owned(other.as_secs().to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::{MOST, Params, seconds};
    use sts_types::SessionDuration;

    #[test]
    fn there_is_room_for_all_parameters_and_the_default_is_written_right() {
        let names = [
            "DurationSeconds",
            "ExternalId",
            "Format",
            "Policy",
            "RoleArn",
            "RoleSessionName",
            "SourceIdentity",
        ];
        let mut params = Params::new("AssumeRole");
        for name in names {
            params.with(name, "x");
        }
        params.with("Version", "x");
        assert_eq!(params.as_slice().len(), MOST);
        assert!(params.as_slice().is_sorted());
        assert_eq!(
            seconds(Some(SessionDuration::DEFAULT)).unwrap(),
            SessionDuration::DEFAULT.as_secs().to_string()
        );
    }
}
