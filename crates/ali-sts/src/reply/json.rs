//! An answer in JSON. Members that are unknown, or of another type than expected, are passed over; of repeated ones the
//! last counts.

use crate::reply::document::Document;
use crate::reply::{
    AccessDeniedFields, CredentialsFields, Fields, IdentityFields, Text, TokenInfoFields, UserFields,
};
use serde_core::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Reads an answer; `None` when it is not one JSON object.
pub(crate) fn read(body: &[u8]) -> Option<Fields<'_>> {
    read_object(body)
}

/// Reads any object whose members are known.
pub(crate) fn read_object<'de, T: Object<'de> + Default>(body: &'de [u8]) -> Option<T> {
    let mut fields = T::default();
    // As text, so that UTF-8 is checked in one sweep and not for each member.
    let mut json = serde_json::Deserializer::from_str(std::str::from_utf8(body).ok()?);
    Members(&mut fields).deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(fields)
}

/// Something whose members are read by name.
pub(crate) trait Object<'de> {
    /// Reads the value of the member `name`.
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads the members of an object into `T`.
struct Members<'t, T>(&'t mut T);

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Members<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for Members<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Scalar(name)) = map.next_key_seed(ScalarSeed)? {
            self.0.member(name.as_deref().unwrap_or_default(), &mut map)?;
        }
        Ok(())
    }
}

impl<'de> Object<'de> for Fields<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let text = match name {
            "Credentials" => return object(&mut self.credentials, map),
            "AssumedRoleUser" => return object(&mut self.assumed_role_user, map),
            "OIDCTokenInfo" | "SAMLAssertionInfo" => return boxed_object(&mut self.token_info, map),
            "AccessDeniedDetail" => return boxed_object(&mut self.access_denied, map),
            // Some gateways write their own members in lower case.
            "RequestId" | "requestId" | "request_id" => &mut self.request_id,
            "HostId" | "hostId" => &mut self.host_id,
            "Code" | "code" => &mut self.code,
            "Message" | "message" => &mut self.message,
            "Recommend" | "recommend" => &mut self.recommend,
            "SourceIdentity" => &mut self.source_identity,
            _ => return self.identity.member(name, map),
        };
        scalar(text, map)
    }
}

impl<'de> Object<'de> for Document<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "Code" => scalar(&mut self.code, map),
            _ => self.credentials.member(name, map),
        }
    }
}

/// Writes an [`Object`] whose members are all text.
macro_rules! texts {
    ($type:ident { $($($name:literal)|+ => $field:ident,)* }) => {
        impl<'de> $crate::reply::json::Object<'de> for $type<'de> {
            fn member<A: serde_core::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                match name {
                    $($($name)|+ => $crate::reply::json::scalar(&mut self.$field, map),)*
                    _ => map.next_value::<serde_core::de::IgnoredAny>().map(drop),
                }
            }
        }
    };
}

pub(crate) use texts;

texts!(CredentialsFields {
    "AccessKeyId" => access_key_id,
    "AccessKeySecret" => access_key_secret,
    "SecurityToken" => security_token,
    "Expiration" => expiration,
});

// Older pages of the documentation have the second spelling.
texts!(UserFields {
    "Arn" | "arn" => arn,
    "AssumedRoleId" | "AssumedRoleUserId" => assumed_role_id,
});

texts!(TokenInfoFields {
    "Subject" => subject,
    "SubjectType" => subject_type,
    "Issuer" => issuer,
    "Recipient" => recipient,
    "ClientIds" => client_ids,
    "ExpirationTime" => expiration_time,
    "IssuanceTime" => issuance_time,
    "VerificationInfo" => verification_info,
});

texts!(IdentityFields {
    "IdentityType" => identity_type,
    "AccountId" => account_id,
    "Arn" | "arn" => arn,
    "PrincipalId" => principal_id,
    "UserId" => user_id,
    "RoleId" => role_id,
});

texts!(AccessDeniedFields {
    "AuthAction" => auth_action,
    "AuthPrincipalDisplayName" => auth_principal_display_name,
    "AuthPrincipalOwnerId" => auth_principal_owner_id,
    "AuthPrincipalType" => auth_principal_type,
    "NoPermissionType" => no_permission_type,
    "PolicyType" => policy_type,
    "EncodedDiagnosticMessage" => encoded_diagnostic_message,
});

/// Reads a text, or a number or boolean as text.
pub(crate) fn scalar<'de, A: MapAccess<'de>>(text: &mut Text<'de>, map: &mut A) -> Result<(), A::Error> {
    let Scalar(value) = map.next_value_seed(ScalarSeed)?;
    *text = value;
    Ok(())
}

/// Reads an object into its place; anything else counts as none.
pub(crate) fn object<'de, T: Object<'de> + Default, A: MapAccess<'de>>(
    place: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    let mut value = T::default();
    if map.next_value_seed(Nested(&mut value))? {
        *place = Some(value);
    }
    Ok(())
}

fn boxed_object<'de, T: Object<'de> + Default, A: MapAccess<'de>>(
    place: &mut Option<Box<T>>,
    map: &mut A,
) -> Result<(), A::Error> {
    let mut value = None;
    object(&mut value, map)?;
    if let Some(value) = value {
        *place = Some(Box::new(value));
    }
    Ok(())
}

/// An object, or anything else, which counts as none. Tells whether it was one.
struct Nested<'t, T>(&'t mut T);

/// A text, or a number or boolean as text; anything else counts as none.
struct Scalar<'de>(Text<'de>);

struct ScalarSeed;

/// Writes the visits by which a lenient visitor takes what it did not expect.
macro_rules! lenient {
    ($value:ty, $none:expr, scalars: $($visit:ident: $type:ty => $some:expr,)*) => {
        type Value = $value;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }

        $(fn $visit<E: serde_core::de::Error>(self, value: $type) -> Result<Self::Value, E> {
            let convert: fn($type) -> $value = $some;
            Ok(convert(value))
        })*

        fn visit_unit<E: serde_core::de::Error>(self) -> Result<Self::Value, E> {
            Ok($none)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($none)
        }
    };
}

impl<'de> DeserializeSeed<'de> for ScalarSeed {
    type Value = Scalar<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ScalarSeed {
    lenient! {
        Scalar<'de>, Scalar(None), scalars:
        visit_borrowed_str: &'de str => |text| Scalar(Some(Cow::Borrowed(text))),
        visit_str: &str => |text| Scalar(Some(Cow::Owned(text.to_owned()))),
        visit_bool: bool => |value| Scalar(Some(Cow::Owned(value.to_string()))),
        visit_u64: u64 => |value| Scalar(Some(Cow::Owned(value.to_string()))),
        visit_i64: i64 => |value| Scalar(Some(Cow::Owned(value.to_string()))),
        visit_f64: f64 => |value| Scalar(Some(Cow::Owned(value.to_string()))),
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar(None))
    }
}

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Nested<'_, T> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for Nested<'_, T> {
    lenient! {
        bool, false, scalars:
        visit_str: &str => |_| false,
        visit_bool: bool => |_| false,
        visit_u64: u64 => |_| false,
        visit_i64: i64 => |_| false,
        visit_f64: f64 => |_| false,
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        Members(self.0).visit_map(map).map(|()| true)
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::reply::filled;
    use proptest::prelude::*;

    #[test]
    fn members_by_place() {
        let fields = read(
            br#" {"RequestId":"r","AssumedRoleUser":{"arn":"a","AssumedRoleUserId":"i","AccessKeyId":"no"},
            "Credentials":{"SecurityToken":"t\u002b","AccessKeyId":"k","Expiration":"e","AccessKeySecret":"s","More":[{}]},
            "AccessKeyId":"no","Code":null,"AccountId":123,"Unknown":{"Code":"no"},"Message":["no"]} "#,
        )
        .unwrap();
        let credentials = fields.credentials.unwrap();
        let user = fields.assumed_role_user.unwrap();
        assert_eq!(filled(&credentials.access_key_id), Some("k"));
        assert_eq!(filled(&credentials.access_key_secret), Some("s"));
        assert_eq!(filled(&credentials.security_token), Some("t+"));
        assert_eq!(filled(&credentials.expiration), Some("e"));
        assert_eq!((filled(&user.arn), filled(&user.assumed_role_id)), (Some("a"), Some("i")));
        assert_eq!((filled(&fields.request_id), filled(&fields.code)), (Some("r"), None));
        assert_eq!((filled(&fields.identity.account_id), filled(&fields.message)), (Some("123"), None));
    }

    #[test]
    fn what_is_not_an_answer() {
        for body in [
            "",
            "{",
            "[]",
            "1",
            "null",
            "{}x",
            "{\"Credentials\":{\"AccessKeyId\":\"k\"",
            "{\"Code\":\"\\ud800\"}",
        ] {
            assert!(read(body.as_bytes()).is_none(), "{body}");
        }
        assert!(read(br#"{"Credentials":"none","AccessDeniedDetail":[1]}"#).unwrap().credentials.is_none());
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(deep.as_bytes()).is_some(), "what is passed over may be nested as it likes");
        assert!(read(b"{\"Code\":\"\xff\"}").is_none());
    }

    proptest! {
        #[test]
        fn never_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
        }

        #[test]
        fn never_panics_on_nearly_an_answer(cut in 0usize..200, with: u8) {
            let mut body =
                br#"{"RequestId":"r","Credentials":{"SecurityToken":"t","AccessKeyId":"k"},"Code":"c"}"#.to_vec();
            let at = cut % body.len();
            body[at] = with;
            let _ = read(&body);
            body.truncate(at);
            prop_assert!(read(&body).is_none());
        }
    }
}
