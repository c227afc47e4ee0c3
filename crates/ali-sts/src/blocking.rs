//! The same client for programs without an async runtime.
//!
//! A client owns one thread that does the I/O; clones share it, and it ends with the last of them. Calls may be made from
//! anywhere but the client's own provider or transport, inside a tokio runtime too (where they block the thread they are
//! made on, as their name says). A provider or transport that blocks the client's thread holds up all its calls.
//!
//! ```no_run
//! use ali_sts::{Credentials, blocking};
//!
//! let sts = blocking::Client::new(Credentials::new("id", "secret"))?;
//! let out = sts.assume_role("acs:ram::123456789012:role/app").session_name("deploy-42").send()?;
//! println!("{}", out.credentials.access_key_id());
//! # Ok::<(), ali_sts::Error>(())
//! ```

mod cached;

pub use cached::Cached;

use crate::clock::Clock;
use crate::error::{Error, LocalError};
use crate::{AssumeRole, AssumeRoleWithOidc, AssumeRoleWithSaml, ClientBuilder, GetCallerIdentity};
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::ThreadId;
use sts_types::{
    AssumeRoleOutput, AssumeRoleWithOidcOutput, AssumeRoleWithSamlOutput, GetCallerIdentityOutput,
    InvalidInput, OidcProviderArn, OidcToken, ProvideCredentials, RoleArn, SamlAssertion, SamlProviderArn,
};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// A client of STS whose calls block. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    worker: Arc<Worker>,
}

/// The thread that does the I/O; it ends when this is dropped.
struct Worker {
    runtime: Handle,
    thread: ThreadId,
    _ends: oneshot::Sender<()>,
}

impl Worker {
    fn start() -> Result<Self, LocalError> {
        let failed =
            || LocalError::new("the thread for the client's I/O cannot be started; is a limit reached?");
        let (ends, ended) = oneshot::channel();
        let (started, handle) = mpsc::sync_channel(1);
        // The runtime is made and dropped on its own thread: neither may happen inside another runtime.
        let thread = std::thread::Builder::new().name("ali-sts".to_owned()).spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                let _ = started.send(runtime.handle().clone());
                let _ = runtime.block_on(ended);
            }
        });
        let thread = thread.map_err(|_| failed())?.thread().id();
        let runtime = handle.recv().map_err(|_| failed())?;
        Ok(Self { runtime, thread, _ends: ends })
    }

    fn run<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        if std::thread::current().id() == self.thread {
            let problem = "called from within the client's own transport or provider; use the asynchronous client there";
            return Err(LocalError::new(problem).into());
        }
        let (sender, answer) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            let _ = sender.send(call.await);
        });
        // Nothing of ours panics, but a provider or transport of the user's may.
        let panicked = |_| {
            LocalError::new("a provider or transport of the client panicked; see the panic's own message")
        };
        answer.recv().map_err(panicked)?
    }
}

impl Client {
    /// A client with all defaults, as [`crate::Client::new`].
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new(credentials: impl ProvideCredentials) -> Result<Self, Error> {
        crate::Client::builder().credentials(credentials).build_blocking()
    }

    /// Starts a client whose settings are to be chosen. [`ClientBuilder::build_blocking`] makes it; plain `build` makes
    /// the asynchronous one.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client with the settings of the environment, as [`crate::Client::from_env`].
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        crate::Client::builder_from_env().build_blocking()
    }

    /// Starts a client with the settings of the environment, as [`crate::Client::builder_from_env`].
    pub fn builder_from_env() -> ClientBuilder {
        crate::Client::builder_from_env()
    }

    /// As [`crate::Client::clock`].
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.client.clock()
    }

    /// As [`crate::Client::endpoint`].
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.client.endpoint()
    }

    /// As [`crate::Client::assume_role`].
    pub fn assume_role<R>(&self, role_arn: R) -> AssumeRole<Self>
    where
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
    {
        AssumeRole::new(self.clone(), role_arn)
    }

    /// As [`crate::Client::assume_role_with_oidc`].
    pub fn assume_role_with_oidc<P, R, T>(
        &self,
        oidc_provider_arn: P,
        role_arn: R,
        oidc_token: T,
    ) -> AssumeRoleWithOidc<Self>
    where
        P: TryInto<OidcProviderArn, Error: Into<InvalidInput>>,
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
        T: TryInto<OidcToken, Error: Into<InvalidInput>>,
    {
        AssumeRoleWithOidc::new(self.clone(), oidc_provider_arn, role_arn, oidc_token)
    }

    /// As [`crate::Client::assume_role_with_saml`].
    pub fn assume_role_with_saml<P, R, A>(
        &self,
        saml_provider_arn: P,
        role_arn: R,
        saml_assertion: A,
    ) -> AssumeRoleWithSaml<Self>
    where
        P: TryInto<SamlProviderArn, Error: Into<InvalidInput>>,
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
        A: TryInto<SamlAssertion, Error: Into<InvalidInput>>,
    {
        AssumeRoleWithSaml::new(self.clone(), saml_provider_arn, role_arn, saml_assertion)
    }

    /// As [`crate::Client::get_caller_identity`].
    pub fn get_caller_identity(&self) -> GetCallerIdentity<Self> {
        GetCallerIdentity { client: self.clone() }
    }
}

impl ClientBuilder {
    /// Makes a client whose calls block, and starts its thread.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn build_blocking(self) -> Result<Client, Error> {
        Ok(Client { client: self.build()?, worker: Arc::new(Worker::start()?) })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

/// Writes the blocking `send` of a request: the async one, on the client's thread.
macro_rules! send {
    ($($request:ident => $output:ident,)*) => {$(
        impl $request<Client> {
            /// Sends it, and waits for the answer.
            ///
            /// # Errors
            ///
            /// [`Error::Input`] before anything is sent; else whatever the [`Error`]'s kinds tell.
            pub fn send(self) -> Result<$output, Error> {
                let worker = self.client.worker.clone();
                worker.run(self.map_client(|blocking| blocking.client).send())
            }
        }
    )*};
}

send! {
    AssumeRole => AssumeRoleOutput,
    AssumeRoleWithOidc => AssumeRoleWithOidcOutput,
    AssumeRoleWithSaml => AssumeRoleWithSamlOutput,
    GetCallerIdentity => GetCallerIdentityOutput,
}
