//! A local Alibaba Cloud in a program: a world, a role for one folder, objects that it may and may not read, a fault, and the
//! trail that says why something was refused.

#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a program for people, not the library")]

use ali_sts::{Client, Credentials};
use std::error::Error;
use std::time::SystemTime;
use sts_emulator::{Emulator, Fault, World};
use sts_sign::oss_v4::{Request, Signer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const WORLD: &str = r#"
[[accounts]]
id = "1234567890123456"

[[accounts.users]]
name = "alice"
access_keys = [{}]
policies = ["AliyunSTSAssumeRoleAccess"]

[[accounts.roles]]
name = "reader"
policies = ["AliyunOSSReadOnlyAccess"]
trust_policy = '''{ "Version": "1", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "RAM": "acs:ram::1234567890123456:root" } }] }'''

[[accounts.buckets]]
name = "shop-data"
objects = [{ key = "reports/today.csv", text = "all is well" }, { key = "secrets.txt", text = "psst" }]
"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::builder().world(World::from_toml(WORLD)?).all_services().start().await?;
    let sts = Client::builder().endpoint(emulator.base_url()).credentials(emulator.credentials()).build()?;

    // The first call fails; the client tries again.
    emulator.inject(Fault::error(503, "ServiceUnavailable").times(1));
    let reports = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:shop-data/reports/*"}]}"#;
    let session = sts.assume_role(emulator.role_arn()).policy(reports).send().await?;

    for key in ["reports/today.csv", "secrets.txt"] {
        let url = emulator.oss_url().unwrap_or_default();
        println!("{key}: {}", get(url, emulator.bucket(), key, &session.credentials).await?);
    }
    println!("\nWhat was refused, and why:");
    for record in emulator.requests().iter().filter(|record| record.code().is_some()) {
        println!("{record}");
    }
    emulator.stop().await;
    Ok(())
}

/// Reads an object: the status line, and the last line of the body.
async fn get(
    url: &str,
    bucket: &str,
    key: &str,
    credentials: &Credentials,
) -> Result<String, Box<dyn Error>> {
    let host = url.trim_start_matches("http://");
    let now = SystemTime::now();
    let headers = Signer::new(credentials, "cn-hangzhou", now)?
        .sign(&Request::new("GET", now).bucket(bucket).key(key))?;
    let mut request = format!("GET /{bucket}/{key} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
    let mut stream = TcpStream::connect(host).await?;
    stream.write_all(format!("{request}\r\n").as_bytes()).await?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await?;
    let (head, body) = reply.split_once("\r\n\r\n").unwrap_or((&reply, ""));
    Ok(format!("{} {}", head.lines().next().unwrap_or_default(), body.lines().last().unwrap_or_default()))
}
