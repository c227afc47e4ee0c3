//! Resource names.

use crate::InvalidInput;
use crate::text::{checked_text, shown_text};

/// The name of an Alibaba Cloud resource: `acs:<service>:<region>:<account-id>:<relative-id>`.
///
/// Parsing asks for that shape alone; what the service sends is kept whatever it is. [`kind`](Arn::kind) tells what it
/// names; a form that is not known here is [`ArnKind::Other`]. Role names compare without regard to case at the service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn(String);

checked_text!(Arn);
// The service's own forms are kept, so they must be readable as well.
shown_text!(Arn, kept);

/// What an [`Arn`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArnKind<'a> {
    /// `acs:ram::<account-id>:root`: the account itself.
    Root,
    /// `acs:ram::<account-id>:user/<user-name>`.
    User {
        /// Its name.
        user_name: &'a str,
    },
    /// `acs:ram::<account-id>:role/<role-name>`.
    Role {
        /// Its name.
        role_name: &'a str,
    },
    /// A role session: `…:role/<role>/<session>` (as AssumeRole answers) or `…:assumed-role/<role>/<session>` (as
    /// GetCallerIdentity answers and policies name it), in `acs:ram` or `acs:sts`.
    AssumedRole {
        /// The role's name.
        role_name: &'a str,
        /// The session's name.
        session_name: &'a str,
    },
    /// `acs:ram::<account-id>:oidc-provider/<name>`.
    OidcProvider {
        /// Its name.
        name: &'a str,
    },
    /// `acs:ram::<account-id>:saml-provider/<name>`.
    SamlProvider {
        /// Its name.
        name: &'a str,
    },
    /// Anything else.
    Other,
}

impl Arn {
    /// The service that owns the resource, such as `ram`; `None` where the text has not the shape of an ARN.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        Some(Parts::of(&self.0)?.service)
    }

    /// The owning account's id; `None` where the text has none.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        Some(Parts::of(&self.0)?.account_id).filter(|id| !id.is_empty())
    }

    /// What it names.
    #[must_use]
    pub fn kind(&self) -> ArnKind<'_> {
        Parts::of(&self.0).map_or(ArnKind::Other, |parts| parts.kind())
    }

    fn check(text: &str) -> Result<(), InvalidInput> {
        match Parts::of(text) {
            Some(_) => Ok(()),
            None => Err(refused(
                "Arn",
                text,
                "an ARN has the form `acs:<service>:<region>:<account-id>:<relative-id>`",
            )),
        }
    }
}

/// A role's name: `acs:ram::<account-id>:role/<role-name>`, with an account id of 1 to 20 digits and a role name of 1
/// to 64 characters of `A-Z a-z 0-9 . - _`.
///
/// Source: STS API 2015-04-01, `RoleArn`; RAM's limits of 2026.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleArn(String);

checked_text!(RoleArn);
shown_text!(RoleArn);

impl RoleArn {
    /// The account that owns the role; empty only for an unchecked text without one.
    #[must_use]
    pub fn account_id(&self) -> &str {
        Parts::of(&self.0).map_or("", |parts| parts.account_id)
    }

    /// The role's name; empty only for an unchecked text without one.
    #[must_use]
    pub fn role_name(&self) -> &str {
        match Parts::of(&self.0).map(|parts| parts.kind()) {
            Some(ArnKind::Role { role_name }) => role_name,
            _ => "",
        }
    }

    fn check(text: &str) -> Result<(), InvalidInput> {
        let name = |kind| match kind {
            ArnKind::Role { role_name } => Ok(role_name),
            ArnKind::AssumedRole { .. } => Err("this names a role session; leave the session name out"),
            ArnKind::User { .. } => Err("this names a user; a role has `role/` there"),
            ArnKind::Root => Err("this names an account; a role has `role/<role-name>` there"),
            _ => Err("a role ARN has the form `acs:ram::<account-id>:role/<role-name>`"),
        };
        check_ram("RoleArn", text, 64, name)
    }
}

/// An OIDC identity provider's name: `acs:ram::<account-id>:oidc-provider/<name>`, with a name of 1 to 128 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OidcProviderArn(String);

checked_text!(OidcProviderArn);
shown_text!(OidcProviderArn);

impl OidcProviderArn {
    fn check(text: &str) -> Result<(), InvalidInput> {
        let name = |kind| match kind {
            ArnKind::OidcProvider { name } => Ok(name),
            _ => Err("an OIDC provider ARN has the form `acs:ram::<account-id>:oidc-provider/<name>`"),
        };
        check_ram("OIDCProviderArn", text, 128, name)
    }
}

/// A SAML identity provider's name: `acs:ram::<account-id>:saml-provider/<name>`, with a name of 1 to 128 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SamlProviderArn(String);

checked_text!(SamlProviderArn);
shown_text!(SamlProviderArn);

impl SamlProviderArn {
    fn check(text: &str) -> Result<(), InvalidInput> {
        let name = |kind| match kind {
            ArnKind::SamlProvider { name } => Ok(name),
            _ => Err("a SAML provider ARN has the form `acs:ram::<account-id>:saml-provider/<name>`"),
        };
        check_ram("SAMLProviderArn", text, 128, name)
    }
}

/// A checked ARN is an ARN.
macro_rules! into_arn {
    ($($type:ident),*) => {$(
        impl From<$type> for Arn {
            fn from(arn: $type) -> Self {
                Self(arn.0)
            }
        }
    )*};
}

into_arn!(RoleArn, OidcProviderArn, SamlProviderArn);

/// The rules that all RAM entities share; `name` picks the entity's name out of the kind or says what is wrong.
fn check_ram<'a>(
    parameter: &'static str,
    text: &'a str,
    longest: usize,
    name: impl FnOnce(ArnKind<'a>) -> Result<&'a str, &'static str>,
) -> Result<(), InvalidInput> {
    if text != text.trim() {
        return Err(refused(parameter, text, "there is white space around it"));
    }
    let parts = Parts::of(text);
    let name = match name(parts.as_ref().map_or(ArnKind::Other, Parts::kind)) {
        Ok(name) => name,
        Err(problem) => return Err(refused(parameter, text, problem)),
    };
    let account_id = parts.as_ref().map_or("", |parts| parts.account_id);
    let problem = if !parts.is_some_and(|parts| parts.service == "ram" && parts.region.is_empty()) {
        "it must begin with `acs:ram::`"
    } else if account_id.is_empty()
        || account_id.len() > 20
        || !account_id.bytes().all(|b| b.is_ascii_digit())
    {
        "the account id must be 1 to 20 digits"
    } else if name.is_empty() {
        "the name at its end is missing"
    } else if name.len() > longest {
        "the name at its end is too long"
    } else if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        "the name at its end may hold letters, digits and `.-_` only"
    } else {
        return Ok(());
    };
    Err(refused(parameter, text, problem))
}

fn refused(parameter: &'static str, text: &str, problem: &'static str) -> InvalidInput {
    InvalidInput::new(parameter, problem).with_value(text)
}

struct Parts<'a> {
    service: &'a str,
    region: &'a str,
    account_id: &'a str,
    relative_id: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(5, ':');
        if parts.next() != Some("acs") {
            return None;
        }
        let (service, region, account_id, relative_id) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if service.is_empty() || relative_id.is_empty() {
            return None;
        }
        Some(Self { service, region, account_id, relative_id })
    }

    fn kind(&self) -> ArnKind<'a> {
        let known = matches!(self.service, "ram" | "sts");
        match self.relative_id.split_once('/') {
            _ if !known => ArnKind::Other,
            None if self.relative_id == "root" => ArnKind::Root,
            Some(("user", user_name)) => ArnKind::User { user_name },
            Some(("role" | "assumed-role", rest)) => {
                match (rest.split_once('/'), self.relative_id.starts_with('r')) {
                    (Some((role_name, session_name)), _) => ArnKind::AssumedRole { role_name, session_name },
                    (None, true) => ArnKind::Role { role_name: rest },
                    (None, false) => ArnKind::Other,
                }
            }
            Some(("oidc-provider", name)) => ArnKind::OidcProvider { name },
            Some(("saml-provider", name)) => ArnKind::SamlProvider { name },
            _ => ArnKind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arn, ArnKind, OidcProviderArn, RoleArn, SamlProviderArn};
    use proptest::prelude::*;

    #[test]
    fn forms_of_the_fact_sheet() {
        let session = ArnKind::AssumedRole { role_name: "r", session_name: "s" };
        for (text, kind) in [
            ("acs:ram::1:root", ArnKind::Root),
            ("acs:ram::1:user/alice", ArnKind::User { user_name: "alice" }),
            ("acs:ram::1:role/r", ArnKind::Role { role_name: "r" }),
            ("acs:ram::1:role/r/s", session),
            ("acs:ram::1:assumed-role/r/s", session),
            ("acs:sts::1:assumed-role/r/s", session),
            ("acs:ram::1:assumed-role/r", ArnKind::Other),
            ("acs:ram::1:oidc-provider/p", ArnKind::OidcProvider { name: "p" }),
            ("acs:ram::1:saml-provider/p", ArnKind::SamlProvider { name: "p" }),
            ("acs:oss:*:*:bucket/key:with:colons", ArnKind::Other),
            ("acs:ram::1:group/g", ArnKind::Other),
        ] {
            let arn: Arn = text.parse().unwrap();
            assert_eq!((arn.kind(), arn.as_str()), (kind, text));
        }
        for bad in ["", "acs", "arn:aws:iam::1:role/r", "acs:ram::1", "acs::::x", "acs:ram::1:"] {
            assert!(bad.parse::<Arn>().is_err(), "{bad:?}");
            assert_eq!(Arn::unchecked(bad).kind(), ArnKind::Other);
        }
    }

    #[test]
    fn role_arns_and_what_is_said_of_bad_ones() {
        for good in [
            "acs:ram::123456789012:role/OSS-ReadOnly",
            "acs:ram::1:role/a.b_c-9",
            "acs:ram::1234567890123456:role/x",
        ] {
            assert_eq!(good.parse::<RoleArn>().unwrap().as_str(), good);
        }
        for (bad, said) in [
            ("", "has the form"),
            ("app", "has the form"),
            ("arn:aws:iam::123456789012:role/app", "has the form"),
            (" acs:ram::1:role/r", "white space"),
            ("acs:ram::1:role/r\n", "white space"),
            ("acs:ram::1:root", "names an account"),
            ("acs:ram::1:user/u", "names a user"),
            ("acs:ram::1:role/r/s", "leave the session name out"),
            ("acs:ram:*:1:role/r", "`acs:ram::`"),
            ("acs:sts::1:role/r", "`acs:ram::`"),
            ("acs:ram:::role/r", "1 to 20 digits"),
            ("acs:ram::12a:role/r", "1 to 20 digits"),
            ("acs:ram::1:role/", "missing"),
            ("acs:ram::1:role/ä", "letters, digits"),
            (&format!("acs:ram::1:role/{}", "x".repeat(65)), "too long"),
        ] {
            let error = bad.parse::<RoleArn>().unwrap_err().to_string();
            assert!(error.starts_with("RoleArn ") && error.contains(said), "{bad:?}: {error}");
        }
    }

    #[test]
    fn provider_arns() {
        assert!("acs:ram::1:oidc-provider/p".parse::<OidcProviderArn>().is_ok());
        assert!("acs:ram::1:saml-provider/p".parse::<OidcProviderArn>().is_err());
        assert!("acs:ram::1:saml-provider/p".parse::<SamlProviderArn>().is_ok());
        assert!("acs:ram::1:role/p".parse::<SamlProviderArn>().is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_kept_and_never_panics(text in ".{0,80}") {
            let arn = Arn::unchecked(text.clone());
            let _ = (arn.kind(), arn.account_id(), arn.service());
            prop_assert_eq!(arn.as_str(), text.as_str());
            let _ = text.parse::<RoleArn>();
        }

        #[test]
        fn a_valid_role_arn_gives_its_parts_back(account in "[0-9]{1,20}", role in "[A-Za-z0-9._-]{1,64}") {
            let arn: RoleArn = format!("acs:ram::{account}:role/{role}").parse().unwrap();
            prop_assert_eq!((arn.account_id(), arn.role_name()), (account.as_str(), role.as_str()));
        }
    }
}
