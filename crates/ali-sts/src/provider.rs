//! Where credentials come from: the providers, each a [`ProvideCredentials`](crate::ProvideCredentials).

mod environment;
mod from_env;
mod ram_role;

pub use environment::Environment;
pub use ram_role::RamRole;
