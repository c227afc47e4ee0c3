//! Objects by name, a page at a time.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::object::Object;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Listing<'a> {
    pub(crate) prefix: &'a str,
    /// Empty for none.
    pub(crate) delimiter: &'a str,
    /// Names up to and with this one are left out; empty for none.
    pub(crate) after: &'a str,
    /// How many objects and common prefixes together.
    pub(crate) most: usize,
}

/// A page of it.
#[derive(Debug, Default)]
pub(crate) struct Page<'a> {
    pub(crate) objects: Vec<(&'a str, &'a Arc<Object>)>,
    pub(crate) prefixes: Vec<&'a str>,
    /// What comes last on this page, if there is more: the next begins after it.
    pub(crate) next: Option<&'a str>,
}

impl Listing<'_> {
    pub(super) fn page<'o>(&self, objects: &'o BTreeMap<String, Arc<Object>>) -> Page<'o> {
        let mut page = Page::default();
        let mut last = "";
        let from =
            if self.after < self.prefix { Bound::Included(self.prefix) } else { Bound::Excluded(self.after) };
        // With neither, everything: no name is empty.
        for (key, object) in objects.range::<str, _>((from, Bound::Unbounded)) {
            if !key.starts_with(self.prefix) {
                break;
            }
            let common = self.common_prefix(key);
            // The page before has ended with it, or this one has it already.
            if common.is_some_and(|common| common == self.after || page.prefixes.last() == Some(&common)) {
                continue;
            }
            if page.objects.len() + page.prefixes.len() >= self.most {
                page.next = Some(last);
                break;
            }
            last = match common {
                Some(common) => {
                    page.prefixes.push(common);
                    common
                }
                None => {
                    page.objects.push((key, object));
                    key
                }
            };
        }
        page
    }

    /// Up to and with the first delimiter after the prefix.
    fn common_prefix<'k>(&self, key: &'k str) -> Option<&'k str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = key.get(self.prefix.len()..)?;
        let end = self.prefix.len() + rest.find(self.delimiter)? + self.delimiter.len();
        key.get(..end)
    }
}

#[cfg(test)]
mod tests {
    use super::super::object::{Checksums, Meta};
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn objects<'a>(keys: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, Arc<Object>> {
        let object = || {
            let meta = Meta::default();
            Arc::new(Object::new(b"", &Checksums::of(b""), meta, Timestamp::UNIX_EPOCH))
        };
        keys.into_iter().map(|key| (key.to_owned(), object())).collect()
    }

    fn names<'a>(page: &'a Page<'_>) -> (Vec<&'a str>, Vec<&'a str>) {
        (page.objects.iter().map(|(key, _)| *key).collect(), page.prefixes.clone())
    }

    /// The example of the API's documentation: one object and a folder.
    #[test]
    fn folders_are_common_prefixes() {
        let all = objects(["fun/movie/001.avi", "fun/movie/007.avi", "fun/test.jpg", "oss.jpg"]);
        let listing = Listing { prefix: "fun/", delimiter: "/", most: 100, ..Listing::default() };
        assert_eq!(names(&listing.page(&all)), (vec!["fun/test.jpg"], vec!["fun/movie/"]));
        let listing = Listing { prefix: "fun/", most: 2, ..Listing::default() };
        let page = listing.page(&all);
        assert_eq!(names(&page).0, ["fun/movie/001.avi", "fun/movie/007.avi"]);
        assert_eq!(page.next, Some("fun/movie/007.avi"));
        let page = Listing { after: "fun/movie/007.avi", ..listing }.page(&all);
        assert_eq!((names(&page).0, page.next), (vec!["fun/test.jpg"], None));
    }

    proptest! {
        /// Whatever the size of pages, all of them together are what a walk over all names says.
        #[test]
        fn pages_together_are_everything_once(
            keys in proptest::collection::btree_set("[ab/]{1,5}", 0..30),
            prefix in "[ab/]{0,2}",
            delimiter in "/{0,1}b{0,1}",
            most in 1_usize..4,
        ) {
            let all = objects(keys.iter().map(String::as_str));
            let (mut objects, mut prefixes) = (BTreeSet::new(), BTreeSet::new());
            for key in keys.iter().filter(|key| key.starts_with(&prefix)) {
                let rest = key.strip_prefix(&prefix).unwrap();
                match rest.split_once(&delimiter).filter(|_| !delimiter.is_empty()) {
                    Some((folder, _)) => prefixes.insert(format!("{prefix}{folder}{delimiter}")),
                    None => objects.insert(key.clone()),
                };
            }
            let mut after = String::new();
            for _ in 0..=keys.len() {
                let listing = Listing { prefix: &prefix, delimiter: &delimiter, after: &after, most };
                let page = listing.page(&all);
                for (key, _) in &page.objects {
                    prop_assert!(objects.remove(*key), "{} twice, or not wanted", key);
                }
                for common in &page.prefixes {
                    prop_assert!(prefixes.remove(*common), "{} twice, or not wanted", common);
                }
                match page.next {
                    Some(next) => after = next.to_owned(),
                    None => break,
                }
            }
            prop_assert!(objects.is_empty() && prefixes.is_empty(), "{:?} {:?}", objects, prefixes);
        }
    }
}
