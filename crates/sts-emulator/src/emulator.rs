//! The running emulator, as its owner sees it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use sts_types::{Credentials, OidcToken, SamlAssertion, Secret};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::builder::{EmulatorBuilder, StartError};
use crate::clock::ClockOffset;
use crate::identity::IssueError;
use crate::identity::oidc::builder::OidcTokenBuilder;
use crate::identity::saml::builder::SamlAssertionBuilder;
use crate::record::RequestRecord;
use crate::service::Service;
use crate::world::IssuedKey;

/// A running emulator. Dropping it stops it.
///
/// Its world: one account; a RAM user with an active and an inactive access key; the account's own (root) key; a
/// role that trusts the whole account, an OIDC provider and a SAML provider; a role that trusts a stranger only.
/// Keys are random and new each time.
pub struct Emulator {
    base_url: String,
    role_arn: String,
    untrusted_role_arn: String,
    service: Arc<Service>,
    server: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Emulator {
    /// Starts an emulator with the default options: a free port of `127.0.0.1`, the machine's time.
    ///
    /// # Errors
    ///
    /// [`StartError`] when no port can be listened on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime that has I/O and time enabled.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// The options to start with.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    pub(crate) fn new(
        address: SocketAddr,
        service: Arc<Service>,
        server: JoinHandle<()>,
        stop: oneshot::Sender<()>,
    ) -> Self {
        Self {
            base_url: format!("http://{address}"),
            role_arn: service.world.role_arn(&service.world.role),
            untrusted_role_arn: service.world.role_arn(&service.world.untrusting_role),
            service,
            server,
            stop: Some(stop),
        }
    }

    /// Stops the emulator and waits until its port and all its connections are closed.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // A server that is no longer there has stopped already.
            stop.send(()).ok();
        }
        (&mut self.server).await.ok();
    }

    /// Scheme, address and port, without a trailing slash: `http://127.0.0.1:49152`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The id of the RAM user's access key.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.service.world.user_key.id
    }

    /// The secret of the RAM user's access key.
    #[must_use]
    pub fn access_key_secret(&self) -> &Secret {
        &self.service.world.user_key.secret
    }

    /// The RAM user's access key. It may assume [`role_arn`](Self::role_arn).
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        credentials(&self.service.world.user_key)
    }

    /// A disabled access key: refused with `InvalidAccessKeyId.Inactive`.
    #[must_use]
    pub fn inactive_credentials(&self) -> Credentials {
        credentials(&self.service.world.inactive_key)
    }

    /// The account's own access key. AssumeRole refuses it with `NoPermission`; GetCallerIdentity answers it.
    #[must_use]
    pub fn root_credentials(&self) -> Credentials {
        credentials(&self.service.world.root_key)
    }

    /// The account's id.
    #[must_use]
    pub fn account_id(&self) -> &str {
        self.service.world.account_id
    }

    /// The role that trusts the account and both identity providers.
    #[must_use]
    pub fn role_arn(&self) -> &str {
        &self.role_arn
    }

    /// A role that exists and trusts nobody here: `NoPermission` with `AccessDeniedDetail`.
    #[must_use]
    pub fn untrusted_role_arn(&self) -> &str {
        &self.untrusted_role_arn
    }

    /// The registered OIDC provider.
    #[must_use]
    pub fn oidc_provider_arn(&self) -> &str {
        &self.service.world.oidc_provider.arn
    }

    /// The registered SAML provider.
    #[must_use]
    pub fn saml_provider_arn(&self) -> &str {
        &self.service.world.saml_provider.arn
    }

    /// Issues an OIDC token that is good for one hour.
    ///
    /// # Errors
    ///
    /// [`IssueError`] when the operating system gives no random bytes.
    pub fn issue_oidc_token(&self, subject: impl Into<String>) -> Result<OidcToken, IssueError> {
        self.oidc_token(subject).issue()
    }

    /// An OIDC token to be issued with other claims, or as a bad one.
    pub fn oidc_token(&self, subject: impl Into<String>) -> OidcTokenBuilder<'_> {
        let service = &self.service;
        let registered = &service.world.oidc_provider;
        OidcTokenBuilder::new(&service.identity_provider, registered, subject.into(), service.clock.now())
    }

    /// Issues a SAML response for [`role_arn`](Self::role_arn) that is good for one hour.
    ///
    /// It is a SAML 2.0 response whose assertion has an XML signature (ECDSA with P-256 and SHA-256).
    ///
    /// # Errors
    ///
    /// [`IssueError`] when the operating system gives no random bytes.
    pub fn issue_saml_assertion(&self, subject: impl Into<String>) -> Result<SamlAssertion, IssueError> {
        self.saml_assertion(subject).issue()
    }

    /// A SAML response to be issued with other contents, or as a bad one.
    pub fn saml_assertion(&self, subject: impl Into<String>) -> SamlAssertionBuilder<'_> {
        let service = &self.service;
        let registered = &service.world.saml_provider;
        let (provider, now) = (&service.identity_provider, service.clock.now());
        SamlAssertionBuilder::new(provider, registered, self.role_arn.clone(), subject.into(), now)
    }

    /// Moves the emulator's clock while it runs: sessions and tokens expire without anybody sleeping.
    pub fn set_clock_offset(&self, offset: ClockOffset) {
        self.service.clock.set_offset(offset);
    }

    /// The last 1,024 requests that reached the emulator, oldest first, refused ones included.
    ///
    /// Bytes that are not an HTTP request are not recorded.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.service.records()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("base_url", &self.base_url)
            .field("access_key_id", &self.access_key_id())
            .finish_non_exhaustive()
    }
}

fn credentials(key: &IssuedKey) -> Credentials {
    Credentials::new(key.id.as_str(), key.secret.clone())
}
