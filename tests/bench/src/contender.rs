//! Those who are compared: each makes the same call in its own way.

pub mod floor;
pub mod ours;
pub mod raw;

use crate::Result;
use std::net::SocketAddr;

/// A client. Clones share connections, where the client has a pool.
pub trait Contender: Clone + Send + 'static {
    fn new(server: SocketAddr) -> Self;

    /// Makes one call and reads the whole reply.
    fn call(&mut self) -> impl Future<Output = Result<()>> + Send;
}
