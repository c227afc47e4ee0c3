//! Whether a policy fits into a session, and what would make it shorter.

mod savings;

use std::fmt;

use crate::{Policy, print};

pub use savings::{Saving, SavingKind};

impl Policy {
    /// How long the policy is for a session, what takes most room, and what could be left out without changing what it means.
    ///
    /// ```
    /// use sts_policy::Policy;
    ///
    /// let policy = Policy::parse(
    ///     r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:Get*","oss:GetObject"],"Resource":["*"]}]}"#,
    /// )?;
    /// let fit = policy.fits_session();
    /// assert!(fit.fits());
    /// assert_eq!(fit.savings()[0].to_string(), "16 characters: another pattern covers this one (`$.Statement[0].Action[1]`)");
    /// # Ok::<(), sts_policy::ParseErrors>(())
    /// ```
    #[must_use]
    pub fn fits_session(&self) -> SessionFit {
        let mut costs = Vec::new();
        for (index, statement) in self.statements().iter().enumerate() {
            let mut add = |member: &str, write: &mut dyn FnMut(&mut String)| {
                let mut json = String::new();
                write(&mut json);
                let path = format!("$.Statement[{index}].{member}");
                costs.push(Cost { path, characters: json.chars().count() });
            };
            add(statement.action.name(), &mut |json| print::action(json, &statement.action));
            if let Some(resource) = &statement.resource {
                add(resource.name(), &mut |json| print::resource(json, resource));
            }
            if let Some(principal) = &statement.principal {
                add("Principal", &mut |json| {
                    print::name(json, "Principal");
                    print::principal(json, principal);
                });
            }
            if let Some(conditions) = &statement.conditions {
                add("Condition", &mut |json| {
                    print::name(json, "Condition");
                    print::conditions(json, conditions);
                });
            }
        }
        costs.sort_by_key(|cost| std::cmp::Reverse(cost.characters));
        SessionFit {
            characters: self.as_json().chars().count(),
            bytes: self.as_json().len(),
            costs,
            savings: savings::of(self),
        }
    }
}

/// How long a policy is for a session; see [`Policy::fits_session`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFit {
    characters: usize,
    bytes: usize,
    costs: Vec<Cost>,
    savings: Vec<Saving>,
}

impl SessionFit {
    /// The most characters of a session policy: 2,048, since September 2022.
    pub const MOST_CHARACTERS: usize = 2048;

    /// Whether the policy is short enough.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.over() == 0
    }

    /// How many characters the policy is too long; 0 if it fits.
    #[must_use]
    pub fn over(&self) -> usize {
        self.characters.saturating_sub(Self::MOST_CHARACTERS)
    }

    /// How many characters it has, without white space. The service counts these.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.characters
    }

    /// How many bytes of UTF-8 it has. Messages of the service say bytes, its documentation says characters.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What takes room: the members of the statements, the longest first.
    #[must_use]
    pub fn costs(&self) -> &[Cost] {
        &self.costs
    }

    /// What could be left out or written shorter, each by itself; the most first.
    #[must_use]
    pub fn savings(&self) -> &[Saving] {
        &self.savings
    }
}

impl fmt::Display for SessionFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (characters, most) = (self.characters, Self::MOST_CHARACTERS);
        match self.over() {
            0 => write!(f, "{characters} of {most} characters")?,
            over => write!(f, "{characters} characters, {over} over the {most} of a session policy")?,
        }
        if let Some(cost) = self.costs.first() {
            write!(f, "; the longest is {cost}")?;
        }
        if let Some(saving) = self.savings.first() {
            write!(f, "; to be saved: {saving}")?;
        }
        Ok(())
    }
}

/// What a member of a statement takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    path: String,
    characters: usize,
}

impl Cost {
    /// Which member: `$.Statement[0].Resource`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many characters it has, its name included.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.characters
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` with {}", self.path, self.characters)
    }
}

#[cfg(test)]
mod tests {
    use super::SavingKind;
    use crate::Policy;

    fn savings(text: &str) -> Vec<(SavingKind, String, usize)> {
        let fit = Policy::parse(text).unwrap().fits_session();
        fit.savings().iter().map(|s| (s.kind(), s.path().to_owned(), s.characters())).collect()
    }

    #[test]
    fn what_is_over_and_what_costs_most() {
        let resources: Vec<String> = (0..80).map(|n| format!("\"acs:oss:*:*:bucket-{n:04}/你/*\"")).collect();
        let text = format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"oss:GetObject","Resource":[{}]}}]}}"#,
            resources.join(",")
        );
        let fit = Policy::parse(&text).unwrap().fits_session();
        assert_eq!((fit.characters(), fit.bytes()), (text.chars().count(), text.len()));
        assert!(!fit.fits());
        assert_eq!(fit.over(), text.chars().count() - 2048);
        assert_eq!(fit.costs()[0].path(), "$.Statement[0].Resource");
        assert_eq!(
            fit.costs()[0].characters(),
            "\"Resource\":[]".len() + resources.join(",").chars().count()
        );
        assert!(fit.savings().is_empty(), "{:?}", fit.savings());
    }

    #[test]
    fn savings_are_what_they_say() {
        // Each with what is left when the saving has been made.
        for (text, kind, path, shorter) in [
            (
                r#"{"Version":"1","Statement":[{"Sid":"x","Effect":"Allow","Action":"a:b","Resource":"*"}]}"#,
                SavingKind::Sid,
                "$.Statement[0].Sid",
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}"#,
            ),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{}}]}"#,
                SavingKind::EmptyCondition,
                "$.Statement[0].Condition",
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}"#,
            ),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["a:b"],"Resource":"*"}]}"#,
                SavingKind::Brackets,
                "$.Statement[0].Action",
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}"#,
            ),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["a:Get*","a:getx","a:b"],"Resource":"*"}]}"#,
                SavingKind::Covered,
                "$.Statement[0].Action[1]",
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["a:Get*","a:b"],"Resource":"*"}]}"#,
            ),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":["x","y","x"]}]}"#,
                SavingKind::Covered,
                "$.Statement[0].Resource[2]",
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":["x","y"]}]}"#,
            ),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["a:b","a:c"],"Resource":"x"},{"Effect":"Allow","Action":["a:c","a:d"],"Resource":"x"}]}"#,
                SavingKind::Merge,
                "$.Statement[1]",
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["a:b","a:c","a:d"],"Resource":"x"}]}"#,
            ),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"a:b","Resource":"x"},{"Effect":"Deny","Action":"a:b","Resource":"y"}]}"#,
                SavingKind::Merge,
                "$.Statement[1]",
                r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"a:b","Resource":["x","y"]}]}"#,
            ),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"x\/\u0079"}]}"#,
                SavingKind::Escapes,
                "$",
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"x/y"}]}"#,
            ),
        ] {
            let characters = text.chars().count() - shorter.chars().count();
            assert!(
                savings(text).contains(&(kind, path.to_owned(), characters)),
                "{text}: {:?}",
                savings(text)
            );
            assert!(savings(shorter).iter().all(|(other, ..)| *other != kind), "{shorter}");
        }
    }

    #[test]
    fn what_means_something_is_no_saving() {
        for text in [
            // A pattern with `?` is not taken to cover another one, nor one letter case of a resource the other.
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["a:Ge?","a:G*t"],"Resource":["x/?","x/a*","X/*"]}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"x"},{"Effect":"Deny","Action":"a:c","Resource":"x"}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"x"},{"Effect":"Allow","NotAction":"a:c","Resource":"x"}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","NotAction":"a:b","Resource":"x"},{"Effect":"Allow","NotAction":"a:c","Resource":"x"}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"x"},{"Effect":"Allow","Action":"a:c","Resource":"y"}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":["1"],"Action":"a:b","Resource":"x"}]}"#,
        ] {
            assert_eq!(savings(text), [], "{text}");
        }
    }
}
