//! A world with buckets in it.

use std::sync::Arc;

use bytes::Bytes;
use sts_policy::decide::{BucketOwner, Options};
use sts_types::Secret;

use crate::World;
use crate::world::{AccessKey, Account, Acl, Bucket, NamedPolicy, SeedObject, User};

pub(super) const HOME: &str = "1234567890123456";
pub(super) const ABROAD: &str = "2222222222222222";

/// The id of a user abroad.
const STRANGER: &str = "200000000000000002";

/// Everything that the tests are about: users of all kinds, buckets of all ACLs, a bucket policy, a second account.
pub(super) fn world() -> World {
    let mut world = World::default();
    let key = || AccessKey { id: String::new(), secret: Secret::new(""), active: true };
    let bucket_options = Options::new().bucket_owner(BucketOwner::Exempt);
    let policy = |name: &str, statements: &str| {
        let text = format!(r#"{{"Version":"1","Statement":[{statements}]}}"#);
        NamedPolicy::parse(name, &text, if name == "bucket policy" { bucket_options } else { Options::new() })
            .unwrap()
    };
    let user = |(name, statements): (&str, &str)| {
        let policies = match statements {
            "" => Vec::new(),
            some => vec![Arc::new(policy(name, some))],
        };
        Arc::new(User { name: name.to_owned(), id: String::new(), access_keys: vec![key()], policies })
    };
    let everything = r#"{"Effect":"Allow","Action":"oss:*","Resource":"*"}"#;
    let conditional = |condition: &str| {
        format!(r#"{{"Effect":"Allow","Action":"oss:*","Resource":"*","Condition":{{{condition}}}}}"#)
    };
    let reader = r#"
        {"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:mine/public/*"},
        {"Effect":"Allow","Action":"oss:ListObjects","Resource":"acs:oss:*:*:mine","Condition":{"StringLike":{"oss:Prefix":["public/*"]}}}"#;
    let keeper = format!(
        r#"{everything},{{"Effect":"Deny","Action":"oss:Delete*","Resource":"acs:oss:*:*:mine/keep/*"}}"#
    );
    let users = [
        ("admin", everything),
        ("nobody", ""),
        ("reader", reader),
        ("keeper", &keeper),
        ("shut-out", r#"{"Effect":"Deny","Action":"oss:GetObject","Resource":"acs:oss:*:*:open/*"}"#),
        ("lister", r#"{"Effect":"Allow","Action":"oss:ListBuckets","Resource":"acs:oss:*:*:*"}"#),
        ("wrong-level", r#"{"Effect":"Allow","Action":"oss:ListObjects","Resource":"acs:oss:*:*:mine/*"}"#),
        ("in-office", &conditional(r#""IpAddress":{"acs:SourceIp":["10.0.0.0/8","2001:db8::/32"]}"#)),
        ("not-in-office", &conditional(r#""NotIpAddress":{"acs:SourceIp":"10.0.0.0/8"}"#)),
        ("in-time", &conditional(r#""DateLessThan":{"acs:CurrentTime":"2099-01-01T00:00:00Z"}"#)),
        ("too-late", &conditional(r#""DateLessThan":{"acs:CurrentTime":"2020-01-01T00:00:00Z"}"#)),
        ("over-tls", &conditional(r#""Bool":{"acs:SecureTransport":"true"}"#)),
        ("by-agent", &conditional(r#""StringLike":{"acs:UserAgent":"good-*"}"#)),
        ("folders-only", &conditional(r#""StringEquals":{"oss:Delimiter":"/"}"#)),
        ("keeps-private", &conditional(r#""StringEquals":{"oss:x-oss-object-acl":"private"}"#)),
        ("private-buckets", &conditional(r#""StringEquals":{"oss:x-oss-acl":"private"}"#)),
        ("tags-new", &conditional(r#""StringEquals":{"oss:RequestObjectTag/team":"red"}"#)),
        ("reads-tagged", &conditional(r#""StringEquals":{"oss:ExistingObjectTag/team":"red"}"#)),
        ("puts-untagged", r#"{"Effect":"Allow","Action":"oss:PutObject","Resource":"*"}"#),
        (
            "copies-into",
            r#"{"Effect":"Allow","Action":"oss:PutObject","Resource":"acs:oss:*:*:mine/copies/*"}"#,
        ),
    ];
    let shared = format!(
        r#"{{"Effect":"Allow","Action":["oss:GetObject","oss:ListObjects"],"Principal":["{ABROAD}","{STRANGER}"],"Resource":["acs:oss:*:{HOME}:shared","acs:oss:*:{HOME}:shared/*"]}},
           {{"Effect":"Deny","Action":"oss:PutObject","Principal":["*"],"Resource":"acs:oss:*:{HOME}:shared/locked/*","Condition":{{"StringLike":{{"acs:UserAgent":"*"}}}}}},
           {{"Effect":"Allow","Action":"oss:GetObject","Principal":["arn:sts::{HOME}:assumed-role/app/*"],"Resource":"acs:oss:*:{HOME}:shared/for-app/*"}},
           {{"Effect":"Allow","Action":"oss:GetObject","Principal":["*"],"Resource":"acs:oss:*:{HOME}:shared/for-all/*"}}"#
    );
    let bucket = |name: &str, acl, policy| Bucket {
        name: name.to_owned(),
        region: "cn-hangzhou".to_owned(),
        acl,
        policy,
        objects: ["a.txt", "public/a.txt", "keep/a.txt", "for-app/a.txt", "for-all/a.txt"]
            .into_iter()
            .map(|key| SeedObject {
                key: key.to_owned(),
                content: Bytes::from_static(b"0123456789"),
                content_type: Some("text/plain".to_owned()),
            })
            .collect(),
    };
    let home = Arc::make_mut(world.accounts.first_mut().unwrap());
    home.users.extend(users.map(user));
    home.buckets = vec![
        bucket("mine", Acl::Private, None),
        bucket("open", Acl::PublicRead, None),
        bucket("wild", Acl::PublicReadWrite, None),
        bucket("shared", Acl::Private, Some(policy("bucket policy", &shared))),
    ];
    let mut abroad = Account {
        id: ABROAD.to_owned(),
        access_keys: vec![key()],
        users: vec![user(("stranger", everything)), user(("other-stranger", everything))],
        buckets: vec![bucket("abroad", Acl::Private, None)],
        ..Account::default()
    };
    STRANGER.clone_into(&mut Arc::make_mut(&mut abroad.users[0]).id);
    world.accounts.push(Arc::new(abroad));
    world
}
