//! Policies with holes for text from outside.

mod errors;
mod hole;

use std::borrow::Cow;
use std::fmt;

use crate::{OneOrMany, Policy, Principal, ResourceElement, Statement};

pub use errors::{FillError, HoleError, Refusal, RefusalReason, TemplateError};
pub use hole::HoleKind;
use hole::Position;
pub(crate) use hole::literal;

/// A policy with holes, `${name}`, for text that comes from outside.
///
/// A user's name pasted into `acs:oss:*:*:my-bucket/uploads/NAME/*` is an injection: a user called `*` then owns the bucket.
/// A template refuses such values. What is filled in stands for itself, letter by letter; so a policy from a template allows
/// and denies what the template says of that one name, and nothing else.
///
/// ```
/// use sts_policy::{HoleKind, Template};
///
/// let template = Template::new(
///     r#"{ "Version": "1", "Statement": [{
///         "Effect": "Allow",
///         "Action": "oss:PutObject",
///         "Resource": "acs:oss:*:*:my-bucket/uploads/${user_id}/*"
///     }] }"#,
///     [("user_id", HoleKind::PathSegment)],
/// )?;
/// let policy = template.fill([("user_id", "alice")])?;
/// assert!(policy.as_json().contains("acs:oss:*:*:my-bucket/uploads/alice/*"));
///
/// let error = template.fill([("user_id", "*")]).unwrap_err();
/// assert_eq!(error.to_string(), "the value for `user_id` is refused: it holds `*` or `?`, which would be a pattern");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Holes stand in resources, in the values of conditions and in principals; never in actions. `Debug` shows the holes.
#[derive(Clone)]
pub struct Template {
    statements: Vec<Statement>,
    holes: Vec<(String, HoleKind)>,
}

impl Template {
    /// Reads a template: the JSON of a policy, with holes, each of which is declared by its name and kind.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] when it is no policy; when a hole is not declared, not used, not closed, or in a place where its
    /// kind cannot be; and when a wildcard is in the same part of a name as a hole: with `${user}-*` the user `a` reaches
    /// what is the user `a-b`'s.
    pub fn new<N: Into<String>>(
        text: &str,
        holes: impl IntoIterator<Item = (N, HoleKind)>,
    ) -> Result<Self, TemplateError> {
        let policy = Policy::parse(text).map_err(TemplateError::NotAPolicy)?;
        let holes: Vec<(String, HoleKind)> =
            holes.into_iter().map(|(name, kind)| (name.into(), kind)).collect();
        let template = Self { statements: policy.statements().to_vec(), holes };
        template.check()?;
        Ok(template)
    }

    /// The policy with these values in the holes.
    ///
    /// # Errors
    ///
    /// [`FillError`] tells each value that is refused or missing, and why; it does not repeat them.
    pub fn fill<N: AsRef<str>, V: AsRef<str>>(
        &self,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Policy, FillError> {
        let mut given: Vec<Option<String>> = vec![None; self.holes.len()];
        let mut refusals = Vec::new();
        for (name, value) in values {
            let (name, value) = (name.as_ref(), value.as_ref());
            let hole = self.holes.iter().zip(&mut given).find(|((hole, _), _)| hole == name);
            let Some(((_, kind), slot)) = hole else {
                refusals.push(Refusal::new(name, RefusalReason::NoSuchHole));
                continue;
            };
            match kind.check(value) {
                Ok(()) if slot.is_none() => *slot = Some(value.to_owned()),
                Ok(()) => refusals.push(Refusal::new(name, RefusalReason::Twice)),
                Err(reason) => refusals.push(Refusal::new(name, reason)),
            }
        }
        for ((name, _), _) in self.holes.iter().zip(&given).filter(|(_, value)| value.is_none()) {
            if refusals.iter().all(|refusal| refusal.name() != name) {
                refusals.push(Refusal::new(name, RefusalReason::Missing));
            }
        }
        if !refusals.is_empty() {
            return Err(FillError::new(refusals));
        }
        let value = |name: &str| {
            let found = self.holes.iter().zip(&given).find(|((hole, _), _)| hole == name);
            found.and_then(|(_, value)| value.as_deref()).unwrap_or_default()
        };
        let statements = self.statements.iter().map(|statement| filled(statement, &value)).collect();
        Ok(Policy::from_statements(statements, false))
    }

    fn check(&self) -> Result<(), HoleError> {
        for (index, (name, _)) in self.holes.iter().enumerate() {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            if name.is_empty() || !name.bytes().all(plain) {
                return Err(HoleError::new(name, "its name is not of letters, digits and `_`"));
            }
            if self.holes.iter().skip(index + 1).any(|(other, _)| other == name) {
                return Err(HoleError::new(name, "it is declared twice"));
            }
        }
        let mut used = vec![false; self.holes.len()];
        for statement in &self.statements {
            each_string(statement, &mut |text, position| self.check_string(text, position, &mut used))?;
        }
        let unused = self.holes.iter().zip(used).find(|(_, used)| !used);
        match unused {
            Some(((name, _), _)) => Err(HoleError::new(name, "no string of the template has it")),
            None => Ok(()),
        }
    }

    fn check_string(&self, text: &str, position: Position, used: &mut [bool]) -> Result<(), HoleError> {
        // Of what comes after the last `/` or `:`, where a name begins: the hole, and whether there is a wildcard.
        let (mut beside, mut is_wild, mut before) = (None, false, None);
        let touching = |name: &str| {
            let reason =
                "a wildcard is beside it, so that one name would reach what is another's; put a `/` between";
            Err(HoleError::new(name, reason))
        };
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => {
                    for c in text.chars() {
                        match (c, beside) {
                            ('/' | ':', _) => (beside, is_wild) = (None, false),
                            ('*' | '?', Some(name)) => return touching(name),
                            ('*' | '?', None) => is_wild = true,
                            _ => {}
                        }
                        before = Some(c);
                    }
                }
                Piece::NotClosed => return Err(HoleError::new("", "a `${` is not closed by `}`")),
                Piece::Hole(name) => {
                    let hole = self.holes.iter().zip(used.iter_mut()).find(|((hole, _), _)| hole == name);
                    let Some(((_, kind), used)) = hole else {
                        return Err(HoleError::new(name, "it is not declared"));
                    };
                    *used = true;
                    if !kind.fits(position) {
                        return Err(HoleError::new(name, "a value of its kind cannot stand there"));
                    }
                    if before == Some('$') {
                        return Err(HoleError::new(
                            name,
                            "a `$` stands before it, and a value could go on as a variable does",
                        ));
                    }
                    // StringEquals takes them for letters, and other operators have none; what is easily misread is refused
                    // all the same.
                    if is_wild {
                        return touching(name);
                    }
                    (beside, before) = (Some(name), None);
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("holes", &self.holes).finish_non_exhaustive()
    }
}

/// A piece of a string of a template.
enum Piece<'t> {
    Text(&'t str),
    Hole(&'t str),
    NotClosed,
}

/// Cuts a string at its holes.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (before, inside) = match rest.strip_prefix("${") {
            Some(inside) => ("", inside),
            None => match rest.find("${").and_then(|at| rest.split_at_checked(at)) {
                Some((before, hole)) => (before, hole),
                None => (rest, ""),
            },
        };
        if !before.is_empty() {
            rest = inside;
            return Some(Piece::Text(before));
        }
        let Some((name, after)) = inside.split_once('}') else {
            rest = "";
            return Some(Piece::NotClosed);
        };
        rest = after;
        Some(Piece::Hole(name))
    })
}

/// Goes through all strings that are values or patterns, and those where no hole may be.
fn each_string(
    statement: &Statement,
    check: &mut impl FnMut(&str, Position) -> Result<(), HoleError>,
) -> Result<(), HoleError> {
    let mut all = |values: &[String], position| values.iter().try_for_each(|value| check(value, position));
    all(statement.action.patterns().as_slice(), Position::None)?;
    all(statement.sid.as_slice(), Position::None)?;
    if let Some(resource) = &statement.resource {
        all(resource.patterns().as_slice(), Position::Resource)?;
    }
    match &statement.principal {
        None | Some(Principal::Everybody) => {}
        Some(Principal::List(values)) => all(values, Position::Principal)?,
        Some(Principal::Typed(members)) => {
            members.iter().try_for_each(|member| all(member.values.as_slice(), Position::Principal))?;
        }
    }
    for condition in statement.conditions() {
        check(&condition.key, Position::None)?;
        let value_type = condition.operator.comparison().value_type();
        condition.values.iter().try_for_each(|value| check(value, Position::Condition(value_type)))?;
    }
    Ok(())
}

fn filled<'v>(statement: &Statement, value: &impl Fn(&str) -> &'v str) -> Statement {
    let fill = |text: &str| -> String {
        let filled = pieces(text).map(|piece| match piece {
            Piece::Text(text) => Cow::Borrowed(text),
            Piece::Hole(name) => Cow::Owned(value(name).to_owned()),
            Piece::NotClosed => Cow::Borrowed(""),
        });
        filled.collect()
    };
    let many = |values: &OneOrMany| values.map(fill);
    let mut statement = statement.clone();
    statement.resource = statement.resource.map(|resource| match resource {
        ResourceElement::Resource(values) => ResourceElement::Resource(many(&values)),
        ResourceElement::NotResource(values) => ResourceElement::NotResource(many(&values)),
    });
    match &mut statement.principal {
        None | Some(Principal::Everybody) => {}
        Some(Principal::List(values)) => values.iter_mut().for_each(|value| *value = fill(value)),
        Some(Principal::Typed(members)) => {
            members.iter_mut().for_each(|member| member.values = many(&member.values));
        }
    }
    for condition in statement.conditions.iter_mut().flatten() {
        condition.values = many(&condition.values);
    }
    statement
}
