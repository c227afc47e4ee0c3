use super::Chain;
use crate::clock::Clock;
use crate::provider::explanation::Outcome;
use crate::provider::from_fn;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use sts_types::ProviderErrorKind::{Failed, Invalid, NotConfigured};
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind};

/// A source that says what it is told to, and counts how often it was asked.
#[derive(Clone)]
struct Source {
    says: Arc<Mutex<Result<Credentials, ProviderError>>>,
    asked: Arc<AtomicUsize>,
}

fn refusal(name: &'static str, kind: ProviderErrorKind) -> ProviderError {
    ProviderError::new(kind, name, format!("{name} says no"))
}

impl Source {
    fn new(says: Result<Credentials, ProviderError>) -> Self {
        Self { says: Arc::new(Mutex::new(says)), asked: Arc::default() }
    }

    fn gives(id: &str) -> Self {
        Self::new(Ok(Credentials::new(id, "secret")))
    }

    fn refuses(name: &'static str, kind: ProviderErrorKind) -> Self {
        Self::new(Err(refusal(name, kind)))
    }

    fn now_says(&self, says: Result<Credentials, ProviderError>) {
        *self.says.lock().unwrap() = says;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn provider(&self) -> impl ProvideCredentials + use<> {
        let source = self.clone();
        from_fn("source", move || {
            source.asked.fetch_add(1, Ordering::Relaxed);
            let says = source.says.lock().unwrap().clone();
            async move { says }
        })
    }
}

async fn id(chain: &Chain) -> Result<String, ProviderError> {
    Ok(chain.provide_credentials().await?.access_key_id().to_owned())
}

#[tokio::test]
async fn what_is_not_configured_is_passed_over_and_what_is_broken_ends() {
    let not = || Source::refuses("first", NotConfigured);
    for kind in [Invalid, Failed] {
        let never = Source::gives("never");
        let chain = Chain::first(not().provider())
            .or_else(Source::refuses("second", kind).provider())
            .or_else(never.provider());
        let error = id(&chain).await.unwrap_err();
        assert_eq!((error.kind(), never.asked()), (kind, 0));
        assert_eq!(
            error.to_string(),
            "no credentials from chain: `second` is configured and gave none, so none after it was asked \
             (first: first says no; second: second says no)"
        );
    }
    let chain = Chain::first(not().provider()).or_else(Source::gives("second").provider());
    assert_eq!(id(&chain).await.unwrap(), "second");
    let nothing = Chain::first(not().provider()).or_else(Source::refuses("second", NotConfigured).provider());
    let error = id(&nothing).await.unwrap_err();
    assert_eq!(error.kind(), NotConfigured);
    assert_eq!(
        error.to_string(),
        "no credentials from chain: no source is configured (first: first says no; second: second says no)"
    );
}

/// The Go and Node SDKs keep the source that they asked last, and after one failure never ask another again.
#[tokio::test]
async fn what_failed_is_not_kept() {
    let (first, second) = (Source::refuses("first", NotConfigured), Source::refuses("second", Failed));
    let chain = Chain::first(first.provider()).or_else(second.provider());
    id(&chain).await.unwrap_err();
    first.now_says(Ok(Credentials::new("first", "secret")));
    assert_eq!(id(&chain).await.unwrap(), "first");
}

#[tokio::test]
async fn what_gave_credentials_is_kept_until_they_have_expired() {
    let time = Arc::new(AtomicU64::new(1000));
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let clock = {
        let time = Arc::clone(&time);
        Clock::from_fn(move || at(time.load(Ordering::Relaxed)))
    };
    let (first, second) = (Source::refuses("first", NotConfigured), Source::gives("second"));
    second.now_says(Ok(Credentials::new("second", "secret").with_expiration(at(2000))));
    let chain = Chain::first(first.provider()).or_else(second.provider()).clock(clock);
    assert_eq!(id(&chain).await.unwrap(), "second");
    first.now_says(Ok(Credentials::new("first", "secret")));
    assert_eq!(id(&chain).await.unwrap(), "second");
    assert_eq!((first.asked(), second.asked()), (1, 2));

    second.now_says(Err(refusal("second", NotConfigured)));
    let error = id(&chain).await.unwrap_err();
    assert_eq!(error.kind(), Failed, "what was configured a moment ago is not `not configured`");
    time.store(1999, Ordering::Relaxed);
    id(&chain).await.unwrap_err();
    assert_eq!(first.asked(), 1);
    time.store(2000, Ordering::Relaxed);
    assert_eq!(id(&chain).await.unwrap(), "first");
}

#[tokio::test]
async fn a_key_that_never_expires_is_kept_while_it_is_configured() {
    let (first, second) = (Source::refuses("first", NotConfigured), Source::gives("second"));
    let chain = Chain::first(first.provider()).or_else(second.provider());
    assert_eq!(id(&chain).await.unwrap(), "second");
    first.now_says(Ok(Credentials::new("first", "secret")));
    second.now_says(Err(refusal("second", Invalid)));
    assert_eq!(id(&chain).await.unwrap_err().kind(), Invalid);
    second.now_says(Err(refusal("second", NotConfigured)));
    assert_eq!(id(&chain).await.unwrap(), "first");
}

#[tokio::test]
async fn it_is_explained() {
    let chain = Chain::first(Source::refuses("first", NotConfigured).provider())
        .or_else(Source::gives("LTAI5tExample").provider())
        .or_else(Credentials::new("id", "secret"));
    let explanation = chain.explain().await;
    let outcomes: Vec<_> = explanation.attempts().iter().map(|attempt| attempt.outcome()).collect();
    assert_eq!(outcomes, [Outcome::NotConfigured, Outcome::Used, Outcome::NotAsked]);
    assert_eq!(explanation.winner().unwrap().provider(), "source");
    assert_eq!(
        explanation.to_string(),
        "  1 first: not configured\n      first says no\n* 2 source: used\n      access key id LTAI5tExample, long-term\n  3 static: not asked\n"
    );
}

/// A source that keeps credentials must hear that they were refused.
#[tokio::test]
async fn a_refusal_reaches_the_source_that_is_kept() {
    #[derive(Debug)]
    struct Keeper(Arc<Mutex<Vec<String>>>);

    impl ProvideCredentials for Keeper {
        async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
            Ok(Credentials::new("kept", "secret"))
        }

        fn invalidate(&self, rejected: &Credentials) {
            self.0.lock().unwrap().push(rejected.access_key_id().to_owned());
        }
    }

    let heard = Arc::new(Mutex::new(Vec::new()));
    let chain =
        Chain::first(Source::refuses("first", NotConfigured).provider()).or_else(Keeper(Arc::clone(&heard)));
    let credentials = chain.provide_credentials().await.unwrap();
    chain.invalidate(&credentials);
    assert_eq!(*heard.lock().unwrap(), ["kept"]);
}
