//! When a call is tried again, and when it gives up, on a clock that stands still but for waits.

use super::ROLE;
use crate::transport::{Say, Scripted, granted, json, refused};
use ali_sts::{Backoff, Client, Credentials, ErrorKind, ProvideCredentials, ProviderError, RetryPolicy};
use std::time::Duration;

fn instant() -> tokio::time::Instant {
    tokio::time::Instant::now()
}

/// The table "What is tried again" of the crate's documentation, row by row, on a clock that stands still but for waits.
#[tokio::test(start_paused = true)]
async fn what_is_tried_again() {
    const MS: Duration = Duration::from_millis(1);
    const S: Duration = Duration::from_secs(1);
    let throttled =
        |headers: &'static [(&'static str, &'static str)]| move |_| refused(400, headers, "Throttling.User");
    let default = RetryPolicy::new();
    type Script = Box<dyn Fn(usize) -> Say + Send + Sync>;
    type Row = (&'static str, RetryPolicy, Script, usize, [Duration; 2], ErrorKind);
    let rows: Vec<Row> = vec![
        // Two waits of full jitter: up to 100 ms, up to 200 ms.
        (
            "no connection",
            default,
            Box::new(|_| Say::Fail(sts_http::ErrorKind::Connect)),
            3,
            [Duration::ZERO, 300 * MS],
            ErrorKind::Connection,
        ),
        (
            "a broken connection",
            default,
            Box::new(|_| Say::Fail(sts_http::ErrorKind::Closed)),
            3,
            [Duration::ZERO, 300 * MS],
            ErrorKind::Connection,
        ),
        (
            "no answer",
            default,
            Box::new(|_| Say::Nothing),
            3,
            [30 * S, 30 * S + 310 * MS],
            ErrorKind::RequestTimeout,
        ),
        (
            "no answer, many attempts",
            default.max_attempts(100),
            Box::new(|_| Say::Nothing),
            6,
            [60 * S, 60 * S],
            ErrorKind::RequestTimeout,
        ),
        (
            "no trust",
            default,
            Box::new(|_| Say::Fail(sts_http::ErrorKind::Tls)),
            1,
            [Duration::ZERO; 2],
            ErrorKind::Connection,
        ),
        ("throttled", default, Box::new(throttled(&[])), 3, [Duration::ZERO, 300 * MS], ErrorKind::Throttled),
        (
            "throttled, ms",
            default,
            Box::new(throttled(&[("x-acs-retry-after", "1500")])),
            3,
            [3 * S, 3 * S],
            ErrorKind::Throttled,
        ),
        (
            "throttled, s",
            default,
            Box::new(throttled(&[("retry-after", "7")])),
            3,
            [14 * S, 14 * S],
            ErrorKind::Throttled,
        ),
        (
            "throttled, both",
            default,
            Box::new(throttled(&[("retry-after", "7"), ("x-acs-retry-after", "1500")])),
            3,
            [3 * S, 3 * S],
            ErrorKind::Throttled,
        ),
        (
            "throttled, a minute",
            default,
            Box::new(throttled(&[("retry-after", "60")])),
            3,
            [40 * S, 40 * S],
            ErrorKind::Throttled,
        ),
        (
            "throttled, a year",
            default,
            Box::new(throttled(&[("retry-after", "31536000")])),
            3,
            [40 * S, 40 * S],
            ErrorKind::Throttled,
        ),
        // A third wait would end with the overall time.
        (
            "never past the end",
            default.max_attempts(100),
            Box::new(throttled(&[("retry-after", "60")])),
            3,
            [40 * S, 40 * S],
            ErrorKind::Throttled,
        ),
        (
            "503, s",
            default,
            Box::new(|_| json(503, &[("retry-after", "2")], &serde_json::json!({}))),
            3,
            [4 * S, 4 * S],
            ErrorKind::ServiceFailure,
        ),
        (
            "the issuer's keys",
            default,
            Box::new(|_| refused(401, &[], "AuthenticationFail.OIDCToken.IssuerConfigurationBroken")),
            2,
            [Duration::ZERO, 100 * MS],
            ErrorKind::InvalidIdentityToken,
        ),
        // Mended at once.
        (
            "time",
            default,
            Box::new(|_| {
                refused(400, &[("date", "Wed, 15 Nov 2023 02:13:20 GMT")], "InvalidTimeStamp.Expired")
            }),
            2,
            [Duration::ZERO; 2],
            ErrorKind::InvalidTimestamp,
        ),
        (
            "nonce",
            default,
            Box::new(|_| refused(400, &[], "SignatureNonceUsed")),
            2,
            [Duration::ZERO; 2],
            ErrorKind::NonceUsed,
        ),
        (
            "fixed credentials",
            default,
            Box::new(|_| refused(400, &[], "InvalidSecurityToken.Expired")),
            1,
            [Duration::ZERO; 2],
            ErrorKind::ExpiredSecurityToken,
        ),
        (
            "anything else",
            default,
            Box::new(|_| refused(403, &[], "NoPermission")),
            1,
            [Duration::ZERO; 2],
            ErrorKind::TokenRequestDenied,
        ),
        (
            "never",
            RetryPolicy::never(),
            Box::new(throttled(&[])),
            1,
            [Duration::ZERO; 2],
            ErrorKind::Throttled,
        ),
        (
            "a back-off of one's own",
            default.max_attempts(4).backoff(Backoff::new().base(Duration::ZERO)),
            Box::new(|_| Say::Fail(sts_http::ErrorKind::Connect)),
            4,
            [Duration::ZERO; 2],
            ErrorKind::Connection,
        ),
    ];
    for (name, policy, script, attempts, [least, most], kind) in rows {
        let transport = Scripted::new(script);
        let sts = Client::builder().credentials(Credentials::new("id", "secret")).retry(policy);
        let sts = sts.transport(transport.clone()).build().unwrap();
        let started = instant();
        let error = sts.assume_role(ROLE).send().await.unwrap_err();
        let elapsed = started.elapsed();
        assert_eq!((error.kind(), transport.sent().len()), (kind, attempts), "{name}: {error}");
        // A paused clock moves by whole milliseconds, and may round a wait up.
        assert!(elapsed >= least && elapsed <= most + 5 * MS, "{name}: {elapsed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_answers() {
    #[derive(Debug)]
    struct Silent;
    impl ProvideCredentials for Silent {
        async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
            std::future::pending().await
        }
    }
    let transport = Scripted::new(|_| granted());
    let sts = Client::builder().credentials(Silent).transport(transport.clone()).build().unwrap();
    let started = instant();
    let error = sts.assume_role(ROLE).send().await.unwrap_err();
    assert_eq!((error.kind(), started.elapsed().as_secs()), (ErrorKind::RequestTimeout, 60), "{error}");
    assert_eq!(transport.sent().len(), 0);
}

/// `timeout` of ali-oss: one number, or one for connecting and one for the answer.
#[tokio::test(start_paused = true)]
async fn timeouts_as_in_ali_oss() {
    let (short, long) = (Duration::from_secs(2), Duration::from_secs(7));
    for (builder, seconds) in [
        (Client::builder().timeout(short), 2),
        (Client::builder().timeout([short, long]), 7),
        (Client::builder().timeout((short, long)), 7),
        (Client::builder().timeout(Duration::from_secs(90)), 90),
    ] {
        let builder = builder.credentials(Credentials::new("id", "secret"));
        let sts =
            builder.retry(RetryPolicy::never()).transport(Scripted::new(|_| Say::Nothing)).build().unwrap();
        let started = instant();
        let error = sts.assume_role(ROLE).send().await.unwrap_err();
        assert_eq!((error.kind(), started.elapsed().as_secs()), (ErrorKind::RequestTimeout, seconds));
    }
}
