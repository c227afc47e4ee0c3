//! The world without a file.

use std::sync::Arc;

use bytes::Bytes;
use sts_policy::decide::Options;
use sts_types::Secret;

use super::{
    AccessKey, Account, Acl, Bucket, Index, NamedPolicy, OidcProvider, Role, SamlProvider, SeedObject, User,
    World,
};

/// The account of the default world. Sixteen digits, as real ones have.
const ACCOUNT_ID: &str = "1234567890123456";

/// An account nobody here belongs to.
const OTHER_ACCOUNT_ID: &str = "6543210987654321";

const ASSUME_ROLES: &str = r#"{"Version":"1","Statement":[
    {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"acs:ram:*:1234567890123456:role/*"}]}"#;

const USE_BUCKETS: &str = r#"{"Version":"1","Statement":[
    {"Effect":"Allow","Action":"oss:*","Resource":"acs:oss:*:1234567890123456:*"}]}"#;

impl Default for World {
    fn default() -> Self {
        let key = |active| AccessKey { id: String::new(), secret: Secret::new(""), active };
        let arn = |kind: &str| format!("acs:ram::{ACCOUNT_ID}:{kind}");
        let policy = |name: &str, text: &str| Arc::new(constant(name, text));
        let user = User {
            name: "emulator-user".to_owned(),
            id: String::new(),
            access_keys: vec![key(true), key(false)],
            policies: vec![policy("assume-roles", ASSUME_ROLES)],
        };
        let role = |name: &str, trust: &str| Role {
            account_id: ACCOUNT_ID.to_owned(),
            name: name.to_owned(),
            id: String::new(),
            trust: constant("trust policy", trust),
            policies: vec![policy("use-buckets", USE_BUCKETS), policy("assume-roles", ASSUME_ROLES)],
            max_session_seconds: 43_200,
        };
        let trust = |principals: &str| {
            format!(
                r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{principals}}}]}}"#
            )
        };
        let [oidc, saml] = ["oidc-provider/emulator", "saml-provider/emulator"].map(arn);
        let everybody_here = format!(r#"{{"RAM":"{}","Federated":["{oidc}","{saml}"]}}"#, arn("root"));
        let somebody_else = format!(r#"{{"RAM":"acs:ram::{OTHER_ACCOUNT_ID}:root"}}"#);
        let account = Account {
            id: ACCOUNT_ID.to_owned(),
            name: "emulator".to_owned(),
            access_keys: vec![key(true)],
            users: vec![Arc::new(user)],
            roles: [("app", everybody_here), ("stranger", somebody_else)]
                .map(|(name, principals)| Arc::new(role(name, &trust(&principals))))
                .into(),
            oidc_providers: vec![OidcProvider {
                name: "emulator".to_owned(),
                arn: oidc,
                issuer: "https://oidc.sts-emulator.invalid".to_owned(),
                client_ids: vec!["sts-emulator".to_owned()],
                jwks: None,
                jwks_url: None,
                fingerprints: Vec::new(),
                issuance_limit_hours: 168,
            }],
            saml_providers: vec![SamlProvider {
                name: "emulator".to_owned(),
                arn: saml,
                issuer: "https://saml.sts-emulator.invalid".to_owned(),
                recipient: "https://signin.aliyun.com/saml-role/SSO".to_owned(),
                metadata: None,
            }],
            buckets: vec![Bucket {
                name: "emulator-bucket".to_owned(),
                region: "cn-hangzhou".to_owned(),
                acl: Acl::Private,
                policy: None,
                objects: vec![SeedObject {
                    key: "hello.txt".to_owned(),
                    content: Bytes::from_static(b"hello from the emulator\n"),
                    content_type: Some("text/plain".to_owned()),
                }],
            }],
        };
        Self {
            region: "cn-hangzhou".to_owned(),
            min_session_seconds: 900,
            is_transport_secure: false,
            seed: None,
            clock: None,
            accounts: vec![Arc::new(account)],
            index: Index::default(),
        }
    }
}

#[expect(clippy::expect_used, reason = "texts of this file; every start of an emulator reads them")]
fn constant(name: &str, text: &str) -> NamedPolicy {
    NamedPolicy::parse(name, text, Options::new()).expect("a policy of this file")
}
