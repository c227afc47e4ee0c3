//! What a chain was told, for people.

use std::error::Error as StdError;
use std::fmt;
use sts_types::{Credentials, ProviderError, ProviderErrorKind};

/// What each source of a chain said, and what about the settings looks wrong; `Display` writes it down in 80 columns.
/// Nothing secret is in it: access key ids, names, paths, errors.
#[derive(Debug, Clone)]
pub struct Explanation {
    attempts: Vec<Attempt>,
    warnings: Vec<Warning>,
}

impl Explanation {
    pub(super) fn new(attempts: Vec<Attempt>) -> Self {
        Self { attempts, warnings: Vec::new() }
    }

    pub(super) fn with_warnings(mut self, warnings: Vec<Warning>) -> Self {
        self.warnings = warnings;
        self
    }

    /// Every source, in the order in which they are asked.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The source whose credentials are used, if one gave any.
    #[must_use]
    pub fn winner(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.outcome == Outcome::Used)
    }

    /// What looks wrong, though it may not be the reason of anything.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// One source.
#[derive(Debug, Clone)]
pub struct Attempt {
    provider: String,
    outcome: Outcome,
    detail: String,
}

/// What came of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It is not set up here: the next one was asked.
    NotConfigured,
    /// It is set up, but wrongly: the chain ended.
    Invalid,
    /// It is set up and did not answer as it should: the chain ended.
    Failed,
    /// Its credentials are used.
    Used,
    /// The chain ended before it.
    NotAsked,
}

impl Attempt {
    pub(super) fn of(name: &str, result: &Result<Credentials, ProviderError>) -> Self {
        match result {
            Ok(credentials) => Self {
                provider: credentials.provider_name().unwrap_or(name).to_owned(),
                outcome: Outcome::Used,
                detail: told(credentials),
            },
            Err(error) => Self {
                provider: error.provider().to_owned(),
                outcome: match error.kind() {
                    ProviderErrorKind::NotConfigured => Outcome::NotConfigured,
                    ProviderErrorKind::Invalid => Outcome::Invalid,
                    _ => Outcome::Failed,
                },
                detail: with_causes(error),
            },
        }
    }

    pub(super) fn not_asked(name: &str) -> Self {
        Self { provider: name.to_owned(), outcome: Outcome::NotAsked, detail: String::new() }
    }

    /// Whether the next source is asked after this one.
    pub(super) fn goes_on(&self) -> bool {
        self.outcome == Outcome::NotConfigured
    }

    /// The source's name; for credentials through several sources all of them, such as
    /// `cli_config/ram_role_arn/static_ak`.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Why there are none, with the causes; or which key they are of.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

fn told(credentials: &Credentials) -> String {
    let until = match credentials.expiration().map(sts_sign::Timestamp::new) {
        Some(Ok(until)) => format!("valid until {until}"),
        Some(Err(_)) => "temporary".to_owned(),
        None if credentials.security_token().is_some() => "temporary, of unknown end".to_owned(),
        None => "long-term".to_owned(),
    };
    format!("access key id {}, {until}", credentials.access_key_id())
}

fn with_causes(error: &ProviderError) -> String {
    let (mut text, mut cause) = (error.message().to_owned(), error.source());
    while let Some(error) = cause {
        let said = error.to_string();
        // Some only pass on what they hold.
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

/// Something that looks wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    kind: WarningKind,
    message: String,
}

/// What sort of thing looks wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// One of several variables that belong together is set and another is not.
    HalfSet,
    /// A variable is set that nothing here reads.
    NotRead,
    /// A role is named that nobody assumes.
    UnusedRole,
    /// A source is set up and another comes before it.
    Shadowed,
    /// A file is there under a name that is not looked for, or twice.
    FileName,
    /// A profile is named and there is no file that could have it.
    NoFile,
    /// Others than the owner may read or change a file with secrets.
    FileMode,
    /// A proxy stands in front of the metadata service for everybody who goes by the proxy variables.
    MetadataProxy,
    /// This machine's clock and the service's are apart.
    ClockOffset,
}

impl Warning {
    pub(super) fn new(kind: WarningKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What sort of thing it is.
    #[must_use]
    pub fn kind(&self) -> WarningKind {
        self.kind
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConfigured => "not configured",
            Self::Invalid => "set up wrongly",
            Self::Failed => "failed",
            Self::Used => "used",
            Self::NotAsked => "not asked",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, attempt) in (1..).zip(&self.attempts) {
            let mark = if attempt.outcome == Outcome::Used { '*' } else { ' ' };
            writeln!(f, "{mark} {number} {}: {}", attempt.provider, attempt.outcome)?;
            wrap(f, "      ", "      ", &attempt.detail)?;
        }
        for warning in &self.warnings {
            wrap(f, "warning: ", "         ", &warning.message)?;
        }
        Ok(())
    }
}

/// Writes words in lines of 80 columns; a word that is longer gets a line of its own.
fn wrap(f: &mut fmt::Formatter<'_>, first: &str, other: &str, text: &str) -> fmt::Result {
    const COLUMNS: usize = 80;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.is_empty() {
            line = format!("{first}{word}");
        } else if line.chars().count() + 1 + word.chars().count() <= COLUMNS {
            line.push(' ');
            line.push_str(word);
        } else {
            writeln!(f, "{line}")?;
            line = format!("{other}{word}");
        }
    }
    if line.is_empty() { Ok(()) } else { writeln!(f, "{line}") }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Explanation, Warning, WarningKind};
    use sts_types::{Credentials, ProviderError, ProviderErrorKind};

    #[test]
    fn in_eighty_columns() {
        let cause = "x".parse::<u8>().unwrap_err();
        let words = "word ".repeat(40);
        let failed =
            ProviderError::new(ProviderErrorKind::Failed, "second", words.clone()).with_source(cause);
        let attempts = vec![
            Attempt::of("first", &Err(ProviderError::new(ProviderErrorKind::NotConfigured, "first", "no"))),
            Attempt::of("second", &Err(failed)),
            Attempt::not_asked("third"),
        ];
        let explanation =
            Explanation::new(attempts).with_warnings(vec![Warning::new(WarningKind::HalfSet, words)]);
        let text = explanation.to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(text.lines().any(|line| line.chars().count() > 74), "{text}");
        assert!(text.replace("\n      ", " ").contains("word : invalid digit found in string"), "{text}");
        assert!(text.contains("\nwarning: word word"), "{text}");
        assert!(explanation.winner().is_none());
    }

    #[test]
    fn which_key_is_told_and_not_its_secret() {
        let credentials = Credentials::new("STS.id", "hunter2").with_security_token("hunter3");
        let until = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_428_580_339);
        for (credentials, told) in [
            (credentials.clone(), "access key id STS.id, temporary, of unknown end"),
            (credentials.with_expiration(until), "access key id STS.id, valid until 2015-04-09T11:52:19Z"),
            (Credentials::new("id", "hunter2"), "access key id id, long-term"),
        ] {
            assert_eq!(Attempt::of("x", &Ok(credentials)).detail(), told);
        }
    }
}
