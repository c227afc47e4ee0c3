//! Documents as JSON text: compact from the model, pretty from compact.

use std::fmt::Write as _;

use crate::statement::Member;
use crate::{ActionElement, Condition, OneOrMany, Principal, ResourceElement, Statement};

/// The document of these statements, without white space.
pub(crate) fn compact(statements: &[Statement], statement_first: bool) -> String {
    let mut json =
        String::from(if statement_first { "{\"Statement\":[" } else { "{\"Version\":\"1\",\"Statement\":[" });
    for (index, statement) in statements.iter().enumerate() {
        separate(&mut json, index);
        self::statement(&mut json, statement);
    }
    json.push_str(if statement_first { "],\"Version\":\"1\"}" } else { "]}" });
    json
}

/// One statement, without white space.
pub(crate) fn statement(json: &mut String, statement: &Statement) {
    json.push('{');
    for member in statement.order {
        match member {
            Member::Sid => {
                if let Some(sid) = &statement.sid {
                    name(json, "Sid");
                    string(json, sid);
                    json.push(',');
                }
            }
            Member::Effect => {
                name(json, "Effect");
                string(json, statement.effect.as_str());
                json.push(',');
            }
            Member::Principal => {
                if let Some(principal) = &statement.principal {
                    name(json, "Principal");
                    self::principal(json, principal);
                    json.push(',');
                }
            }
            Member::Action => {
                action(json, &statement.action);
                json.push(',');
            }
            Member::Resource => {
                if let Some(resource) = &statement.resource {
                    self::resource(json, resource);
                    json.push(',');
                }
            }
            Member::Condition => {
                if let Some(conditions) = &statement.conditions {
                    name(json, "Condition");
                    self::conditions(json, conditions);
                    json.push(',');
                }
            }
        }
    }
    // The last comma: the effect, at least, has been written.
    json.pop();
    json.push('}');
}

/// `"Action":…`.
pub(crate) fn action(json: &mut String, action: &ActionElement) {
    name(json, action.name());
    one_or_many(json, action.patterns());
}

/// `"Resource":…`.
pub(crate) fn resource(json: &mut String, resource: &ResourceElement) {
    name(json, resource.name());
    one_or_many(json, resource.patterns());
}

/// The value of `Principal`.
pub(crate) fn principal(json: &mut String, principal: &Principal) {
    match principal {
        Principal::Everybody => string(json, "*"),
        Principal::List(values) => array(json, values),
        Principal::Typed(members) => {
            json.push('{');
            for (index, member) in members.iter().enumerate() {
                separate(json, index);
                name(json, member.kind.as_str());
                one_or_many(json, &member.values);
            }
            json.push('}');
        }
    }
}

/// The value of `Condition`.
pub(crate) fn conditions(json: &mut String, conditions: &[Condition]) {
    json.push('{');
    let mut under = None;
    for condition in conditions {
        if under == Some(condition.operator) {
            json.push(',');
        } else {
            if under.is_some() {
                json.push_str("},");
            }
            // An operator's name needs no escaping.
            let _infallible = write!(json, "\"{}\":{{", condition.operator);
            under = Some(condition.operator);
        }
        string(json, &condition.key);
        json.push(':');
        one_or_many(json, &condition.values);
    }
    if under.is_some() {
        json.push('}');
    }
    json.push('}');
}

pub(crate) fn one_or_many(json: &mut String, values: &OneOrMany) {
    match values.as_slice() {
        [value] if !values.is_array() => string(json, value),
        values => array(json, values),
    }
}

pub(crate) fn array(json: &mut String, values: &[String]) {
    json.push('[');
    for (index, value) in values.iter().enumerate() {
        separate(json, index);
        string(json, value);
    }
    json.push(']');
}

/// A member's name and its colon.
pub(crate) fn name(json: &mut String, name: &'static str) {
    string(json, name);
    json.push(':');
}

fn separate(json: &mut String, index: usize) {
    if index > 0 {
        json.push(',');
    }
}

/// A JSON string; only what must be escaped is.
pub(crate) fn string(json: &mut String, value: &str) {
    json.push('"');
    for c in value.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            c if c < ' ' => {
                let _infallible = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
}

/// Compact JSON with line breaks and two spaces a level.
pub(crate) fn pretty(compact: &str) -> String {
    let mut pretty = String::with_capacity(compact.len() * 2);
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut characters = compact.chars().peekable();
    while let Some(c) = characters.next() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            pretty.push(c);
            continue;
        }
        match c {
            '{' | '[' => {
                pretty.push(c);
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    pretty.push(close);
                } else {
                    depth += 1;
                    new_line(&mut pretty, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut pretty, depth);
                pretty.push(c);
            }
            ',' => {
                pretty.push(c);
                new_line(&mut pretty, depth);
            }
            ':' => pretty.push_str(": "),
            c => {
                in_string = c == '"';
                pretty.push(c);
            }
        }
    }
    pretty
}

fn new_line(pretty: &mut String, depth: usize) {
    pretty.push('\n');
    pretty.extend(std::iter::repeat_n("  ", depth));
}
