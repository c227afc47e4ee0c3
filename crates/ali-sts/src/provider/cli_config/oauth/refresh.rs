//! Keeping a login by OAuth: all of it on a thread for work that blocks, from its start to its end.

use super::{AccessToken, SITES, refused, uri};
use crate::clock::Clock;
use crate::os::{FileError, UpdateError};
use crate::provider::cli_config::document::{Document, Members, Value};
use crate::provider::cli_config::login::{Login, MARK};
use crate::provider::fetch::request;
use crate::provider::profile::{LIMIT, shown_path};
use crate::reply::json::{read_object, texts};
use crate::reply::{Text, filled};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response, Uri};
use std::time::{Duration, SystemTime};
use sts_sign::percent_encode;
use sts_types::{ProviderError, Secret};

const ACCESS: &str = "oauth_access_token";
const ACCESS_ENDS: &str = "oauth_access_token_expire";
const REFRESH: &str = "oauth_refresh_token";
const SITE: &str = "oauth_site_type";

/// A token with less than this left is refreshed: the rule of the Go, Java and Node SDKs.
const EARLY: Duration = Duration::from_secs(1_200);

/// One look at a login, and its refresh if that is due.
pub(super) struct Refresh {
    pub(super) login: Login,
    pub(super) clock: Clock,
    pub(super) base: Option<Uri>,
}

/// What the profile says.
struct Tokens {
    base: Uri,
    client_id: &'static str,
    access: Option<Secret>,
    ends: SystemTime,
    refresh: Option<Secret>,
}

/// What OAuth gave: an access token, and the next refresh token where there is a new one. One of them is there.
struct Fresh {
    access: Option<Secret>,
    ends: u64,
    refresh: Option<Secret>,
}

impl Refresh {
    /// A valid access token. Blocks.
    pub(super) fn access_token(&self) -> Result<AccessToken, ProviderError> {
        let tokens = self.tokens()?;
        match tokens.valid_for(EARLY, &self.clock) {
            Some(token) => Ok(token),
            None if tokens.refresh.is_none() => tokens
                .valid_for(Duration::ZERO, &self.clock)
                .ok_or_else(|| self.login.ended("the login has ended and has no refresh token")),
            None => self.refresh().or_else(|error| {
                // What is on disk now: a program that does not lock the file may have refreshed meanwhile, which would be why we could not.
                let token =
                    self.tokens().ok().and_then(|tokens| tokens.valid_for(Duration::ZERO, &self.clock));
                if token.is_some() {
                    tracing::debug!(
                        provider = super::NAME,
                        "the login was not refreshed; its token is valid still"
                    );
                }
                token.ok_or(error)
            }),
        }
    }

    fn tokens(&self) -> Result<Tokens, ProviderError> {
        self.login.read(|profile| self.tokens_of(profile))
    }

    fn refresh(&self) -> Result<AccessToken, ProviderError> {
        // Asking for new tokens uses the old one up, so whether the file can be written must be known before.
        let rehearsal =
            self.login.os.update::<ProviderError>(&self.login.path, LIMIT, |old| Ok(Some(old.to_vec())));
        rehearsal.map_err(|error| self.not_changed(error))?;
        let mut found = None;
        let changed = self.login.os.update(&self.login.path, LIMIT, |old| {
            self.login.find(old, |document, profile| {
                let tokens = self.tokens_of(profile)?;
                if let Some(token) = tokens.valid_for(EARLY, &self.clock) {
                    found = Some(token);
                    return Ok(None);
                }
                let fresh = self.fetch(&tokens)?;
                let new = changed(document, profile, &fresh)
                    .ok_or_else(|| self.login.failed("the file cannot be changed; log in again"))?;
                found = fresh.access.map(|text| AccessToken { text, base: tokens.base });
                let mark = if old.starts_with(MARK.to_string().as_bytes()) {
                    MARK.to_string()
                } else {
                    String::new()
                };
                Ok(Some([mark.as_bytes(), new.as_bytes()].concat()))
            })
        });
        changed.map_err(|error| self.not_changed(error))?;
        found.ok_or_else(|| self.login.failed("the refreshed login has no `access_token`; ask again later"))
    }

    /// New tokens for the refresh token, which is used up then.
    fn fetch(&self, tokens: &Tokens) -> Result<Fresh, ProviderError> {
        let refresh =
            tokens.refresh.as_ref().ok_or_else(|| self.login.ended("the login has no refresh token"))?;
        let form = Secret::new(format!(
            "grant_type=refresh_token&refresh_token={}&client_id={}",
            percent_encode(refresh.expose_secret()),
            tokens.client_id
        ));
        let response = self.post(uri(&tokens.base, "/v1/token"), &form)?;
        let reply = read_object::<Reply<'_>>(response.body());
        let status = response.status();
        if !status.is_success() {
            let error = reply.as_ref().map(|reply| &reply.error);
            return Err(refused(&self.login, "the login was not refreshed", status.as_u16(), error));
        }
        // Whatever is wrong with the rest: a new refresh token must be kept, the old one is of no use any more.
        let reply = reply.unwrap_or_default();
        let (access, next) = (filled(&reply.access_token), filled(&reply.refresh_token));
        if access.or(next).is_none() {
            return Err(self.login.failed("the refreshed login cannot be used: there is no token in it"));
        }
        let lasts = filled(&reply.expires_in).and_then(|lasts| lasts.parse().ok()).unwrap_or(0);
        let now = self.clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        // What the CLI reads it into.
        let ends = now.saturating_add(lasts).min(i64::MAX.unsigned_abs());
        Ok(Fresh { access: access.map(Secret::new), ends, refresh: next.map(Secret::new) })
    }

    /// On a runtime of its own: the caller's may stop at any time, and a token that was sent for must be saved.
    fn post(&self, uri: Uri, form: &Secret) -> Result<Response<Bytes>, ProviderError> {
        let mut post = request(Method::POST, uri);
        post.headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        *post.body_mut() = Bytes::copy_from_slice(form.expose_secret().as_bytes());
        let fetch = self.login.fetch()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| self.login.failed("no runtime can be started").with_source(error))?;
        let response = runtime.block_on(fetch.send(post));
        // A name that is still being looked up is not waited for.
        runtime.shutdown_background();
        response.map_err(|error| {
            self.login.failed("the login was not refreshed; ask again later").with_source(error)
        })
    }

    fn tokens_of(&self, profile: &Members<'_>) -> Result<Tokens, ProviderError> {
        let login = &self.login;
        let site = login.text(profile, SITE)?;
        let site = site.as_ref().map_or("", |site| site.expose_secret());
        let found = SITES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(site));
        let (_, base, client_id) =
            found.ok_or_else(|| login.invalid("`oauth_site_type` is neither `CN` nor `INTL`"))?;
        let ends = Duration::from_secs(login.number(profile, ACCESS_ENDS)?.unwrap_or(0));
        Ok(Tokens {
            base: self.base.clone().unwrap_or_else(|| Uri::from_static(base)),
            client_id,
            access: login.text(profile, ACCESS)?,
            ends: SystemTime::UNIX_EPOCH.checked_add(ends).unwrap_or(SystemTime::UNIX_EPOCH),
            refresh: login.text(profile, REFRESH)?,
        })
    }

    fn not_changed(&self, error: UpdateError<ProviderError>) -> ProviderError {
        match error {
            UpdateError::Change(error) => error,
            UpdateError::File(FileError::Locked) => {
                self.login.failed("another program has kept the file locked for too long; ask again later")
            }
            UpdateError::File(error) => {
                let path = shown_path(&self.login.path);
                self.login
                    .failed(format!(
                        "the refreshed login cannot be kept in `{path}`; let this user write file and folder"
                    ))
                    .with_source(error)
            }
        }
    }
}

impl Tokens {
    fn valid_for(&self, least: Duration, clock: &Clock) -> Option<AccessToken> {
        let left = self.ends.duration_since(clock.now()).ok()?;
        let text = self.access.clone().filter(|_| left > least)?;
        Some(AccessToken { text, base: self.base.clone() })
    }
}

/// The file's text with the new tokens in it.
fn changed(
    document: &Document<'_>,
    profile: &Members<'_>,
    fresh: &Fresh,
) -> Option<zeroize::Zeroizing<String>> {
    let mut members = Vec::new();
    if let Some(access) = &fresh.access {
        members.push((ACCESS, Value::Text(access.expose_secret())));
        members.push((ACCESS_ENDS, Value::Number(fresh.ends)));
    }
    if let Some(refresh) = &fresh.refresh {
        members.push((REFRESH, Value::Text(refresh.expose_secret())));
    }
    document.changed(profile, &members)
}

#[derive(Default)]
struct Reply<'a> {
    access_token: Text<'a>,
    refresh_token: Text<'a>,
    expires_in: Text<'a>,
    error: Text<'a>,
}

texts!(Reply {
    "access_token" => access_token,
    "refresh_token" => refresh_token,
    "expires_in" => expires_in,
    "error" => error,
});
