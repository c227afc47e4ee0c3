//! Where credentials come from: the providers, each a [`ProvideCredentials`](crate::ProvideCredentials).

mod chain;
mod cli_config;
mod credentials_file;
mod environment;
mod explanation;
mod from_env;
mod from_fn;
mod profile;
mod ram_role;

pub use chain::Chain;
pub use cli_config::CliConfig;
pub use credentials_file::CredentialsFile;
pub use environment::Environment;
pub use explanation::{Attempt, Explanation, Outcome, Warning, WarningKind};
pub use from_fn::{FromFn, from_fn};
pub use ram_role::RamRole;
