use super::call::Call;
use crate::{Emulator, StartError};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};

fn address(emulator: &Emulator) -> String {
    emulator.base_url().strip_prefix("http://").unwrap().to_owned()
}

#[tokio::test]
async fn stop_closes_port_and_connections() {
    let emulator = Emulator::start().await.unwrap();
    let address = address(&emulator);
    let mut idle = TcpStream::connect(&address).await.unwrap();
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);
    emulator.stop().await;
    let end = idle.read(&mut [0; 1]).await;
    assert!(end.map_or(true, |read| read == 0));
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn drop_closes_port_and_connections() {
    let emulator = Emulator::start().await.unwrap();
    let address = address(&emulator);
    let mut idle = TcpStream::connect(&address).await.unwrap();
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);
    drop(emulator);
    // The end of the connection is what tells that the runtime has taken the server down.
    let end = idle.read(&mut [0; 1]).await;
    assert!(end.map_or(true, |read| read == 0));
    // The listener goes in the same drop as the connection.
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn two_emulators_share_nothing() {
    let (one, two) = (Emulator::start().await.unwrap(), Emulator::start().await.unwrap());
    assert_ne!(one.base_url(), two.base_url());
    assert_ne!(one.access_key_id(), two.access_key_id());
    assert_ne!(one.access_key_secret().expose_secret(), two.access_key_secret().expose_secret());
    let strange = Call::assume_role_as(&two, &one.credentials()).send(&two).await;
    assert_eq!(strange.refusal(), (404, "InvalidAccessKeyId.NotFound".to_owned()));
}

#[tokio::test]
async fn only_loopback_unless_asked_by_name() {
    let anywhere = "0.0.0.0:0".parse().unwrap();
    let error = Emulator::builder().listen(anywhere).start().await.unwrap_err();
    assert!(matches!(error, StartError::NotLoopback(_)));
    assert_eq!(
        error.to_string(),
        "`0.0.0.0:0` is not a loopback address; use `listen_beyond_loopback` if others are meant to reach it"
    );
    Emulator::builder().listen_beyond_loopback(anywhere).start().await.unwrap().stop().await;
}

#[tokio::test]
async fn impossible_options_are_refused() {
    for seconds in [0, 3599, 43_201, u64::MAX] {
        let builder = Emulator::builder().max_session_duration(Duration::from_secs(seconds));
        assert!(matches!(builder.start().await, Err(StartError::MaxSessionDuration(_))), "{seconds}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let builder = Emulator::builder().listen(taken.local_addr().unwrap());
    let error = builder.start().await.unwrap_err();
    assert!(matches!(error, StartError::Listen(_)));
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let emulator = Emulator::start().await.unwrap();
    let shown = format!("{emulator:?} {:?}", Emulator::builder());
    assert!(shown.contains(emulator.access_key_id()));
    assert!(!shown.contains(emulator.access_key_secret().expose_secret()));
}
