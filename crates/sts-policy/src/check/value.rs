//! Values of conditions: whether they are what the operator compares.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Checker;
use super::resource::is_placeholder;
use super::subject::{Subject, has_wildcard};
use crate::catalogue;
use crate::finding::Fix;
use crate::grammar::nearest;
use crate::value::address::Block;
use crate::value::decimal::Decimal;
use crate::value::instant::Instant;
use crate::value::parse_bool;
use crate::{Comparison, Condition, Location, Pattern, ValueType, rules};

impl Checker<'_, '_> {
    pub(super) fn values(&mut self, subject: &Subject<'_>) {
        for (number, condition) in subject.statement.conditions().iter().enumerate() {
            let comparison = condition.operator().comparison();
            for (value_number, value) in condition.values().iter().enumerate() {
                let at = Location::Value(subject.index, number, value_number);
                let is_refused = self.kind.is_of_oss() && self.consecutive_stars(at, value);
                if is_placeholder(value) {
                    continue;
                }
                match comparison.value_type() {
                    ValueType::IpAddress => self.address(at, value),
                    ValueType::Date => self.date(at, value),
                    ValueType::Numeric => self.number(at, value),
                    ValueType::Bool => self.truth(at, condition.key(), value),
                    ValueType::String if !is_refused => self.string(subject, number, at, condition, value),
                    ValueType::String => {}
                }
            }
        }
    }

    fn address(&mut self, at: Location, value: &str) {
        let Some(parsed) = Block::parse(value) else {
            let is_address = |b: u8| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'/' | b'*');
            if value.contains('*') && value.bytes().all(is_address) {
                let message = "an address with `*` in it is not documented; write a block, as `10.0.0.0/8`";
                self.report(at, &rules::ADDRESS_PARTIAL, message);
            } else {
                let message = "this is no IP address and no block of them, as `192.0.2.1` or `192.0.2.0/24`";
                self.report(at, &rules::VALUE_NOT_AN_ADDRESS, message);
            }
            return;
        };
        if parsed.has_host_bits {
            let prefix = value.split_once('/').map_or("", |(_, prefix)| prefix);
            let network = match parsed.block {
                Block::V4 { network, .. } => Some(Ipv4Addr::from_bits(network).to_string()),
                Block::V6 { network, .. } => Some(Ipv6Addr::from_bits(network).to_string()),
                Block::Any => None,
            };
            // A block of mapped addresses is written otherwise.
            let network = network.filter(|network| network.contains(':') == value.contains(':'));
            let fix = network.and_then(|network| {
                self.rewrite(at, "write the first address", format!("{network}/{prefix}"))
            });
            let message = "bits are set beyond the length of this block; write its first address";
            self.report_fixed(at, &rules::ADDRESS_HOST_BITS, message, fix);
        }
        if parsed.is_ipv6_block {
            let message = "blocks of IPv6 addresses are not documented; single addresses are";
            self.report(at, &rules::VALUE_UNDOCUMENTED, message);
        }
    }

    fn date(&mut self, at: Location, value: &str) {
        match Instant::parse(value) {
            Some(instant) if instant.has_fraction() => {
                let message = "fractions of a second are not documented; leave them out";
                self.report(at, &rules::VALUE_UNDOCUMENTED, message);
            }
            Some(_) => {}
            None if Instant::is_iso_8601(value) => {
                let message = "dates in this form are not documented; write it as `2030-01-01T00:00:00Z`, or with an offset, as `+08:00`";
                self.report(at, &rules::VALUE_DOUBTFUL, message);
            }
            None => {
                let message = "this is no date and time; write it as `2030-01-01T00:00:00Z` or with an offset, as `+08:00`";
                self.report(at, &rules::VALUE_NOT_A_DATE, message);
            }
        }
    }

    fn number(&mut self, at: Location, value: &str) {
        match Decimal::parse(value) {
            Some(number) if !number.is_whole() => {
                let message = "numbers with a fraction are not documented";
                self.report(at, &rules::VALUE_UNDOCUMENTED, message);
            }
            Some(_) => {}
            None => {
                let message = "this is no number; write digits, as `7`";
                self.report(at, &rules::VALUE_NOT_A_NUMBER, message);
            }
        }
    }

    fn truth(&mut self, at: Location, key: &str, value: &str) {
        if key == "acs:SecureTransport"
            && let Some(truth) = by_scheme(value)
        {
            let fix = self.rename(at, truth);
            let message = "an old page has `HTTP` and `HTTPS` here; today it is `false` and `true`";
            return self.report_fixed(at, &rules::VALUE_DOUBTFUL, message, fix);
        }
        match parse_bool(value) {
            Some(truth) if value != if truth { "true" } else { "false" } => {
                let fix = self.rename(at, if truth { "true" } else { "false" });
                let message = "only `true` and `false` in lower case are documented";
                self.report_fixed(at, &rules::VALUE_UNDOCUMENTED, message, fix);
            }
            Some(_) => {}
            None => {
                let message = "this is neither `true` nor `false`";
                self.report(at, &rules::VALUE_NOT_A_BOOL, message);
            }
        }
    }

    fn string(
        &mut self,
        subject: &Subject<'_>,
        number: usize,
        at: Location,
        condition: &Condition,
        value: &str,
    ) {
        let comparison = condition.operator().comparison();
        let is_pattern = matches!(comparison, Comparison::StringLike | Comparison::StringNotLike);
        if is_pattern && !self.kind.is_of_oss() {
            self.stars(at, value);
        }
        if !is_pattern && has_wildcard(value) {
            let message = format!(
                "to `{}`, `*` and `?` are letters; patterns are compared by `{}`",
                condition.operator(),
                if comparison.is_negated() { "StringNotLike" } else { "StringLike" }
            );
            let fix = self.like_fix(subject, number, comparison);
            self.report_fixed(at, &rules::WILDCARD_IN_STRING_EQUALS, message, fix);
            return;
        }
        let Some(known) = catalogue::key(condition.key()).filter(|known| !known.values.is_empty()) else {
            return;
        };
        let is_possible = match comparison {
            Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase => {
                known.values.iter().any(|possible| possible.eq_ignore_ascii_case(value))
            }
            _ if is_pattern => known.values.iter().any(|possible| Pattern::new(value).matches(possible)),
            _ => known.values.contains(&value),
        };
        if !is_possible {
            let message = format!("`{}` has one of the values `{}`", known.name, known.values.join("`, `"));
            let near = if is_pattern { None } else { nearest(value, known.values.iter().copied()) };
            let fix = near.and_then(|near| self.rename(at, near));
            self.report_fixed(at, &rules::VALUE_NOT_POSSIBLE, message, fix);
        }
    }

    /// Writes `StringLike` instead, if the operator is about this key alone.
    fn like_fix(&self, subject: &Subject<'_>, number: usize, comparison: Comparison) -> Option<Fix> {
        if self.problems.is_full() {
            return None;
        }
        let right = match comparison {
            Comparison::StringEquals => "StringLike",
            Comparison::StringNotEquals => "StringNotLike",
            _ => return None,
        };
        let conditions = subject.statement.conditions();
        let operator = conditions.get(number)?.operator();
        let wanted: crate::Operator = Comparison::from_name(right)?.into();
        let keys = conditions.iter().filter(|other| other.operator() == operator).count();
        let is_taken = conditions.iter().any(|other| other.operator() == wanted);
        if keys > 1 || is_taken || operator.prefix().is_some() {
            return None;
        }
        self.rename(Location::Operator(subject.index, number), right)
    }
}

/// What `HTTP` and `HTTPS` once said.
fn by_scheme(value: &str) -> Option<&'static str> {
    let schemes = [("http", "false"), ("https", "true")];
    schemes.into_iter().find_map(|(scheme, truth)| value.eq_ignore_ascii_case(scheme).then_some(truth))
}
