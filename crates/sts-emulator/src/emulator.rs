//! The running emulator, as its owner sees it.

use std::fmt;
use std::sync::Arc;

use sts_types::{Credentials, OidcToken, SamlAssertion, Secret};

use crate::builder::{EmulatorBuilder, StartError};
use crate::clock::ClockOffset;
use crate::cloud::Cloud;
use crate::credentials_uri;
use crate::faults::Fault;
use crate::identity::IssueError;
use crate::identity::oidc::builder::OidcTokenBuilder;
use crate::identity::saml::builder::SamlAssertionBuilder;
use crate::lender::Lender;
use crate::server::Server;
use crate::trail::RequestRecord;
use crate::world::{AccessKey, OidcProvider, SamlProvider, World};

/// A running emulator. Dropping it stops it.
///
/// Its [`World`], if it is not given another: one account; a RAM user with an active and an inactive access key; the account's
/// own (root) key; a role that trusts the whole account, an OIDC provider and a SAML provider; a role that trusts a stranger
/// only; a bucket. The user may assume both roles as far as his own policies go, and both roles may use the bucket. Keys are
/// random and new each time.
///
/// What it says of the world ([`credentials`](Self::credentials), [`role_arn`](Self::role_arn) …) is of the world that it
/// started with, and of the first of each kind there; it is empty where there is none.
pub struct Emulator {
    base_url: String,
    cloud: Arc<Cloud>,
    servers: Servers,
    lender: Lender,
    urls: Urls,
    paved: Paved,
}

/// The listeners that run.
pub(crate) struct Servers {
    pub(crate) sts: Server,
    pub(crate) oss: Option<Server>,
    pub(crate) metadata: Option<Server>,
    pub(crate) exchange: Option<Server>,
    pub(crate) control: Option<Server>,
}

/// Where they are, without trailing slashes.
struct Urls {
    oss: Option<String>,
    metadata: Option<String>,
    exchange: Option<String>,
    credentials_uri: Option<String>,
    control: Option<String>,
}

/// The first of each kind in the world at the start.
struct Paved {
    account_id: String,
    user_key: AccessKey,
    inactive_key: AccessKey,
    root_key: AccessKey,
    role_arn: String,
    untrusted_role_arn: String,
    oidc_provider: OidcProvider,
    saml_provider: SamlProvider,
    bucket: String,
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

    pub(crate) fn new(cloud: Arc<Cloud>, servers: Servers, lender: Lender) -> Self {
        let paved = Paved::of(&cloud.world());
        let url =
            |server: &Option<Server>| server.as_ref().map(|server| format!("http://{}", server.address));
        let exchange = url(&servers.exchange);
        let urls = Urls {
            oss: url(&servers.oss),
            metadata: url(&servers.metadata),
            credentials_uri: exchange.as_ref().map(|url| format!("{url}{}", credentials_uri::PATH)),
            exchange,
            control: url(&servers.control),
        };
        Self { base_url: format!("http://{}", servers.sts.address), cloud, servers, lender, urls, paved }
    }

    /// Stops the emulator and waits until its ports and all its connections are closed.
    ///
    /// Who [observes](EmulatorBuilder::on_request) the trail has seen all of it then.
    pub async fn stop(self) {
        let Servers { sts, oss, metadata, exchange, control } = self.servers;
        for server in [Some(sts), oss, metadata, exchange, control].into_iter().flatten() {
            server.stop().await;
        }
        self.cloud.trail.flush();
    }

    /// Scheme, address and port, without a trailing slash: `http://127.0.0.1:49152`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where OSS listens, as [`base_url`](Self::base_url) has it; `None` unless it was asked for.
    ///
    /// The bucket is the first label of the host (`my-bucket.localhost`) or, where the host is an address, `localhost` or an endpoint of
    /// the service, the first segment of the path.
    #[must_use]
    pub fn oss_url(&self) -> Option<&str> {
        self.urls.oss.as_deref()
    }

    /// The name of the first bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.paved.bucket
    }

    /// The id of the RAM user's access key.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.paved.user_key.id
    }

    /// The secret of the RAM user's access key.
    #[must_use]
    pub fn access_key_secret(&self) -> &Secret {
        &self.paved.user_key.secret
    }

    /// The RAM user's access key. It may assume [`role_arn`](Self::role_arn).
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        credentials(&self.paved.user_key)
    }

    /// A disabled access key: refused with `InvalidAccessKeyId.Inactive`.
    #[must_use]
    pub fn inactive_credentials(&self) -> Credentials {
        credentials(&self.paved.inactive_key)
    }

    /// The account's own access key. AssumeRole refuses it with `NoPermission`; GetCallerIdentity answers it.
    #[must_use]
    pub fn root_credentials(&self) -> Credentials {
        credentials(&self.paved.root_key)
    }

    /// The account's id.
    #[must_use]
    pub fn account_id(&self) -> &str {
        &self.paved.account_id
    }

    /// The role that trusts the account and both identity providers.
    #[must_use]
    pub fn role_arn(&self) -> &str {
        &self.paved.role_arn
    }

    /// A role that exists and trusts nobody here: `NoPermission` with `AccessDeniedDetail`.
    #[must_use]
    pub fn untrusted_role_arn(&self) -> &str {
        &self.paved.untrusted_role_arn
    }

    /// The registered OIDC provider.
    #[must_use]
    pub fn oidc_provider_arn(&self) -> &str {
        &self.paved.oidc_provider.arn
    }

    /// The registered SAML provider.
    #[must_use]
    pub fn saml_provider_arn(&self) -> &str {
        &self.paved.saml_provider.arn
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
        let (cloud, registered) = (&self.cloud, &self.paved.oidc_provider);
        OidcTokenBuilder::new(&cloud.identity_provider, registered, subject.into(), cloud.clock.now())
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
        let (registered, role_arn) = (&self.paved.saml_provider, self.paved.role_arn.clone());
        let (provider, now) = (&self.cloud.identity_provider, self.cloud.clock.now());
        SamlAssertionBuilder::new(provider, registered, role_arn, subject.into(), now)
    }

    /// Moves the emulator's clock while it runs: sessions and tokens expire without anybody sleeping.
    pub fn set_clock_offset(&self, offset: ClockOffset) {
        self.cloud.clock.set_offset(offset);
    }

    /// Ends the session of this access key before its time: from now on its token is refused as expired, since clients know what to
    /// do about that. False for what is no session key of this emulator.
    ///
    /// The newest 65,536 revocations are remembered.
    #[must_use = "it says whether there was anything to revoke"]
    pub fn revoke_session(&self, access_key_id: &str) -> bool {
        self.cloud.revoke_session(access_key_id)
    }

    /// Puts another world in the place of the present one, while the emulator runs.
    ///
    /// Keys and ids that it leaves out are the same as before for users and roles of the same names. Sessions go on, with what
    /// their role may do now; those of a role that is gone are refused as expired. The world's `seed` and `clock` are for starting, and
    /// are not looked at.
    pub fn replace_world(&self, world: World) {
        self.cloud.replace_world(world);
    }

    /// The metadata service, if it was [asked for](EmulatorBuilder::metadata_listen): scheme, address and port.
    #[must_use]
    pub fn metadata_url(&self) -> Option<&str> {
        self.urls.metadata.as_deref()
    }

    /// The credentials URI, if it was [asked for](EmulatorBuilder::exchange_listen).
    #[must_use]
    pub fn credentials_uri(&self) -> Option<&str> {
        self.urls.credentials_uri.as_deref()
    }

    /// What stands in for the sign-in URL of CloudSSO and for the console's OAuth, if it was
    /// [asked for](EmulatorBuilder::exchange_listen): scheme, address and port.
    #[must_use]
    pub fn sign_in_url(&self) -> Option<&str> {
        self.urls.exchange.as_deref()
    }

    /// The control endpoint, if it was [asked for](EmulatorBuilder::control_listen): scheme, address and port.
    #[must_use]
    pub fn control_url(&self) -> Option<&str> {
        self.urls.control.as_deref()
    }

    /// What a login with CloudSSO has left behind: an access token, good for twelve hours from the start.
    #[must_use]
    pub fn cloud_sso_access_token(&self) -> &Secret {
        &self.lender.cloud_sso.access_token
    }

    /// The access configuration that the CloudSSO user has in [`account_id`](Self::account_id).
    #[must_use]
    pub fn cloud_sso_access_configuration_id(&self) -> &str {
        &self.lender.cloud_sso.access_configuration_id
    }

    /// What a login with OAuth has left behind: the refresh token that is in force. Each refresh makes another.
    #[must_use]
    pub fn oauth_refresh_token(&self) -> Secret {
        self.lender.oauth.refresh_token()
    }

    /// Has the metadata service hand out other credentials from now on. The old ones stay good until they expire.
    pub fn rotate_metadata_credentials(&self) {
        self.lender.metadata.rotate();
    }

    /// Puts another access key in the place of a user's or an account's, which is unknown from now on. `None` if there is no such key,
    /// or no random bytes to make another of.
    #[must_use]
    pub fn rotate_key(&self, access_key_id: &str) -> Option<Credentials> {
        self.cloud.rotate_key(access_key_id).ok()?.as_ref().map(credentials)
    }

    /// Makes something go wrong.
    ///
    /// ```
    /// use sts_emulator::{Emulator, Fault};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let emulator = Emulator::start().await?;
    /// emulator.inject(Fault::error(503, "ServiceUnavailable").operation("AssumeRole").times(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inject(&self, fault: Fault) {
        self.cloud.faults.inject(fault);
    }

    /// Takes back all faults.
    pub fn clear_faults(&self) {
        self.cloud.faults.clear();
    }

    /// The last 1,024 requests that reached the emulator, oldest first, refused ones included.
    ///
    /// Bytes that are not an HTTP request are not recorded.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.cloud.trail.to_vec()
    }
}

impl Paved {
    fn of(world: &World) -> Self {
        let nothing = || AccessKey { id: String::new(), secret: Secret::new(""), active: false };
        let accounts = || world.accounts.iter();
        let users_key = |active: bool| {
            let keys = accounts().flat_map(|account| &account.users).flat_map(|user| &user.access_keys);
            keys.into_iter().find(|key| key.active == active).cloned().unwrap_or_else(nothing)
        };
        let mut roles = accounts().flat_map(|account| &account.roles).map(|role| role.arn());
        let root_key = accounts().flat_map(|account| &account.access_keys).find(|key| key.active);
        Self {
            account_id: accounts().next().map(|account| account.id.clone()).unwrap_or_default(),
            user_key: users_key(true),
            inactive_key: users_key(false),
            root_key: root_key.cloned().unwrap_or_else(nothing),
            role_arn: roles.next().unwrap_or_default(),
            untrusted_role_arn: roles.next().unwrap_or_default(),
            oidc_provider: accounts()
                .find_map(|account| account.oidc_providers.first().cloned())
                .unwrap_or_default(),
            bucket: accounts()
                .find_map(|account| Some(account.buckets.first()?.name.clone()))
                .unwrap_or_default(),
            saml_provider: accounts()
                .find_map(|account| account.saml_providers.first().cloned())
                .unwrap_or_default(),
        }
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

fn credentials(key: &AccessKey) -> Credentials {
    Credentials::new(key.id.as_str(), key.secret.clone())
}
