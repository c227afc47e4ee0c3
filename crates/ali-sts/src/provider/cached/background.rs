//! Credentials renewed though nobody asks.

use super::Cached;
use super::engine::Answer;
use crate::error::{Error, LocalError};
use std::time::Duration;
use sts_types::ProvideCredentials;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// Asks for credentials as soon as that is due, though nobody else asks: see [`Cached::refresh_in_background`]. Dropping it
/// stops that.
#[derive(Debug)]
#[must_use = "dropping it stops the refreshes"]
pub struct BackgroundRefresh(AbortHandle);

impl<P: ProvideCredentials> Cached<P> {
    /// Asks for credentials now and whenever that is due, in a task of this runtime's, until the handle is dropped. Then not even
    /// the first caller after a long silence waits, and [`with`](Self::with) always has something to lend. Failures are
    /// dealt with as always.
    ///
    /// # Errors
    ///
    /// Of the kind [`Local`](crate::ErrorKind::Local) when called outside a tokio runtime.
    pub fn refresh_in_background(&self) -> Result<BackgroundRefresh, Error> {
        let runtime = Handle::try_current()
            .map_err(|_| LocalError::new("called outside a tokio runtime; call it from within one"))?;
        let cached = self.clone();
        let task = runtime.spawn(async move {
            loop {
                match cached.0.next_flight() {
                    Ok(flight) => drop(cached.0.wait(flight).await),
                    Err(wait) if !wait.is_zero() => tokio::time::sleep(wait.min(MOST)).await,
                    Err(_) => match cached.0.ask(0) {
                        // What fails is logged, and tried again when it is due.
                        Answer::ServeAndFly(_, flight)
                        | Answer::FlyThenServe(flight)
                        | Answer::Fly(flight) => {
                            drop(flight.make().await);
                        }
                        // Somebody was faster.
                        _ => tokio::task::yield_now().await,
                    },
                }
            }
        });
        Ok(BackgroundRefresh(task.abort_handle()))
    }
}

/// The timer does not run while the machine sleeps, nor knows of a clock that is set.
const MOST: Duration = Duration::from_secs(60);

impl Drop for BackgroundRefresh {
    fn drop(&mut self) {
        self.0.abort();
    }
}
