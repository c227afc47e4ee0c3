//! The signature of RPC version 1.0: canonical query, string to sign, comparison.
//!
//! Written to be read beside the published rule, not to be fast, and on purpose not shared with the client's signer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::parameters::Parameters;
use crate::refusal::Refusal;

/// Beyond this the server's string to sign is not sent back: an honest request is a few KB, and an echo of every
/// posted megabyte, encoded twice, would be a lever.
const MAX_ECHO: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    HmacSha1,
    HmacSha256,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Result<Self, Refusal> {
        match name {
            "HMAC-SHA1" => Ok(Self::HmacSha1),
            "HMAC-SHA256" => Ok(Self::HmacSha256),
            _ => Err(Refusal::signature_method()),
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::HmacSha256 => hmac::HMAC_SHA256,
        }
    }
}

/// Whether `given` is the signature of `parameters` under `secret`.
pub(super) fn check(
    algorithm: Algorithm,
    method: &str,
    parameters: &Parameters,
    secret: &str,
    given: &str,
) -> Result<(), Refusal> {
    let given = STANDARD.decode(given).map_err(|_| Refusal::incomplete_signature())?;
    if given.len() != algorithm.hmac().digest_algorithm().output_len() {
        return Err(Refusal::incomplete_signature());
    }
    let string_to_sign = string_to_sign(method, parameters);
    // One `&` after the secret, for session keys too.
    let key = hmac::Key::new(algorithm.hmac(), format!("{secret}&").as_bytes());
    // Compares in constant time.
    hmac::verify(&key, string_to_sign.as_bytes(), &given).map_err(|_| {
        let echo =
            if string_to_sign.len() <= MAX_ECHO { string_to_sign.as_str() } else { "(too long to repeat)" };
        Refusal::signature_mismatch(echo)
    })
}

fn string_to_sign(method: &str, parameters: &Parameters) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .filter(|(name, _)| *name != "Signature")
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    format!("{method}&{}&{}", encode("/"), encode(&pairs.join("&")))
}

/// Everything but the unreserved characters of RFC 3986, with upper-case digits.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use serde_json::Value;

    use super::*;

    /// Where the parameters of a request travel.
    #[derive(Clone, Copy)]
    enum Place {
        Query,
        Form,
        Mixed,
    }

    /// How the parameters are written on the wire.
    #[derive(Clone, Copy)]
    enum Encoding {
        /// Every byte but letters and digits as `%XX`, by the `percent-encoding` crate.
        Percent,
        /// As form encoders of other languages do: `+` for a space, `*` and `!'()` raw, lower-case digits.
        Form,
    }

    fn wire_text(text: &str, encoding: Encoding) -> String {
        match encoding {
            Encoding::Percent => utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
            Encoding::Form => text
                .bytes()
                .map(|byte| match byte {
                    b' ' => "+".to_owned(),
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
                    b'-' | b'_' | b'.' | b'*' | b'!' | b'\'' | b'(' | b')' => char::from(byte).to_string(),
                    other => format!("%{other:02x}"),
                })
                .collect(),
        }
    }

    fn on_wire(parameters: &BTreeMap<String, String>, place: Place, encoding: Encoding) -> Parameters {
        let pair = |(name, value): (&String, &String)| {
            format!("{}={}", wire_text(name, encoding), wire_text(value, encoding))
        };
        // Not in signing order: the verifier has to sort.
        let pairs: Vec<String> = parameters.iter().rev().map(pair).collect();
        let split = match place {
            Place::Query => pairs.len(),
            Place::Form => 0,
            Place::Mixed => pairs.len() / 2,
        };
        let (query, form) = (pairs[..split].join("&"), pairs[split..].join("&"));
        Parameters::parse(query.as_bytes(), form.as_bytes())
            .map_err(|refusal| refusal.message().to_owned())
            .unwrap()
    }

    struct Vector {
        id: String,
        method: String,
        secret: String,
        parameters: BTreeMap<String, String>,
        string_to_sign: String,
    }

    fn vector(line: &str) -> Vector {
        let json: Value = serde_json::from_str(line).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let inputs = &json["inputs"];
        let mut parameters: BTreeMap<String, String> =
            inputs["params"].as_object().unwrap().iter().map(|(n, v)| (n.clone(), text(v))).collect();
        parameters.insert("Signature".to_owned(), text(&json["signature"]));
        Vector {
            id: text(&json["id"]),
            method: text(&inputs["method"]),
            secret: text(&inputs["access_key_secret"]),
            parameters,
            string_to_sign: text(&json["string_to_sign"]),
        }
    }

    fn accepts(algorithm: Algorithm, method: &str, parameters: &Parameters, secret: &str) -> bool {
        let given = parameters.get("Signature").unwrap();
        check(algorithm, method, parameters, secret, given).is_ok()
    }

    /// Every one-byte change of the request that the signature has to notice, one per parameter and place.
    fn tampered(vector: &Vector) -> Vec<BTreeMap<String, String>> {
        let mut changed = Vec::new();
        for (name, value) in &vector.parameters {
            let mut longer = vector.parameters.clone();
            longer.insert(name.clone(), if name == "Signature" { flip(value) } else { format!("{value}x") });
            changed.push(longer);
            if name == "Signature" {
                continue;
            }
            let mut renamed = vector.parameters.clone();
            renamed.remove(name);
            renamed.insert(format!("{name}."), value.clone());
            changed.push(renamed);
            let mut shorter = vector.parameters.clone();
            let mut cut = value.clone();
            if cut.pop().is_some() {
                shorter.insert(name.clone(), cut);
                changed.push(shorter);
            }
        }
        changed
    }

    /// Another signature of the same length.
    fn flip(signature: &str) -> String {
        let (first, rest) = signature.split_at(1);
        format!("{}{rest}", if first == "A" { "B" } else { "A" })
    }

    /// The official vectors lie beside the workspace; a published copy of this crate comes without them.
    fn prove(file: &str, algorithm: Algorithm) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
        if !folder.exists() {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "a test reads its vectors from the tree")]
        let lines = std::fs::read_to_string(folder.join(file)).unwrap();
        let mut proved = 0;
        for vector in lines.lines().map(vector) {
            let id = &vector.id;
            let placed = on_wire(&vector.parameters, Place::Query, Encoding::Percent);
            assert_eq!(string_to_sign(&vector.method, &placed), vector.string_to_sign, "{id}");
            for place in [Place::Query, Place::Form, Place::Mixed] {
                for encoding in [Encoding::Percent, Encoding::Form] {
                    let placed = on_wire(&vector.parameters, place, encoding);
                    assert!(accepts(algorithm, &vector.method, &placed, &vector.secret), "{id}");
                }
            }
            assert!(!accepts(algorithm, &format!("{}X", vector.method), &placed, &vector.secret), "{id}");
            assert!(!accepts(algorithm, &vector.method, &placed, &format!("{}&", vector.secret)), "{id}");
            for changed in tampered(&vector) {
                let placed = on_wire(&changed, Place::Mixed, Encoding::Form);
                assert!(!accepts(algorithm, &vector.method, &placed, &vector.secret), "{id}");
            }
            proved += 1;
        }
        assert!(proved > 100, "{file} holds {proved} vectors only");
    }

    #[test]
    fn official_sha1_vectors_are_accepted_and_their_changes_refused() {
        prove("rpc-v1-sha1.jsonl", Algorithm::HmacSha1);
    }

    #[test]
    fn official_sha256_vectors_are_accepted_and_their_changes_refused() {
        prove("rpc-v1-sha256.jsonl", Algorithm::HmacSha256);
    }

    /// The vendor's published AssumeRole example (documentation of the RPC signature).
    #[test]
    fn published_example() {
        let query = b"Action=AssumeRole&Version=2015-04-01&RoleArn=acs%3Aram%3A%3A1234567890123%3Arole%2Ffirstrole\
            &RoleSessionName=client&Timestamp=2015-09-01T05%3A57%3A34Z&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0\
            &SignatureNonce=571f8fb8-506e-11e5-8e12-b8e8563dc8d2&AccessKeyId=testid&Format=JSON\
            &Signature=gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D";
        let parameters = Parameters::parse(query, b"").ok().unwrap();
        assert!(accepts(Algorithm::HmacSha1, "GET", &parameters, "testsecret"));
        assert!(!accepts(Algorithm::HmacSha1, "POST", &parameters, "testsecret"));
    }

    #[test]
    fn signature_of_another_shape_is_incomplete() {
        let parameters = Parameters::default();
        for given in ["x", "not base64!", "QUJD", "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4"] {
            let refusal = check(Algorithm::HmacSha1, "GET", &parameters, "secret", given).unwrap_err();
            assert_eq!(refusal.code(), "IncompleteSignature", "{given}");
        }
    }

    #[test]
    fn huge_string_to_sign_is_not_sent_back() {
        let body = format!("A={}", "%20".repeat(MAX_ECHO));
        let parameters = Parameters::parse(b"", body.as_bytes()).ok().unwrap();
        let given = "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4=";
        let refusal = check(Algorithm::HmacSha1, "GET", &parameters, "secret", given).unwrap_err();
        assert!(refusal.message().ends_with("server string to sign is:(too long to repeat)"));
    }
}
