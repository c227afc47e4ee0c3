//! Where credentials come from: the providers, each a [`ProvideCredentials`](crate::ProvideCredentials).

mod cached;
mod chain;
mod cli_config;
mod credentials_file;
mod credentials_uri;
mod default;
mod ecs_ram_role;
mod environment;
mod explanation;
mod external_process;
mod fetch;
mod from_env;
mod from_fn;
mod given;
mod oidc_role;
mod profile;
mod ram_role;
#[cfg(test)]
mod scripted;
#[cfg(feature = "session-store")]
mod session_store;

pub use cached::{BackgroundRefresh, CacheStats, Cached, CachedBuilder};
pub use chain::Chain;
pub use cli_config::CliConfig;
pub use credentials_file::CredentialsFile;
pub use credentials_uri::CredentialsUri;
pub use default::Default;
pub use ecs_ram_role::EcsRamRole;
pub use environment::Environment;
pub use explanation::{Attempt, Explanation, Outcome, Warning, WarningKind};
pub use external_process::ExternalProcess;
pub use from_fn::{FromFn, from_fn};
pub use oidc_role::OidcRole;
pub use ram_role::RamRole;
#[cfg(feature = "session-store")]
pub use session_store::{SessionStore, SessionStoreBuilder};
