//! All that hands out sessions without AssumeRole.

use std::sync::Arc;

use jiff::SignedDuration;
use sts_types::Secret;

use crate::cloud::Cloud;
use crate::credentials_uri::CredentialsUri;
use crate::exchange::{CloudSso, ExchangeService, OAuth};
use crate::lent_role::LentRole;
use crate::metadata::{Metadata, MetadataService, Settings};
use crate::os::NoRandomness;

/// How long a login with CloudSSO lasts.
const LOGIN_HOURS: i64 = 12;

/// The instance, the logged-in users, and the role that they lend.
pub(crate) struct Lender {
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) cloud_sso: Arc<CloudSso>,
    pub(crate) oauth: Arc<OAuth>,
    role: LentRole,
}

impl Lender {
    /// What is lent is the first role of the world.
    pub(crate) fn new(cloud: &Cloud, seconds: i64, is_token_required: bool) -> Result<Self, NoRandomness> {
        let world = cloud.world();
        let first = world.accounts.iter().find_map(|account| account.roles.first());
        let role = LentRole {
            account_id: first.map(|role| role.account_id.clone()).unwrap_or_default(),
            name: first.map(|role| role.name.clone()).unwrap_or_default(),
            seconds,
        };
        let settings = Settings {
            role: first.map(|role| role.name.clone()),
            is_token_required,
            region: world.region.clone(),
            instance_id: format!("i-bp1{}", cloud.random.alphanumeric(17)?.to_ascii_lowercase()),
        };
        let login_end = cloud.clock.now().checked_add(SignedDuration::from_hours(LOGIN_HOURS));
        let cloud_sso = CloudSso {
            access_token: Secret::new(cloud.random.alphanumeric(64)?),
            expiration: login_end.unwrap_or(jiff::Timestamp::MAX),
            account_id: role.account_id.clone(),
            access_configuration_id: format!("ac-{}", cloud.random.alphanumeric(20)?.to_ascii_lowercase()),
        };
        Ok(Self {
            metadata: Arc::new(Metadata::new(settings, &cloud.random)?),
            cloud_sso: Arc::new(cloud_sso),
            oauth: Arc::new(OAuth::new(&cloud.random)?),
            role,
        })
    }

    pub(crate) fn metadata_service(&self, cloud: &Arc<Cloud>) -> MetadataService {
        MetadataService {
            cloud: Arc::clone(cloud),
            metadata: Arc::clone(&self.metadata),
            role: self.role.clone(),
        }
    }

    pub(crate) fn exchange_service(
        &self,
        cloud: &Arc<Cloud>,
        authorization: Option<Secret>,
    ) -> ExchangeService {
        ExchangeService {
            cloud: Arc::clone(cloud),
            credentials_uri: CredentialsUri { authorization },
            cloud_sso: Arc::clone(&self.cloud_sso),
            oauth: Arc::clone(&self.oauth),
            role: self.role.clone(),
        }
    }
}
