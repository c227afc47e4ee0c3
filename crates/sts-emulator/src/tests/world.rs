//! Worlds in files.

use proptest::prelude::*;
use sts_types::Credentials;

use super::call::Call;
use crate::{Emulator, World, WorldError};

const WORLD: &str = r#"
region = "cn-beijing"
min_session_seconds = 60
secure_transport = true

[[accounts]]
id = "1000000000000001"
name = "one"
access_keys = [{ id = "LTAI5tRootOfOne", secret = "root-secret" }]

[[accounts.policies]]
name = "assume-in-two"
document = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"acs:ram:*:1000000000000002:role/*"}]}'

[[accounts.users]]
name = "alice"
id = "200000000000000001"
access_keys = [{ id = "LTAI5tAlice", secret = "alice-secret" }, { id = "LTAI5tOld", secret = "old", status = "inactive" }]
policies = ["assume-in-two", "AliyunOSSReadOnlyAccess"]

[[accounts]]
id = "1000000000000002"

[[accounts.roles]]
name = "Guest"
id = "300000000000000001"
# Written out, not as text.
[[accounts.roles.policies]]
Version = "1"
Statement = [{ Effect = "Allow", Action = "oss:*", Resource = "*" }]
[accounts.roles.trust_policy]
Version = "1"
[[accounts.roles.trust_policy.Statement]]
Effect = "Allow"
Action = "sts:AssumeRole"
Principal = { RAM = "acs:ram::1000000000000001:user/alice" }

[[accounts.buckets]]
name = "bucket-of-two"
acl = "public-read"
objects = [
    { key = "a.txt", text = "a" },
    { key = "b.bin", base64 = "AAEC", content_type = "application/octet-stream" },
]
"#;

/// The same in JSON, by a parser of TOML and a printer of JSON that are not the emulator's.
fn as_json(toml: &str) -> String {
    fn convert(value: &toml::de::DeValue<'_>) -> serde_json::Value {
        use toml::de::DeValue;
        match value {
            DeValue::String(text) => text.as_ref().into(),
            DeValue::Integer(number) => number.as_str().parse::<i64>().unwrap().into(),
            DeValue::Boolean(truth) => (*truth).into(),
            DeValue::Array(list) => list.iter().map(|item| convert(item.get_ref())).collect(),
            DeValue::Table(table) => table
                .iter()
                .map(|(name, value)| (name.get_ref().to_string(), convert(value.get_ref())))
                .collect(),
            other => panic!("{}", other.type_str()),
        }
    }
    let table = toml::de::DeTable::parse(toml).unwrap().into_inner();
    serde_json::to_string_pretty(&convert(&toml::de::DeValue::Table(table))).unwrap()
}

#[tokio::test]
async fn toml_and_json_make_the_same_world() {
    for world in [World::from_toml(WORLD).unwrap(), World::from_json(&as_json(WORLD)).unwrap()] {
        let (account, bucket) = {
            let settled = world.clone().settle(&crate::seed::Seed::of(b""));
            let (account, bucket) = settled.bucket("bucket-of-two").unwrap();
            (account.id.clone(), bucket.clone())
        };
        assert_eq!((account.as_str(), bucket.region.as_str()), ("1000000000000002", "cn-beijing"));
        let contents: Vec<_> =
            bucket.objects.iter().map(|object| (object.key.as_str(), &object.content[..])).collect();
        assert_eq!(contents, [("a.txt", &b"a"[..]), ("b.bin", &[0, 1, 2])]);

        let emulator = Emulator::builder().world(world).start().await.unwrap();
        let alice = Credentials::new("LTAI5tAlice", "alice-secret");
        assert_eq!(emulator.access_key_id(), "LTAI5tAlice");
        assert_eq!(emulator.role_arn(), "acs:ram::1000000000000002:role/Guest");
        let call = Call::assume_role_as(&emulator, &alice).with("DurationSeconds", "60");
        let answer = call.send(&emulator).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(
            answer.text("AssumedRoleUser.AssumedRoleId").as_deref(),
            Some("300000000000000001:session")
        );
        let old = Call::assume_role_as(&emulator, &Credentials::new("LTAI5tOld", "old"));
        assert_eq!(old.send(&emulator).await.refusal(), (400, "InvalidAccessKeyId.Inactive".to_owned()));
        let root = Call::signed("GetCallerIdentity", &Credentials::new("LTAI5tRootOfOne", "root-secret"));
        assert_eq!(root.send(&emulator).await.text("AccountId").as_deref(), Some("1000000000000001"));
    }
}

fn problems(error: &WorldError) -> Vec<String> {
    error.problems().iter().map(ToString::to_string).collect()
}

/// What is wrong, with what is in the place of a piece of the world above.
#[test]
fn everything_that_is_wrong_is_told_with_its_place() {
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "region = \"cn-beijing\"",
            "regoin = \"cn-beijing\"",
            &["line 2, column 1: `regoin` is nothing that a world has; did you mean `region`?"],
        ),
        (
            "min_session_seconds = 60",
            "min_session_seconds = 0\nclock = 'noon'",
            &[
                "line 3, column 23: `min_session_seconds` of a world cannot be 0; it is 1 to 900",
                "line 4, column 9: `clock` of a world is a time with its offset, as 2026-01-02T03:04:05Z",
            ],
        ),
        (
            "secure_transport = true",
            "secure_transport = 'yes'",
            &["line 4, column 20: `secure_transport` of a world is true or false, not text"],
        ),
        (
            "id = \"1000000000000001\"",
            "id = 1000000000000001",
            &["line 7, column 6: `id` of an account is text, not a number"],
        ),
        (
            "id = \"1000000000000002\"",
            "id = \"1000000000000001\"",
            &["line 21, column 1: there is an account `1000000000000001` already; give one another name"],
        ),
        (
            "id = \"LTAI5tOld\"",
            "id = \"LTAI5tAlice\"",
            &["line 18, column 65: there is an access key `LTAI5tAlice` already; give one another name"],
        ),
        (
            "status = \"inactive\"",
            "status = \"off\"",
            &["line 18, column 110: `status` of an access key cannot be `off`; it is `active` or `inactive`"],
        ),
        (
            "policies = [\"assume-in-two\", \"AliyunOSSReadOnlyAccess\"]",
            "policies = [\"assume-in-tow\", \"AliyunOSSReadonlyAcces\", \"nothing-like-it\", 1]",
            &[
                "line 19, column 13: there is no policy `assume-in-tow`; did you mean `assume-in-two`?",
                "line 19, column 30: there is no policy `AliyunOSSReadonlyAcces`; did you mean `AliyunOSSReadOnlyAccess`?",
                "line 19, column 56: there is no policy `nothing-like-it`; put it among the `policies` of the account, or write it here as JSON",
                "line 19, column 75: a policy is a table, or its JSON in text, not a number",
            ],
        ),
        // Inside a policy that is text: its own place.
        (
            "\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"acs:ram:*",
            "\"Effect\":\"allow\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"acs:ram:*",
            &[
                "line 13, column 51: the effect is `Allow` or `Deny`, to the letter (effect-value, at `$.Statement[0].Effect`)",
            ],
        ),
        (
            "[accounts.roles.trust_policy]\nVersion = \"1\"\n[[accounts.roles.trust_policy.Statement]]\n",
            "[accounts.roles.something]\n",
            &[
                "line 24, column 1: a role needs `trust_policy`: the policy that says who may assume it",
                "line 31, column 17: `something` is nothing that a role has; it has `name`, `id`, `trust_policy`, `policies` or `max_session_seconds`",
            ],
        ),
        (
            "acl = \"public-read\"",
            "acl = \"public\"",
            &[
                "line 40, column 7: `acl` of a bucket cannot be `public`; it is `private`, `public-read` or `public-read-write`",
            ],
        ),
        (
            "{ key = \"a.txt\", text = \"a\" }",
            "{ key = \"a.txt\", text = \"a\", base64 = \"!\" }, { key = \"c\" }, { key = \"d\", file = \"no/such/file\" }",
            &[
                "line 42, column 5: an object has one of `text`, `base64` and `file`; remove the others",
                "line 42, column 50: an object needs its content: `text`, `base64` or `file`",
                "line 42, column 85: the file `no/such/file` cannot be read: No such file or directory (os error 2); each may have 16 MiB, all 64 MiB",
            ],
        ),
    ];
    for (piece, instead, expected) in rows {
        assert_eq!(WORLD.matches(piece).count(), 1, "{piece}");
        let error = World::from_toml(&WORLD.replace(piece, instead)).unwrap_err();
        assert_eq!(problems(&error), *expected, "{instead}");
    }
}

#[test]
fn json_has_its_places_too() {
    let rows = [
        ("", "line 1, column 1: EOF while parsing a value"),
        ("{\n  \"accounts\": [,]\n}", "line 2, column 16: expected value"),
        (
            "{\n  \"acounts\": []\n}",
            "line 2, column 3: `acounts` is nothing that a world has; did you mean `accounts`?",
        ),
        (
            "{\n  \"region\": \"a\", \"region\": \"b\"\n}",
            "line 2, column 18: a world has `region` already; remove one",
        ),
        ("{\n  \"region\": null\n}", "line 2, column 13: `region` of a world is text, not null"),
        (
            "{\n  \"seed\": 1.5\n}",
            "line 2, column 11: `seed` of a world is a number, not a number that is too large or has a fraction",
        ),
        ("[]", "line 1, column 1: a world is a table, not a list"),
        (
            "{ \"accounts\": [{ \"id\": \"1\", \"roles\": [{ \"name\": \"r\",\n \"trust_policy\": { \"Version\": \"1\",\n  \"Statement\": [{ \"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\" }] } }] }] }",
            "line 3, column 17: ",
        ),
    ];
    for (json, expected) in rows {
        let found = problems(&World::from_json(json).unwrap_err());
        assert!(found.len() == 1 && found[0].starts_with(expected), "{json}: {found:?}");
    }
}

#[test]
fn errors_say_how_much_more_there_is_and_which_file() {
    let error = World::from_toml("a = 1\nb = 2\nc = 3").unwrap_err();
    assert!(error.to_string().ends_with("(and 2 problems more)"), "{error}");
    let many = (0..5000).map(|n| format!("x{n} = 1\n")).collect::<String>();
    let error = World::from_toml(&many).unwrap_err();
    assert_eq!(error.problems().len(), 100);
    assert!(error.to_string().ends_with("(and 4999 problems more)"), "{error}");
    assert!(matches!(World::read("world.yaml").unwrap_err(), WorldError::Format(_)));
    assert!(matches!(World::read("no/such/world.toml").unwrap_err(), WorldError::Unreadable(_)));
    let text = " ".repeat((4 << 20) + 1);
    assert!(World::from_toml(&text).unwrap_err().to_string().contains("longer than"));
}

#[tokio::test]
async fn another_world_keeps_keys_and_sessions_and_changes_what_they_may() {
    let emulator = Emulator::builder().world(World::from_toml(WORLD).unwrap()).start().await.unwrap();
    let session = Call::assume_role(&emulator).send(&emulator).await.credentials();
    let who = |credentials| {
        let call = Call::signed("GetCallerIdentity", &credentials);
        let emulator = &emulator;
        async move { call.send(emulator).await.status }
    };
    assert_eq!(who(session.clone()).await, 200);

    // The role trusts somebody else now: no new session, and the old one goes on.
    emulator.replace_world(World::from_toml(&WORLD.replace("user/alice", "user/bob")).unwrap());
    let refused = Call::assume_role(&emulator).send(&emulator).await;
    assert_eq!(refused.text("AccessDeniedDetail.PolicyType").as_deref(), Some("AssumeRolePolicy"));
    assert_eq!(who(session.clone()).await, 200);

    // The role is gone.
    emulator.replace_world(World::from_toml(&WORLD.replace("\"Guest\"", "\"Other\"")).unwrap());
    assert_eq!(who(session.clone()).await, 400);

    // So is the user's key.
    emulator.replace_world(World::default());
    assert_eq!(who(emulator.credentials()).await, 404);
}

/// Keys that a world leaves out are made of its place in it.
#[tokio::test]
async fn made_up_keys_outlive_another_world() {
    let emulator = Emulator::start().await.unwrap();
    emulator.replace_world(World::default());
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);
}

proptest! {
    #[test]
    fn no_text_is_too_much_for_a_world(
        text in prop_oneof![
            ".{0,200}",
            "[\\[\\]{}\",:=.a-z0-9' \n]{0,200}",
            (any::<prop::sample::Index>(), ".{0,3}", 0_usize..30).prop_map(|(at, with, less)| {
                let mut text: Vec<char> = WORLD.chars().collect();
                let at = at.index(text.len());
                text.splice(at..(at + less).min(text.len()), with.chars());
                text.into_iter().collect()
            }),
        ],
    ) {
        for world in [World::from_toml(&text), World::from_json(&text)] {
            if let Err(error) = world {
                prop_assert!(!error.problems().is_empty());
                prop_assert!(!error.to_string().contains('\n'), "{error}");
            }
        }
    }
}

/// What would take a reader's stack, its memory or its time, if it had no bounds.
#[test]
fn deep_and_huge_worlds_are_refused() {
    let many = 20_000;
    let unknown: String = (0..many).map(|at| format!("u{at} = 1\n")).collect();
    let users: String = (0..many).map(|at| format!("[[accounts.users]]\nname = 'u{}'\n", at / 2)).collect();
    for text in [
        format!("x = {}1{}", "[".repeat(many), "]".repeat(many)),
        format!("x = {}", "{ a = ".repeat(many)),
        format!("{}a = 1", "a.".repeat(many)),
        format!("[{}a]\nb = 1", "a.".repeat(many)),
        format!("[[{}a]]\nb = 1", "a.".repeat(many)),
        "#".repeat((4 << 20) + 1),
        unknown,
        format!("[[accounts]]\nid = '1'\n{users}"),
    ] {
        let error = World::from_toml(&text).unwrap_err();
        assert!((1..=100).contains(&error.problems().len()), "{error}");
    }
    for text in [
        "[".repeat(many),
        format!("{}1{}", "{\"a\":".repeat(many), "}".repeat(many)),
        format!("{}1{}", "{\"accounts\":[".repeat(100), "]}".repeat(100)),
        " ".repeat((4 << 20) + 1),
        format!("{{{}}}", vec!["\"a\":1"; many].join(",")),
    ] {
        let error = World::from_json(&text).unwrap_err();
        assert!((1..=100).contains(&error.problems().len()), "{error}");
    }
}
