//! The only place of this crate that reads the time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

/// How far the emulator's clock stands from the clock of the machine.
///
/// Everything the emulator says or judges about time follows it: the `Date` header, the 15 minutes a request's
/// `Timestamp` may be off, expirations, and the tokens its identity provider issues.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sts_emulator::ClockOffset;
///
/// assert_eq!(ClockOffset::default(), ClockOffset::Ahead(Duration::ZERO));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockOffset {
    /// The emulator is this much later than the machine. Whole milliseconds count.
    Ahead(Duration),
    /// The emulator is this much earlier than the machine. Whole milliseconds count.
    Behind(Duration),
}

impl ClockOffset {
    fn as_millis(self) -> i64 {
        match self {
            Self::Ahead(by) => i64::try_from(by.as_millis()).unwrap_or(i64::MAX),
            Self::Behind(by) => i64::try_from(by.as_millis()).map_or(i64::MIN, |ms| -ms),
        }
    }
}

impl Default for ClockOffset {
    fn default() -> Self {
        Self::Ahead(Duration::ZERO)
    }
}

/// A time that neither an offset nor a clock that stands still touches: for how long something fetched is kept.
#[expect(clippy::disallowed_methods, reason = "this file is the door for time")]
pub(crate) fn monotonic() -> Instant {
    Instant::now()
}

/// The machine's clock, or a time that stands still, plus an offset that every clone shares.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    offset_millis: Arc<AtomicI64>,
    stopped_at: Arc<OnceLock<Timestamp>>,
}

impl Clock {
    pub(crate) fn set_offset(&self, offset: ClockOffset) {
        self.offset_millis.store(offset.as_millis(), Ordering::Relaxed);
    }

    /// From now on it is this time, and the offset counts from it. Only once.
    pub(crate) fn stop_at(&self, time: Timestamp) {
        // Called again, it changes nothing.
        self.stopped_at.set(time).ok();
    }

    /// The emulator's time. An offset that leads out of the calendar stops at its edge.
    pub(crate) fn now(&self) -> Timestamp {
        let offset = self.offset_millis.load(Ordering::Relaxed);
        let edge = if offset < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let base = self.stopped_at.get().copied().unwrap_or_else(Timestamp::now);
        base.checked_add(SignedDuration::from_millis(offset)).unwrap_or(edge)
    }
}

/// The time as a `Date` header says it.
pub(crate) fn http_date(time: Timestamp) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
}

/// The whole second of a time; the edge of the calendar for one beyond it.
pub(crate) fn timestamp(time: SystemTime) -> Timestamp {
    let edge = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    let exact = Timestamp::try_from(time).unwrap_or(edge);
    Timestamp::from_second(exact.as_second()).unwrap_or(edge)
}

/// The same time for crates that know no calendar.
pub(crate) fn system_time(time: Timestamp) -> SystemTime {
    let distance = time.as_duration().unsigned_abs();
    let moved = match time < Timestamp::UNIX_EPOCH {
        true => SystemTime::UNIX_EPOCH.checked_sub(distance),
        false => SystemTime::UNIX_EPOCH.checked_add(distance),
    };
    // Every time of the calendar has a place on the machines this runs on.
    moved.unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offset_moves_every_clone_and_never_panics() {
        let clock = Clock::default();
        let twin = clock.clone();
        let before = clock.now();
        clock.set_offset(ClockOffset::Ahead(Duration::from_secs(4 * 3600)));
        assert!(twin.now().duration_since(before) >= SignedDuration::from_hours(4));
        clock.set_offset(ClockOffset::Behind(Duration::from_secs(4 * 3600)));
        assert!(twin.now() < before);
        for offset in [ClockOffset::Ahead(Duration::MAX), ClockOffset::Behind(Duration::MAX)] {
            clock.set_offset(offset);
            clock.now();
        }
    }
}
