//! When what is due for credentials that were given at a time. Times are milliseconds; which ones is the caller's affair.

use crate::clock::{COARSE, millis};
use std::time::Duration;

pub(super) type Millis = i64;

/// For what does not expire.
pub(super) const NEVER: Millis = i64::MAX;

/// How early to ask for others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Windows {
    /// Chosen by the user; else it goes by the lifetime.
    pub(super) refresh: Option<Duration>,
    /// What is not valid for that long any more is not handed out.
    pub(super) minimum: Duration,
}

/// What is due when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) given: Millis,
    /// From then on somebody asks for others, and nobody waits for that.
    pub(super) advise: Millis,
    /// From then on whoever wants credentials waits for the others.
    pub(super) insist: Millis,
    /// From then on they are not handed out.
    pub(super) last: Millis,
    pub(super) expires: Millis,
}

impl Windows {
    /// The refresh window: a quarter of what is left, up to an hour; a chosen one up to a half, or credentials that are
    /// shorter lived than it would be asked for all the time.
    fn window(&self, left: Millis) -> Millis {
        const MOST: Millis = 3_600_000;
        match self.refresh {
            Some(chosen) => millis(chosen).min(left / 2),
            None => (left / 4).min(MOST),
        }
    }

    /// The window in which callers wait.
    fn insistence(left: Millis) -> Millis {
        const MOST: Millis = 60_000;
        (left / 16).min(MOST)
    }
}

impl Schedule {
    /// For credentials that are given now; a random number spreads the refreshes of those who were given theirs at the same
    /// time over a quarter of the window.
    pub(super) fn new(windows: &Windows, given: Millis, expiration: Option<Millis>, random: u64) -> Self {
        let Some(expires) = expiration else {
            return Self { given, advise: NEVER, insist: NEVER, last: NEVER, expires: NEVER };
        };
        let last = expires.saturating_sub(millis(windows.minimum.max(COARSE)));
        let left = last.saturating_sub(given).max(0);
        let window = windows.window(left);
        let insist = last.saturating_sub(Windows::insistence(left).min(window));
        let advise = last.saturating_sub(window).saturating_add(up_to(window / 4, random));
        Self { given, advise: advise.min(insist), insist, last, expires }
    }
}

/// When to try again after so many failures in a row, while credentials are handed out for `left` more: twice as long each
/// time, up to five minutes, but soon enough for a few more tries before their end. At least half of it is waited, a random part of the rest.
pub(super) fn back_off(failures: u32, left: Millis, random: u64) -> Millis {
    const FIRST: Millis = 1000;
    const LEAST: Millis = 50;
    const MOST: Millis = 300_000;
    let doubled = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(MOST);
    let delay = doubled.min(left / 8).max(LEAST);
    delay / 2 + up_to(delay / 2, random)
}

/// A number from zero to `most`.
fn up_to(most: Millis, random: u64) -> Millis {
    let most = u64::try_from(most).unwrap_or_default();
    i64::try_from(random % most.saturating_add(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{NEVER, Schedule, Windows, back_off};
    use std::time::Duration;

    const SECOND: i64 = 1000;
    const DEFAULT: Windows = Windows { refresh: None, minimum: Duration::ZERO };

    /// By hand: a quarter of the lifetime or an hour before the end, later by a quarter of that at most; a sixteenth or a
    /// minute before the end; 20 ms before it.
    #[test]
    fn windows_go_by_the_lifetime() {
        for (lifetime, earliest, latest, insist) in [
            (2 * SECOND, 1485, 1608, 1857),
            (900 * SECOND, 674_985, 731_233, 843_732),
            (3600 * SECOND, 2_699_985, 2_924_983, 3_539_980),
            (43_200 * SECOND, 39_599_980, 40_499_980, 43_139_980),
        ] {
            let schedule = |random| Schedule::new(&DEFAULT, 0, Some(lifetime), random);
            let window = lifetime - 20 - schedule(0).advise;
            assert_eq!((schedule(0).advise, schedule(0).insist), (earliest, insist), "{lifetime}");
            assert_eq!(schedule(u64::try_from(window / 4).unwrap()).advise, latest, "{lifetime}");
            assert_eq!(schedule(0).last, lifetime - 20);
        }
    }

    #[test]
    fn a_chosen_window_takes_half_of_the_lifetime_at_most() {
        let chosen = Windows { refresh: Some(Duration::from_secs(900)), minimum: Duration::ZERO };
        assert_eq!(Schedule::new(&chosen, 0, Some(900 * SECOND), 0).advise, 449_990);
        assert_eq!(Schedule::new(&chosen, 0, Some(7200 * SECOND), 0).advise, 6_299_980);
        let none = Windows { refresh: Some(Duration::ZERO), minimum: Duration::from_secs(10) };
        let schedule = Schedule::new(&none, 0, Some(60 * SECOND), 7);
        assert_eq!((schedule.advise, schedule.insist, schedule.last), (50_000, 50_000, 50_000));
    }

    #[test]
    fn what_does_not_expire_is_never_due_and_what_has_expired_at_once() {
        assert_eq!(Schedule::new(&DEFAULT, 5, None, 9).advise, NEVER);
        for expiration in [i64::MIN, -1, 0, 20] {
            let schedule = Schedule::new(&DEFAULT, 0, Some(expiration), u64::MAX);
            assert!(schedule.last <= 0 && schedule.advise <= 0, "{schedule:?}");
        }
    }

    #[test]
    fn waits_double_and_stay_within_what_is_left() {
        let delays = |random, left| [1, 2, 3, 9, 10, 64, u32::MAX].map(|n| back_off(n, left, random));
        assert_eq!(delays(0, NEVER), [500, 1000, 2000, 128_000, 150_000, 150_000, 150_000]);
        assert_eq!(back_off(1, NEVER, 500), 1000);
        assert_eq!(delays(0, 8000), [500; 7]);
        assert_eq!(delays(0, 0), [25; 7]);
    }
}
