//! Every source of credentials that asks somebody, against the emulator: what it gives is known to STS, and bound by its policies.

use ali_sts::provider::{CliConfig, CredentialsUri, EcsRamRole, ExternalProcess, OidcRole};
use ali_sts::{Client, ErrorKind, ProvideCredentials, ProviderErrorKind};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use sts_emulator::{Emulator, Fault, Service};

/// A file that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ali-sts-sources-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn start() -> Emulator {
    Emulator::builder().all_services().start().await.unwrap()
}

fn metadata(emulator: &Emulator) -> EcsRamRole {
    EcsRamRole::new().endpoint(emulator.metadata_url().unwrap())
}

/// Who STS says the source's credentials are of.
async fn whoami(emulator: &Emulator, source: impl ProvideCredentials) -> String {
    let sts = Client::builder().endpoint(emulator.base_url()).credentials(source).build().unwrap();
    sts.get_caller_identity().send().await.unwrap().arn.to_string()
}

fn session(emulator: &Emulator, role: &str, name: &str) -> String {
    format!("acs:ram::{}:assumed-role/{role}/{name}", emulator.account_id())
}

#[tokio::test]
async fn metadata_service() {
    let emulator = start().await;
    let expected = session(&emulator, "app", "instance");
    assert_eq!(whoami(&emulator, metadata(&emulator)).await, expected);
    assert_eq!(whoami(&emulator, metadata(&emulator).role_name("app")).await, expected);
    assert_eq!(whoami(&emulator, metadata(&emulator).require_token()).await, expected);
    let hardened = Emulator::builder().all_services().metadata_token_required().start().await.unwrap();
    assert_eq!(whoami(&hardened, metadata(&hardened)).await, session(&hardened, "app", "instance"));
    let other = metadata(&emulator).role_name("other").provide_credentials().await.unwrap_err();
    assert_ne!(other.kind(), ProviderErrorKind::NotConfigured, "{other}");
    for fault in [
        Fault::garbled(),
        Fault::truncated(),
        Fault::reset(),
        Fault::huge(4 << 20),
        Fault::error(500, "InternalError"),
    ] {
        emulator.inject(fault.service(Service::Metadata).operation("GetCredentials").times(1));
        let error = metadata(&emulator).provide_credentials().await.unwrap_err();
        assert_ne!(error.kind(), ProviderErrorKind::NotConfigured, "{error}");
    }
    emulator.clear_faults();
    assert_eq!(whoami(&emulator, metadata(&emulator)).await, expected);
}

#[tokio::test]
async fn credentials_uri() {
    let emulator =
        Emulator::builder().all_services().credentials_uri_authorization("let me in").start().await.unwrap();
    let uri = || CredentialsUri::new(emulator.credentials_uri().unwrap());
    assert_eq!(
        whoami(&emulator, uri().authorization("let me in")).await,
        session(&emulator, "app", "session")
    );
    for source in [uri(), uri().authorization("let me out")] {
        let error = source.provide_credentials().await.unwrap_err();
        assert!(!error.to_string().contains("let me"), "{error}");
    }
}

#[tokio::test]
async fn oidc_role_reads_its_token_each_time() {
    let emulator = start().await;
    let file =
        Scratch::new("oidc", &format!("{}\n", emulator.issue_oidc_token("pod").unwrap().expose_secret()));
    let anonymous = Client::builder().endpoint(emulator.base_url()).build().unwrap();
    let source = OidcRole::new(emulator.oidc_provider_arn(), emulator.role_arn(), &file.0)
        .session_name("pod-7")
        .client(anonymous);
    let credentials = source.provide_credentials().await.unwrap();
    assert_eq!(whoami(&emulator, credentials).await, session(&emulator, "app", "pod-7"));
    let late = emulator.oidc_token("pod").expired().issue().unwrap();
    std::fs::write(&file.0, late.expose_secret()).unwrap();
    source.provide_credentials().await.unwrap_err();
    std::fs::write(&file.0, emulator.issue_oidc_token("pod").unwrap().expose_secret()).unwrap();
    source.provide_credentials().await.unwrap();
}

#[tokio::test]
async fn cloud_sso_of_the_clis_file() {
    let emulator = start().await;
    let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
    let config = serde_json::json!({ "current": "sso", "profiles": [{
        "name": "sso",
        "mode": "CloudSSO",
        "cloud_sso_sign_in_url": format!("{}/login?x=y", emulator.sign_in_url().unwrap()),
        "cloud_sso_account_id": emulator.account_id(),
        "cloud_sso_access_config": emulator.cloud_sso_access_configuration_id(),
        "access_token": emulator.cloud_sso_access_token().expose_secret(),
        "cloud_sso_access_token_expire": in_an_hour.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs(),
    }]});
    let file = Scratch::new("config.json", &config.to_string());
    let source = CliConfig::new().path(&file.0);
    assert_eq!(whoami(&emulator, source).await, session(&emulator, "app", "session"));
}

#[cfg(unix)]
#[tokio::test]
async fn program_that_prints_what_the_emulator_gave() {
    let emulator = start().await;
    let given = metadata(&emulator).provide_credentials().await.unwrap();
    let printed = serde_json::json!({
        "mode": "StsToken",
        "access_key_id": given.access_key_id(),
        "access_key_secret": given.access_key_secret().expose_secret(),
        "sts_token": given.security_token().unwrap().expose_secret(),
    });
    let file = Scratch::new("printed.json", &printed.to_string());
    let source = ExternalProcess::new(format!("/bin/cat '{}'", file.0.display()));
    assert_eq!(whoami(&emulator, source).await, session(&emulator, "app", "instance"));
}

/// From the instance's role to itself, twice, each hop with the credentials of the one before.
#[tokio::test]
async fn roles_over_any_source() {
    let emulator = start().await;
    let client = |source: ali_sts::SharedProvider| {
        Client::builder().endpoint(emulator.base_url()).credentials(source).build().unwrap()
    };
    let first = client(ali_sts::SharedProvider::new(metadata(&emulator)));
    let hop = first.assume_role(emulator.role_arn()).session_name("hop-1").into_provider();
    let second = client(ali_sts::SharedProvider::new(hop));
    let last = second.assume_role(emulator.role_arn()).session_name("hop-2").into_provider();
    assert_eq!(whoami(&emulator, last).await, session(&emulator, "app", "hop-2"));

    let lost = second.assume_role(emulator.untrusted_role_arn()).session_name("hop-2").into_provider();
    let sts = client(ali_sts::SharedProvider::new(lost));
    let error = sts.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    // A session that was ended is asked for anew, once, and the call goes through.
    let sts = client(ali_sts::SharedProvider::new(
        first.assume_role(emulator.role_arn()).session_name("again").into_provider(),
    ));
    let arn = async || sts.get_caller_identity().send().await.unwrap().arn.to_string();
    assert_eq!(arn().await, session(&emulator, "app", "again"));
    let caller = emulator.requests().into_iter().next_back().unwrap();
    assert_eq!(caller.status(), 200);
}
