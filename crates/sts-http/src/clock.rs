//! The one door to the clock.

use tokio::time::Instant;

/// Now, on the clock the timers run by (so that a paused clock in a test moves both).
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
