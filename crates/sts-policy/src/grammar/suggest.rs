//! Did you mean …?

/// Longer names are not compared.
const LONGEST: usize = 48;

/// The known name that a misspelt one is nearest to: the same but for case and surrounding blanks, or one or two
/// characters off. `None` when none is near.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        if candidate.eq_ignore_ascii_case(name) {
            return Some(candidate);
        }
        // Short names are near to everything.
        let allowed = (candidate.len() / 4).min(2);
        let distance = distance(&name.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many characters must be inserted, removed or replaced.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().zip(std::iter::once(None).chain(b.chars().map(Some))) {
            let above = *cell;
            *cell = match y {
                None => i + 1,
                Some(y) => (diagonal + usize::from(x != y)).min(above + 1).min(left + 1),
            };
            left = *cell;
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distances_of_textbooks() {
        for (a, b, expected) in [
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn near_names_are_found_and_others_are_not() {
        let members = ["Effect", "Action", "NotAction", "Resource", "Condition", "Statement"];
        for (name, meant) in [
            ("effect", Some("Effect")),
            ("Actions", Some("Action")),
            ("Resourse", Some("Resource")),
            ("Statements", Some("Statement")),
            ("ACTION ", Some("Action")),
            ("fortest", None),
            ("Id", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, members), meant, "{name}");
        }
    }
}
