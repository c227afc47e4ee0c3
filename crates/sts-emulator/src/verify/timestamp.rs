//! The `Timestamp` of a request.

use jiff::{SignedDuration, Timestamp};

use crate::refusal::Refusal;

/// How far a request's time may be off, either way (documented).
const TOLERANCE: SignedDuration = SignedDuration::from_mins(15);

/// Accepts `YYYY-MM-DDThh:mm:ssZ` and, as ali-oss sends it, `YYYY-MM-DDThh:mm:ss.fffZ`, within the tolerance.
pub(super) fn check(text: &str, now: Timestamp) -> Result<(), Refusal> {
    let time = parse(text).ok_or_else(Refusal::timestamp_format)?;
    if now.duration_since(time).abs() > TOLERANCE {
        return Err(Refusal::timestamp_expired());
    }
    Ok(())
}

/// jiff reads more forms than the service is known to take, so the shape is compared first.
fn parse(text: &str) -> Option<Timestamp> {
    let fits = |shape: &str| {
        shape.len() == text.len()
            && shape.bytes().zip(text.bytes()).all(|(wanted, byte)| match wanted {
                b'0' => byte.is_ascii_digit(),
                literal => byte == literal,
            })
    };
    if fits("0000-00-00T00:00:00Z") || fits("0000-00-00T00:00:00.000Z") { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<String> {
        let now = "2026-11-23T19:15:55Z".parse().unwrap();
        check(text, now).err().map(|refusal| refusal.code().to_owned())
    }

    #[test]
    fn both_documented_forms_within_fifteen_minutes() {
        for good in [
            "2026-11-23T19:15:55Z",
            "2026-11-23T19:15:55.798Z",
            "2026-11-23T19:00:55Z",
            "2026-11-23T19:30:55.000Z",
        ] {
            assert_eq!(code(good), None, "{good}");
        }
        for stale in ["2026-11-23T19:00:54Z", "2026-11-23T19:30:55.001Z", "1970-01-01T00:00:00Z"] {
            assert_eq!(code(stale).as_deref(), Some("InvalidTimeStamp.Expired"), "{stale}");
        }
    }

    #[test]
    fn every_other_form_is_refused() {
        for bad in [
            "now",
            "2026-11-23 19:15:55Z",
            "2026-11-23T19:15:55",
            "2026-11-23T19:15:55+00:00",
            "2026-11-23T19:15:55.79Z",
            "2026-11-23T19:15:55.798000Z",
            "2026-11-23t19:15:55z",
            "2026-11-31T19:15:55Z",
            "2026-11-23T25:15:55Z",
            "٢٠٢٦-11-23T19:15Z",
            "Mon, 23 Nov 2026 19:15:55 GMT",
        ] {
            assert_eq!(code(bad).as_deref(), Some("InvalidTimeStamp.Format"), "{bad}");
        }
    }
}
