//! The room below the floor: a socket, ready bytes out, a known number of bytes in.

use super::Contender;
use crate::Result;
use crate::signing::rpc_v1::signed_body;
use crate::workload::{POLICY_BYTES, REPLY};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub struct Raw {
    server: SocketAddr,
    request: Arc<[u8]>,
    connection: Option<TcpStream>,
}

/// A connection of its own for each clone.
impl Clone for Raw {
    fn clone(&self) -> Self {
        Self { server: self.server, request: Arc::clone(&self.request), connection: None }
    }
}

impl Contender for Raw {
    fn new(server: SocketAddr) -> Self {
        let body = signed_body(POLICY_BYTES);
        let head = format!(
            "POST / HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\nuser-agent: raw/0.1.0\r\nhost: {server}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Self { server, request: [head.as_bytes(), &body].concat().into(), connection: None }
    }

    async fn call(&mut self) -> Result<()> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => {
                let connection = TcpStream::connect(self.server).await?;
                connection.set_nodelay(true)?;
                self.connection.insert(connection)
            }
        };
        connection.write_all(&self.request).await?;
        let mut reply = [0; 4096];
        let mut length = 0;
        while !reply[..length].ends_with(&REPLY.as_bytes()[REPLY.len() - 8..]) {
            match connection.read(&mut reply[length..]).await? {
                0 => return Err("the reply ends too early".into()),
                read => length += read,
            }
        }
        Ok(())
    }
}
