//! Uploads by forms.

use sts_sign::{oss_v1, oss_v4};
use sts_types::Credentials;

use super::bench::{Ask, Bench, ask};
use crate::clock::system_time;

const BOUNDARY: &str = "----the-boundary";

fn form(fields: &[(&str, &str)], file: &str) -> Ask {
    let mut body = String::new();
    for (name, value) in fields {
        body +=
            &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"the file.txt\"\r\nContent-Type: text/csv\r\n\r\n\
         {file}\r\n--{BOUNDARY}--\r\n"
    );
    ask("POST", "mine", "")
        .header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(body)
}

/// A policy that ends at that many seconds from now.
fn policy(bench: &Bench, seconds: i64, conditions: &str) -> String {
    let end = bench.cloud.clock.now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
    let end = end.strftime("%Y-%m-%dT%H:%M:%S.000Z");
    format!(r#"{{"expiration":"{end}","conditions":[{conditions}]}}"#)
}

fn v1(credentials: &Credentials, policy: &str) -> Vec<(String, String)> {
    let fields = oss_v1::Signer::new(credentials).sign_post(policy).unwrap();
    fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn v4(bench: &Bench, credentials: &Credentials, seconds: i64, conditions: &str) -> Vec<(String, String)> {
    let now = jiff::Timestamp::from_second(bench.cloud.clock.now().as_second()).unwrap();
    let now = system_time(now);
    let signer = oss_v4::Signer::new(credentials, "cn-hangzhou", now).unwrap();
    let own = signer.post_conditions(now).unwrap();
    let own: Vec<String> = own.iter().map(|(name, value)| format!(r#"{{"{name}":"{value}"}}"#)).collect();
    let conditions = [conditions].into_iter().filter(|text| !text.is_empty()).map(str::to_owned).chain(own);
    let policy = policy(bench, seconds, &conditions.collect::<Vec<_>>().join(","));
    let fields = signer.sign_post(&policy, now).unwrap();
    fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

async fn send(
    bench: &Bench,
    signed: &[(String, String)],
    own: &[(&str, &str)],
    file: &str,
) -> super::bench::Reply {
    let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = own.iter().copied().chain(signed).collect();
    bench.anonymously(form(&fields, file)).await
}

const CONDITIONS: &str = r#"{"bucket":"mine"},["starts-with","$key","up/"],["content-length-range",1,10]"#;

#[tokio::test]
async fn a_form_that_keeps_to_its_policy_is_taken() {
    let bench = Bench::new();
    for credentials in [bench.key("admin"), bench.session(None)] {
        let both =
            [v1(&credentials, &policy(&bench, 60, CONDITIONS)), v4(&bench, &credentials, 60, CONDITIONS)];
        for signed in both {
            let own = [("key", "up/${filename}"), ("x-oss-meta-a", "1"), ("Cache-Control", "no-cache")];
            let reply = send(&bench, &signed, &own, "a,b").await;
            assert_eq!(reply.outcome(), "204", "{}", reply.text());
            let read = bench.by(&credentials, ask("GET", "mine", "up/the file.txt")).await;
            assert_eq!(read.text(), "a,b");
            assert_eq!(
                (read.header("content-type"), read.header("x-oss-meta-a"), read.header("cache-control")),
                (Some("text/csv"), Some("1"), Some("no-cache"))
            );
        }
    }
}

#[tokio::test]
async fn a_form_is_refused() {
    let bench = Bench::new();
    let (admin, reader) = (bench.key("admin"), bench.key("reader"));
    let good = |credentials: &Credentials| v4(&bench, credentials, 60, CONDITIONS);
    const KEY: &[(&str, &str)] = &[("key", "up/a")];
    let change = |mut fields: Vec<(String, String)>, name: &str, value: &str| {
        fields.iter_mut().filter(|(own, _)| own == name).for_each(|(_, own)| value.clone_into(own));
        fields
    };
    let put_only =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:PutObject","Resource":"*/other/*"}]}"#;
    let digits = "0".repeat(64);
    type Row = (
        &'static str,
        Vec<(String, String)>,
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static str,
    );
    let rows: Vec<Row> = vec![
        ("another key than the policy has", good(&admin), &[("key", "down/a")], "a", "403 AccessDenied"),
        ("too large", good(&admin), KEY, "12345678901", "400 EntityTooLarge"),
        ("too small", good(&admin), KEY, "", "400 EntityTooSmall"),
        ("expired, V4", v4(&bench, &admin, -60, CONDITIONS), KEY, "a", "403 AccessDenied"),
        ("expired, V1", v1(&admin, &policy(&bench, -60, CONDITIONS)), KEY, "a", "403 AccessDenied"),
        ("not allowed to put", good(&reader), KEY, "a", "403 AccessDenied"),
        ("a session that may not", good(&bench.session(Some(put_only))), KEY, "a", "403 AccessDenied"),
        (
            "another signature",
            change(good(&admin), "x-oss-signature", &digits),
            KEY,
            "a",
            "403 SignatureDoesNotMatch",
        ),
        (
            "an unsigned policy",
            change(
                v1(&admin, &policy(&bench, 60, CONDITIONS)),
                "policy",
                "eyJleHBpcmF0aW9uIjoiMjA5OS0wMS0wMVQwMDowMDowMFoiLCJjb25kaXRpb25zIjpbXX0=",
            ),
            KEY,
            "a",
            "403 SignatureDoesNotMatch",
        ),
        ("no policy", change(good(&admin), "policy", "?"), KEY, "a", "400 MalformedPOSTRequest"),
        ("nobody, private bucket", Vec::new(), KEY, "a", "403 AccessDenied"),
        ("no key", good(&admin), &[], "a", "400 InvalidArgument"),
        (
            "a bad ACL",
            good(&admin),
            &[("key", "up/a"), ("x-oss-object-acl", "all")],
            "a",
            "400 InvalidArgument",
        ),
    ];
    for (what, signed, own, file, expected) in rows {
        let reply = send(&bench, &signed, own, file).await;
        assert_eq!(reply.outcome(), expected, "{what}: {}", reply.text());
    }
    for (what, content_type, body) in [
        ("no form", "text/plain", "a"),
        ("no boundary", "multipart/form-data", "a"),
        (
            "no end",
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nx",
        ),
    ] {
        let reply =
            bench.anonymously(ask("POST", "wild", "").header("content-type", content_type).body(body)).await;
        assert_eq!(reply.outcome(), "400 MalformedPOSTRequest", "{what}");
    }
    let no_file = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nx\r\n--b--\r\n";
    let no_file =
        ask("POST", "wild", "").header("content-type", "multipart/form-data; boundary=b").body(no_file);
    assert_eq!(bench.anonymously(no_file).await.outcome(), "400 InvalidArgument");
}

#[tokio::test]
async fn what_comes_back_is_what_the_form_wants() {
    let bench = Bench::new();
    let admin = bench.key("admin");
    let signed = || v1(&admin, &policy(&bench, 60, ""));
    let created = send(&bench, &signed(), &[("key", "a b"), ("success_action_status", "201")], "x").await;
    assert_eq!(
        (created.status, created.element("Key"), created.element("Bucket")),
        (201, Some("a b"), Some("mine"))
    );
    assert_eq!(created.element("ETag"), Some("&quot;9DD4E461268C8034F5C8564E155C67A6&quot;"));
    let ok = send(&bench, &signed(), &[("key", "a"), ("success_action_status", "200")], "x").await;
    assert_eq!((ok.status, ok.body.len()), (200, 0));
    let page = [("key", "a b"), ("success_action_redirect", "http://localhost/done?x=1")];
    let redirect = send(&bench, &signed(), &page, "x").await;
    let location = redirect.header("location").unwrap();
    assert_eq!(redirect.status, 303);
    assert!(location.starts_with("http://localhost/done?x=1&bucket=mine&key=a%20b&etag=%22"), "{location}");
    let kept = [("key", "a"), ("x-oss-forbid-overwrite", "true")];
    assert_eq!(send(&bench, &signed(), &kept, "x").await.outcome(), "409 FileAlreadyExists");

    // A bucket that everybody may write to takes forms without a policy.
    let open = form(&[("key", "a")], "x").bucket("wild");
    assert_eq!(bench.anonymously(open).await.outcome(), "204");
}
