//! Sessions that nobody assumed a role for: metadata service, credentials URI, CloudSSO, OAuth.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use sts_types::Credentials;

use super::call::Call;
use super::plain::{Reply, ask};
use crate::{ClockOffset, Emulator};

const TOKEN: &str = "X-aliyun-ecs-metadata-token";
const TTL: &str = "X-aliyun-ecs-metadata-token-ttl-seconds";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn start() -> Emulator {
    Emulator::builder().all_services().start().await.unwrap()
}

async fn metadata(emulator: &Emulator, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    ask(method, &format!("{}{path}", emulator.metadata_url().unwrap()), headers, b"").await.unwrap()
}

/// Whether STS knows these credentials as a session of `app`.
async fn is_session(emulator: &Emulator, document: &Value, names: [&str; 3]) -> bool {
    let [id, secret, token] = names.map(|name| document[name].as_str().unwrap());
    let credentials = Credentials::new(id, secret).with_security_token(token);
    let identity = Call::signed("GetCallerIdentity", &credentials).send(emulator).await;
    identity.status == 200 && identity.body.contains(":assumed-role/app/")
}

const PASCAL: [&str; 3] = ["AccessKeyId", "AccessKeySecret", "SecurityToken"];

#[tokio::test]
async fn metadata_with_and_without_a_token() {
    let emulator = start().await;
    let token = metadata(&emulator, "PUT", "/latest/api/token", &[(TTL, "21600")]).await;
    assert_eq!(token.status, 200);
    for headers in [&[][..], &[(TOKEN, token.text())][..]] {
        assert_eq!(metadata(&emulator, "GET", ROLES, headers).await.text(), "app");
        let document = metadata(&emulator, "GET", &format!("{ROLES}app"), headers).await.json();
        assert_eq!(document["Code"], "Success");
        assert!(is_session(&emulator, &document, PASCAL).await);
        // The shape of the protocol's times: whole seconds, UTC.
        for member in ["Expiration", "LastUpdated"] {
            let time = document[member].as_str().unwrap();
            assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
        }
    }
    assert_eq!(metadata(&emulator, "GET", "/latest/meta-data/region-id", &[]).await.text(), "cn-hangzhou");
}

#[tokio::test]
async fn metadata_refuses_what_does_not_fit() {
    let emulator = Emulator::builder().all_services().metadata_token_required().start().await.unwrap();
    let role = format!("{ROLES}app");
    let good = metadata(&emulator, "PUT", "/latest/api/token", &[(TTL, "60")]).await;
    let mut forged = good.text().to_owned();
    forged.replace_range(0..1, if forged.starts_with('A') { "B" } else { "A" });
    let with = |token| vec![(TOKEN, token)];
    for (method, path, headers, status) in [
        ("GET", ROLES, vec![], 403),
        ("GET", role.as_str(), with("token"), 403),
        ("GET", role.as_str(), with(""), 403),
        ("GET", role.as_str(), with(&forged), 403),
        ("GET", "/latest/meta-data/ram/security-credentials/other", with(good.text()), 404),
        ("GET", "/latest/meta-data/nothing", with(good.text()), 404),
        ("GET", "/", with(good.text()), 404),
        ("POST", ROLES, with(good.text()), 405),
        ("GET", "/latest/api/token", vec![(TTL, "60")], 405),
        ("PUT", "/latest/api/token", vec![], 400),
        ("PUT", "/latest/api/token", vec![(TTL, "0")], 400),
        ("PUT", "/latest/api/token", vec![(TTL, "21601")], 400),
        ("PUT", "/latest/api/token", vec![(TTL, "-1")], 400),
        ("PUT", "/latest/api/token", vec![(TTL, "an hour")], 400),
        ("GET", role.as_str(), with(good.text()), 200),
    ] {
        assert_eq!(
            metadata(&emulator, method, path, &headers).await.status,
            status,
            "{method} {path} {headers:?}"
        );
    }
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(60)));
    assert_eq!(metadata(&emulator, "GET", &role, &with(good.text())).await.status, 403);
}

#[tokio::test]
async fn metadata_credentials_are_replaced_before_they_expire_and_when_told() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let emulator = Emulator::builder()
        .all_services()
        .fixed_time(start)
        .lent_lifetime(Duration::from_secs(1200))
        .start()
        .await
        .unwrap();
    let id = async || {
        let document = metadata(&emulator, "GET", &format!("{ROLES}app"), &[]).await.json();
        (document["AccessKeyId"].as_str().unwrap().to_owned(), document["Expiration"].clone())
    };
    let first = id().await;
    assert_eq!(first.1, "2027-01-15T08:20:00Z");
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(1099)));
    assert_eq!(id().await, first);
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(1100)));
    let second = id().await;
    assert_ne!(second, first);
    emulator.rotate_metadata_credentials();
    assert_ne!(id().await.0, second.0);
}

#[tokio::test]
async fn credentials_uri() {
    let emulator = start().await;
    let uri = emulator.credentials_uri().unwrap();
    let first = ask("GET", uri, &[], b"").await.unwrap().json();
    assert_eq!(first["Code"], "Success");
    assert!(is_session(&emulator, &first, PASCAL).await);
    assert_ne!(ask("GET", uri, &[], b"").await.unwrap().json()["AccessKeyId"], first["AccessKeyId"]);
    assert_eq!(ask("POST", uri, &[], b"").await.unwrap().status, 405);
    assert_eq!(ask("GET", emulator.sign_in_url().unwrap(), &[], b"").await.unwrap().status, 404);

    let guarded =
        Emulator::builder().all_services().credentials_uri_authorization("let me in").start().await.unwrap();
    let uri = guarded.credentials_uri().unwrap();
    for (headers, status) in [
        (&[][..], 401),
        (&[("authorization", "let me out")][..], 401),
        (&[("authorization", "let me in")][..], 200),
    ] {
        assert_eq!(ask("GET", uri, headers, b"").await.unwrap().status, status);
    }
}

#[tokio::test]
async fn cloud_sso() {
    let emulator = start().await;
    let url = format!("{}/cloud-credentials", emulator.sign_in_url().unwrap());
    let bearer = format!("Bearer {}", emulator.cloud_sso_access_token().expose_secret());
    let good = json!({
        "AccountId": emulator.account_id(),
        "AccessConfigurationId": emulator.cloud_sso_access_configuration_id(),
    });
    let ask_for = async |bearer: &str, body: &str| {
        let headers = [("authorization", bearer), ("content-type", "application/json")];
        ask("POST", &url, &headers, body.as_bytes()).await.unwrap()
    };
    let document = ask_for(&bearer, &good.to_string()).await.json();
    assert!(is_session(&emulator, &document["CloudCredential"], PASCAL).await);

    let other = json!({ "AccountId": "1", "AccessConfigurationId": "ac-1" }).to_string();
    for (bearer, body, status, code) in [
        ("Bearer none", good.to_string().as_str(), 401, "InvalidAccessToken"),
        (&bearer, &other, 403, "NoPermission"),
        (&bearer, "{}", 400, "MissingAccountId"),
        (&bearer, r#"{"AccountId":"1"}"#, 400, "MissingAccessConfigurationId"),
        (&bearer, "", 400, "InvalidParameter"),
        (&bearer, "[]", 400, "MissingAccountId"),
    ] {
        let reply = ask_for(bearer, body).await;
        assert_eq!((reply.status, reply.json()["ErrorCode"].as_str().unwrap()), (status, code), "{body}");
    }
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(12 * 3600)));
    let late = ask_for(&bearer, &good.to_string()).await;
    assert_eq!((late.status, late.json()["ErrorCode"].as_str().unwrap()), (401, "AccessTokenExpired"));
}

#[tokio::test]
async fn oauth_rotates_its_refresh_token() {
    let emulator = start().await;
    let [token, exchange] =
        ["token", "exchange"].map(|it| format!("{}/v1/{it}", emulator.sign_in_url().unwrap()));
    let client = "4038181954557748008";
    let form = |client: &str, refresh: &str| {
        format!("grant_type=refresh_token&refresh_token={refresh}&client_id={client}&Timestamp=now")
    };
    let refresh = async |form: String| ask("POST", &token, &[FORM], form.as_bytes()).await.unwrap();

    let first = emulator.oauth_refresh_token().expose_secret().to_owned();
    let tokens = refresh(form(client, &first)).await.json();
    assert_eq!((tokens["expires_in"].as_i64(), tokens["token_type"].as_str()), (Some(3600), Some("Bearer")));
    assert_eq!(emulator.oauth_refresh_token().expose_secret(), tokens["refresh_token"].as_str().unwrap());
    assert_ne!(first, tokens["refresh_token"].as_str().unwrap());

    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let document = ask("POST", &exchange, &headers, b"").await.unwrap().json();
    assert!(is_session(&emulator, &document, ["accessKeyId", "accessKeySecret", "securityToken"]).await);

    let current = emulator.oauth_refresh_token().expose_secret().to_owned();
    for (form, error) in [
        (form(client, &first), "invalid_grant"),
        (form("1", &current), "invalid_client"),
        ("grant_type=authorization_code&code=1".to_owned(), "unsupported_grant_type"),
        ("%".to_owned(), "invalid_request"),
    ] {
        let reply = refresh(form).await;
        assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (400, error));
    }
    let strange = [("authorization", "Bearer none")];
    let reply = ask("POST", &exchange, &strange, b"").await.unwrap();
    assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (401, "invalid_token"));
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(3600)));
    let reply = ask("POST", &exchange, &headers, b"").await.unwrap();
    assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (401, "expired_token"));
}
