//! reqsign's AssumeRole. Its signer is private, so that it is reached through the granter with a transport that answers at
//! once: nonce, time, the request and reading the reply are in its figures.

use super::super::Contender;
use crate::Result;
use crate::workload::{REPLY, ROLE, SESSION, credentials, policy};
use bytes::Bytes;
use reqsign_aliyun_oss::{AssumeRoleGrant, AssumeRoleGranter, Credential, StaticCredentialProvider};
use reqsign_core::{Context, Granter, HttpSend};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;
use sts_sign::rpc_v1::{Algorithm, canonical_query, signature, string_to_sign};

pub(super) fn contender(policy_bytes: usize) -> Result<Contender> {
    let seen = Seen::default();
    grant(&granter(policy_bytes, seen.clone()))?;
    check(&seen.0.lock().map_err(|_| "poisoned")?)?;
    let granter = granter(policy_bytes, Silent);
    Ok(Contender::new("reqsign-aliyun-oss, whole exchange with a ready reply", move || {
        black_box(grant(&granter)).expect("a ready reply");
    }))
}

fn granter(policy_bytes: usize, sender: impl HttpSend) -> Granter<Credential> {
    let ours = credentials();
    let source =
        StaticCredentialProvider::new(ours.access_key_id(), ours.access_key_secret().expose_secret());
    let mut grant = AssumeRoleGrant::new(ROLE).with_role_session_name(SESSION);
    if policy_bytes > 0 {
        grant = grant.with_policy(policy(policy_bytes));
    }
    Granter::new(Context::new().with_http_send(sender), source, AssumeRoleGranter::new(grant))
}

/// Nothing here ever waits.
fn grant(granter: &Granter<Credential>) -> Result<Credential> {
    let granted = pin!(granter.grant(Some(Duration::from_secs(3600))));
    match granted.poll(&mut std::task::Context::from_waker(Waker::noop())) {
        Poll::Ready(granted) => Ok(granted?),
        Poll::Pending => Err("the exchange waits for something".into()),
    }
}

/// It must have signed what we would have signed.
fn check(url: &str) -> Result<()> {
    let url = url.parse::<http::Uri>()?;
    let mut params: BTreeMap<String, String> = BTreeMap::new();
    for pair in url.query().ok_or("no query")?.split('&') {
        let (name, value) = pair.split_once('=').ok_or("no value")?;
        params.insert(name.into(), decoded(value)?);
    }
    let theirs = params.remove("Signature").ok_or("no signature")?;
    let params: Vec<_> = params.into_iter().collect();
    let secret = credentials().access_key_secret().expose_secret().to_owned();
    match signature(Algorithm::HmacSha1, &secret, &string_to_sign("GET", &canonical_query(&params))) == theirs
    {
        true => Ok(()),
        false => Err("reqsign's signature differs".into()),
    }
}

fn decoded(text: &str) -> Result<String> {
    let (start, rest) = text.split_once('%').map_or((text, None), |(start, rest)| (start, Some(rest)));
    let mut bytes = start.as_bytes().to_vec();
    for escaped in rest.into_iter().flat_map(|rest| rest.split('%')) {
        let (digits, literal) = escaped.split_at_checked(2).ok_or("a lone percent sign")?;
        bytes.push(u8::from_str_radix(digits, 16)?);
        bytes.extend_from_slice(literal.as_bytes());
    }
    Ok(String::from_utf8(bytes)?)
}

/// Answers at once.
#[derive(Debug)]
struct Silent;

impl HttpSend for Silent {
    async fn http_send(&self, _: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        Ok(http::Response::new(Bytes::from_static(REPLY.as_bytes())))
    }
}

/// The same, and keeps the URL.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<String>>);

impl HttpSend for Seen {
    async fn http_send(&self, request: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        if let Ok(mut url) = self.0.lock() {
            *url = request.uri().to_string();
        }
        Silent.http_send(request).await
    }
}
