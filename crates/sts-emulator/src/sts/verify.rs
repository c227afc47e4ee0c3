//! Who signed a request, and whether the signature, its time and its nonce are good.
//!
//! What is signed and how is read by `sts_sign::verify`, which shares no code with the client's signer; whose key it is, and
//! whether the nonce is new, is decided here.

pub(crate) mod claim;

use jiff::Timestamp;
use sts_sign::verify::{Skew, TimeError};

use self::claim::Claim;
use crate::access::KeyRefusal;
use crate::caller::Caller;
use crate::clock::system_time;
use crate::cloud::Cloud;
use crate::lock::lock;
use crate::sts::refusal::Refusal;
use crate::sts::service::Notes;
use crate::trail::What;

/// The checks of a signed request that says all it must, in the order the fact sheet recommends: access key, session
/// token, time, nonce, signature.
///
/// The nonce is looked at before the signature and kept only after it: otherwise anybody who knows a key id
/// could use up the nonces of its owner.
pub(crate) fn authenticate(
    cloud: &Cloud,
    claim: &Claim,
    now: Timestamp,
    notes: &mut Notes,
) -> Result<Caller, Refusal> {
    let id = claim.access_key_id();
    let key = cloud.key(id, claim.security_token(), now).map_err(refused_key);
    let key = notes.check(What::Key, "the key may sign", key)?;
    notes.who = key.caller.arn().or_else(|| Some(key.caller.display_name()));
    let time = claim.check_time(system_time(now)).map_err(refused_time);
    notes.check(What::Time, "within 15 minutes", time)?;
    if lock(&cloud.nonces).contains(id, claim.nonce()) {
        return notes.check(What::Nonce, "", Err(Refusal::nonce_used()));
    }
    notes.check(What::Signature, "as computed here", claim.check_signature(&key.secret))?;
    // Two copies of one request may have passed the look above together; only one of them is first here.
    let is_first = lock(&cloud.nonces).insert(id, claim.nonce(), now);
    let nonce = if is_first { Ok(()) } else { Err(Refusal::nonce_used()) };
    notes.check(What::Nonce, "not used before", nonce)?;
    Ok(key.caller)
}

fn refused_key(refusal: KeyRefusal) -> Refusal {
    match refusal {
        KeyRefusal::Unknown => Refusal::unknown_access_key(),
        KeyRefusal::Inactive => Refusal::inactive_access_key(),
        KeyRefusal::TokenMissing => Refusal::missing("SecurityToken"),
        KeyRefusal::TokenMalformed => Refusal::malformed_token(),
        KeyRefusal::TokenMismatch => Refusal::mismatched_token(),
        // The service cannot end sessions early; clients know what to do about an expired one.
        KeyRefusal::TokenExpired | KeyRefusal::SessionRevoked => Refusal::expired_token(),
    }
}

/// Anonymous operations are not signed; their time, when there is one, must still be of this hour.
pub(crate) fn check_optional_time(time: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
    let check = |time| Skew::default().check_timestamp(time, system_time(now));
    time.map_or(Ok(()), check).map_err(refused_time)
}

fn refused_time(error: TimeError) -> Refusal {
    match error {
        TimeError::Malformed => Refusal::timestamp_format(),
        _ => Refusal::timestamp_expired(),
    }
}
