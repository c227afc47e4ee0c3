//! Where credentials come from: the providers, each a [`ProvideCredentials`](crate::ProvideCredentials).

mod cached;
mod environment;
mod from_env;
mod given;
mod ram_role;
#[cfg(feature = "session-store")]
mod session_store;

pub use cached::{BackgroundRefresh, CacheStats, Cached, CachedBuilder};
pub use environment::Environment;
pub use ram_role::RamRole;
#[cfg(feature = "session-store")]
pub use session_store::{SessionStore, SessionStoreBuilder};
