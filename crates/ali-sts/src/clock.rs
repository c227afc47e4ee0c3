//! The one door to the time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// Tells the service's time: a local clock, corrected by what the service's answers taught.
///
/// Cheap to clone; all clones share the correction, so that what one client learnt serves everything that shares its
/// clock.
///
/// ```
/// use ali_sts::Clock;
/// use std::time::{Duration, SystemTime};
///
/// // In tests: a clock that stands still.
/// let clock = Clock::from_fn(|| SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
/// assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
/// ```
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    local: Option<Box<dyn Fn() -> SystemTime + Send + Sync>>,
    /// Service time minus local time, in milliseconds.
    offset: AtomicI64,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Inner { local: None, offset: AtomicI64::new(0) }))
    }

    /// A clock of your own, for tests.
    #[must_use]
    pub fn from_fn(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { local: Some(Box::new(now)), offset: AtomicI64::new(0) }))
    }

    /// The service's time, as far as it is known.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        let offset = self.0.offset.load(Ordering::Relaxed);
        shift(self.local(), offset)
    }

    /// The service's time in milliseconds since 1970, to be read often: behind [`now`](Self::now) by up to [`COARSE`].
    pub(crate) fn coarse_millis(&self) -> i64 {
        let local = match &self.0.local {
            Some(now) => since_1970(now()),
            None => system_millis(),
        };
        local.saturating_add(self.0.offset.load(Ordering::Relaxed))
    }

    /// How many milliseconds the service's clock is ahead of the local one, negative when it is behind; zero until an
    /// answer taught otherwise.
    #[must_use]
    pub fn offset_millis(&self) -> i64 {
        self.0.offset.load(Ordering::Relaxed)
    }

    /// Takes the service's time over.
    pub(crate) fn learn(&self, service: SystemTime) {
        let offset = match service.duration_since(self.local()) {
            Ok(ahead) => millis(ahead),
            Err(behind) => -millis(behind.duration()),
        };
        self.0.offset.store(offset, Ordering::Relaxed);
    }

    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn local(&self) -> SystemTime {
        match &self.0.local {
            Some(now) => now(),
            None => SystemTime::now(),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.0.offset.load(Ordering::Relaxed);
        f.debug_struct("Clock").field("offset_ms", &offset).finish_non_exhaustive()
    }
}

/// The monotonic clock that timers run by.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(crate) fn instant() -> tokio::time::Instant {
    tokio::time::Instant::now()
}

/// How far [`Clock::coarse_millis`] may be behind: two ticks of a kernel that ticks a hundred times a second, the slowest.
pub(crate) const COARSE: Duration = Duration::from_millis(20);

/// The time of the kernel's last tick. It follows steps of the clock and goes on while the machine sleeps, as the exact
/// time does, for a seventh of its price.
#[cfg(all(target_os = "linux", feature = "coarse-clock"))]
fn system_millis() -> i64 {
    use nix::sys::time::TimeValLike as _;
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_REALTIME_COARSE)
        .map_or_else(|_| exact_millis(), |time| time.num_milliseconds())
}

#[cfg(not(all(target_os = "linux", feature = "coarse-clock")))]
fn system_millis() -> i64 {
    exact_millis()
}

#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn exact_millis() -> i64 {
    since_1970(SystemTime::now())
}

/// Milliseconds since 1970, negative before.
pub(crate) fn since_1970(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => millis(after),
        Err(before) => -millis(before.duration()),
    }
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn shift(time: SystemTime, offset_ms: i64) -> SystemTime {
    let by = Duration::from_millis(offset_ms.unsigned_abs());
    let moved = if offset_ms < 0 { time.checked_sub(by) } else { time.checked_add(by) };
    moved.unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::{COARSE, Clock, since_1970};
    use std::time::{Duration, SystemTime};

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn what_is_learnt_is_shared_and_told() {
        let noon = SystemTime::UNIX_EPOCH + 500_000 * HOUR;
        let clock = Clock::from_fn(move || noon);
        let other = clock.clone();
        clock.learn(noon + 4 * HOUR);
        assert_eq!((other.now(), other.offset_millis()), (noon + 4 * HOUR, 4 * 3_600_000));
        clock.learn(noon - HOUR);
        assert_eq!((other.now(), other.offset_millis()), (noon - HOUR, -3_600_000));
    }

    #[test]
    fn the_coarse_time_is_hardly_behind_and_is_corrected_as_well() {
        let clock = Clock::system();
        for offset in [Duration::ZERO, 4 * HOUR] {
            clock.learn(clock.now() + offset);
            let (before, coarse, after) =
                (since_1970(clock.now()), clock.coarse_millis(), since_1970(clock.now()));
            let earliest = before - i64::try_from(COARSE.as_millis()).unwrap();
            assert!((earliest..=after).contains(&coarse), "{before} {coarse} {after}");
        }
        let noon = SystemTime::UNIX_EPOCH + 500_000 * HOUR;
        assert_eq!(Clock::from_fn(move || noon).coarse_millis(), 500_000 * 3_600_000);
        assert_eq!(since_1970(SystemTime::UNIX_EPOCH - HOUR), -3_600_000);
    }
}
