//! Where credentials come from: the providers, each a [`ProvideCredentials`](crate::ProvideCredentials).

mod environment;
mod from_env;

pub use environment::Environment;
