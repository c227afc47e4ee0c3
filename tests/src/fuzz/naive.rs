//! A second evaluator: it reads the document as JSON, knows neither the crate's model nor its compiled forms, and does
//! everything the slow and obvious way. The policies it is asked about are those that tests make.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests of it are to end where it cannot go on"
)]

use serde_json::Value;
use std::net::IpAddr;

/// The readings that the tests vary.
#[derive(Debug, Clone, Copy)]
pub struct Readings {
    /// Whether `*` in a resource matches colons.
    pub star_crosses_colons: bool,
    /// Whether a negated operator holds for an absent key.
    pub negated_met_on_absent: bool,
    /// Whether `ForAllValues:` holds for an absent key.
    pub for_all_met_on_absent: bool,
    /// Whether everybody is without the owner.
    pub owner_exempt: bool,
    /// Whether values count that the service may not take.
    pub doubtful_values: bool,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// Keys and their values.
    pub context: Vec<(String, Vec<String>)>,
    /// The caller.
    pub principal: Option<String>,
}

/// The decision by its name, and the deciding statement.
#[must_use]
pub fn decide(policy: &Value, question: &Question, readings: Readings) -> (&'static str, Option<usize>) {
    let statements = policy["Statement"].as_array().unwrap();
    let first = |effect: &str| {
        (0..statements.len())
            .find(|at| statements[*at]["Effect"] == effect && applies(&statements[*at], question, readings))
    };
    if let Some(at) = first("Deny") {
        return ("ExplicitDeny", Some(at));
    }
    match first("Allow") {
        Some(at) => ("Allow", Some(at)),
        None => ("ImplicitDeny", None),
    }
}

/// Whether a statement applies.
#[must_use]
pub fn applies(statement: &Value, question: &Question, readings: Readings) -> bool {
    let folded = question.action.to_lowercase();
    let is_action = |list: &Value| strings(list).iter().any(|pattern| glob(&pattern.to_lowercase(), &folded));
    let is_resource = |list: &Value| {
        strings(list).iter().any(|pattern| {
            if readings.star_crosses_colons {
                glob(pattern, &question.resource)
            } else {
                segments(pattern, &question.resource)
            }
        })
    };
    let action = match statement.get("Action") {
        Some(list) => is_action(list),
        None => !is_action(&statement["NotAction"]),
    };
    let resource = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(list), _) => is_resource(list),
        (None, Some(list)) => !is_resource(list),
        (None, None) => true,
    };
    action
        && resource
        && principal(statement, question, readings)
        && conditions(statement, question, readings)
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
        value => vec![value.as_str().unwrap().to_owned()],
    }
}

/// By recursion.
fn glob(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    let Some(first) = rest.next() else { return text.is_empty() };
    let mut text_rest = text.chars();
    let text_first = text_rest.next();
    match first {
        '*' => glob(rest.as_str(), text) || (text_first.is_some() && glob(pattern, text_rest.as_str())),
        '?' => text_first.is_some() && glob(rest.as_str(), text_rest.as_str()),
        literal => text_first == Some(literal) && glob(rest.as_str(), text_rest.as_str()),
    }
}

fn segments(pattern: &str, text: &str) -> bool {
    let patterns: Vec<&str> = pattern.splitn(5, ':').collect();
    let texts: Vec<&str> = text.splitn(patterns.len(), ':').collect();
    patterns.len() == texts.len() && patterns.iter().zip(texts).all(|(pattern, text)| glob(pattern, text))
}

fn principal(statement: &Value, question: &Question, readings: Readings) -> bool {
    let Some(principal) = statement.get("Principal") else { return true };
    let caller = question.principal.as_deref().unwrap_or_default();
    let digits =
        caller.strip_prefix("acs:ram::").and_then(|rest| rest.strip_suffix(":root")).unwrap_or(caller);
    let is_account = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    match principal {
        Value::String(_) => true,
        Value::Array(names) => {
            let names = strings(&Value::Array(names.clone()));
            if names.is_empty() || names.contains(&"*".to_owned()) {
                let has_condition =
                    statement.get("Condition").is_some_and(|condition| condition != &serde_json::json!({}));
                let owner = question.resource.split(':').nth(3).unwrap_or_default();
                return !(readings.owner_exempt && !has_condition && is_account && digits == owner);
            }
            let name = if is_account {
                digits.to_owned()
            } else {
                caller.replace("acs:ram::", "arn:sts::").replace("acs:sts::", "arn:sts::")
            };
            (is_account || name.contains(":assumed-role/") || caller.ends_with(".aliyuncs.com"))
                && names.iter().any(|pattern| glob(pattern, &name))
        }
        Value::Object(members) => members.iter().any(|(kind, names)| {
            let own_kind = match caller {
                "" => return false,
                caller if caller.contains("-provider/") => "Federated",
                caller if caller.ends_with(".aliyuncs.com") => "Service",
                _ => "RAM",
            };
            let mut own: Vec<String> = vec![caller.to_owned()];
            if own_kind == "RAM" {
                own = vec![caller.replace("arn:sts::", "acs:ram::").replace("acs:sts::", "acs:ram::")];
                let account = if is_account { digits } else { caller.split(':').nth(3).unwrap() };
                let root = format!("acs:ram::{account}:root");
                if is_account {
                    own = vec![root];
                } else {
                    if let Some((_, session)) = caller.split_once(":assumed-role/") {
                        own.push(format!("acs:ram::{account}:role/{}", session.split('/').next().unwrap()));
                    }
                    own.push(root);
                }
            }
            kind == own_kind
                && strings(names).iter().any(|pattern| own.iter().any(|name| glob(pattern, name)))
        }),
        _ => panic!("{principal}"),
    }
}

fn conditions(statement: &Value, question: &Question, readings: Readings) -> bool {
    let Some(block) = statement.get("Condition") else { return true };
    for (operator, keys) in block.as_object().unwrap() {
        for (key, wanted) in keys.as_object().unwrap() {
            let found = question.context.iter().find(|(name, _)| name == key).map(|(_, values)| values);
            if !condition(operator, &strings(wanted), found, readings) {
                return false;
            }
        }
    }
    true
}

fn condition(operator: &str, wanted: &[String], found: Option<&Vec<String>>, readings: Readings) -> bool {
    let (prefix, comparison) = operator.split_once(':').unwrap_or(("", operator));
    let is_negated = comparison.contains("Not");
    let positive = comparison.replace("Not", "");
    let Some(found) = found else {
        return match prefix {
            "" => is_negated && readings.negated_met_on_absent,
            "ForAllValues" => readings.for_all_met_on_absent,
            _ => false,
        };
    };
    let fits_one = |value: &String| {
        let mut fits = false;
        for wanted in wanted {
            fits |= compare(&positive, value, wanted, readings);
        }
        fits
    };
    match prefix {
        "" => found.iter().any(fits_one) != is_negated,
        "ForAllValues" => !found.iter().any(|value| fits_one(value) == is_negated),
        _ => found.iter().filter(|value| fits_one(value) != is_negated).count() > 0,
    }
}

fn compare(comparison: &str, value: &str, wanted: &str, readings: Readings) -> bool {
    if let Some(order) = comparison.strip_prefix("Numeric") {
        let (Some(value), Some(limit)) = (trillionths(value), trillionths(wanted)) else { return false };
        return (readings.doubtful_values || limit % 1_000_000_000_000 == 0) && ordered(order, value, limit);
    }
    if let Some(order) = comparison.strip_prefix("Date") {
        let (Some(value), Some(limit)) = (nanoseconds(value), nanoseconds(wanted)) else { return false };
        return (readings.doubtful_values || limit % 1_000_000_000 == 0) && ordered(order, value, limit);
    }
    match comparison {
        "StringEquals" => value == wanted,
        "StringEqualsIgnoreCase" => value.to_lowercase() == wanted.to_lowercase(),
        "StringLike" => glob(wanted, value),
        "Bool" => {
            let (value, wanted) = (value.to_lowercase(), wanted.to_lowercase());
            value == wanted && (value == "true" || value == "false")
        }
        "IpAddress" | "IpAddressIncludeBorder" => in_block(value, wanted, readings),
        _ => panic!("{comparison}"),
    }
}

fn ordered<T: Ord>(order: &str, value: T, limit: T) -> bool {
    match order {
        "Equals" => value == limit,
        "LessThan" => value < limit,
        "LessThanEquals" => value <= limit,
        "GreaterThan" => value > limit,
        "GreaterThanEquals" => value >= limit,
        _ => panic!("{order}"),
    }
}

fn trillionths(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty()
        || fraction.is_empty()
        || !(whole.to_owned() + fraction).chars().all(|c| c.is_ascii_digit())
    {
        return None;
    }
    let fraction = format!("{fraction:0<12}");
    assert_eq!(fraction.len(), 12, "the tests have no more places");
    Some(sign * (whole.parse::<i128>().unwrap() * 1_000_000_000_000 + fraction.parse::<i128>().unwrap()))
}

fn nanoseconds(text: &str) -> Option<i128> {
    text.contains('T')
        .then(|| text.parse::<jiff::Timestamp>().ok())
        .flatten()
        .map(jiff::Timestamp::as_nanosecond)
}

/// Bit by bit.
fn in_block(value: &str, block: &str, readings: Readings) -> bool {
    let Some(value) = bits(value) else { return false };
    if block == "*" {
        return true;
    }
    let (network, prefix) =
        block.split_once('/').map_or((block, None), |(network, prefix)| (network, Some(prefix)));
    let Some(network) = bits(network) else { return false };
    let prefix = match prefix.map(str::parse::<usize>) {
        None => network.len(),
        Some(Ok(prefix)) if prefix <= network.len() => prefix,
        Some(_) => return false,
    };
    let is_ipv6_block = network.len() == 128 && block.contains('/');
    if !readings.doubtful_values && (network[prefix..].contains(&true) || is_ipv6_block) {
        return false;
    }
    value.len() == network.len() && value[..prefix] == network[..prefix]
}

fn bits(text: &str) -> Option<Vec<bool>> {
    let octets = match text.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => match address.octets() {
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, last @ ..] => last.to_vec(),
            octets => octets.to_vec(),
        },
    };
    Some(octets.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1)).collect())
}
