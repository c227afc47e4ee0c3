//! One AssumeRole with ali-sts, and nothing else: `oneshot-ours URL`.

use ali_sts::{Client, Credentials};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let url = std::env::args().nth(1).ok_or("which URL?")?;
    let credentials = Credentials::new("LTAI5tBenchmarkExample01", "BenchmarkSecretOf30Characters0");
    let client = Client::builder().endpoint(url).credentials(credentials).build()?;
    let output = client
        .assume_role("acs:ram::123456789012:role/app-uploader")
        .session_name("user-4711")
        .send()
        .await?;
    println!("{}, {}", output.status, output.credentials.access_key_id());
    print_peak_memory()
}

/// For the benchmark; the other program has the same lines.
fn print_peak_memory() -> Result<(), Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default());
    Ok(())
}
