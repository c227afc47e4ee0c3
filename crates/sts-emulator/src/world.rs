//! The small world the emulator starts with: one account, its keys, two roles, two identity providers.

use std::collections::HashMap;
use std::sync::Arc;

use sts_types::Secret;

use crate::os::{NoRandomness, Random};

/// The account of the default world. Sixteen digits, as real ones have.
const ACCOUNT_ID: &str = "1234567890123456";

/// An account nobody here belongs to.
const OTHER_ACCOUNT_ID: &str = "6543210987654321";

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The account itself. It may not assume roles.
    Root,
    /// A RAM user of the account.
    User { name: String, id: String },
}

/// A long-term access key.
pub(crate) struct AccessKey {
    pub(crate) secret: Secret,
    pub(crate) active: bool,
    pub(crate) owner: Owner,
}

/// Whom a role trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trusted {
    /// Every user and role session of this account.
    Account(String),
    /// What this identity provider vouches for.
    Federated(String),
}

/// A RAM role.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) trusts: Vec<Trusted>,
    pub(crate) max_session_seconds: i64,
}

impl Role {
    pub(crate) fn trusts(&self, whom: &Trusted) -> bool {
        self.trusts.contains(whom)
    }

    #[cfg(test)]
    pub(crate) fn for_test() -> Self {
        Self {
            name: "app".into(),
            id: "300000000000000001".into(),
            trusts: Vec::new(),
            max_session_seconds: 3600,
        }
    }
}

/// A registered OIDC provider.
pub(crate) struct OidcProvider {
    pub(crate) arn: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
}

/// A registered SAML provider.
pub(crate) struct SamlProvider {
    pub(crate) arn: String,
    pub(crate) issuer: String,
    pub(crate) recipient: String,
}

/// A key with its id, for whoever started the emulator.
pub(crate) struct IssuedKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// Everything that exists before the first request.
pub(crate) struct World {
    pub(crate) account_id: &'static str,
    pub(crate) oidc_provider: OidcProvider,
    pub(crate) saml_provider: SamlProvider,
    pub(crate) role: Arc<Role>,
    pub(crate) untrusting_role: Arc<Role>,
    pub(crate) user_key: IssuedKey,
    pub(crate) inactive_key: IssuedKey,
    pub(crate) root_key: IssuedKey,
    keys: HashMap<String, AccessKey>,
}

impl World {
    /// Keys and ids are random, so that nothing can come to depend on a constant secret.
    pub(crate) fn new(random: &Random, max_session_seconds: i64) -> Result<Self, NoRandomness> {
        let account = |kind: &str| format!("acs:ram::{ACCOUNT_ID}:{kind}");
        let oidc_provider = OidcProvider {
            arn: account("oidc-provider/emulator"),
            issuer: "https://oidc.sts-emulator.invalid".to_owned(),
            client_id: "sts-emulator".to_owned(),
        };
        let saml_provider = SamlProvider {
            arn: account("saml-provider/emulator"),
            issuer: "https://saml.sts-emulator.invalid".to_owned(),
            recipient: "https://signin.aliyun.com/saml-role/SSO".to_owned(),
        };
        let role = |name: &str, trusts: Vec<Trusted>| -> Result<Arc<Role>, NoRandomness> {
            let id = random.digits(18)?;
            Ok(Arc::new(Role { name: name.to_owned(), id, trusts, max_session_seconds }))
        };
        let everybody_here = vec![
            Trusted::Account(ACCOUNT_ID.to_owned()),
            Trusted::Federated(oidc_provider.arn.clone()),
            Trusted::Federated(saml_provider.arn.clone()),
        ];
        let somebody_else = vec![Trusted::Account(OTHER_ACCOUNT_ID.to_owned())];

        let mut keys = HashMap::new();
        let mut key = |owner: &Owner, active: bool| -> Result<IssuedKey, NoRandomness> {
            let id = format!("LTAI5t{}", random.alphanumeric(18)?);
            let secret = Secret::new(random.alphanumeric(30)?);
            keys.insert(id.clone(), AccessKey { secret: secret.clone(), active, owner: owner.clone() });
            Ok(IssuedKey { id, secret })
        };
        let user = Owner::User { name: "emulator-user".to_owned(), id: random.digits(18)? };
        let (user_key, inactive_key) = (key(&user, true)?, key(&user, false)?);
        let root_key = key(&Owner::Root, true)?;
        Ok(Self {
            account_id: ACCOUNT_ID,
            role: role("app", everybody_here)?,
            untrusting_role: role("stranger", somebody_else)?,
            oidc_provider,
            saml_provider,
            user_key,
            inactive_key,
            root_key,
            keys,
        })
    }

    pub(crate) fn access_key(&self, id: &str) -> Option<&AccessKey> {
        self.keys.get(id)
    }

    /// The role of this name in this account. Role names compare without case, as the service is said to keep them
    /// in lower case.
    pub(crate) fn role(&self, account_id: &str, name: &str) -> Option<&Arc<Role>> {
        if account_id != self.account_id {
            return None;
        }
        [&self.role, &self.untrusting_role].into_iter().find(|role| role.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn role_arn(&self, role: &Role) -> String {
        format!("acs:ram::{}:role/{}", self.account_id, role.name)
    }
}
