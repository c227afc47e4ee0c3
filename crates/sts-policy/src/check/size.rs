//! How long a policy is.

use super::{Checker, PolicyKind};
use crate::{Location, Policy, rules};

/// Characters of a session policy, since the end of September 2022.
const SESSION: usize = 2048;
/// Characters of a custom policy.
const CUSTOM: usize = 6144;
/// Bytes of a bucket policy: it must stay under 16 KB.
const BUCKET: usize = 16 * 1024 - 1;
/// Bytes of a statement of a bucket policy.
const BUCKET_STATEMENT: usize = 4095;

impl Checker<'_, '_> {
    pub(super) fn size(&mut self, policy: &Policy) {
        match self.kind {
            PolicyKind::Session => self.length(policy, "session", SESSION, false),
            PolicyKind::Identity => self.length(policy, "custom", CUSTOM, false),
            PolicyKind::Bucket => {
                self.length(policy, "bucket", BUCKET, true);
                for index in 0..policy.statements().len() {
                    let written = self.document.text().get(self.document.span(Location::Statement(index)));
                    let written = written.unwrap_or_default();
                    let bytes = compact_len(written);
                    if written.len() > BUCKET_STATEMENT && bytes <= BUCKET_STATEMENT {
                        let message = format!(
                            "this statement has {} bytes of {BUCKET_STATEMENT}, and {bytes} without white space; send it \
                             without, as `Policy::as_json` has it",
                            written.len()
                        );
                        self.report(Location::Statement(index), &rules::MINIFY_TO_FIT, message);
                    } else if bytes > BUCKET_STATEMENT {
                        let message = format!(
                            "this statement has {bytes} bytes without white space, of {BUCKET_STATEMENT}; split it"
                        );
                        self.report(Location::Statement(index), &rules::STATEMENT_TOO_LONG, message);
                    }
                }
            }
            _ => {}
        }
    }

    fn length(&mut self, policy: &Policy, what: &str, most: usize, in_bytes: bool) {
        let (written, compact) = (self.document.text(), policy.as_json());
        // Characters are no more than bytes: mostly nothing has to be counted.
        if written.len() <= most {
            return;
        }
        let count = |text: &str| if in_bytes { text.len() } else { text.chars().count() };
        let unit = if in_bytes { "bytes" } else { "characters" };
        let (written, compact, bytes) = (count(written), count(compact), compact.len());
        if compact > most {
            let message = format!(
                "this has {compact} {unit} without white space, {over} too many for a {what} policy; join statements, \
                 or use wildcards",
                over = compact - most
            );
            self.report(Location::Policy, &rules::POLICY_TOO_LONG, message);
        } else if written > most {
            let message = format!(
                "this has {written} {unit} of {most}, and {compact} without white space; send it without, as \
                 `Policy::as_json` has it"
            );
            self.report(Location::Policy, &rules::MINIFY_TO_FIT, message);
        } else if bytes > most {
            let message = format!(
                "this has {compact} characters of {most}, but {bytes} bytes, and the service is not at one about what \
                 it counts; stay under it in bytes too"
            );
            self.report(Location::Policy, &rules::BYTES_OVER_LIMIT, message);
        }
    }
}

/// Bytes of a JSON text without the white space between its tokens.
fn compact_len(text: &str) -> usize {
    let (mut count, mut in_string, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            count += 1;
        } else if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            in_string = byte == b'"';
            count += 1;
        }
    }
    count
}
