//! Days of faults, on a paused clock. The program `soak` does the same in real time.

use super::{HOUR, SECOND, Time};
use ali_sts_tests::soak::{Plan, Truth, Wholeness, cache, soak};

#[tokio::test(start_paused = true)]
async fn days_of_faults() {
    for (lifetime, length) in [(900 * SECOND, 12 * HOUR), (HOUR, 48 * HOUR)] {
        let time = Time::start();
        let judge = time.clone();
        let truth = Truth::new(move || judge.truth());
        let plan = Plan { lifetime, tasks: 20, length, pause: lifetime / 50, seed: 7 };
        let cached = cache(&plan, time.clock(), &truth);
        let (counts, stats) = soak(&plan, &cached, &truth, &Wholeness::by_number()).await;
        assert_eq!((counts.expired, counts.late, counts.mixed), (0, 0, 0), "{counts:?}");
        assert!(counts.handed_out > 10 * counts.refused && counts.refused > 0, "{counts:?}");
        // All of it happened.
        let wrong = [stats.failures, stats.abandoned, stats.waits, stats.invalidations];
        assert!(wrong.iter().all(|count| *count > 0) && stats.refreshes > 30, "{stats:?}");
    }
}
