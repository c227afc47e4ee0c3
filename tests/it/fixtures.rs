//! Sources of credentials, each case a folder of tests/fixtures: see its README.

mod case;
mod probe;

use crate::canary::Canaries;
use crate::wire::{Act, Server, answer};
use case::{Case, Expected};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// One test for each folder of tests/fixtures, so that they run side by side.
macro_rules! sources {
    ($($source:ident),+ $(,)?) => {
        const SOURCES: &[&str] = &[$(stringify!($source)),+];

        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $source() {
                all_of(stringify!($source)).await;
            }
        )+
    };
}

sources!(
    chain,
    cli_config,
    credentials_file,
    credentials_uri,
    ecs_ram_role,
    environment,
    external_process,
    oidc_role
);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn folders(of: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(of).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn no_folder_is_forgotten() {
    assert_eq!(folders(&folder()), SOURCES.iter().map(|name| (*name).to_owned()).collect());
}

async fn all_of(source: &str) {
    let mut wrong = Vec::new();
    let cases = folders(&folder().join(source));
    assert!(!cases.is_empty());
    for name in cases {
        let case = Case::read(&folder().join(source).join(&name));
        if let Err(problem) = run(case).await {
            wrong.push(format!("tests/fixtures/{source}/{name}: {problem}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn run(mut case: Case) -> Result<(), String> {
    let home = Home::new();
    let exchanges = Arc::new(Mutex::new((case.take_http(), Vec::<String>::new())));
    let script = Arc::clone(&exchanges);
    let server = Server::start(move |_, received| {
        let mut script = script.lock().unwrap();
        if script.0.is_empty() {
            script.1.push(format!("a request more than expected: {}", received.head));
            return Act::Reply(answer(500, "", ""));
        }
        let exchange = script.0.remove(0);
        script.1.extend(exchange.differences(received));
        Act::Reply(answer(exchange.status, &exchange.headers, &exchange.body))
    })
    .await;
    let case = case.fill_in(&home.0, &server.url());
    for exchange in &mut exchanges.lock().unwrap().0 {
        exchange.body = case.text(&exchange.body);
        exchange.expected = serde_json::from_str(&case.text(&exchange.expected.to_string())).unwrap();
    }
    case.write_files(&home.0);
    let out = home.0.join("out.json");
    let mut variables = case.variables();
    variables.push(("HOME".to_owned(), home.0.join("home").to_str().unwrap().to_owned()));
    variables.push(("FIXTURE_OUT".to_owned(), out.to_str().unwrap().to_owned()));
    variables.push(("FIXTURE_ASK".to_owned(), case.ask().to_string()));
    let output = tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        crate::child::run("fixtures::probe::probe", &variables)
    })
    .await
    .unwrap();
    let said =
        format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let result = std::fs::read(&out).map_err(|_| format!("the probe ended without a result: {said}"))?;
    let result: Value = serde_json::from_slice(&result).unwrap();
    let (left, mut problems) = std::mem::take(&mut *exchanges.lock().unwrap());
    problems.extend(left.iter().map(|exchange| format!("a request was not made: {}", exchange.expected)));
    problems.extend(case.differences(&result, &home.0.join("home")));
    let canaries = case.canaries();
    problems.extend(leaks(&canaries, &said, &result));
    match problems.as_slice() {
        [] => Ok(()),
        _ => Err(format!("{}\nthe result: {:#}", problems.join("\n"), Expected::without_secrets(&result))),
    }
}

/// Everything that the probe printed, logged or told of, but for the credentials themselves.
fn leaks(canaries: &Canaries, said: &str, result: &Value) -> Option<String> {
    let told = format!("{said}\n{:#}\n{}", result["told"], result["told"].as_str().unwrap_or_default());
    canaries.find(&told).map(|found| format!("shown: {found}\n{told}"))
}

/// A folder of its own, removed at the end.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("ali-sts-fixture-{}-{number}", std::process::id()));
        std::fs::create_dir_all(folder.join("home")).unwrap();
        Self(folder)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
