use super::program::LIMIT;
use super::{ExternalProcess, printed, read};
use crate::os::Os;
use crate::provider::scripted::{Folder, SECRET, TOKEN, assert_clean};
use std::time::{Duration, SystemTime};
use sts_types::ProviderErrorKind::{Failed, Invalid};
use sts_types::{Credentials, ProvideCredentials as _, ProviderError};

struct Script(Folder);

impl Script {
    fn new(name: &str, text: &str) -> Self {
        let folder = Folder::new(name);
        folder.file("my script", text.as_bytes());
        Self(folder)
    }

    /// Run by the shell: a file that has just been written may be busy, says Linux to those who would run it itself.
    fn provider(&self) -> ExternalProcess {
        let line = format!("/bin/sh '{}' SecretArgument 'b c'", self.0.0.join("my script").display());
        ExternalProcess::new(line).with_os(Os::fixed("/", []))
    }
}

async fn get(provider: &ExternalProcess) -> Result<Credentials, ProviderError> {
    let result = provider.provide_credentials().await;
    if let Err(error) = &result {
        assert_clean(error, &["SecretArgument", "my script", "/bin/sh", "Said"]);
    }
    assert_eq!(format!("{provider:?}").find("Secret"), None);
    result
}

/// What a script of this text gives.
async fn of(name: &str, text: &str) -> Result<Credentials, ProviderError> {
    get(&Script::new(name, text).provider()).await
}

fn whole() -> String {
    format!(
        r#"{{"mode":"StsToken","access_key_id":"STS.id","access_key_secret":"{SECRET}","sts_token":"{TOKEN}","expiration":"2035-04-09T11:52:19Z"}}"#
    )
}

fn print(text: &str) -> String {
    format!("cat <<'EOF'\n{text}\nEOF\n")
}

#[tokio::test]
async fn what_a_program_prints() {
    let credentials = of("whole", &print(&whole())).await.unwrap();
    assert_eq!(credentials.access_key_id(), "STS.id");
    assert_eq!(credentials.access_key_secret().expose_secret(), SECRET);
    assert_eq!(credentials.security_token().unwrap().expose_secret(), TOKEN);
    // date -u -d 2035-04-09T11:52:19Z +%s
    let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(2_059_732_339);
    assert_eq!(credentials.expiration(), Some(expiration));
    assert_eq!(credentials.provider_name(), Some("external_process"));
}

#[tokio::test]
async fn arguments_as_they_are_the_environment_and_no_input() {
    let text = r#"test "$#" = 2 || exit 7
read -r line && exit 8
printf '{"access_key_id":"%s|%s","access_key_secret":"%s"}' "$1" "$2" "$PATH""#;
    let credentials = of("arguments", text).await.unwrap();
    assert_eq!(credentials.access_key_id(), "SecretArgument|b c");
    let path = Os::process().variable("PATH").unwrap().unwrap();
    assert_eq!(credentials.access_key_secret().expose_secret(), path);
}

#[tokio::test]
async fn no_shell_is_asked() {
    let line = "/bin/echo {} ; echo $HOME | cat > /tmp/`id`";
    let error = get(&ExternalProcess::new(line).with_os(Os::fixed("/", []))).await.unwrap_err();
    // All of it was printed, by the one program.
    assert_eq!(
        error.to_string(),
        "no credentials from external_process: what the program printed cannot be used: it is not one JSON object"
    );
}

#[tokio::test]
async fn what_cannot_be_run() {
    for (line, said) in [
        ("", "it is empty"),
        (" ", "it is empty"),
        ("/bin/sh 'SecretArgument", "quote"),
        ("/no/such/program SecretArgument", "no such program"),
        ("/etc/passwd", "must not be run"),
        ("/", "must not be run"),
    ] {
        let error = get(&ExternalProcess::new(line).with_os(Os::fixed("/", []))).await.unwrap_err();
        assert_eq!(error.kind(), Invalid, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
    for value in ["1", "true", "TRUE"] {
        let os = Os::fixed("/", [("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", value)]);
        let error = get(&Script::new("disabled", &print(&whole())).provider().with_os(os)).await.unwrap_err();
        assert_eq!(error.kind(), Invalid);
    }
    let os = Os::fixed("/", [("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", "0")]);
    get(&Script::new("enabled", &print(&whole())).provider().with_os(os)).await.unwrap();
}

#[tokio::test]
async fn failure_is_told_without_what_was_said() {
    let said = format!("echo Said {SECRET} >&2; echo Said {SECRET}; ");
    let error = of("status", &(said.clone() + "exit 3")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no credentials from external_process: the program ended with exit status 3; run it by hand to see what it says"
    );
    let error = of("signal", &(said.clone() + "kill -9 $$")).await.unwrap_err();
    assert!(error.kind() == Failed && error.to_string().contains("by a signal"), "{error}");
    let error = of("text", &said).await.unwrap_err();
    assert!(error.kind() == Failed && error.to_string().contains("not one JSON object"), "{error}");
}

/// credentials-java waits for the end before it reads, and so for ever above a pipe's 64 KiB (`ExternalCredentialsProvider.java:78`).
#[tokio::test]
async fn more_than_a_pipe_holds_on_both_sides() {
    let much = "head -c 300000 /dev/zero | tr '\\0' ' '";
    let text = format!("{much} >&2\n{much}\n{}{much}\n", print(&whole()));
    of("much", &text).await.unwrap();
}

#[tokio::test]
async fn output_without_end_is_cut_off() {
    let error = of("endless", "exec cat /dev/zero").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "no credentials from external_process: the program printed more than {LIMIT} bytes; it is to print one JSON object"
        )
    );
}

/// The CLI follows what is printed, and so runs the program for ever where it prints no mode (`profile.go:619`).
#[tokio::test]
async fn output_without_a_mode_is_credentials_and_of_another_mode_is_refused() {
    let text = whole().replace("\"mode\":\"StsToken\",", "");
    of("no-mode", &print(&text)).await.unwrap();
    for mode in ["External", "RamRoleArn", "EcsRamRole", "x"] {
        let error = read(whole().replace("StsToken", mode).as_bytes()).unwrap_err();
        assert!(error.contains("`mode` is neither"), "{error}");
    }
}

#[test]
fn what_is_printed_wrongly() {
    for (member, value, said) in [
        ("access_key_id", "STS.id", "no `access_key_id`"),
        ("access_key_secret", SECRET, "no `access_key_secret`"),
        ("sts_token", TOKEN, "no `sts_token`"),
    ] {
        for other in ["null", "\"\"", "{}"] {
            let text =
                whole().replace(&format!("\"{member}\":\"{value}\""), &format!("\"{member}\":{other}"));
            assert!(read(text.as_bytes()).unwrap_err().contains(said), "{text}");
        }
    }
    for bad in ["tomorrow", "2035-04-09", "1700000000"] {
        let text = whole().replace("2035-04-09T11:52:19Z", bad);
        assert!(read(text.as_bytes()).unwrap_err().contains("`expiration` is not a time"), "{text}");
    }
    assert!(read(b"\xff\xfe{}").is_err());
    assert!(read(format!("{0}{0}", whole()).as_bytes()).is_err());
}

#[test]
fn what_may_be_left_out() {
    let text =
        format!(r#"{{"mode":"AK","access_key_id":"id","access_key_secret":"{SECRET}","expiration":null}}"#);
    let credentials = read(text.as_bytes()).unwrap();
    assert!(credentials.security_token().is_none() && credentials.expiration().is_none());
    let text = whole().replace("sts_token", "security_token").replace("StsToken", "STS");
    assert_eq!(read(text.as_bytes()).unwrap().security_token().unwrap().expose_secret(), TOKEN);
}

fn exists(id: u32) -> bool {
    std::path::Path::new(&format!("/proc/{id}")).exists()
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn a_late_program_is_gone_when_that_is_told() {
    let script = Script::new("late", "exec sleep 1000");
    let child = script.provider().start().unwrap();
    let id = child.id();
    assert!(exists(id));
    let error = printed(child, Duration::from_secs(60)).await.unwrap_err();
    assert!(error.kind() == Failed && error.to_string().contains("took too long"), "{error}");
    assert!(!exists(id));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_that_nobody_waits_for_is_killed_and_reaped() {
    let script = Script::new("dropped", "exec sleep 1000");
    let child = script.provider().start().unwrap();
    let id = child.id();
    {
        let mut waiting = std::pin::pin!(printed(child, Duration::from_secs(60)));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
    }
    while exists(id) {
        tokio::task::yield_now().await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn a_program_that_closes_its_output_and_goes_on_is_late_too() {
    let script = Script::new("closes", "exec sleep 1000 >&-");
    let child = script.provider().start().unwrap();
    let id = child.id();
    printed(child, Duration::from_secs(60)).await.unwrap_err();
    assert!(!exists(id));
}

#[test]
fn without_a_runtime_it_says_so() {
    let provider = ExternalProcess::new("/bin/sh");
    let mut future = std::pin::pin!(provider.provide_credentials());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = future.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}
