//! The pools of kept-alive connections, one for each runtime that calls.

mod kept;
mod reaper;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::runtime::{Handle, Id};

pub(crate) use self::kept::{Connection, Pool};
use crate::{Error, ErrorKind};

/// A connection belongs to the runtime that made it and is of no use to another: when its runtime is no longer polled, nobody hears what
/// comes in over it. Runtimes are told apart by their id, which is never used twice.
pub(crate) struct Pools {
    settings: PoolSettings,
    /// The first runtime's, which is the only one in nearly all programs: found without a lock.
    first: OnceLock<(Id, Arc<Pool>)>,
    later: Mutex<VecDeque<(Id, Arc<Pool>)>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolSettings {
    pub(crate) idle_timeout: Duration,
    pub(crate) max_idle_per_host: usize,
}

/// How many runtimes after the first are remembered. One that is forgotten loses nothing but its idle connections.
const LATER_RUNTIMES: usize = 8;

impl Pools {
    pub(crate) fn new(settings: PoolSettings) -> Self {
        Self { settings, first: OnceLock::new(), later: Mutex::default() }
    }

    /// The pool of the runtime that this is called in.
    pub(crate) fn here(&self) -> Result<Arc<Pool>, Error> {
        let id = Handle::try_current().map_err(|_| ErrorKind::NoRuntime)?.id();
        let pool = || (id, Arc::new(Pool::new(self.settings)));
        let (first, of_first) = self.first.get_or_init(pool);
        if *first == id {
            return Ok(Arc::clone(of_first));
        }
        // No panic can leave the list half changed.
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        let known = later.iter().position(|(known, _)| *known == id).and_then(|at| later.remove(at));
        let forgotten = if later.len() < LATER_RUNTIMES { None } else { later.pop_front() };
        let (id, pool) = known.unwrap_or_else(pool);
        later.push_back((id, Arc::clone(&pool)));
        // Closes its connections, which nobody need wait for.
        drop(later);
        drop(forgotten);
        Ok(pool)
    }
}
