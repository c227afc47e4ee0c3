//! The grammar of the credentials file, which every SDK reads differently: what is taken here is what they agree on, and
//! what they disagree on is refused rather than guessed.
//!
//! A comment begins with `#` or `;` at the start of a line or after white space, outside double quotes. Quotation marks around
//! a whole value are not part of it. There are no escapes, no interpolation and no values over several lines.

/// A section, its keys in lower case.
#[derive(Debug)]
pub(super) struct Section<'t> {
    pub(super) name: &'t str,
    /// Where it begins, counted from 1.
    pub(super) line: usize,
    pub(super) entries: Vec<Entry<'t>>,
}

pub(super) struct Entry<'t> {
    pub(super) key: String,
    pub(super) value: &'t str,
    pub(super) line: usize,
}

/// Not the value.
impl std::fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("key", &self.key).field("line", &self.line).finish_non_exhaustive()
    }
}

/// What is wrong, and on which line. Never what stands there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) line: usize,
    pub(super) problem: &'static str,
}

/// All sections. One that is there twice is one: the official readers disagree only on whether that is allowed.
pub(super) fn parse(text: &str) -> Result<Vec<Section<'_>>, Malformed> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut current = None;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (line, content) in (1..).zip(text.lines()) {
        let malformed = |problem| Malformed { line, problem };
        let content = without_comment(content).trim();
        if content.is_empty() {
            continue;
        }
        if let Some(rest) = content.strip_prefix('[') {
            let name = rest.strip_suffix(']').map(str::trim).filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| malformed("a section looks like `[name]`"))?;
            current = sections.iter().position(|section| section.name == name);
            if current.is_none() {
                current = Some(sections.len());
                sections.push(Section { name, line, entries: Vec::new() });
            }
            continue;
        }
        let is_word = |key: &str| {
            !key.is_empty()
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        };
        let (key, value) = content
            .split_once(['=', ':'])
            .map(|(key, value)| (key.trim(), unquoted(value.trim())))
            .filter(|(key, _)| is_word(key))
            .ok_or_else(|| {
                malformed("it is neither `[section]`, nor `key = value` on one line, nor a comment")
            })?;
        let section = current.and_then(|index| sections.get_mut(index));
        let section = section.ok_or_else(|| malformed("a key stands before the first `[section]`"))?;
        let key = key.to_ascii_lowercase();
        if section.entries.iter().any(|entry| entry.key == key) {
            return Err(malformed("this key is in the section already; remove one of the two"));
        }
        section.entries.push(Entry { key, value, line });
    }
    Ok(sections)
}

/// A session policy is JSON and may have `#` and `;` in its strings. A quotation mark without another is no quotation.
fn without_comment(line: &str) -> &str {
    let quotes = line.matches('"').count() / 2 * 2;
    let (mut seen, mut after_space) = (0, true);
    for (at, c) in line.char_indices() {
        match c {
            '"' if seen < quotes => seen += 1,
            '#' | ';' if after_space && seen % 2 == 0 => return line.get(..at).unwrap_or(line),
            _ => {}
        }
        after_space = c.is_whitespace();
    }
    line
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\'', '`'] {
        let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{Malformed, parse};
    use proptest::prelude::*;

    fn value(line: &str) -> String {
        let text = format!("[x]\n{line}\n");
        parse(&text).unwrap().remove(0).entries.remove(0).value.to_owned()
    }

    #[test]
    fn sections_keys_and_lines() {
        let text = "\u{feff}# first\r\n[default]\r\ntype = access_key\r\n\n  [ other one ]\n\tAccess_Key_ID: LTAI ; why\n[default]\nenable=true\n";
        let sections = parse(text).unwrap();
        let shown: Vec<_> = sections
            .iter()
            .map(|section| {
                let entries =
                    section.entries.iter().map(|entry| (entry.key.as_str(), entry.value, entry.line));
                (section.name, section.line, entries.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("default", 2, vec![("type", "access_key", 3), ("enable", "true", 8)]),
                ("other one", 5, vec![("access_key_id", "LTAI", 6)]),
            ]
        );
    }

    /// Readers of Go, Python and Node cut such a policy at `#`, `;` or `%`.
    #[test]
    fn a_policy_is_not_cut() {
        for policy in [
            r#"{"Resource": "acs:oss:*:*:b/a#1;2/100%"}"#,
            r#"{"Resource": "acs:oss:*:*:b/a #1 ;2"}"#,
            r#"{"a": "b"} ; "#,
        ] {
            let expected = policy.strip_suffix(" ; ").unwrap_or(policy);
            assert_eq!(value(&format!("policy = {policy}")), expected);
        }
    }

    #[test]
    fn comments_and_quotation_marks() {
        for (line, expected) in [
            ("k = v#not;either", "v#not;either"),
            ("k = v # a comment", "v"),
            ("k = v\t; a comment", "v"),
            ("k = \"v # w\" # a comment", "v # w"),
            ("k = 'v'", "v"),
            ("k = `v`", "v"),
            ("k = \"v", "\"v"),
            ("k = a\"b # a comment", "a\"b"),
            ("k = \"a\" and \"b\"", "\"a\" and \"b\""),
            ("k = a=b:c", "a=b:c"),
            ("k = acs:ram::1:role/x", "acs:ram::1:role/x"),
            ("k: acs:ram::1:role/x", "acs:ram::1:role/x"),
            ("k =", ""),
            ("k = \\", "\\"),
        ] {
            assert_eq!(value(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_malformed_is_told_by_its_line() {
        for (text, line) in [
            ("[x]\nsecret-without-key\n", 2),
            ("[x]\n\nk = v\n  two words = v", 4),
            ("k = v\n[x]", 1),
            ("[x", 1),
            ("[]", 1),
            ("[x]\nk = 1\nK = 2\n", 3),
            ("[x]\nk = 1\n[y]\nk = 1\n[x]\nk = 3\n", 6),
            ("[x]\npolicy = {\n  \"Version\": \"1\"\n}", 3),
        ] {
            assert_eq!(parse(text).map(drop).map_err(|malformed| malformed.line), Err(line), "{text}");
        }
        let Malformed { problem, .. } = parse("[x]\nhunter2").unwrap_err();
        assert!(!problem.contains("hunter2"));
    }

    proptest! {
        #[test]
        fn never_panics_and_keeps_plain_values(text in "\\PC{0,60}", value in "[A-Za-z0-9+/=.:-]{1,40}") {
            let _ = parse(&text);
            let ini = format!("[s]\nk = {value}");
            prop_assert_eq!(parse(&ini).unwrap()[0].entries[0].value, value);
        }
    }
}
