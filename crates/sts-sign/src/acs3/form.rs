//! Parameters as the body of a request.

use super::stages::sha256;
use crate::SignError;
use crate::encode::encode_into;
use crate::hex::Hex;
use crate::order::Sorted;

/// What such a body is declared as.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Appends parameters as a form, sorted by name, and gives its hash.
pub(super) fn write_form(params: &[(&str, &str)], body: &mut Vec<u8>) -> Result<Hex, SignError> {
    let sorted = Sorted::new(params)?;
    let start = body.len();
    let length: usize = params.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    body.reserve(3 * length);
    for (index, (name, value)) in sorted.as_slice().iter().enumerate() {
        if index > 0 {
            body.push(b'&');
        }
        encode_into(name.as_bytes(), body);
        body.push(b'=');
        encode_into(value.as_bytes(), body);
    }
    Ok(sha256(body.get(start..).unwrap_or_default()))
}
