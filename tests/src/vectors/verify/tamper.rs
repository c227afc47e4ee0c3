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
    let mut tampered = Vec::new();
    let mut add = |what: String, change: &dyn Fn(&mut Wire)| {
        let mut changed = wire.clone();
        change(&mut changed);
        tampered.push((what, changed));
    };
    add("method".to_owned(), &|wire| wire.method.push('X'));
    add("longer path".to_owned(), &|wire| wire.path.push('x'));
    add("other path".to_owned(), &|wire| wire.path.insert(1, 'x'));
    for (index, (name, _)) in wire.query.iter().enumerate().filter(|(_, (name, _))| (covered.parameter)(name))
    {
        add(format!("value of {name}"), &|wire| flip(&mut wire.query[index].1));
        add(format!("longer value of {name}"), &|wire| wire.query[index].1.push('x'));
        add(format!("name of {name}"), &|wire| wire.query[index].0.insert_str(0, "x-oss-x"));
        add(format!("without {name}"), &|wire| drop(wire.query.remove(index)));
    }
    if (covered.parameter)("x-oss-added") {
        add("a parameter more".to_owned(), &|wire| {
            wire.query.push(("x-oss-added".to_owned(), "1".to_owned()))
        });
    }
    for (index, (name, _)) in wire.headers.iter().enumerate().filter(|(_, (name, _))| (covered.header)(name))
    {
        add(format!("value of {name}"), &|wire| flip(&mut wire.headers[index].1));
        add(format!("longer value of {name}"), &|wire| wire.headers[index].1.push('x'));
        add(format!("name of {name}"), &|wire| wire.headers[index].0.push('x'));
        add(format!("without {name}"), &|wire| drop(wire.headers.remove(index)));
        add(format!("{name} twice"), &|wire| wire.headers.push(wire.headers[index].clone()));
    }
    if covered.body {
        add("longer body".to_owned(), &|wire| wire.body.push('x'));
        if !wire.body.is_empty() {
            add("body".to_owned(), &|wire| flip(&mut wire.body));
        }
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
