//! Any bytes, to the metadata service, to what hands out credentials beside it, and to the control endpoint.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::World;
use crate::clock::Clock;
use crate::cloud::{Cloud, Tokens};
use crate::control::ControlService;
use crate::lender::Lender;
use crate::server::{BodyError, Handler};
use crate::trail::Trail;

/// Whom a request goes to.
#[derive(Clone, Copy, Debug)]
enum To {
    Metadata,
    Exchange,
    Control,
}

const PATHS: [&str; 16] = [
    "/latest/api/token",
    "/latest/meta-data/",
    "/latest/meta-data/ram/security-credentials/",
    "/latest/meta-data/ram/security-credentials/app",
    "/latest/meta-data/region-id",
    "/credentials",
    "/cloud-credentials",
    "/v1/token",
    "/v1/exchange",
    "/trail",
    "/faults",
    "/clock",
    "/world",
    "/sessions/revoke",
    "/keys/rotate",
    "/metadata/rotate",
];

const HEADERS: [&str; 7] = [
    "authorization",
    "content-type",
    "host",
    "origin",
    "x-aliyun-ecs-metadata-token",
    "x-aliyun-ecs-metadata-token-ttl-seconds",
    "x-forwarded-for",
];

/// Orders that are nearly good ones, and good ones.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let member = prop_oneof![
        "\"effect\": \"(latency|error|throttling|reset|slow|huge|garbled|x)\"",
        "\"(milliseconds|bytes|status|times|offset_milliseconds)\": -?[0-9]{1,20}",
        "\"(service|operation|role|access_key_id|code|AccountId|AccessConfigurationId)\": \"[ -~]{0,20}\"",
        ".{0,20}",
    ];
    prop_oneof![
        vec(any::<u8>(), 0..128),
        vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(", ")).into_bytes()),
        "(grant_type=refresh_token|client_id=[0-9]{19}|refresh_token=[!-~]{0,9}|&|%|=){0,8}"
            .prop_map(String::into_bytes),
        "(\\[\\[accounts\\]\\]|id|=|'1'|\n|users|\\[|\\]|\\{|\\}|\\.|\"){0,24}".prop_map(String::into_bytes),
    ]
}

fn any_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"application/x-www-form-urlencoded".to_vec()),
        Just(b"application/json".to_vec()),
        Just(b"127.0.0.1:80".to_vec()),
        "Bearer [!-~]{0,64}".prop_map(String::into_bytes),
        "[0-9]{1,20}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #[test]
    fn whatever_arrives_is_answered(
        requests in vec(
            (
                prop_oneof![Just(To::Metadata), Just(To::Exchange), Just(To::Control)],
                prop_oneof!["GET", "PUT", "POST", "DELETE", "[A-Z]{1,8}"],
                prop_oneof![prop::sample::select(&PATHS[..]).prop_map(str::to_owned), "/[!-~]{0,40}"],
                vec((prop::sample::select(&HEADERS[..]), any_value()), 0..4),
                any_body(),
            ),
            1..4,
        ),
    ) {
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
            let cloud = Cloud::new(World::default(), Clock::default(), &Tokens::Sealed, Trail::default()).unwrap();
            let cloud = Arc::new(cloud);
            let lender = Lender::new(&cloud, 3600, false).unwrap();
            let (metadata, exchange) = (lender.metadata_service(&cloud), lender.exchange_service(&cloud, None));
            let control = ControlService { cloud: Arc::clone(&cloud), metadata: Arc::clone(&lender.metadata) };
            for (to, method, path, headers, body) in requests {
                let Ok(uri) = path.parse::<Uri>() else { continue };
                let mut request = http::Request::new(Ok::<_, BodyError>(Bytes::from(body)));
                *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
                *request.uri_mut() = uri;
                for (name, value) in headers {
                    let value = HeaderValue::from_bytes(&value);
                    request.headers_mut().extend(value.map(|value| (HeaderName::from_static(name), value)));
                }
                let peer = ([127, 0, 0, 1], 9).into();
                let reply = match to {
                    To::Metadata => metadata.handle(request, peer).await,
                    To::Exchange => exchange.handle(request, peer).await,
                    To::Control => control.handle(request, peer).await,
                };
                prop_assert!(reply.body().len() < 1 << 20);
                let is_json = reply.headers().get("content-type").is_some_and(|kind| kind == "application/json");
                // The trail is a line of JSON for each request.
                for line in reply.body().split(|byte| *byte == b'\n').filter(|line| is_json && !line.is_empty()) {
                    prop_assert!(serde_json::from_slice::<serde_json::Value>(line).is_ok(), "{:?}", reply.body());
                }
            }
            for record in cloud.trail.to_vec() {
                prop_assert!(!record.to_json().contains('\n'));
            }
            Ok(())
        })?;
    }
}
