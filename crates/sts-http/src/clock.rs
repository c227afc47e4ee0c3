//! The one door to the clock.

use std::time::Duration;

use tokio::time::Instant;

/// As good as never, and far from what an `Instant` can hold.
pub(crate) const NEVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// Now, on the clock the timers run by (so that a paused clock in a test moves both).
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
