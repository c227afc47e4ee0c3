//! The client over real loopback sockets, through its public interface alone.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may panic")]

mod against_hyper;
mod client;
mod faults;
mod pool;
mod proxy;
mod server;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod tls;
