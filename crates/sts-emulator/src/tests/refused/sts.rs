//! What STS refuses. The expected codes are those of the published tables; which policies speak is what the documentation of
//! policy evaluation says.

use std::time::Duration;

use sts_types::Credentials;

use super::super::acs3::Acs3;
use super::super::call::{Call, Place, Response, exchange};
use super::Table;
use crate::{ClockOffset, Emulator, World};

const WORLD: &str = include_str!("world.toml");

const HOME: &str = "1111111111111111";
const AWAY: &str = "2222222222222222";

async fn start() -> Emulator {
    Emulator::builder().world(World::from_toml(WORLD).unwrap()).start().await.unwrap()
}

fn user(name: &str) -> Credentials {
    Credentials::new(format!("LTAI5t-{name}"), format!("{name}-secret"))
}

fn role(name: &str) -> String {
    format!("acs:ram::{HOME}:role/{name}")
}

fn assume(caller: &Credentials, role_arn: &str) -> Call {
    Call::signed("AssumeRole", caller).with("RoleArn", role_arn).with("RoleSessionName", "session")
}

/// Which kind of policy refused, and how.
fn denied_by(response: &Response) -> (String, String) {
    let detail = |name: &str| response.text(&format!("AccessDeniedDetail.{name}")).unwrap_or_default();
    (detail("NoPermissionType"), detail("PolicyType"))
}

#[tokio::test]
async fn what_is_not_the_callers_word_is_refused() {
    let emulator = start().await;
    let mut table = Table::new();
    let all = user("all");
    let good = || assume(&all, &role("open"));
    let session = good().send(&emulator).await.credentials();
    let other = good().send(&emulator).await.credentials();
    let [token, other_token] = [&session, &other].map(|c| c.security_token().unwrap().expose_secret());
    let long_ago = "2015-04-01T00:00:00Z";
    let ahead = (jiff::Timestamp::now() + Duration::from_secs(16 * 60)).as_second();
    let ahead = jiff::Timestamp::from_second(ahead).unwrap().to_string();
    let acs3 = || {
        Acs3::new("AssumeRole", &all)
            .parameter("RoleArn", &role("open"))
            .parameter("RoleSessionName", "session")
    };
    let by_session = || Call::signed("GetCallerIdentity", &session);
    let mixed_up = Credentials::new(session.access_key_id(), other.access_key_secret().clone())
        .with_security_token(token);

    for (what, call, status, code) in [
        ("wrong secret", assume(&Credentials::new("LTAI5t-all", "wrong"), &role("open")), 400, "SignatureDoesNotMatch"),
        ("another's secret", assume(&Credentials::new("LTAI5t-all", "nothing-secret"), &role("open")), 400, "SignatureDoesNotMatch"),
        ("parameter changed after signing", good().sign().with("RoleSessionName", "other"), 400, "SignatureDoesNotMatch"),
        ("parameter added after signing", good().sign().with("DurationSeconds", "43200"), 400, "SignatureDoesNotMatch"),
        ("parameter removed after signing", good().with("ExternalId", "tenant").sign().without("ExternalId"), 400, "SignatureDoesNotMatch"),
        ("signed for GET, sent by POST", { let mut call = good().by("GET", Place::Query).sign(); call.method = "POST"; call }, 400, "SignatureDoesNotMatch"),
        ("time of long ago", good().with("Timestamp", long_ago), 400, "InvalidTimeStamp.Expired"),
        ("time to come", good().with("Timestamp", &ahead), 400, "InvalidTimeStamp.Expired"),
        ("time that is none", good().with("Timestamp", "1767323045"), 400, "InvalidTimeStamp.Format"),
        ("unknown key", assume(&user("nobody"), &role("open")), 404, "InvalidAccessKeyId.NotFound"),
        ("made-up session key", assume(&Credentials::new("STS.NabcdefghijklmnopqrABCDEF", "s").with_security_token(token), &role("open")), 404, "InvalidAccessKeyId.NotFound"),
        ("key off", assume(&user("off"), &role("open")), 400, "InvalidAccessKeyId.Inactive"),
        ("session key without token", by_session().without("SecurityToken"), 400, "MissingSecurityToken"),
        ("other session's token", by_session().with("SecurityToken", other_token), 400, "InvalidSecurityToken.MismatchWithAccessKey"),
        ("other session's secret", Call::signed("GetCallerIdentity", &mixed_up), 400, "SignatureDoesNotMatch"),
        ("token with a long-term key", good().with("SecurityToken", token), 400, "InvalidSecurityToken.MismatchWithAccessKey"),
        ("token cut off", by_session().with("SecurityToken", token.get(..token.len() - 4).unwrap()), 400, "InvalidSecurityToken.Malformed"),
        ("token of another size of letters", by_session().with("SecurityToken", &token.to_lowercase()), 400, "InvalidSecurityToken.Malformed"),
        ("root", assume(&Credentials::new("LTAI5tRoot", "root-secret"), &role("open")), 403, "NoPermission"),
        ("role that is not there", assume(&all, &role("none")), 404, "EntityNotExist.Role"),
        ("role of an account that is not there", assume(&all, "acs:ram::3333333333333333:role/open"), 404, "EntityNotExist.Role"),
        ("longer than the role allows", good().with("DurationSeconds", "3601"), 400, "InvalidParameter.DurationSeconds"),
        ("shorter than the service allows", good().with("DurationSeconds", "899"), 400, "InvalidParameter.DurationSeconds"),
        ("session policy that is not JSON", good().with("Policy", "{"), 400, "InvalidParameter.PolicyGrammar"),
        ("session policy with a principal", good().with("Policy", r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*","Principal":{"RAM":"*"}}]}"#), 400, "InvalidParameter.PolicyGrammar"),
        ("session policy without resource", good().with("Policy", r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*"}]}"#), 400, "InvalidParameter.PolicyGrammar"),
        ("session policy with an operator that is none", good().with("Policy", r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*","Condition":{"StringEqualsIfExists":{"oss:Prefix":"a"}}}]}"#), 400, "InvalidParameter.PolicyGrammar"),
        ("session policy of another cloud", good().with("Policy", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#), 400, "InvalidParameter.PolicyGrammar"),
        ("session policy too long", good().with("Policy", &" ".repeat(2049)), 400, "InvalidParameter.PolicySize"),
    ] {
        table.row(what, &call.send(&emulator).await, (status, code));
    }

    let wire = good().sign().to_wire();
    assert_eq!(exchange(&emulator, &wire).await.status, 200);
    table.row("replay", &exchange(&emulator, &wire).await, (400, "SignatureNonceUsed"));
    // ACS3 signs headers and the hash of the body.
    let wire = String::from_utf8(acs3().in_form().to_wire()).unwrap();
    let body = wire.replace("RoleSessionName=session", "RoleSessionName=sessiom");
    assert_ne!(body, wire);
    table.row("tampered body", &exchange(&emulator, body.as_bytes()).await, (400, "SignatureDoesNotMatch"));
    let header = wire.replace("host: sts", "host: stz");
    assert_ne!(header, wire);
    table.row(
        "tampered header",
        &exchange(&emulator, header.as_bytes()).await,
        (400, "SignatureDoesNotMatch"),
    );
    let action = wire.replace("x-acs-action: AssumeRole", "x-acs-action: GetCallerIdentity");
    assert_ne!(action, wire);
    table.row(
        "tampered action",
        &exchange(&emulator, action.as_bytes()).await,
        (400, "SignatureDoesNotMatch"),
    );
    assert_eq!(exchange(&emulator, wire.as_bytes()).await.status, 200);
    table.row("replay by ACS3", &exchange(&emulator, wire.as_bytes()).await, (400, "SignatureNonceUsed"));

    assert!(emulator.revoke_session(other.access_key_id()));
    let revoked = Call::signed("GetCallerIdentity", &other).send(&emulator).await;
    table.row("revoked session", &revoked, (400, "InvalidSecurityToken.Expired"));
    emulator.replace_world(World::from_toml(&WORLD.replace("name = \"open\"", "name = \"closed\"")).unwrap());
    table.row(
        "session of a role that is gone",
        &by_session().send(&emulator).await,
        (400, "InvalidSecurityToken.Expired"),
    );
    emulator.replace_world(World::from_toml(WORLD).unwrap());
    assert_eq!(by_session().with("SignatureNonce", "again").send(&emulator).await.status, 200);
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(3600)));
    table.row(
        "expired session",
        &by_session().with("SignatureNonce", "late").send(&emulator).await,
        (400, "InvalidSecurityToken.Expired"),
    );
    table.has_at_least(37);
}

const IMPLICIT: &str = "ImplicitDeny";
const EXPLICIT: &str = "ExplicitDeny";
const IDENTITY: &str = "AccountLevelIdentityBasedPolicy";
const TRUST: &str = "AssumeRolePolicy";
const SESSION: &str = "SessionPolicy";

/// Every row is `NoPermission` with 403; what differs is which policy says no, and how. Beside each stands what is let through, where
/// that differs by a parameter.
#[tokio::test]
async fn policies_refuse_as_they_say() {
    let emulator = start().await;
    let mut table = Table::new();
    let all = user("all");
    let away = Credentials::new("LTAI5t-away", "away-secret");
    let abroad = |name: &str| format!("acs:ram::{AWAY}:role/{name}");
    let to_open = |name: &str| assume(&user(name), &role("open"));
    let id = |name: &str, id: &str| to_open(name).with("ExternalId", id);
    let trust = |name: &str| assume(&all, &role(name));
    let rows = [
        ("no policy at all", to_open("nothing"), IMPLICIT, IDENTITY),
        ("other action allowed", to_open("other-action"), IMPLICIT, IDENTITY),
        ("other service allowed", to_open("other-service"), IMPLICIT, IDENTITY),
        ("all but this action allowed", to_open("not-action"), IMPLICIT, IDENTITY),
        ("other role allowed", to_open("other-role"), IMPLICIT, IDENTITY),
        ("roles of another account allowed", to_open("other-account"), IMPLICIT, IDENTITY),
        ("resources differ by case", to_open("case-of-resource"), IMPLICIT, IDENTITY),
        ("deny over allow", to_open("deny-over-allow"), EXPLICIT, IDENTITY),
        ("deny over allow in one policy", to_open("deny-in-one"), EXPLICIT, IDENTITY),
        ("deny of all but others", to_open("deny-by-not-action"), EXPLICIT, IDENTITY),
        ("StringEquals", id("if-string-equals", "Right"), IMPLICIT, IDENTITY),
        ("StringEquals without the key", to_open("if-string-equals"), IMPLICIT, IDENTITY),
        ("StringNotEquals", id("if-string-not-equals", "other"), IMPLICIT, IDENTITY),
        ("StringEqualsIgnoreCase", id("if-string-ignore-case", "wrong"), IMPLICIT, IDENTITY),
        ("StringNotEqualsIgnoreCase", id("if-string-not-ignore-case", "Wrong"), IMPLICIT, IDENTITY),
        ("StringLike", id("if-string-like", "wrong"), IMPLICIT, IDENTITY),
        ("StringNotLike", id("if-string-not-like", "wrong"), IMPLICIT, IDENTITY),
        ("NumericLessThan", id("if-numeric", "100"), IMPLICIT, IDENTITY),
        ("NumericEquals", id("if-numeric-equals", "43"), IMPLICIT, IDENTITY),
        ("number that is none", id("if-numeric", "ten"), IMPLICIT, IDENTITY),
        ("DateGreaterThan", to_open("if-date"), IMPLICIT, IDENTITY),
        ("DateLessThan", to_open("if-date-less"), IMPLICIT, IDENTITY),
        ("Bool", to_open("if-bool"), IMPLICIT, IDENTITY),
        ("Bool without the key", to_open("if-mfa"), IMPLICIT, IDENTITY),
        ("IpAddress", to_open("if-ip"), IMPLICIT, IDENTITY),
        ("NotIpAddress", to_open("if-not-ip"), IMPLICIT, IDENTITY),
        ("principal's ARN", to_open("if-principal"), IMPLICIT, IDENTITY),
        ("trusts another user", trust("trusts-another-user"), IMPLICIT, TRUST),
        ("trusts a role", trust("trusts-a-role"), IMPLICIT, TRUST),
        ("trusts another account", trust("trusts-away"), IMPLICIT, TRUST),
        ("trusts a service", trust("trusts-a-service"), IMPLICIT, TRUST),
        ("trusts a provider", trust("trusts-a-provider"), IMPLICIT, TRUST),
        ("trust denies over allow", trust("denies-the-user"), EXPLICIT, TRUST),
        ("trust wants an external id", trust("needs-external-id"), IMPLICIT, TRUST),
        (
            "trust wants another external id",
            trust("needs-external-id").with("ExternalId", "tenant-8"),
            IMPLICIT,
            TRUST,
        ),
        (
            "trust wants a source identity",
            trust("needs-source-identity").with("SourceIdentity", "alice"),
            IMPLICIT,
            TRUST,
        ),
        ("trust wants an address", trust("needs-ip"), IMPLICIT, TRUST),
        ("trust wants another time", trust("needs-time"), IMPLICIT, TRUST),
        ("trust wants TLS", trust("needs-tls"), IMPLICIT, TRUST),
        ("trust wants MFA", trust("needs-mfa"), IMPLICIT, TRUST),
        ("stranger of another account", assume(&away, &role("open")), IMPLICIT, TRUST),
        ("role of another account that trusts its own", assume(&all, &abroad("closed")), IMPLICIT, TRUST),
        (
            "role of another account without a policy for it",
            assume(&user("other-role"), &abroad("for-home")),
            IMPLICIT,
            IDENTITY,
        ),
    ];
    for (what, call, how, by) in rows {
        let response = call.send(&emulator).await;
        table.row(what, &response, (403, "NoPermission"));
        assert_eq!(denied_by(&response), (how.to_owned(), by.to_owned()), "{what}");
    }
    for (what, call) in [
        ("everything fits", trust("open")),
        ("exact external id", trust("needs-external-id").with("ExternalId", "tenant-7")),
        ("source identity", trust("needs-source-identity").with("SourceIdentity", "team-a")),
        ("StringEquals", id("if-string-equals", "right")),
        ("StringNotEquals", id("if-string-not-equals", "right")),
        ("StringEqualsIgnoreCase", id("if-string-ignore-case", "right")),
        ("StringNotEqualsIgnoreCase", id("if-string-not-ignore-case", "right")),
        ("StringLike", id("if-string-like", "right")),
        ("StringNotLike", id("if-string-not-like", "right")),
        ("NumericLessThan", id("if-numeric", "99.5")),
        ("NumericEquals", id("if-numeric-equals", "42.0")),
        ("other account", assume(&away, &role("trusts-away"))),
        ("another account's role", assume(&user("other-account"), &abroad("for-home"))),
    ] {
        let response = call.send(&emulator).await;
        assert_eq!(response.status, 200, "{what}: {}", response.body);
    }
    // Where TLS is said to be used, it is.
    let secure = World::from_toml(&format!("secure_transport = true\n{WORLD}")).unwrap();
    emulator.replace_world(secure);
    for call in [trust("needs-tls"), to_open("if-bool")] {
        assert_eq!(call.send(&emulator).await.status, 200);
    }
    table.has_at_least(43);
}

#[tokio::test]
async fn sessions_may_do_what_role_and_session_policy_both_allow() {
    let emulator = start().await;
    let mut table = Table::new();
    let all = user("all");
    let statement = |effect: &str, action: &str, resource: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}"#)
    };
    let policy =
        |statements: &[String]| format!(r#"{{"Version":"1","Statement":[{}]}}"#, statements.join(","));
    let everything = statement("Allow", "*", "*");
    let session = |role_name: &'static str, statements: Vec<String>| {
        let mut call = assume(&all, &role(role_name));
        if !statements.is_empty() {
            call = call.with("Policy", &policy(&statements));
        }
        let emulator = &emulator;
        async move { call.send(emulator).await.credentials() }
    };
    let rows = [
        ("narrower: other service", "open", vec![statement("Allow", "oss:*", "*")], IMPLICIT, SESSION),
        (
            "narrower: other role",
            "open",
            vec![statement("Allow", "sts:AssumeRole", "acs:ram:*:*:role/weak")],
            IMPLICIT,
            SESSION,
        ),
        (
            "narrower: denied",
            "open",
            vec![everything.clone(), statement("Deny", "sts:*", "*")],
            EXPLICIT,
            SESSION,
        ),
        ("wider than the role", "weak", vec![everything.clone()], IMPLICIT, IDENTITY),
        ("role without the action", "weak", Vec::new(), IMPLICIT, IDENTITY),
    ];
    for (what, role_name, statements, how, by) in rows {
        let credentials = session(role_name, statements).await;
        let response = assume(&credentials, &role("open")).send(&emulator).await;
        table.row(what, &response, (403, "NoPermission"));
        assert_eq!(denied_by(&response), (how.to_owned(), by.to_owned()), "{what}");
        assert_eq!(response.text("AccessDeniedDetail.AuthPrincipalType").as_deref(), Some("AssumedRoleUser"));
        // It is still somebody.
        assert_eq!(Call::signed("GetCallerIdentity", &credentials).send(&emulator).await.status, 200);
    }
    for statements in [
        Vec::new(),
        vec![everything],
        vec![statement("Allow", "sts:AssumeRole", "acs:ram:*:*:role/trusts-*")],
    ] {
        let credentials = session("open", statements).await;
        // A session of a role is the role, too.
        let response = assume(&credentials, &role("trusts-a-role")).send(&emulator).await;
        assert_eq!(response.status, 200, "{}", response.body);
    }
    table.has_at_least(5);
}

#[tokio::test]
async fn the_trail_says_which_policy_decided() {
    let emulator = start().await;
    assume(&user("deny-over-allow"), &role("open")).send(&emulator).await;
    let record = emulator.requests().pop().unwrap();
    let why = format!("{record:?}");
    let expected = format!(
        "sts:AssumeRole on acs:ram::{HOME}:role/open: denied by identity policies `inline policy 1`, statement 0"
    );
    assert!(why.contains(&expected), "{why}");
}
