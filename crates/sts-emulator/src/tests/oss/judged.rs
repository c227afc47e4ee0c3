//! Who may do what: every row a request, allowed or refused, with its status and code.

use crate::Fault;

use super::bench::{Ask, Bench, Reply, Scheme, ask};
use super::world::{ABROAD, HOME};

const GET: fn(&str, &str) -> Ask = |bucket, key| ask("GET", bucket, key);

fn put(bucket: &str, key: &str) -> Ask {
    ask("PUT", bucket, key).body("new")
}

fn list(bucket: &str) -> Ask {
    ask("GET", bucket, "")
}

fn delete_many(bucket: &str, keys: &[&str]) -> Ask {
    let objects: String = keys.iter().map(|key| format!("<Object><Key>{key}</Key></Object>")).collect();
    ask("POST", bucket, "")
        .query("delete", "")
        .body(format!("<Delete><Quiet>false</Quiet>{objects}</Delete>"))
}

async fn by(bench: &Bench, who: &str, ask: Ask) -> Reply {
    match who {
        "anonymous" => bench.anonymously(ask).await,
        "session" => bench.by(&bench.session(None), ask).await,
        policy if policy.starts_with('{') => {
            let policy = format!(r#"{{"Version":"1","Statement":[{policy}]}}"#);
            bench.by(&bench.session(Some(&policy)), ask).await
        }
        name => bench.by(&bench.key(name), ask).await,
    }
}

const DENIED: &str = "403 AccessDenied";
const PUT_ONLY: &str = r#"{"Effect":"Allow","Action":"oss:PutObject","Resource":"acs:oss:*:*:mine/*"}"#;
const DELETE_ONLY: &str = r#"{"Effect":"Allow","Action":["oss:DeleteObject"],"Resource":["acs:oss:*:*:*"]}"#;
const ALL: &str = r#"{"Effect":"Allow","Action":"oss:*","Resource":"*"}"#;
const READ_ONE: &str =
    r#"{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:mine/public/*"}"#;
const DENY_OVER_ALLOW: &str = r#"{"Effect":"Allow","Action":"oss:*","Resource":"*"},{"Effect":"Deny","Action":"oss:GetObject","Resource":"*/a.txt"}"#;

/// One line: what, who, request, outcome.
type Row = (&'static str, &'static str, Ask, &'static str);

async fn check(rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for (what, who, ask, expected) in rows {
        // Each in a world of its own: what one row deletes, another reads.
        let reply = by(&Bench::new(), who, ask).await;
        if reply.outcome() != expected {
            wrong.push(format!("{what}: {who} got {}, not {expected}", reply.outcome()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn by_action_and_resource() {
    check(vec![
        ("allowed action and resource", "reader", GET("mine", "public/a.txt"), "200"),
        ("HEAD is GetObject", "reader", ask("HEAD", "mine", "public/a.txt"), "200"),
        (
            "GetObjectMeta is GetObject",
            "reader",
            ask("HEAD", "mine", "public/a.txt").query("objectMeta", ""),
            "200",
        ),
        ("another resource", "reader", GET("mine", "a.txt"), DENIED),
        ("another bucket", "reader", GET("shared", "public/a.txt"), DENIED),
        ("a resource that is a prefix only", "reader", GET("mine", "public"), DENIED),
        ("case of the resource counts", "reader", GET("mine", "Public/a.txt"), DENIED),
        ("another action", "reader", put("mine", "public/a.txt"), DENIED),
        ("DELETE is another action", "reader", ask("DELETE", "mine", "public/a.txt"), DENIED),
        ("no policies at all", "nobody", GET("mine", "a.txt"), DENIED),
        ("an object pattern is no bucket", "wrong-level", list("mine"), DENIED),
        ("ListBuckets", "lister", list(""), "200"),
        ("ListBuckets is not ListObjects", "lister", list("mine"), DENIED),
        ("ListObjects is not ListBuckets", "reader", list(""), DENIED),
        ("PutBucket", "admin", ask("PUT", "brand-new", ""), "200"),
        ("PutBucket, not allowed", "reader", ask("PUT", "brand-new", ""), DENIED),
        ("DeleteBucket", "admin", ask("DELETE", "mine", ""), "409 BucketNotEmpty"),
        ("DeleteBucket, not allowed", "reader", ask("DELETE", "mine", ""), DENIED),
        ("GetBucketInfo", "admin", list("mine").query("bucketInfo", ""), "200"),
        ("GetBucketInfo, not allowed", "reader", list("mine").query("bucketInfo", ""), DENIED),
        ("GetBucketLocation, not allowed", "reader", list("mine").query("location", ""), DENIED),
        ("GetBucketAcl, not allowed", "reader", list("mine").query("acl", ""), DENIED),
        (
            "PutObjectAcl needs its own action",
            "puts-untagged",
            put("mine", "a.txt").query("acl", "").header("x-oss-object-acl", "private"),
            DENIED,
        ),
        (
            "InitiateMultipartUpload is PutObject",
            "puts-untagged",
            ask("POST", "mine", "b").query("uploads", ""),
            "200",
        ),
        (
            "InitiateMultipartUpload, not allowed",
            "reader",
            ask("POST", "mine", "b").query("uploads", ""),
            DENIED,
        ),
        (
            "UploadPart, not allowed",
            "reader",
            put("mine", "b").query("uploadId", "u").query("partNumber", "1"),
            DENIED,
        ),
        (
            "CompleteMultipartUpload, not allowed",
            "reader",
            ask("POST", "mine", "b").query("uploadId", "u"),
            DENIED,
        ),
        (
            "AbortMultipartUpload is an action",
            "puts-untagged",
            ask("DELETE", "mine", "b").query("uploadId", "u"),
            DENIED,
        ),
        ("ListParts is an action", "puts-untagged", GET("mine", "b").query("uploadId", "u"), DENIED),
        ("ListMultipartUploads, not allowed", "reader", list("mine").query("uploads", ""), DENIED),
        ("a key that is not there, not allowed", "reader", GET("mine", "missing"), DENIED),
        ("a key that is not there, allowed", "reader", GET("mine", "public/missing"), "404 NoSuchKey"),
        ("a bucket that is not there", "reader", GET("missing", "a"), "404 NoSuchBucket"),
        (
            "CopyObject reads and writes",
            "admin",
            put("mine", "copies/a").header("x-oss-copy-source", "/mine/a.txt"),
            "200",
        ),
        (
            "CopyObject, source not allowed",
            "copies-into",
            put("mine", "copies/a").header("x-oss-copy-source", "/mine/a.txt"),
            DENIED,
        ),
        (
            "CopyObject, source open to all",
            "copies-into",
            put("mine", "copies/a").header("x-oss-copy-source", "/open/a.txt"),
            "200",
        ),
        (
            "CopyObject, target not allowed",
            "copies-into",
            put("mine", "other/a").header("x-oss-copy-source", "/open/a.txt"),
            DENIED,
        ),
    ])
    .await;
}

#[tokio::test]
async fn by_condition() {
    check(vec![
        ("prefix", "reader", list("mine").query("prefix", "public/"), "200"),
        ("prefix, V2", "reader", list("mine").query("list-type", "2").query("prefix", "public/2026"), "200"),
        ("another prefix", "reader", list("mine").query("prefix", "keep/"), DENIED),
        ("an empty prefix", "reader", list("mine").query("prefix", ""), DENIED),
        ("no prefix", "reader", list("mine"), DENIED),
        ("delimiter", "folders-only", list("mine").query("delimiter", "/"), "200"),
        ("another delimiter", "folders-only", list("mine").query("delimiter", "a"), DENIED),
        ("address", "in-office", GET("mine", "a.txt").from("10.1.2.3"), "200"),
        ("address, IPv4 in IPv6", "in-office", GET("mine", "a.txt").from("::ffff:10.1.2.3"), "200"),
        ("address, IPv6", "in-office", GET("mine", "a.txt").from("2001:db8::1"), "200"),
        ("another address", "in-office", GET("mine", "a.txt").from("192.0.2.1"), DENIED),
        ("not this address", "not-in-office", GET("mine", "a.txt").from("10.1.2.3"), DENIED),
        ("not this address, another", "not-in-office", GET("mine", "a.txt").from("192.0.2.1"), "200"),
        ("time", "in-time", GET("mine", "a.txt"), "200"),
        ("time is past", "too-late", GET("mine", "a.txt"), DENIED),
        ("transport", "over-tls", GET("mine", "a.txt"), DENIED),
        ("user agent", "by-agent", GET("mine", "a.txt").header("user-agent", "good-client/1"), "200"),
        ("another user agent", "by-agent", GET("mine", "a.txt").header("user-agent", "bad"), DENIED),
        ("no user agent", "by-agent", GET("mine", "a.txt"), DENIED),
        ("object ACL", "keeps-private", put("mine", "b").header("x-oss-object-acl", "private"), "200"),
        (
            "another object ACL",
            "keeps-private",
            put("mine", "b").header("x-oss-object-acl", "public-read"),
            DENIED,
        ),
        ("no object ACL", "keeps-private", put("mine", "b"), DENIED),
        ("bucket ACL", "private-buckets", ask("PUT", "brand-new", "").header("x-oss-acl", "private"), "200"),
        (
            "another bucket ACL",
            "private-buckets",
            ask("PUT", "brand-new", "").header("x-oss-acl", "public-read"),
            DENIED,
        ),
        ("tag", "tags-new", put("mine", "b").header("x-oss-tagging", "team=red"), "200"),
        ("another tag", "tags-new", put("mine", "b").header("x-oss-tagging", "team=blue"), DENIED),
        (
            "tags need their own action",
            "puts-untagged",
            put("mine", "b").header("x-oss-tagging", "team=red"),
            DENIED,
        ),
        ("without tags they do not", "puts-untagged", put("mine", "b"), "200"),
    ])
    .await;
}

#[tokio::test]
async fn by_session_and_by_denial() {
    let long_ago = r#"{"Effect":"Allow","Action":"oss:*","Resource":"*","Condition":{"DateLessThan":{"acs:CurrentTime":"2020-01-01T00:00:00Z"}}}"#;
    check(vec![
        ("deny over allow", "keeper", ask("DELETE", "mine", "keep/a.txt"), DENIED),
        ("allow beside a deny", "keeper", ask("DELETE", "mine", "a.txt"), "204"),
        ("deny of one key denies the batch", "keeper", delete_many("mine", &["a.txt", "keep/a.txt"]), DENIED),
        ("a batch", "keeper", delete_many("mine", &["a.txt", "public/a.txt", "missing"]), "200"),
        ("the role's rights", "session", put("mine", "a.txt"), "200"),
        ("the role's rights end with its account", "session", GET("abroad", "a.txt"), DENIED),
        ("session narrower", READ_ONE, GET("mine", "public/a.txt"), "200"),
        ("session narrower: resource", READ_ONE, GET("mine", "a.txt"), DENIED),
        ("session narrower: action", READ_ONE, put("mine", "public/a.txt"), DENIED),
        ("session wider than the role", ALL, GET("abroad", "a.txt"), DENIED),
        ("session as wide as the role", ALL, GET("mine", "a.txt"), "200"),
        ("session: PutObject only", PUT_ONLY, put("mine", "a.txt"), "200"),
        ("session: PutObject only, batch", PUT_ONLY, delete_many("mine", &["a.txt"]), DENIED),
        ("session: DeleteObject only, batch", DELETE_ONLY, delete_many("mine", &["a.txt", "b"]), "200"),
        ("session: DeleteObject only, put", DELETE_ONLY, put("mine", "a.txt"), DENIED),
        ("session denies over its own allow", DENY_OVER_ALLOW, GET("mine", "a.txt"), DENIED),
        ("session denies nothing else", DENY_OVER_ALLOW, put("mine", "a.txt"), "200"),
        ("a session's time condition", long_ago, GET("mine", "a.txt"), DENIED),
        (
            "what is open to all is not open to a session that leaves it out",
            PUT_ONLY,
            GET("open", "a.txt"),
            DENIED,
        ),
    ])
    .await;
}

#[tokio::test]
async fn by_bucket_policy_and_acl() {
    let put_as = |agent: &str| put("shared", "locked/a").header("user-agent", agent);
    check(vec![
        ("a bucket policy lets a stranger in", "stranger", GET("shared", "a.txt"), "200"),
        ("and list", "stranger", list("shared"), "200"),
        ("and nothing else", "stranger", put("shared", "a.txt"), DENIED),
        ("and nobody else of that account", "other-stranger", GET("shared", "a.txt"), DENIED),
        ("a stranger elsewhere", "stranger", GET("mine", "a.txt"), DENIED),
        ("the stranger's own account", ABROAD, GET("shared", "a.txt"), "200"),
        ("a bucket policy for a role", READ_ONE, GET("shared", "for-app/a.txt"), DENIED),
        ("a bucket policy for a role, session as wide", ALL, GET("shared", "for-app/a.txt"), "200"),
        ("a bucket policy for all", "nobody", GET("shared", "for-all/a.txt"), "200"),
        ("a bucket policy for all, nobody at all", "anonymous", GET("shared", "for-all/a.txt"), "200"),
        ("a bucket policy denies over allow", "admin", put_as("any"), DENIED),
        ("a bucket policy denies the owner, too", HOME, put_as("any"), DENIED),
        ("its condition is not met", "admin", put("shared", "locked/a"), "200"),
        ("the owner", HOME, GET("mine", "a.txt"), "200"),
        ("the owner of another", HOME, GET("abroad", "a.txt"), DENIED),
        ("another's bucket cannot be managed", "stranger", ask("DELETE", "open", ""), DENIED),
        ("another's name cannot be taken", "stranger", ask("PUT", "mine", ""), "409 BucketAlreadyExists"),
        ("private", "anonymous", GET("mine", "a.txt"), DENIED),
        ("public-read", "anonymous", GET("open", "a.txt"), "200"),
        ("public-read, HEAD", "anonymous", ask("HEAD", "open", "a.txt"), "200"),
        ("public-read, listed", "anonymous", list("open"), "200"),
        ("public-read, by a user without policies", "nobody", GET("open", "a.txt"), "200"),
        ("public-read, but denied", "shut-out", GET("open", "a.txt"), DENIED),
        ("public-read, written", "anonymous", put("open", "a.txt"), DENIED),
        ("public-read, deleted", "anonymous", ask("DELETE", "open", "a.txt"), DENIED),
        ("public-read-write", "anonymous", put("wild", "a.txt"), "200"),
        ("public-read-write, deleted", "anonymous", ask("DELETE", "wild", "a.txt"), "204"),
        ("public-read-write, a batch", "anonymous", delete_many("wild", &["a.txt", "b"]), "200"),
        ("public-read-write, managed", "anonymous", ask("DELETE", "wild", ""), DENIED),
        ("nobody has no buckets", "anonymous", list(""), DENIED),
        ("nobody makes no bucket", "anonymous", ask("PUT", "brand-new", ""), DENIED),
        ("an ACL does not open what is managed", "nobody", list("open").query("acl", ""), DENIED),
    ])
    .await;
}

#[tokio::test]
async fn object_acls_and_tags_decide_once_they_are_set() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    let put_as = |key: &str, acl: &str| put("mine", key).header("x-oss-object-acl", acl);
    assert_eq!(bench.by(&admin, put_as("open", "public-read")).await.outcome(), "200");
    assert_eq!(bench.anonymously(GET("mine", "open")).await.outcome(), "200");
    assert_eq!(bench.anonymously(put("mine", "open")).await.outcome(), DENIED);
    let close = ask("PUT", "mine", "open").query("acl", "").header("x-oss-object-acl", "private");
    assert_eq!(bench.by(&admin, close).await.outcome(), "200");
    assert_eq!(bench.anonymously(GET("mine", "open")).await.outcome(), DENIED);

    let closed = ask("PUT", "open", "a.txt").body("x").header("x-oss-object-acl", "private");
    assert_eq!(bench.by(&admin, closed).await.outcome(), "200");
    assert_eq!(bench.anonymously(GET("open", "a.txt")).await.outcome(), DENIED);

    let reader = bench.key("reads-tagged");
    assert_eq!(bench.by(&reader, GET("mine", "a.txt")).await.outcome(), DENIED);
    let tagged = put("mine", "a.txt").header("x-oss-tagging", "team=red&other=1");
    assert_eq!(bench.by(&admin, tagged).await.outcome(), "200");
    let read = bench.by(&reader, GET("mine", "a.txt")).await;
    assert_eq!((read.outcome().as_str(), read.header("x-oss-tagging-count")), ("200", Some("2")));
}

#[tokio::test]
async fn a_batch_is_deleted_whole_or_not_at_all() {
    let bench = Bench::new();
    let keeper = bench.key("keeper");
    let refused = bench.by(&keeper, delete_many("mine", &["a.txt", "keep/a.txt"])).await;
    assert_eq!(refused.outcome(), DENIED);
    assert_eq!(bench.by(&keeper, GET("mine", "a.txt")).await.outcome(), "200");
}

/// The words that clients and people look for.
#[tokio::test]
async fn messages_are_those_of_the_service() {
    let bench = Bench::new();
    let message = |reply: &Reply| {
        (reply.element("Message").unwrap().to_owned(), reply.element("EC").unwrap_or_default().to_owned())
    };
    let policy = format!(r#"{{"Version":"1","Statement":[{PUT_ONLY}]}}"#);
    let batch = bench.by(&bench.session(Some(&policy)), delete_many("mine", &["a.txt"])).await;
    assert_eq!(
        message(&batch),
        ("Access denied by authorizer&apos;s policy.".to_owned(), "0003-00000204".to_owned())
    );
    let session = bench.by(&bench.session(Some(&policy)), GET("mine", "a.txt")).await;
    assert_eq!(message(&session).1, "0003-00000202");
    let anonymous = bench.anonymously(GET("mine", "a.txt")).await;
    assert_eq!(
        message(&anonymous),
        (
            "You have no right to access this object because of bucket acl.".to_owned(),
            "0003-00000001".to_owned()
        )
    );
    assert_eq!(anonymous.header("x-oss-ec"), Some("0003-00000001"));
    let denied = bench.by(&bench.key("keeper"), ask("DELETE", "mine", "keep/a.txt")).await;
    assert_eq!(message(&denied).1, "0003-00000201");
    let by_bucket = bench.by(&bench.key(HOME), put("shared", "locked/a").header("user-agent", "x")).await;
    assert_eq!(
        message(&by_bucket),
        ("Access denied by bucket policy.".to_owned(), "0003-00000101".to_owned())
    );
    let head = bench.anonymously(ask("HEAD", "mine", "a.txt")).await;
    assert_eq!((head.status, head.body.len()), (403, 0));
    assert!(head.header("x-oss-err").is_some());
}

#[tokio::test]
async fn the_trail_says_why() {
    let bench = Bench::new();
    bench.ask(&GET("mine", "public/a.txt"), &bench.key("reader"), Scheme::V1).await;
    bench.by(&bench.key("keeper"), ask("DELETE", "mine", "keep/a.txt")).await;
    bench.by(&bench.key("reader"), put("mine", "a.txt")).await;
    bench.anonymously(GET("open", "a.txt")).await;
    let trail = bench.cloud.trail.to_vec();
    let last = |index: usize| {
        let record = &trail[index];
        let check = record.checks.last().unwrap();
        (record.action().unwrap().to_owned(), record.status(), check.is_passed(), check.detail().to_owned())
    };
    let resource = |key: &str| format!("acs:oss:cn-hangzhou:{HOME}:mine/{key}");
    let allowed = format!(
        "oss:GetObject {}: allowed by identity policies `reader`, statement 0",
        resource("public/a.txt")
    );
    assert_eq!(last(0), ("GetObject".to_owned(), 200, true, allowed));
    let denied = format!(
        "oss:DeleteObject on {}: denied by identity policies `keeper`, statement 1",
        resource("keep/a.txt")
    );
    assert_eq!(last(1), ("DeleteObject".to_owned(), 403, false, denied));
    let silent = format!("oss:PutObject on {}: not allowed by identity policies", resource("a.txt"));
    assert_eq!(last(2), ("PutObject".to_owned(), 403, false, silent));
    let acl = format!("oss:GetObject acs:oss:cn-hangzhou:{HOME}:open/a.txt: allowed by the ACL");
    assert_eq!(last(3), ("GetObject".to_owned(), 200, true, acl));
}

#[tokio::test]
async fn faults_strike_before_anything_is_done() {
    let bench = Bench::new();
    bench.inject(Fault::error(503, "ServiceUnavailable").operation("PutObject").times(1));
    let refused = bench.by(&bench.key("admin"), put("mine", "new.txt")).await;
    assert_eq!(refused.outcome(), "503 ServiceUnavailable");
    assert_eq!(bench.by(&bench.key("admin"), GET("mine", "new.txt")).await.outcome(), "404 NoSuchKey");
    assert_eq!(bench.by(&bench.key("admin"), put("mine", "new.txt")).await.outcome(), "200");
}
