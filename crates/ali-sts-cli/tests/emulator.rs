//! `ali-sts emulator`, as a script meets it.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and reads the files it had written"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ali-sts");

/// Stops with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(arguments: &[&str]) -> (Running, serde_json::Value) {
    let mut child = Command::new(PROGRAM)
        .arg("emulator")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (Running(child), serde_json::from_str(&line).unwrap())
}

fn signal(running: &Running, name: &str) {
    let id = running.0.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
}

fn whoami(ready: &serde_json::Value) -> std::process::Output {
    let text = |name: &str| ready[name].as_str().unwrap();
    Command::new(PROGRAM)
        .args(["whoami", "--endpoint", text("sts")])
        .env_clear()
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", text("access_key_id"))
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", text("access_key_secret"))
        .output()
        .unwrap()
}

#[test]
fn says_where_it_is_serves_and_stops() {
    for name in ["INT", "TERM"] {
        let (mut running, ready) = start(&[]);
        for url in ["sts", "metadata", "credentials_uri", "sign_in"] {
            assert!(ready[url].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
        }
        assert!(ready["control"].is_null());
        assert!(ready["role_arn"].as_str().unwrap().ends_with(":role/app"));
        let out = whoami(&ready);
        assert!(out.status.success(), "{out:?}");
        assert!(String::from_utf8(out.stdout).unwrap().contains(":user/emulator-user"));
        signal(&running, name);
        assert!(running.0.wait().unwrap().success());
    }
}

#[test]
fn explains_refusals_and_keeps_the_trail() {
    let trail = std::env::temp_dir().join(format!("ali-sts-trail-{}", std::process::id()));
    let (mut running, mut ready) = start(&["--trail", trail.to_str().unwrap()]);
    assert!(whoami(&ready).status.success());
    let secret = ready["access_key_secret"].take();
    ready["access_key_secret"] = "wrong".into();
    assert!(!whoami(&ready).status.success());
    signal(&running, "TERM");
    assert!(running.0.wait().unwrap().success());
    let mut explained = String::new();
    running.0.stderr.take().unwrap().read_to_string(&mut explained).unwrap();
    assert!(explained.contains("sts GetCallerIdentity: 400 SignatureDoesNotMatch"), "{explained}");
    assert!(explained.contains("NO    signature"), "{explained}");
    let lines = std::fs::read_to_string(&trail).unwrap();
    std::fs::remove_file(&trail).unwrap();
    assert_eq!(lines.lines().count(), 2);
    for text in [&explained, &lines] {
        assert!(!text.contains(secret.as_str().unwrap()));
    }
}

#[test]
fn refuses_what_cannot_be() {
    for (arguments, says) in [
        (&["--listen", "0.0.0.0:0"][..], "`0.0.0.0:0` can be reached by others; add `--beyond-loopback`"),
        (&["--control-listen", "0.0.0.0:0"], "is not a loopback address"),
        (&["--token-key-file", "/nonexistent/key"], "cannot be read"),
        (&["--trail", "/nonexistent/trail"], "cannot be written"),
        (&["--lent-lifetime", "0"], "0 is not in 1.."),
        (&["--listen", "here"], "give an address and a port, such as 127.0.0.1:4000"),
        (&["--world", "/nonexistent/world.toml"], "cannot be read"),
    ] {
        let out = Command::new(PROGRAM).arg("emulator").args(arguments).output().unwrap();
        let text = String::from_utf8(out.stderr).unwrap();
        assert!(!out.status.success() && text.contains(says), "{arguments:?}: {text}");
        assert!(out.stdout.is_empty());
    }
}

#[test]
fn tells_all_that_is_wrong_with_a_world() {
    let path = std::env::temp_dir().join(format!("ali-sts-world-{}.toml", std::process::id()));
    let key = "access_keys = [{ secret = 7 }]\n";
    let keys = format!("[[accounts]]\nid = 12\n{}", "[[accounts.users]]\nname = 'a b'\n".repeat(25));
    let mut outputs = Vec::new();
    for text in ["[[accounts]]\nid = '1'\nuser = []\n", &format!("[[accounts]]\nid = 12\n{key}"), &keys] {
        std::fs::write(&path, text).unwrap();
        let out =
            Command::new(PROGRAM).args(["emulator", "--world", path.to_str().unwrap()]).output().unwrap();
        assert!(!out.status.success() && out.stdout.is_empty());
        outputs.push(String::from_utf8(out.stderr).unwrap().replace(path.to_str().unwrap(), "W"));
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        outputs[0],
        "error: W, line 3, column 1: `user` is nothing that an account has; did you mean `users`?\n"
    );
    assert_eq!(
        outputs[1],
        "error: `W` has 2 problems:\n  line 2, column 6: `id` of an account is text, not a number\n  line 3, column \
         27: `secret` of an access key is text, not a number\n"
    );
    assert_eq!(outputs[2].lines().count(), 22, "{}", outputs[2]);
    assert!(outputs[2].ends_with("\n  and 6 more\n"), "{}", outputs[2]);
}

#[test]
fn shouts_when_others_can_reach_it() {
    let (mut running, _) = start(&["--listen", "0.0.0.0:0", "--beyond-loopback"]);
    signal(&running, "TERM");
    running.0.wait().unwrap();
    let mut text = String::new();
    running.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(text.starts_with("warning: OTHERS CAN REACH 0.0.0.0:"), "{text}");
}
