//! Requests that differ from a good one in one place.

use super::wire::Wire;

/// Which places the signature covers.
pub(super) struct Covered<P, H> {
    pub(super) parameter: P,
    pub(super) header: H,
    pub(super) body: bool,
}

/// Every change of something that is covered: method, path, each parameter, each header, the body. With each, what was done.
pub(super) fn every_part(
    wire: &Wire,
    covered: &Covered<impl Fn(&str) -> bool, impl Fn(&str) -> bool>,
) -> Vec<(String, Wire)> {
    let changed = |change: &dyn Fn(&mut Wire)| {
        let mut changed = wire.clone();
        change(&mut changed);
        changed
    };
    let mut tampered = vec![
        ("method".to_owned(), changed(&|wire| wire.method.push('X'))),
        ("longer path".to_owned(), changed(&|wire| wire.path.push('x'))),
        ("other path".to_owned(), changed(&|wire| wire.path.insert(1, 'x'))),
    ];
    let queries = every_pair(&wire.query, &covered.parameter, |name| name.insert_str(0, "x-oss-x"));
    tampered.extend(queries.into_iter().map(|(what, query)| (what, Wire { query, ..wire.clone() })));
    if (covered.parameter)("x-oss-added") {
        let added = ("x-oss-added".to_owned(), "1".to_owned());
        tampered.push(("a parameter more".to_owned(), changed(&|wire| wire.query.push(added.clone()))));
    }
    let headers = every_pair(&wire.headers, &covered.header, |name| name.push('x'));
    tampered.extend(headers.into_iter().map(|(what, headers)| (what, Wire { headers, ..wire.clone() })));
    for pair in wire.headers.iter().filter(|(name, _)| (covered.header)(name)) {
        tampered.push((format!("{} twice", pair.0), changed(&|wire| wire.headers.push(pair.clone()))));
    }
    if covered.body {
        tampered.push(("longer body".to_owned(), changed(&|wire| wire.body.push('x'))));
        if !wire.body.is_empty() {
            tampered.push(("body".to_owned(), changed(&|wire| flip(&mut wire.body))));
        }
    }
    tampered
}

/// Each covered pair with its value changed, with more of it, under another name, and left out.
pub(super) fn every_pair(
    pairs: &[(String, String)],
    is_covered: impl Fn(&str) -> bool,
    rename: fn(&mut String),
) -> Vec<(String, Vec<(String, String)>)> {
    let mut tampered = Vec::new();
    for (index, (name, _)) in pairs.iter().enumerate().filter(|(_, (name, _))| is_covered(name)) {
        let changed = |change: &dyn Fn(&mut (String, String))| {
            let mut changed = pairs.to_vec();
            changed.iter_mut().skip(index).take(1).for_each(change);
            changed
        };
        tampered.push((format!("value of {name}"), changed(&|(_, value)| flip(value))));
        tampered.push((format!("longer value of {name}"), changed(&|(_, value)| value.push('x'))));
        tampered.push((format!("name of {name}"), changed(&|(name, _)| rename(name))));
        let rest = pairs.iter().enumerate().filter(|(other, _)| *other != index);
        tampered.push((format!("without {name}"), rest.map(|(_, pair)| pair.clone()).collect()));
    }
    tampered
}

/// The same with a header's value changed behind a mark: the signature in `Authorization`, say.
pub(super) fn header_behind(wire: &Wire, header: &str, mark: &str) -> (String, Wire) {
    let mut changed = wire.clone();
    for (_, value) in changed.headers.iter_mut().filter(|(name, _)| name == header) {
        if let Some((before, after)) = value.split_once(mark) {
            let mut after = after.to_owned();
            flip(&mut after);
            *value = format!("{before}{mark}{after}");
        }
    }
    (format!("{header} behind {mark}"), changed)
}

/// Another first character, one that dates, hexadecimal digits and Base64 may have.
pub(super) fn flip(text: &mut String) {
    let rest: String = text.chars().skip(1).collect();
    *text = format!("{}{rest}", if text.starts_with('0') { '1' } else { '0' });
}
