//! docs/emulator.md: its worlds are worlds, and its orders are obeyed.

use ali_sts::{Client, Credentials};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use sts_emulator::{Emulator, World};

const PAGE: &str = include_str!("../../docs/emulator.md");

/// The only block of a language that has this in it.
fn block(language: &str, with: &str) -> &'static str {
    let opening = format!("```{language}\n");
    let blocks = PAGE.split(opening.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let mut found = blocks.filter(|block| block.contains(with));
    let block = found.next().unwrap();
    assert!(found.next().is_none());
    block
}

fn alice() -> Credentials {
    Credentials::new("LTAI5tExampleOfAlice", "alice-in-tests")
}

async fn start(world: World) -> (Emulator, Client) {
    let free = "127.0.0.1:0".parse().unwrap();
    let emulator =
        Emulator::builder().world(world).all_services().control_listen(free).start().await.unwrap();
    let sts = Client::builder().endpoint(emulator.base_url()).credentials(alice()).build().unwrap();
    (emulator, sts)
}

#[tokio::test]
async fn the_world_in_toml_is_as_it_says() {
    let text = block("toml", "[[accounts]]");
    let (emulator, sts) = start(World::from_toml(text).unwrap()).await;
    assert_eq!(emulator.role_arn(), "acs:ram::1234567890123456:role/reporter");
    assert_eq!(emulator.bucket(), "shop-data");
    assert_eq!(emulator.inactive_credentials().access_key_id(), "LTAI5tOldKeyOfAlice");
    let assume = || sts.assume_role(emulator.role_arn());
    let refused = assume().send().await.unwrap_err();
    assert_eq!(
        refused.code().map(|code| code.as_str()),
        Some("NoPermission"),
        "the trust policy asks for an external id"
    );
    assume().external_id("shop-42").send().await.unwrap();
    // What is commented out can be written.
    let options = ["# seed =", "# clock =", "# id =", "# region =", "# { key = \"manual.pdf\""];
    for option in options {
        assert_eq!(text.matches(option).count(), 1, "{option}");
        let changed = text.replace(option, option.trim_start_matches("# "));
        match World::from_toml(&changed) {
            Ok(_) => {}
            Err(error) => {
                assert!(option.contains("manual") && error.to_string().contains("cannot be read"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn the_world_in_json_is_one_too() {
    let (emulator, sts) = start(World::from_json(block("json", "\"accounts\"")).unwrap()).await;
    sts.assume_role(emulator.role_arn()).send().await.unwrap();
}

/// `curl [-X METHOD] $control/PATH [-d 'BODY']`: method, path, body.
fn order(line: &str) -> (String, String, String) {
    let (head, body) = match line.split_once(" -d '") {
        Some((head, body)) => (head, body.strip_suffix('\'').unwrap()),
        None => (line, ""),
    };
    let method = head.split_once("-X ").map_or("GET", |(_, rest)| rest.split(' ').next().unwrap());
    let path = head.split_once("$control").unwrap().1.split(' ').next().unwrap();
    (method.to_owned(), path.to_owned(), body.to_owned())
}

fn ask(url: &str, (method, path, body): &(String, String, String)) -> String {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_order_is_obeyed() {
    let world = block("toml", "[[accounts]]");
    let (emulator, sts) = start(World::from_toml(world).unwrap()).await;
    let session = sts.assume_role(emulator.role_arn()).external_id("shop-42").send().await.unwrap();
    let lines: Vec<&str> = block("sh", "/faults").lines().collect();
    let mut effects = Vec::new();
    for line in &lines {
        let mut order = order(line);
        order.2 = order.2.replace("STS.ofTheSession", session.credentials.access_key_id());
        if line.contains("@world.toml") {
            world.clone_into(&mut order.2);
        }
        effects.extend(
            serde_json::from_str::<Value>(&order.2)
                .ok()
                .and_then(|order| Some(order["effect"].as_str()?.to_owned())),
        );
        let reply = ask(emulator.control_url().unwrap(), &order);
        let expected =
            if line.contains("keys/rotate") || line.ends_with("$control/trail") && !line.contains("DELETE") {
                "HTTP/1.1 200"
            } else {
                "HTTP/1.1 204"
            };
        assert!(reply.starts_with(expected), "{line}: {reply}");
    }
    assert!(lines.len() > 15);
    // Every effect that there is, as the endpoint itself lists them.
    let unknown = ("POST".into(), "/faults".into(), "{\"effect\": \"none\"}".into());
    let reply = ask(emulator.control_url().unwrap(), &unknown);
    let listed = reply.split("expected one of").nth(1).unwrap().split(" at line").next().unwrap();
    let listed: Vec<String> =
        listed.split(',').map(|name| name.trim_matches([' ', '`']).to_owned()).collect();
    assert_eq!(effects, listed);
}
