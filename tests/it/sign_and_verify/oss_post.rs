//! OSS form uploads, by V1 and by V4.

use super::tamper::{Edit, edit};
use super::{Party, at, check_edges, party, text, time};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use std::time::{Duration, SystemTime};
use sts_sign::oss_post::FormFields;
use sts_sign::verify::{TimeError, oss_post};
use sts_sign::{Timestamp, oss_v1, oss_v4};

type Form = Vec<(String, Vec<u8>)>;

fn claim(form: &Form) -> Option<oss_post::Claim> {
    let fields: Vec<(&str, &[u8])> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    oss_post::Claim::read(&fields).ok()
}

/// What means something: the policy, and what says who signed it, in V4 with the token. In V1 nothing covers the token, and
/// in neither the fields that the policy asks for: that the form keeps to its policy is the server's to check. Names have no
/// case, nor have the digits of V4's signature.
fn meaning(form: &Form, is_v4: bool) -> Option<Vec<Vec<u8>>> {
    let v1 = ["policy", "ossaccesskeyid", "signature", "x-oss-signature-version"];
    let v4 = ["policy", "x-oss-signature-version", "x-oss-credential", "x-oss-date", "x-oss-security-token"];
    let value = |name: &str| {
        let mut values =
            form.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone());
        let value = values.next().unwrap_or_default();
        values.next().is_none().then_some(value)
    };
    let mut all: Vec<_> = if is_v4 { v4.map(value).into() } else { v1.map(value).into() };
    if is_v4 {
        all.push(value("x-oss-signature").map(|digits| digits.to_ascii_lowercase()));
    }
    all.into_iter().collect()
}

fn accept(form: &Form, party: &Party, now: SystemTime) -> Option<String> {
    let claim = claim(form)?;
    if claim.access_key_id() != party.id {
        return None;
    }
    claim.check_signature(&party.secret()).ok()?;
    claim.check_time(now).ok()?;
    Some(format!("{:?} {:?} {}", claim.region(), claim.product(), claim.policy()))
}

fn form(fields: &FormFields, more: Vec<(String, String)>) -> Form {
    let signed = fields.iter().map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let more = more.into_iter().map(|(name, value)| (format!("x-oss-meta-{name}"), value.into_bytes()));
    more.chain([("key".to_owned(), b"a/b".to_vec())]).chain(signed).collect()
}

/// One change of a form: of a field's name or value, or a field that goes or comes twice.
type Change = (Index, Index, Option<Edit>, bool);

fn changed(form: &Form, (field, at, edit, in_name): Change) -> Option<Form> {
    let mut out = form.clone();
    let index = field.index(form.len());
    match edit {
        Some(edit) if in_name => out[index].0 = edit.apply_to_text(&form[index].0, at)?,
        Some(edit) => out[index].1 = edit.apply(&form[index].1, at)?,
        None if in_name => _ = out.remove(index),
        None if at.index(2) == 0 => out.push(form[index].clone()),
        None => out.push(("x-oss-security-token".to_owned(), b"of somebody".to_vec())),
    }
    Some(out)
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let edit = prop_oneof![5 => edit().prop_map(Some), 1 => Just(None)];
    vec((any::<Index>(), any::<Index>(), edit, prop::bool::weighted(0.25)), 8)
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted_and_nothing_else(
        party in party(),
        is_v4 in any::<bool>(),
        region in "[a-z]{2}-[a-z]{1,8}",
        (asked, spaces) in (vec((text(), text()), 0..4), "[ \n]{0,3}"),
        more in proptest::collection::btree_map("[a-z]{1,4}", text(), 0..3),
        time in time(),
        life in 0_u64..1_000_000,
        eq in any::<bool>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        changes in changes(),
    ) {
        let now = at(time);
        let end = at((time.0 + life, 0));
        let conditions: Vec<_> = asked.iter().map(|(name, value)| json!(["starts-with", format!("$x-oss-meta-{name}"), value])).collect();
        let mut policy = json!({"expiration": Timestamp::new(end).unwrap().as_str(), "conditions": conditions});
        let credentials = party.credentials();
        let fields = if is_v4 {
            let signer = oss_v4::Signer::new(&credentials, &region, now).unwrap();
            for (name, value) in signer.post_conditions(now).unwrap().iter() {
                let condition = if eq { json!(["eq", format!("${name}"), value]) } else { json!({name: value}) };
                policy["conditions"].as_array_mut().unwrap().push(condition);
            }
            signer.sign_post(&format!("{spaces}{policy}{spaces}"), now).unwrap()
        } else {
            oss_v1::Signer::new(&credentials).sign_post(&format!("{spaces}{policy}{spaces}")).unwrap()
        };
        let form = form(&fields, more.into_iter().collect());

        let read = claim(&form).unwrap();
        prop_assert_eq!(read.access_key_id(), &party.id);
        prop_assert_eq!(read.security_token(), party.token.as_deref());
        prop_assert_eq!(read.policy(), format!("{spaces}{policy}{spaces}"));
        prop_assert_eq!(read.region(), is_v4.then_some(region.as_str()));
        prop_assert!(read.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        check_edges(|now| read.check_time(now), None, (end, TimeError::Expired))?;

        // The policy is good to the second.
        let now = now.min(end);
        let (before, believed) = (meaning(&form, is_v4), accept(&form, &party, now));
        prop_assert!(believed.is_some());
        for change in changes {
            let Some(changed) = changed(&form, change) else { continue };
            let after = accept(&changed, &party, now);
            let is_harmless = meaning(&changed, is_v4) == before && after == believed;
            let shown: Vec<_> = changed.iter().map(|(name, value)| format!("{name}={}", value.escape_ascii())).collect();
            prop_assert!(after.is_none() || is_harmless, "accepted after {:?}: {:?}, {:?} then {:?}", change, shown, believed, after);
        }
    }

    /// Seconds may have a fraction in a policy.
    #[test]
    fn an_expiration_is_good_to_the_millisecond(millis in 0_u64..1000) {
        let end = format!("2026-01-15T12:00:00.{millis:03}Z");
        let policy = json!({"expiration": end, "conditions": []}).to_string();
        let fields = oss_v1::Signer::new(&sts_types::Credentials::new("id", "secret")).sign_post(&policy).unwrap();
        let read = claim(&form(&fields, Vec::new())).unwrap();
        let end = SystemTime::UNIX_EPOCH + Duration::from_millis(1_768_478_400_000 + millis);
        check_edges(|now| read.check_time(now), None, (end, TimeError::Expired))?;
    }
}

/// What the policy asks for is there, also where no signature of the version covers it.
#[test]
fn a_token_that_the_policy_asks_for_cannot_be_taken_out() {
    let session = sts_types::Credentials::new("STS.id", "secret").with_security_token("token");
    for condition in
        [json!({"X-OSS-security-token": "token"}), json!(["eq", "$x-oss-security-token", "token"])]
    {
        let policy = json!({"expiration": "2026-01-15T12:00:00Z", "conditions": [condition]}).to_string();
        let form = form(&oss_v1::Signer::new(&session).sign_post(&policy).unwrap(), Vec::new());
        assert_eq!(claim(&form).unwrap().security_token(), Some("token"));
        for value in [None, Some(""), Some("another")] {
            let mut form = form.clone();
            form.retain(|(name, _)| name != "x-oss-security-token");
            form.extend(value.map(|value| ("x-oss-security-token".to_owned(), value.as_bytes().to_vec())));
            assert!(claim(&form).is_none(), "{value:?}");
        }
    }
}
