//! Closes idle connections when their time has come: one task a pool, which is there only while something is kept.

use std::sync::{Arc, Weak};

use tokio::time::{Instant, sleep_until};

use super::Pool;
use crate::clock;

/// Starts the task, which looks for the first time at `first`. Not to be called with the pool's lock held: a runtime that is about to end
/// drops the task at once.
pub(super) fn start(pool: &Arc<Pool>, first: Instant) {
    tokio::spawn(Reaper(Arc::downgrade(pool)).run(first));
}

/// Does not keep the pool alive: when the client has gone, so have the connections, and the task ends the next time it wakes.
struct Reaper(Weak<Pool>);

impl Reaper {
    async fn run(mut self, first: Instant) {
        let mut next = first;
        loop {
            sleep_until(next).await;
            let Some(pool) = self.0.upgrade() else { return };
            match pool.sweep(clock::now()) {
                Some(then) => next = then,
                None => {
                    // What is kept from now on has a reaper of its own.
                    self.0 = Weak::new();
                    return;
                }
            }
        }
    }
}

/// The task is dropped in the middle when its runtime ends, and the connections are of no use then.
impl Drop for Reaper {
    fn drop(&mut self) {
        if let Some(pool) = self.0.upgrade() {
            pool.close();
        }
    }
}
