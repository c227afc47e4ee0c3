//! The canonical request.

use crate::fields::Fields;
use crate::order::Param;
use crate::sink::Sink;

/// What is signed, all of it checked and sorted.
pub(super) struct Canonical<'a, 'b> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'b [Param<'a>],
    pub(super) fields: &'b Fields<'a>,
    pub(super) body_hash: &'b str,
}

impl Canonical<'_, '_> {
    pub(super) fn write(&self, sink: &mut impl Sink) {
        sink.put_upper(self.method);
        sink.put(b"\n");
        sink.put(self.path.as_bytes());
        sink.put(b"\n");
        write_query(self.query, sink);
        sink.put(b"\n");
        self.fields.write_lines(|_| true, sink);
        sink.put(b"\n");
        self.fields.write_names(|_| true, |piece| sink.put(piece.as_bytes()));
        sink.put(b"\n");
        sink.put(self.body_hash.as_bytes());
    }
}

/// Sorted pairs, percent-encoded.
pub(super) fn write_query(pairs: &[Param<'_>], sink: &mut impl Sink) {
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            sink.put(b"&");
        }
        sink.put_encoded(name);
        sink.put(b"=");
        sink.put_encoded(value);
    }
}
