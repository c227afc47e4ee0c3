//! The reader of ours: [`provider::Default`], in an environment and with a home folder that somebody has prepared.

use ali_sts::{Client, Credentials, ProvideCredentials as _, provider};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What was found: id, hashes of secret and token, and whose session it is where it is one; or `none` with the error's kind.
pub(crate) async fn answer(sts: &str) -> Value {
    let credentials = match provider::Default::new().provide_credentials().await {
        Ok(credentials) => credentials,
        Err(error) => return json!({ "none": format!("{:?}", error.kind()) }),
    };
    let session = match credentials.access_key_id().starts_with("STS.") {
        true => session(sts, credentials.clone()).await,
        false => None,
    };
    json!({
        "client": format!("ali-sts {}", env!("CARGO_PKG_VERSION")),
        "id": credentials.access_key_id(),
        "secret": hash(credentials.access_key_secret().expose_secret()),
        "token": credentials.security_token().map(|token| hash(token.expose_secret())),
        "session": session,
    })
}

/// Whose session STS takes these for.
async fn session(sts: &str, credentials: Credentials) -> Option<String> {
    let client = Client::builder().endpoint(sts).credentials(credentials).build().ok()?;
    Some(client.get_caller_identity().send().await.ok()?.arn.to_string())
}

pub(crate) fn hash(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}
