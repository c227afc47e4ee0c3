//! Temporary credentials of a role: from the real STS when the environment names a key and a role, from a local one
//! otherwise.

#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a program for people, not the library")]

use ali_sts::{Client, session_name_for};
use std::time::{Duration, SystemTime};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut emulator = None;
    let (sts, role) = match (
        std::env::var("ALIBABA_CLOUD_ACCESS_KEY_ID"),
        std::env::var("ALIBABA_CLOUD_ROLE_ARN"),
    ) {
        (Ok(_), Ok(role)) => (Client::from_env()?, role),
        _ => {
            println!(
                "No ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ROLE_ARN: using a local STS that checks signatures."
            );
            let local = emulator.insert(sts_emulator::Emulator::start().await?);
            let sts =
                Client::builder().endpoint(local.base_url()).credentials(local.credentials()).build()?;
            (sts, local.role_arn().to_string())
        }
    };

    let session = session_name_for("example of alice@example.com");
    let out = sts.assume_role(&role).session_name(session).duration(Duration::from_secs(900)).send().await?;

    let credentials = &out.credentials;
    println!("endpoint      {}", sts.endpoint());
    println!("access key id {}", credentials.access_key_id());
    if let Some(left) = credentials.expiration().and_then(|end| end.duration_since(SystemTime::now()).ok()) {
        println!("expires in    {} s", left.as_secs());
    }
    if let Some(user) = &out.assumed_role_user {
        println!("assumed role  {}", user.arn);
    }
    println!("request id    {}", out.request_id);
    Ok(())
}
