//! When to ask again and how long to wait before: values, without a clock, a random generator or a loop.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::date;

/// Exponential backoff with full jitter: a wait that is uniform between zero and a ceiling which doubles with each attempt.
///
/// Full jitter spreads callers that failed together over the whole interval, so that they do not come back together.
///
/// ```
/// use std::time::Duration;
/// use sts_http::Backoff;
///
/// let backoff = Backoff::new().base(Duration::from_millis(100)).cap(Duration::from_secs(5));
/// assert_eq!(backoff.ceiling(1), Duration::from_millis(100));
/// assert_eq!(backoff.ceiling(4), Duration::from_millis(800));
/// assert_eq!(backoff.ceiling(40), Duration::from_secs(5));
/// assert!(backoff.delay(4, u64::MAX / 2) < Duration::from_millis(401));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
}

impl Backoff {
    /// A base of 100 ms and a cap of 5 s.
    #[must_use]
    pub const fn new() -> Self {
        Self { base: Duration::from_millis(100), cap: Duration::from_secs(5) }
    }

    /// The ceiling of the wait after the first attempt. Default: 100 ms. Zero means no wait at all.
    #[must_use]
    pub const fn base(self, base: Duration) -> Self {
        Self { base, ..self }
    }

    /// The highest ceiling. Default: 5 s. One below the base lowers the base as well.
    #[must_use]
    pub const fn cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// The longest wait after `attempt` attempts (from 1): the base, doubled `attempt - 1` times, at most the cap.
    #[must_use]
    pub fn ceiling(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1);
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.cap)
    }

    /// The wait after `attempt` attempts (from 1). `random` is any number drawn uniformly from all of `u64`.
    #[must_use]
    pub fn delay(&self, attempt: u32, random: u64) -> Duration {
        let ceiling = self.ceiling(attempt).as_nanos();
        // The high half of a 128-bit product is uniform in 0..ceiling. A ceiling past u64::MAX nanoseconds is 584 years.
        let nanoseconds = (ceiling.min(u128::from(u64::MAX)) * u128::from(random)) >> 64;
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

/// How often and for how long a call is tried.
///
/// Which failures are worth another attempt is the caller's to say (for this crate's own: [`Error::is_retryable`](crate::Error::is_retryable)).
///
/// ```
/// use std::time::Duration;
/// use sts_http::RetryPolicy;
///
/// let policy = RetryPolicy::new().max_attempts(2);
/// let random = 0; // any u64
///
/// // One attempt made, one second gone, the server asked for 800 ms:
/// let hint = Some(Duration::from_millis(800));
/// assert_eq!(policy.next_delay(1, Duration::from_secs(1), random, hint), hint);
/// // Two attempts made: no more.
/// assert_eq!(policy.next_delay(2, Duration::from_secs(1), random, hint), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    overall_timeout: Duration,
    attempt_timeout: Duration,
    max_hint: Duration,
    backoff: Backoff,
}

impl RetryPolicy {
    /// 3 attempts of 10 s each within 60 s, [`Backoff::new`] between them, hints honoured up to 20 s.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_attempts: 3,
            overall_timeout: Duration::from_secs(60),
            attempt_timeout: Duration::from_secs(10),
            max_hint: Duration::from_secs(20),
            backoff: Backoff::new(),
        }
    }

    /// One attempt: nothing is retried, the timeouts stay.
    #[must_use]
    pub const fn never() -> Self {
        Self { max_attempts: 1, ..Self::new() }
    }

    /// The number of attempts, the first one included. Default: 3. Zero counts as one.
    #[must_use]
    pub const fn max_attempts(self, max_attempts: u32) -> Self {
        Self { max_attempts, ..self }
    }

    /// The time for all attempts and the waits between them. Default: 60 s.
    #[must_use]
    pub const fn overall_timeout(self, overall_timeout: Duration) -> Self {
        Self { overall_timeout, ..self }
    }

    /// The time for one attempt. Default: 10 s.
    #[must_use]
    pub const fn attempt_timeout(self, attempt_timeout: Duration) -> Self {
        Self { attempt_timeout, ..self }
    }

    /// The longest wait that a server's hint is honoured for; a longer one is cut to it. Default: 20 s.
    #[must_use]
    pub const fn max_hint(self, max_hint: Duration) -> Self {
        Self { max_hint, ..self }
    }

    /// The waits where the server gives no hint. Default: [`Backoff::new`].
    #[must_use]
    pub const fn backoff(self, backoff: Backoff) -> Self {
        Self { backoff, ..self }
    }

    /// The number of attempts, at least 1.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.max_attempts.max(1)
    }

    /// The time for all attempts and the waits between them.
    #[must_use]
    pub const fn overall(&self) -> Duration {
        self.overall_timeout
    }

    /// The time for one attempt.
    #[must_use]
    pub const fn attempt(&self) -> Duration {
        self.attempt_timeout
    }

    /// How long to wait before the next attempt, or `None` when there is to be none.
    ///
    /// `made` attempts have been made and `elapsed` is gone since the first began; `random` is drawn uniformly from all of `u64`;
    /// `hint` is what [`retry_after`] found. With a hint the wait is the hint (cut to [`max_hint`](Self::max_hint)) or the
    /// backoff's, whichever is longer. There is no next attempt when the attempts are used up or the wait would reach the end of the
    /// overall time.
    #[must_use]
    pub fn next_delay(
        &self,
        made: u32,
        elapsed: Duration,
        random: u64,
        hint: Option<Duration>,
    ) -> Option<Duration> {
        if made >= self.attempts() {
            return None;
        }
        let backoff = self.backoff.delay(made, random);
        let delay = hint.map_or(backoff, |hint| hint.min(self.max_hint).max(backoff));
        (elapsed.saturating_add(delay) < self.overall_timeout).then_some(delay)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// How long the server asks to wait before the next attempt.
///
/// `x-acs-retry-after` comes first: a whole number of milliseconds, as the service's own SDKs read it, and only a positive one counts.
/// Then the standard `Retry-After`: whole seconds, or a date, for which `now` is needed (the server's time where its clock is known
/// to differ); a date in the past is no hint.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use std::time::{Duration, SystemTime};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("2"));
/// assert_eq!(sts_http::retry_after(&headers, SystemTime::now()), Some(Duration::from_secs(2)));
/// headers.insert("x-acs-retry-after", HeaderValue::from_static("350"));
/// assert_eq!(sts_http::retry_after(&headers, SystemTime::now()), Some(Duration::from_millis(350)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    // "current SDK tests treat it as milliseconds … Use only a positive value": the service's behaviour under throttling.
    if let Some(milliseconds) = headers.get("x-acs-retry-after").and_then(|v| positive(v.as_bytes())) {
        return Some(Duration::from_millis(milliseconds));
    }
    let value = headers.get(RETRY_AFTER)?.as_bytes();
    if let Some(seconds) = positive(value) {
        return Some(Duration::from_secs(seconds));
    }
    date::parse(value)?.duration_since(now).ok().filter(|wait| !wait.is_zero())
}

/// A whole number above zero, in digits alone.
fn positive(text: &[u8]) -> Option<u64> {
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn check(headers: &[(&'static str, &'static str)], expect: Option<Duration>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777); // 1994-11-06 08:49:37
        let map: HeaderMap = headers
            .iter()
            .map(|(n, v)| (http::HeaderName::from_static(n), HeaderValue::from_static(v)))
            .collect();
        assert_eq!(retry_after(&map, now), expect, "{headers:?}");
    }

    #[test]
    fn hints() {
        let (s, ms) = (Duration::from_secs, Duration::from_millis);
        check(&[], None);
        check(&[("x-acs-retry-after", "1500")], Some(ms(1500)));
        check(&[("x-acs-retry-after", "1500"), ("retry-after", "9")], Some(ms(1500)));
        for bad in ["0", "-5", "soon", "", "1.5", "99999999999999999999"] {
            check(&[("x-acs-retry-after", bad), ("retry-after", "9")], Some(s(9)));
            check(&[("retry-after", bad)], None);
        }
        check(&[("retry-after", "Sun, 06 Nov 1994 08:50:00 GMT")], Some(s(23)));
        check(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], None);
        check(&[("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT")], None);
    }

    #[test]
    fn a_long_hint_is_cut_and_never_passes_the_overall_time() {
        let policy = RetryPolicy::new();
        let day = Some(Duration::from_secs(86_400));
        assert_eq!(policy.next_delay(1, Duration::ZERO, 0, day), Some(Duration::from_secs(20)));
        assert_eq!(policy.next_delay(1, Duration::from_secs(40), 0, day), None);
        assert_eq!(RetryPolicy::never().next_delay(1, Duration::ZERO, 0, day), None);
        assert_eq!(RetryPolicy::new().max_attempts(0).attempts(), 1);
    }

    proptest! {
        #[test]
        fn a_delay_never_exceeds_its_ceiling_nor_the_cap(
            attempt: u32, random: u64, base in 0..10_000_000_u64, cap in 0..10_000_000_u64,
        ) {
            let (base, cap) = (Duration::from_micros(base), Duration::from_micros(cap));
            let backoff = Backoff::new().base(base).cap(cap);
            prop_assert!(backoff.delay(attempt, random) <= backoff.ceiling(attempt));
            prop_assert!(backoff.ceiling(attempt) <= cap);
            prop_assert!(backoff.ceiling(attempt) <= backoff.ceiling(attempt.saturating_add(1)));
        }

        #[test]
        fn jitter_is_full_and_grows_with_the_random_number(attempt in 1..40_u32, a: u64, b: u64) {
            let backoff = Backoff::new();
            prop_assert_eq!(backoff.delay(attempt, 0), Duration::ZERO);
            let nearly_all = backoff.delay(attempt, u64::MAX);
            prop_assert!(backoff.ceiling(attempt) - nearly_all <= Duration::from_nanos(1));
            prop_assert!(backoff.delay(attempt, a.min(b)) <= backoff.delay(attempt, a.max(b)));
        }

        #[test]
        fn no_attempt_begins_after_the_overall_time(
            made: u32, elapsed in 0..100_000_u64, random: u64, hint in proptest::option::of(0..100_000_u64),
        ) {
            let policy = RetryPolicy::new();
            let elapsed = Duration::from_millis(elapsed);
            if let Some(delay) = policy.next_delay(made, elapsed, random, hint.map(Duration::from_millis)) {
                prop_assert!(elapsed + delay < policy.overall() && made < 3);
            }
        }

        #[test]
        fn extreme_values_do_not_overflow(attempt: u32, random: u64, elapsed: u64, hint: u64) {
            let backoff = Backoff::new().base(Duration::MAX).cap(Duration::MAX);
            let policy = RetryPolicy::new().backoff(backoff).max_hint(Duration::MAX).overall_timeout(Duration::MAX);
            let _ = policy.next_delay(attempt, Duration::from_secs(elapsed), random, Some(Duration::from_secs(hint)));
        }
    }
}
