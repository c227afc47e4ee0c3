//! Wildcards: `*` is any number of characters, none included; `?` is exactly one. There is no escape.

mod glob;

use crate::pattern::glob::Glob;
use std::fmt;

/// A text with `*` and `?`, made ready for matching.
///
/// `*` stands for any number of characters, none included, `/` and `:` among them; `?` stands for exactly one character
/// (a Unicode scalar value, not a byte). Nothing else is special, and neither can be escaped: the language has no way to
/// mean a literal star. `**` means what `*` means.
///
/// Matching asks for no memory (but for [`ignoring_case`](Self::ignoring_case) and a text over 256 bytes), never
/// backtracks, and takes time linear in the text, whatever the pattern, as long as no `?` stands between two other
/// characters of a stretch between stars. With such a `?` it is at most pattern × text.
///
/// ```
/// use sts_policy::Pattern;
///
/// let pattern = Pattern::new("acs:oss:*:*:my-bucket/uploads/*");
/// assert!(pattern.matches("acs:oss:cn-hangzhou:123456789012:my-bucket/uploads/2026/a.jpg"));
/// assert!(!pattern.matches("acs:oss:cn-hangzhou:123456789012:my-bucket/private/a.jpg"));
/// assert!(Pattern::ignoring_case("oss:Get*").matches("OSS:getObject"));
/// ```
#[derive(Clone)]
pub struct Pattern {
    form: Form,
    ignores_case: bool,
}

#[derive(Clone)]
enum Form {
    /// Matched against the whole text.
    Whole(Glob),
    /// Matched part by part, in as many parts as there are patterns; the last takes all that is left.
    Parts(Box<[Glob]>),
}

/// How many parts a resource name has: `acs:service:region:account:relative-id`.
const RESOURCE_PARTS: usize = 5;

impl Pattern {
    /// A pattern that tells upper case from lower case, as resources and values of `StringLike` do.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { form: Form::Whole(Glob::new(text)), ignores_case: false }
    }

    /// A pattern to which the ASCII letters of either case are the same, as actions are matched.
    #[must_use]
    pub fn ignoring_case(text: &str) -> Self {
        Self { form: Form::Whole(Glob::new(&text.to_ascii_lowercase())), ignores_case: true }
    }

    /// A resource pattern whose wildcards stay inside their segment: pattern and text are cut at their first four
    /// colons and matched segment by segment, so that only the last part may span further colons. A pattern of fewer
    /// segments has the rest of the text matched by its last one: `*` alone still matches everything.
    ///
    /// How the service reads such a pattern is not documented; [`Options::star`](crate::decide::Options::star) says which
    /// reading a decision goes by.
    #[must_use]
    pub fn within_segments(text: &str) -> Self {
        let parts = text.splitn(RESOURCE_PARTS, ':').map(Glob::new).collect();
        Self { form: Form::Parts(parts), ignores_case: false }
    }

    /// Whether the whole text is of this form.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        if self.ignores_case {
            folded(text, |text| self.matches_folded(text))
        } else {
            self.matches_folded(text.as_bytes())
        }
    }

    /// As [`matches`](Self::matches), for a text whose ASCII letters are in lower case where the pattern ignores case.
    /// It must be UTF-8.
    pub(crate) fn matches_folded(&self, text: &[u8]) -> bool {
        match &self.form {
            Form::Whole(glob) => glob.matches(text),
            Form::Parts(globs) => {
                let mut parts = text.splitn(globs.len(), |byte| *byte == b':');
                globs.iter().all(|glob| parts.next().is_some_and(|part| glob.matches(part)))
            }
        }
    }

    /// The text, where there is no wildcard in it: in lower case where the pattern ignores case.
    pub(crate) fn literal(&self) -> Option<&[u8]> {
        match &self.form {
            Form::Whole(glob) => glob.literal(),
            Form::Parts(_) => None,
        }
    }

    /// The stretches of literal bytes that every matching text holds.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = &[u8]> {
        let globs = match &self.form {
            Form::Whole(glob) => std::slice::from_ref(glob),
            Form::Parts(globs) => globs,
        };
        globs.iter().flat_map(Glob::stretches)
    }
}

/// Patterns name resources and people: their size must do.
impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = match &self.form {
            Form::Whole(glob) => glob.shortest(),
            Form::Parts(globs) => globs.iter().map(Glob::shortest).sum::<usize>() + globs.len() - 1,
        };
        write!(f, "Pattern(at least {bytes} bytes)")
    }
}

/// Hands over the text with its ASCII letters in lower case.
fn folded<T>(text: &str, act: impl FnOnce(&[u8]) -> T) -> T {
    // Actions are short: with room for them on the stack nothing is allocated.
    let mut short = [0; 256];
    match short.get_mut(..text.len()) {
        Some(short) => {
            short.copy_from_slice(text.as_bytes());
            short.make_ascii_lowercase();
            act(short)
        }
        None => act(text.to_ascii_lowercase().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use proptest::prelude::*;

    /// The definition: characters one by one, with a table instead of recursion so that it ends.
    fn by_definition(pattern: &str, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut reach = vec![false; text.len() + 1];
        reach[0] = true;
        for wild in pattern.chars() {
            let before = reach.clone();
            for end in 0..=text.len() {
                reach[end] = match wild {
                    '*' => before[..=end].contains(&true),
                    '?' => end > 0 && before[end - 1],
                    literal => end > 0 && before[end - 1] && text[end - 1] == literal,
                };
            }
        }
        reach[text.len()]
    }

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a:b/c", true),
            ("**", "", true),
            ("?", "", false),
            ("?", "é", true),
            ("?", "éé", false),
            ("*?", "", false),
            ("?*?", "ab", true),
            ("?*?", "é", false),
            ("a*", "a", true),
            ("*a", "ba", true),
            ("a*a", "a", false),
            ("a*b*c", "a-c-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*ab?ab*", "abab-abcab", true),
            ("*a?b", "aab-axb", true),
            ("a?é*", "a日é", true),
            ("*aa?b*", "aaacb", true),
            ("*a?*b*", "abc", false),
            ("*a?*b*", "acb", true),
            ("*a*?b*", "abc", false),
            ("*a*b?*", "acb", false),
            ("a??*b", "a-b", false),
            ("a??*b", "a--b", true),
            ("mybucket/abc*.txt", "mybucket/abc/x/y.txt", true),
            ("acs:oss:*:*:mybucket", "acs:oss:cn-hangzhou:1:mybucket/a", false),
            ("acs:ram:*:1:role/r", "acs:ram::1:role/r", true),
            ("[a]", "a", false),
            ("a.c", "abc", false),
            ("\\*", "*", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} on {text}");
            assert_eq!(by_definition(pattern, text), expected, "{pattern} on {text}, by definition");
        }
    }

    #[test]
    fn case_is_ignored_where_asked_and_in_ascii_only() {
        assert!(Pattern::ignoring_case("ECS:describe*").matches("ecs:DescribeInstances"));
        assert!(!Pattern::new("ecs:describe*").matches("ecs:DescribeInstances"));
        assert!(!Pattern::ignoring_case("é").matches("É"));
        let long = "Aé".repeat(200);
        assert!(Pattern::ignoring_case(&long.to_ascii_lowercase()).matches(&long));
    }

    #[test]
    fn within_segments_a_star_stops_at_a_colon() {
        for (pattern, text, whole, parts) in [
            ("acs:oss:*:b", "acs:oss:x:y:b", true, false),
            ("acs:oss:*:*:b*", "acs:oss:x:y:b:c", true, true),
            ("acs:*:b", "acs:oss:x:y:b", true, false),
            ("acs:oss:*", "acs:oss:x:y:b", true, true),
            ("*", "acs:oss:x:y:b", true, true),
            ("*", "", true, true),
            ("acs:*:*cn-beijing*:*:*", "acs:ecs:cn-beijing-a:1:instance/i", true, true),
            ("acs:*:*cn-beijing*:*:*", "acs:ecs:x:1:instance/cn-beijing:a:b", true, false),
            ("acs:oss:*:*:b", "acs:oss::b", false, false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), whole, "{pattern} on {text}");
            assert_eq!(
                Pattern::within_segments(pattern).matches(text),
                parts,
                "{pattern} on {text}, in parts"
            );
        }
    }

    #[test]
    fn debug_shows_the_size_only() {
        assert_eq!(format!("{:?}", Pattern::new("a*?b")), "Pattern(at least 3 bytes)");
        assert_eq!(format!("{:?}", Pattern::within_segments("a:*:b")), "Pattern(at least 4 bytes)");
    }

    #[test]
    fn long_hostile_patterns_are_answered() {
        let text = "a".repeat(1 << 16);
        let ones = "*a".repeat(1 << 15);
        assert!(Pattern::new(&ones).matches(&text));
        assert!(!Pattern::new(&format!("{ones}b*")).matches(&text));
        let half = "a".repeat(1 << 15);
        assert!(!Pattern::new(&format!("*{half}b*")).matches(&text));
        assert!(Pattern::new(&format!("*{half}b*")).matches(&format!("{text}b")));
        assert!(!Pattern::new(&"*?a".repeat(1 << 15)).matches(&"a".repeat((1 << 16) - 1)));
        assert!(Pattern::new(&"*?a".repeat(1 << 15)).matches(&text));
    }

    /// Long enough to reach the search for long needles.
    const PIECE: &str = "[ab]{0,3}|([ab]{6}日){10}[ab]{0,3}";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn as_defined(pattern in "[a*?]{0,8}|[ab*?]{0,10}|[ab:é*?]{0,12}", text in "[a]{0,8}|[ab]{0,12}|[ab:é]{0,16}") {
            prop_assert_eq!(Pattern::new(&pattern).matches(&text), by_definition(&pattern, &text));
        }

        #[test]
        fn as_defined_when_case_is_ignored(pattern in "[abAB*?]{0,8}", text in "[abAB]{0,12}") {
            let expected = by_definition(&pattern.to_lowercase(), &text.to_lowercase());
            prop_assert_eq!(Pattern::ignoring_case(&pattern).matches(&text), expected);
        }

        /// Two segments are parts on their own where neither pattern nor text has another colon.
        #[test]
        fn segments_are_matched_apart(
            patterns in ["[ab*?]{0,5}", "[ab*?]{0,5}"], texts in ["[ab]{0,6}", "[ab]{0,6}"],
        ) {
            let expected = patterns.iter().zip(&texts).all(|(pattern, text)| by_definition(pattern, text));
            prop_assert_eq!(Pattern::within_segments(&patterns.join(":")).matches(&texts.join(":")), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_pattern_with_its_stars_filled_matches(
            parts in proptest::collection::vec(PIECE, 1..5), fillings in proptest::collection::vec(PIECE, 5),
        ) {
            let text: String = parts.iter().zip(&fillings).flat_map(|(part, filling)| [part.as_str(), filling]).collect();
            let pattern: String = parts.iter().flat_map(|part| [part.as_str(), "*"]).collect();
            prop_assert!(Pattern::new(&pattern).matches(&text));
        }
    }
}
