//! Where credentials come from: the providers, each a [`ProvideCredentials`](crate::ProvideCredentials).

mod credentials_uri;
mod ecs_ram_role;
mod environment;
mod external_process;
mod fetch;
mod from_env;
mod oidc_role;
mod ram_role;
#[cfg(test)]
mod scripted;

pub use credentials_uri::CredentialsUri;
pub use ecs_ram_role::EcsRamRole;
pub use environment::Environment;
pub use external_process::ExternalProcess;
pub use oidc_role::OidcRole;
pub use ram_role::RamRole;
