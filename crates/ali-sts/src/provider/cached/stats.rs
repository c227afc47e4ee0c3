//! What a cache counts.

use sts_types::ProviderError;

/// What a cache did so far. Credentials handed out are not counted: counting them would cost more than handing them out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// How often the provider gave credentials that were taken over.
    pub refreshes: u64,
    /// How often it failed, did not answer in time, panicked, or gave credentials that had expired.
    pub failures: u64,
    /// How often whoever asked the provider gave up before it answered.
    pub abandoned: u64,
    /// How often somebody waited for a refresh that somebody else made.
    pub waits: u64,
    /// How often credentials were dropped because a service refused them.
    pub invalidations: u64,
}

impl CacheStats {
    pub(super) fn count(&mut self, outcome: &Result<(), ProviderError>) {
        match outcome {
            Ok(()) => self.refreshes += 1,
            Err(_) => self.failures += 1,
        }
    }
}
