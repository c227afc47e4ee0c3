//! What all checked text types share.

/// Writes the conversions, comparisons and (with the feature) serde impls of a type that is one checked `String`.
/// The type supplies `fn check(&str) -> Result<(), InvalidInput>`.
macro_rules! checked_text {
    ($type:ident) => {
        impl $type {
            /// Takes the text as it is, for a limit that the service has raised since this was written.
            #[must_use]
            pub fn unchecked(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::InvalidInput;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $crate::InvalidInput;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl TryFrom<&String> for $type {
            type Error = $crate::InvalidInput;

            fn try_from(text: &String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl TryFrom<String> for $type {
            type Error = $crate::InvalidInput;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<&$type> for $type {
            fn from(value: &$type) -> Self {
                value.clone()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

/// `Display`, and (with the feature) serde impls, for a checked text type that holds no secret. With `kept`, what was
/// written is read back whatever it is; otherwise it is checked.
macro_rules! shown_text {
    ($type:ident) => {
        $crate::text::shown_text!($type, <$type as TryFrom<String>>::try_from);
    };
    ($type:ident, kept) => {
        $crate::text::shown_text!($type, |text| Ok::<_, $crate::InvalidInput>($type::unchecked(text)));
    };
    ($type:ident, $read:expr) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                ($read)(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {checked_text, shown_text};

/// How many characters `text` has, and the first that `allowed` refuses.
pub(crate) fn scan(text: &str, allowed: impl Fn(char) -> bool) -> (usize, Option<char>) {
    (text.chars().count(), text.chars().find(|c| !allowed(*c)))
}
