//! TOML.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Member, Node, Value};
use super::problems::Problems;

pub(super) fn parse<'t>(text: &'t str, problems: &Problems<'_>) -> Option<Node<'t>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        // Its messages may have several lines.
        let message: Vec<&str> = error.message().lines().collect();
        problems.report(at, message.join("; "));
    }
    if !errors.is_empty() {
        return None;
    }
    let span = table.span();
    Some(Node { span, value: Value::Table(members(table.into_inner())) })
}

fn members(table: DeTable<'_>) -> Vec<Member<'_>> {
    let member = |(name, value): (Spanned<_>, _)| Member {
        at: name.span().start,
        name: name.into_inner(),
        node: node(value),
    };
    table.into_iter().map(member).collect()
}

fn node(value: Spanned<DeValue<'_>>) -> Node<'_> {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Other("a number that is too large"),
        },
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Boolean(truth) => Value::Bool(truth),
        DeValue::Datetime(time) => Value::Time(time.to_string()),
        DeValue::Array(list) => Value::List(list.into_iter().map(node).collect()),
        DeValue::Table(table) => Value::Table(members(table)),
    };
    Node { span, value }
}
