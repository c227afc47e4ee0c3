//! Credentials of a role that trusts an OIDC identity provider, by the token in a file (RRSA).

use crate::client::Client;
use crate::client::builder::proxy_of_environment;
use crate::error::Error;
use crate::operation::session_policy::IntoSessionPolicy;
use crate::operation::set;
use crate::os::{FileError, NotUnicode, Os};
use crate::provider::profile::{is_true, shown_path};
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use sts_types::{
    AssumeRoleWithOidcOutput, Credentials, ErrorCode, ErrorKind, InvalidInput, OidcProviderArn, OidcToken,
    ProvideCredentials, ProviderError, ProviderErrorKind, RoleArn, SessionDuration, SessionName,
    SessionPolicy,
};

const NAME: &str = "oidc_role_arn";

const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const SESSION_NAME: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";

/// The largest token file, in bytes. The service takes tokens of 20,000 characters.
const LIMIT: usize = 128 * 1024;

/// Provides the credentials of a role by AssumeRoleWithOIDC, with the token in a file: what a pod of ACK has with RRSA.
///
/// The file is read each time, since what is in it is renewed; white space around it is cut off. No access key is needed, and the token
/// travels in the body of a POST. A token that the service calls expired is read again and, if there is another by
/// then, tried once more.
///
/// STS is called where `ALIBABA_CLOUD_STS_ENDPOINT` says (ACK sets it, official SDKs do not look at it), else where
/// `ALIBABA_CLOUD_STS_REGION` and `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` say, else at the unified endpoint; or by a [`client`](Self::client)
/// of your own.
///
/// ```no_run
/// use ali_sts::{Client, provider::OidcRole};
///
/// # fn example() -> Result<(), ali_sts::Error> {
/// // In a pod with RRSA, everything is in the environment.
/// let sts = Client::new(OidcRole::from_env())?;
///
/// let app = OidcRole::new(
///     "acs:ram::123456789012:oidc-provider/ack-rrsa",
///     "acs:ram::123456789012:role/app",
///     "/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token",
/// );
/// let sts = Client::new(app.session_name("deploy-42"))?;
/// # Ok(())
/// # }
/// ```
pub struct OidcRole {
    /// `None` is what the variables say.
    who: Option<Result<Who, InvalidInput>>,
    session: Result<Session, InvalidInput>,
    client: Option<Client>,
    os: Os,
}

#[derive(Clone, Debug)]
struct Who {
    provider_arn: OidcProviderArn,
    role_arn: RoleArn,
    token_file: PathBuf,
    session_name: Option<SessionName>,
}

#[derive(Clone, Debug, Default)]
struct Session {
    name: Option<SessionName>,
    duration: Option<SessionDuration>,
    policy: Option<SessionPolicy>,
}

impl OidcRole {
    /// The role, the identity provider that it trusts, and the file with that one's token. A value of the wrong form is told when it is
    /// first asked.
    pub fn new<P, R>(provider_arn: P, role_arn: R, token_file: impl Into<PathBuf>) -> Self
    where
        P: TryInto<OidcProviderArn, Error: Into<InvalidInput>>,
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
    {
        let who = || {
            Ok(Who {
                provider_arn: provider_arn.try_into().map_err(Into::into)?,
                role_arn: role_arn.try_into().map_err(Into::into)?,
                token_file: token_file.into(),
                session_name: None,
            })
        };
        Self { who: Some(who()), ..Self::from_env() }
    }

    /// What `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`, `ALIBABA_CLOUD_OIDC_TOKEN_FILE` and `ALIBABA_CLOUD_ROLE_ARN` say, which are read each time;
    /// the session is called as `ALIBABA_CLOUD_ROLE_SESSION_NAME` says.
    ///
    /// *Not configured* while neither of the first two is set (the third is also for others); *broken* while some of the three are missing,
    /// where the official SDKs go on and may end up as somebody else.
    #[must_use]
    pub fn from_env() -> Self {
        Self { who: None, session: Ok(Session::default()), client: None, os: Os::process() }
    }

    /// The session's name, for audit logs: 2 to 64 characters of `A-Z a-z 0-9 . @ _ -`; default `app`.
    #[must_use]
    pub fn session_name<V>(mut self, name: V) -> Self
    where
        V: TryInto<SessionName, Error: Into<InvalidInput>>,
    {
        self.session = set(self.session, name.try_into(), |session, name| session.name = Some(name));
        self
    }

    /// How long the credentials are to be valid, as a `Duration` or in seconds: 900 to 43,200 whole seconds, at most the role's own
    /// `MaxSessionDuration`; default 3,600.
    #[must_use]
    pub fn duration<V>(mut self, duration: V) -> Self
    where
        V: TryInto<SessionDuration, Error: Into<InvalidInput>>,
    {
        self.session =
            set(self.session, duration.try_into(), |session, duration| session.duration = Some(duration));
        self
    }

    /// Narrows what the session may do to what the role *and* this policy allow; default all that the role allows.
    #[must_use]
    pub fn policy(mut self, policy: impl IntoSessionPolicy) -> Self {
        self.session =
            set(self.session, policy.into_session_policy(), |session, policy| session.policy = Some(policy));
        self
    }

    /// The client to ask by; its own credentials are not used. Default one that is made of the environment's variables each time.
    #[must_use]
    pub fn client(mut self, client: Client) -> Self {
        self.client = Some(client);
        self
    }

    /// Another environment than the process's.
    #[cfg(test)]
    pub(crate) fn with_os(mut self, os: Os) -> Self {
        self.os = os;
        self
    }

    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let who = match &self.who {
            Some(who) => who.clone().map_err(not_valid)?,
            None => self.of_variables()?,
        };
        let session = self.session.clone().map_err(not_valid)?;
        let client = match &self.client {
            Some(client) => client.clone(),
            None => self.client_of_variables()?,
        };
        let token = self.token(&who.token_file).await?;
        let out = match assume(&client, &who, &session, token.clone()).await {
            Err(error) if error.code() == Some(&ErrorCode::OIDC_TOKEN_EXPIRED) => {
                // It is renewed from time to time, and may have been while the old one was on its way.
                let renewed = self.token(&who.token_file).await?;
                if renewed.expose_secret() == token.expose_secret() {
                    let file = shown_path(&who.token_file);
                    return Err(failed(format!(
                        "the token in `{file}` has expired and is the same still; does anybody renew it?"
                    ))
                    .with_source(error));
                }
                assume(&client, &who, &session, renewed).await
            }
            out => out,
        };
        let out = out.map_err(|error| {
            let kind = match error.kind() {
                ErrorKind::InvalidParameterValue => ProviderErrorKind::Invalid,
                _ => ProviderErrorKind::Failed,
            };
            let message = format!("the role `{}` could not be assumed", who.role_arn);
            ProviderError::new(kind, NAME, message).with_source(error)
        })?;
        Ok(out.credentials.with_provider_name(NAME))
    }

    async fn token(&self, file: &Path) -> Result<OidcToken, ProviderError> {
        let path = file.to_owned();
        let read = self.os.off_thread(move |os| os.read(&path, LIMIT)).await.and_then(|read| read);
        let unusable = |problem: &str| invalid(format!("the token file `{}` {problem}", shown_path(file)));
        let bytes = read.map_err(|error| {
            let problem = match &error {
                FileError::NotFound => "does not exist; is the pod's volume mounted?",
                _ => "cannot be read; look at what it is, and who may read it",
            };
            unusable(problem).with_source(error)
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| unusable("is not text"))?;
        OidcToken::try_from(text).map_err(|error| unusable("holds no token").with_source(error))
    }

    fn of_variables(&self) -> Result<Who, ProviderError> {
        let names = [PROVIDER_ARN, TOKEN_FILE, ROLE_ARN];
        match [self.variable(PROVIDER_ARN)?, self.variable(TOKEN_FILE)?, self.variable(ROLE_ARN)?] {
            [Some(provider_arn), Some(token_file), Some(role_arn)] => {
                let session_name = self.variable(SESSION_NAME)?.map(SessionName::try_from);
                Ok(Who {
                    provider_arn: provider_arn.try_into().map_err(not_valid)?,
                    role_arn: role_arn.try_into().map_err(not_valid)?,
                    token_file: token_file.into(),
                    session_name: session_name.transpose().map_err(not_valid)?,
                })
            }
            [None, None, _] => {
                let message = format!("`{PROVIDER_ARN}` and `{TOKEN_FILE}` are not set");
                Err(ProviderError::new(ProviderErrorKind::NotConfigured, NAME, message))
            }
            values => {
                let of = |is_set: bool| -> Vec<String> {
                    let pairs = names.iter().zip(&values);
                    pairs
                        .filter(|(_, value)| value.is_some() == is_set)
                        .map(|(name, _)| format!("`{name}`"))
                        .collect()
                };
                let (there, missing) = (of(true).join(" and "), of(false).join(" and "));
                Err(invalid(format!("{there} without {missing}; set all three, or none")))
            }
        }
    }

    fn client_of_variables(&self) -> Result<Client, ProviderError> {
        let mut builder = Client::builder();
        if let Some(region) = self.variable("ALIBABA_CLOUD_STS_REGION")? {
            builder = builder.region(region);
        }
        if is_true(&self.os, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED").map_err(not_unicode)? {
            builder = builder.vpc_endpoint();
        }
        if let Some(endpoint) = self.variable("ALIBABA_CLOUD_STS_ENDPOINT")? {
            builder = builder.endpoint(endpoint);
        }
        let proxy = proxy_of_environment(&self.os).map_err(not_unicode)?;
        builder
            .proxy(proxy)
            .build()
            .map_err(|error| invalid("no client can be made of the variables").with_source(error))
    }

    fn variable(&self, name: &str) -> Result<Option<String>, ProviderError> {
        self.os.variable(name).map_err(not_unicode)
    }
}

async fn assume(
    client: &Client,
    who: &Who,
    session: &Session,
    token: OidcToken,
) -> Result<AssumeRoleWithOidcOutput, Error> {
    let mut request = client.assume_role_with_oidc(&who.provider_arn, &who.role_arn, token);
    if let Some(name) = session.name.as_ref().or(who.session_name.as_ref()) {
        request = request.session_name(name);
    }
    if let Some(duration) = session.duration {
        request = request.duration(duration);
    }
    if let Some(policy) = &session.policy {
        request = request.policy(policy.clone());
    }
    request.send().await
}

fn not_valid(error: InvalidInput) -> ProviderError {
    invalid("the request for the role is not valid").with_source(error)
}

fn not_unicode(error: NotUnicode) -> ProviderError {
    invalid(error.to_string())
}

fn invalid(message: impl Into<Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Invalid, NAME, message)
}

fn failed(message: impl Into<Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Failed, NAME, message)
}

impl ProvideCredentials for OidcRole {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }
}

/// Not the policy, which is confidential.
impl fmt::Debug for OidcRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcRole").field("who", &self.who).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
