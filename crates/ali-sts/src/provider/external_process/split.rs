//! Splitting a command line into arguments, by the rules that the official CLI and the Go, Java and Node SDKs share.

use std::iter::Peekable;
use std::str::Chars;

/// Which meaning a backslash has.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Platform {
    Unix,
    Windows,
}

impl Platform {
    pub(super) const HERE: Self = if cfg!(windows) { Self::Windows } else { Self::Unix };
}

/// The program and its arguments. Nothing but quotes and backslashes means anything: no variables, patterns, pipes or redirections.
pub(super) fn split(line: &str, platform: Platform) -> Result<(String, Vec<String>), &'static str> {
    let mut chars = line.trim().chars().peekable();
    let mut arguments = Vec::new();
    while let Some(first) = chars.peek() {
        if first.is_whitespace() {
            chars.next();
        } else {
            arguments.push(argument(&mut chars, platform)?);
        }
    }
    let mut arguments = arguments.into_iter();
    match arguments.next() {
        Some(program) if !program.is_empty() => Ok((program, arguments.collect())),
        Some(_) => Err("it begins with an empty argument, where the program belongs"),
        None => Err("it is empty"),
    }
}

/// Bare and quoted pieces up to white space, joined.
fn argument(chars: &mut Peekable<Chars<'_>>, platform: Platform) -> Result<String, &'static str> {
    let mut argument = String::new();
    while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
        match c {
            '\'' => single_quoted(chars, &mut argument)?,
            '"' => double_quoted(chars, &mut argument, platform)?,
            '\\' if platform == Platform::Unix => match chars.next() {
                Some('\n') => {}
                Some(escaped) => argument.push(escaped),
                None => return Err("it ends with a backslash that stands before nothing"),
            },
            bare => argument.push(bare),
        }
    }
    Ok(argument)
}

fn single_quoted(chars: &mut Peekable<Chars<'_>>, argument: &mut String) -> Result<(), &'static str> {
    for c in chars {
        if c == '\'' {
            return Ok(());
        }
        argument.push(c);
    }
    Err("a single quote in it is not closed")
}

fn double_quoted(
    chars: &mut Peekable<Chars<'_>>,
    argument: &mut String,
    platform: Platform,
) -> Result<(), &'static str> {
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok(()),
            '\\' if platform == Platform::Unix => {
                if chars.next_if_eq(&'\n').is_none() {
                    argument.push(chars.next_if(|c| matches!(c, '"' | '\\' | '$' | '`')).unwrap_or('\\'));
                }
            }
            '\\' => argument.push(chars.next_if_eq(&'"').unwrap_or('\\')),
            other => argument.push(other),
        }
    }
    Err("a double quote in it is not closed")
}

#[cfg(test)]
mod tests {
    use super::{Platform, split};
    use proptest::prelude::*;

    #[track_caller]
    fn check(platform: Platform, line: &str, expected: &[&str]) {
        let (program, mut all) = split(line, platform).unwrap();
        all.insert(0, program);
        assert_eq!(all, expected, "{line}");
    }

    #[test]
    fn unix() {
        for (line, expected) in [
            (" a  b\tc\n", &["a", "b", "c"][..]),
            (r#"a "b c" 'd e'"#, &["a", "b c", "d e"]),
            (r#"a b"c"'d'e"#, &["a", "bcde"]),
            (r#"a "" '' "#, &["a", "", ""]),
            (r#"a '\"$x`'"#, &["a", "\\\"$x`"]),
            (r#"a "\"\\\$\`\n\'""#, &["a", "\"\\$`\\n\\'"]),
            ("a \"b\\\nc\" d\\\ne", &["a", "bc", "de"]),
            (r"a b\ c \\ \' \x", &["a", "b c", "\\", "'", "x"]),
            (
                "a $HOME ~ * | > < & ; `b` $(c) #d",
                &["a", "$HOME", "~", "*", "|", ">", "<", "&", ";", "`b`", "$(c)", "#d"],
            ),
            ("'/opt/my tool' é", &["/opt/my tool", "é"]),
            ("a\u{2003}b", &["a", "b"]),
        ] {
            check(Platform::Unix, line, expected);
        }
    }

    #[test]
    fn windows() {
        for (line, expected) in [
            (r"C:\tools\a.exe b\ c\", &[r"C:\tools\a.exe", r"b\", r"c\"][..]),
            (r#""C:\my tools\a.exe" "b\"c" "d\\e\$""#, &[r"C:\my tools\a.exe", "b\"c", r"d\\e\$"]),
            (r"a 'b c\'", &["a", r"b c\"]),
            ("a \"b\\\nc\"", &["a", "b\\\nc"]),
        ] {
            check(Platform::Windows, line, expected);
        }
    }

    #[test]
    fn what_is_no_command() {
        for (line, said) in [
            ("", "empty"),
            (" \n", "empty"),
            ("\"\" a", "empty argument"),
            ("'' a", "empty argument"),
            ("a 'b", "single quote"),
            ("a \"b", "double quote"),
            ("a \"b\\\"", "double quote"),
            ("a b\\", "backslash"),
            ("a b\\ ", "backslash"),
        ] {
            let problem = split(line, Platform::Unix).unwrap_err();
            assert!(problem.contains(said), "{line}: {problem}");
        }
    }

    proptest! {
        #[test]
        fn what_is_quoted_comes_back(arguments in prop::collection::vec("[a-z \\\\$\"`\\n]{1,8}", 1..5)) {
            let quoted: Vec<String> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
            let (program, rest) = split(&quoted.join(" "), Platform::Unix).unwrap();
            prop_assert_eq!((&program, rest.as_slice()), (&arguments[0], &arguments[1..]));
        }

        #[test]
        fn never_panics(line in "(\\PC|[\\\\'\" \n]){0,40}") {
            let _ = (split(&line, Platform::Unix), split(&line, Platform::Windows));
        }
    }
}
