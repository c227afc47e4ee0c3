//! `Condition`.

use super::Grammar;
use super::members::{Seen, quoted};
use crate::json::Kind;
use crate::rules;
use crate::{Comparison, Condition, Operator, SetPrefix};

impl Grammar<'_, '_> {
    pub(super) fn conditions(&mut self, value: usize) -> Option<Vec<Condition>> {
        if self.token(value).kind != Kind::Object {
            let message = "`Condition` is an object of operators, each an object of keys with their values";
            self.unless_unreadable(value, &rules::VALUE_TYPE, message);
            return None;
        }
        let mut conditions = Vec::new();
        let mut operators: Vec<Operator> = Vec::new();
        let mut all = true;
        let tape = self.tape;
        for (name, keys) in tape.members(value) {
            let operator = self.operator(name);
            all &= operator.is_some();
            if let Some(operator) = operator {
                if operators.contains(&operator) {
                    self.duplicate(name, &operator.to_string());
                } else {
                    operators.push(operator);
                }
            }
            // Without a known operator still for what is wrong inside.
            all &= self.keys(operator, keys, &mut conditions).is_some();
        }
        all.then_some(conditions)
    }

    fn keys(
        &mut self,
        operator: Option<Operator>,
        object: usize,
        conditions: &mut Vec<Condition>,
    ) -> Option<()> {
        if self.token(object).kind != Kind::Object {
            let message = "under an operator stands an object of condition keys with their values";
            self.unless_unreadable(object, &rules::VALUE_TYPE, message);
            return None;
        }
        let mut seen = Seen::default();
        let mut all = Some(());
        let tape = self.tape;
        for (name, value) in tape.members(object) {
            let key = tape.text(self.text, name);
            if key.is_empty() {
                self.report(name, &rules::EMPTY_ELEMENT, "the condition key is empty");
                all = None;
            }
            match self.one_or_many(value, true) {
                Some(values) => {
                    if let Some(operator) = operator {
                        conditions.push(Condition { operator, key: key.clone().into_owned(), values });
                    }
                }
                None => all = None,
            }
            self.no_variables(value);
            if !seen.insert(key.clone()) {
                self.duplicate(name, &key);
            }
        }
        if tape.members(object).next().is_none() {
            let message =
                "there is no key under this operator, so it asks nothing; name one, or remove the operator";
            self.report(object, &rules::EMPTY_ELEMENT, message);
            return None;
        }
        all
    }

    fn operator(&mut self, name: usize) -> Option<Operator> {
        let text = self.tape.text(self.text, name);
        if let Some(operator) = Operator::from_name(&text) {
            return Some(operator);
        }
        let (prefix, bare) = match text.split_once(':') {
            Some((prefix, bare)) => (Some(prefix), bare),
            None => (None, text.as_ref()),
        };
        if ends_with_ignoring_case(bare, "IfExists") {
            let message = format!(
                "the service refuses {}: no operator ends in `IfExists`; mind that a key that is absent fails a positive operator and meets a negated one",
                quoted(&text)
            );
            self.report(name, &rules::OPERATOR_IF_EXISTS, message);
            return None;
        }
        if bare.eq_ignore_ascii_case("Null") {
            let message = "the service refuses `Null`: whether a key is present cannot be asked; `StringLike` with `*` is met by any value that is present";
            self.report(name, &rules::OPERATOR_NULL, message);
            return None;
        }
        let prefix = match prefix {
            None => Some(None),
            Some(prefix) => {
                let known = self.nearest(prefix, SetPrefix::ALL.map(SetPrefix::as_str));
                known
                    .and_then(|known| SetPrefix::ALL.into_iter().find(|prefix| prefix.as_str() == known))
                    .map(Some)
            }
        };
        let known = self.nearest(bare, Comparison::ALL.iter().map(|comparison| comparison.as_str()));
        let (comparison, is_of_aws) = match known.and_then(Comparison::from_name) {
            Some(known) => (Some(known), false),
            None => (of_aws(bare), true),
        };
        let (Some(prefix), Some(comparison)) = (prefix, comparison) else {
            let message = format!(
                "{} is no operator; there are `StringEquals`, `StringLike`, `Bool`, `IpAddress`, `DateLessThan`, `NumericLessThan` and their like",
                quoted(&text)
            );
            self.report(name, &rules::OPERATOR_UNKNOWN, message);
            return None;
        };
        let operator = prefix.map_or(comparison.into(), |prefix| Operator::with_prefix(prefix, comparison));
        let (rule, message) = if is_of_aws {
            (
                &rules::OPERATOR_AWS,
                format!("this is an operator of AWS IAM; here ARNs are text: `{operator}`"),
            )
        } else {
            (&rules::OPERATOR_NAME, format!("the operator's name is `{operator}`, to the letter"))
        };
        self.rename(name, rule, message, operator);
        Some(operator)
    }
}

/// What the operators for ARNs of AWS IAM are here, where ARNs are compared as text.
fn of_aws(name: &str) -> Option<Comparison> {
    match name {
        "ArnEquals" | "ArnLike" => Some(Comparison::StringLike),
        "ArnNotEquals" | "ArnNotLike" => Some(Comparison::StringNotLike),
        _ => None,
    }
}

fn ends_with_ignoring_case(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}
