//! The identity cache that the AWS SDK has.

use super::{Contender, HOUR, awaited, contender as named};
use crate::Result;
use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityFuture, ResolveCachedIdentity, ResolveIdentity, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::config_bag::ConfigBag;
use std::hint::black_box;
use std::time::SystemTime;

#[derive(Debug)]
struct Hourly;

impl ResolveIdentity for Hourly {
    fn resolve_identity<'a>(&'a self, _: &'a RuntimeComponents, _: &'a ConfigBag) -> IdentityFuture<'a> {
        let expiration = SystemTime::now() + HOUR;
        let credentials =
            Credentials::new("id", "secret", Some("token".to_owned()), Some(expiration), "bench");
        IdentityFuture::ready(Ok(Identity::new(credentials, Some(expiration))))
    }
}

pub(super) fn contender() -> Result<Contender> {
    let cache = IdentityCache::lazy().build();
    let resolver = SharedIdentityResolver::new(Hourly);
    let components = RuntimeComponentsBuilder::for_tests()
        .with_time_source(Some(SharedTimeSource::new(SystemTimeSource::new())))
        .with_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())))
        .build()?;
    let config = ConfigBag::base();
    Ok(named("aws-smithy-runtime `IdentityCache::lazy`", move |times| {
        awaited(async || {
            for _ in 0..times {
                let identity = cache.resolve_cached_identity(resolver.clone(), &components, &config);
                black_box(identity.await.expect("an identity"));
            }
        });
    }))
}
