//! Each preset says what its name says.

use std::error::Error;
use std::time::{Duration, SystemTime};

use crate::{Context, Decision, OssPreset, Policy, Request};

const ACCOUNT: &str = "acs:oss:oss-cn-hangzhou:123456789012:";

fn allows(policy: &Policy, action: &str, resource: &str, context: &[(&str, &str)]) -> bool {
    let context = context.iter().fold(Context::new(), |context, (key, value)| context.with(*key, *value));
    let resource = format!("{ACCOUNT}{resource}");
    let request = Request::new(action, &resource, &context);
    policy.compile().decide(&request).decision() == Decision::Allow
}

fn check(policy: &Policy, allowed: &[(&str, &str)], denied: &[(&str, &str)]) {
    for (action, resource) in allowed {
        assert!(allows(policy, action, resource, &[]), "{action} on {resource}");
    }
    for (action, resource) in denied {
        assert!(!allows(policy, action, resource, &[]), "{action} on {resource}");
    }
}

#[test]
fn read_only_reads_and_lists() {
    let policy = OssPreset::read_only("photos", "2026/").build().unwrap();
    check(
        &policy,
        &[("oss:GetObject", "photos/2026/a.jpg"), ("oss:GetObject", "photos/2026/may/b.jpg")],
        &[
            ("oss:GetObject", "photos/2025/a.jpg"),
            ("oss:GetObject", "photos2/2026/a.jpg"),
            ("oss:PutObject", "photos/2026/a.jpg"),
            ("oss:DeleteObject", "photos/2026/a.jpg"),
            ("oss:ListObjects", "photos"),
            ("oss:GetBucketAcl", "photos"),
        ],
    );
    for (prefix, allowed) in
        [("2026/", true), ("2026/may/", true), ("2025/", false), ("", false), ("2026", false)]
    {
        assert_eq!(
            allows(&policy, "oss:ListObjects", "photos", &[("oss:Prefix", prefix)]),
            allowed,
            "{prefix:?}"
        );
    }
    assert!(!allows(&policy, "oss:ListObjects", "other", &[("oss:Prefix", "2026/")]));

    let all = OssPreset::read_only("photos", "").build().unwrap();
    check(
        &all,
        &[("oss:GetObject", "photos/a"), ("oss:ListObjects", "photos")],
        &[("oss:GetObject", "photos")],
    );
}

#[test]
fn upload_only_cannot_read() {
    let policy = OssPreset::upload_only("photos", "uploads/").build().unwrap();
    check(
        &policy,
        &[
            ("oss:PutObject", "photos/uploads/a"),
            ("oss:AbortMultipartUpload", "photos/uploads/a"),
            ("oss:ListParts", "photos/uploads/a"),
        ],
        &[
            ("oss:PutObject", "photos/a"),
            ("oss:GetObject", "photos/uploads/a"),
            ("oss:DeleteObject", "photos/uploads/a"),
            ("oss:PutObjectAcl", "photos/uploads/a"),
            ("oss:ListObjects", "photos"),
        ],
    );
}

#[test]
fn download_is_of_what_was_named() {
    let policy = OssPreset::download("bucket", ["documents/report.pdf", "images/photo.jpg"]).build().unwrap();
    check(
        &policy,
        &[("oss:GetObject", "bucket/documents/report.pdf"), ("oss:GetObject", "bucket/images/photo.jpg")],
        &[
            ("oss:GetObject", "bucket/documents/report.pdf2"),
            ("oss:GetObject", "bucket/documents/Report.pdf"),
            ("oss:PutObject", "bucket/images/photo.jpg"),
        ],
    );
    let minimal = OssPreset::minimal("bucket", "user-alice/").build().unwrap();
    check(
        &minimal,
        &[("oss:GetObject", "bucket/user-alice/x")],
        &[
            ("oss:GetObject", "bucket/user-alice2/x"),
            ("oss:ListObjects", "bucket"),
            ("oss:PutObject", "bucket/user-alice/x"),
        ],
    );
}

#[test]
fn a_users_folder_is_that_users() {
    let policy = OssPreset::user_folder("bucket", "users", "alice").build().unwrap();
    for action in ["oss:GetObject", "oss:PutObject", "oss:DeleteObject"] {
        check(
            &policy,
            &[(action, "bucket/users/alice/x")],
            &[(action, "bucket/users/bob/x"), (action, "bucket/users/alicex/x")],
        );
    }
    assert!(allows(&policy, "oss:ListObjects", "bucket", &[("oss:Prefix", "users/alice/")]));
    assert!(!allows(&policy, "oss:ListObjects", "bucket", &[("oss:Prefix", "users/")]));
    for user in ["*", "../bob", "a/b", "", "..", "bob?", "${x}", "a\u{0}", "\u{202e}bob", "a:b"] {
        let error = OssPreset::user_folder("b-1", "users", user).build().unwrap_err();
        assert!(error.to_string().starts_with("the value for `user` is refused"), "{user:?}: {error}");
    }
}

#[test]
fn times_and_addresses_bind_every_statement() {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let policy = OssPreset::read_only("b-1", "")
        .between(at(1_704_067_200), "2024-12-31T23:59:59Z")
        .from_addresses(["192.168.1.0/24", "2001:db8::/32"])
        .build()
        .unwrap();
    for (time, address, allowed) in [
        ("2024-01-01T00:00:00Z", "192.168.1.7", true),
        ("2024-12-31T23:59:59Z", "2001:db8::7", true),
        ("2023-12-31T23:59:59Z", "192.168.1.7", false),
        ("2025-01-01T00:00:00Z", "192.168.1.7", false),
        ("2024-06-01T00:00:00Z", "192.168.2.7", false),
    ] {
        let context = [("acs:CurrentTime", time), ("acs:SourceIp", address)];
        for (action, resource) in [("oss:GetObject", "b-1/x"), ("oss:ListObjects", "b-1")] {
            assert_eq!(allows(&policy, action, resource, &context), allowed, "{time} {address} {action}");
        }
    }
}

#[test]
fn names_that_are_patterns_are_refused() {
    for (preset, said) in [
        (OssPreset::read_only("b*c", ""), "`bucket`"),
        (OssPreset::minimal("bucket", "a*"), "`prefix`"),
        (OssPreset::minimal("bucket", "/a"), "`prefix`"),
        (OssPreset::download("bucket", ["x", "y?"]), "`object`"),
        (OssPreset::minimal("bucket", "a/").from_addresses(["10.*"]), "`addresses`"),
        (OssPreset::minimal("bucket", "a/").from_addresses(["*"]), "`addresses`"),
    ] {
        let error = preset.build().unwrap_err();
        assert!(error.to_string().contains(said) && error.source().is_none(), "{error}");
    }
    let none: [&str; 0] = [];
    assert!(OssPreset::download("bucket", none).build().unwrap_err().source().is_some());
    assert!(OssPreset::minimal("bucket", "a/").from_addresses(none).build().is_err());
}
