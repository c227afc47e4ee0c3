//! ali-sts as its users have it: checks, signs, sends, reads credentials out of the reply.

use super::Contender;
use crate::Result;
use crate::workload::{self, POLICY_BYTES, ROLE, SESSION};
use ali_sts::Client;
use std::net::SocketAddr;

#[derive(Clone)]
pub struct Ours {
    client: Client,
    policy: String,
}

impl Contender for Ours {
    fn new(server: SocketAddr) -> Self {
        let client = Client::builder()
            .endpoint(format!("http://{server}"))
            .credentials(workload::credentials())
            .build();
        Self { client: client.expect("these settings are good"), policy: workload::policy(POLICY_BYTES) }
    }

    async fn call(&mut self) -> Result<()> {
        let call = self.client.assume_role(ROLE).session_name(SESSION).policy(self.policy.as_str());
        let output = call.send().await?;
        assert!(output.credentials.security_token().is_some());
        Ok(())
    }
}
