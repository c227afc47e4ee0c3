//! One connection's bytes, plain or under TLS.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
#[cfg(feature = "_tls")]
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection to a server or a proxy. TLS may lie in TLS (https through an https proxy), hence the box, which also keeps the
/// plain case small: every request's future has room for one of these.
pub(crate) struct Stream {
    layer: Layer,
    proxied: bool,
}

enum Layer {
    Tcp(TokioIo<TcpStream>),
    #[cfg(feature = "_tls")]
    Tls(Box<MaybeHttpsStream<Stream>>),
}

impl Stream {
    pub(crate) fn tcp(tcp: TokioIo<TcpStream>) -> Self {
        Self { layer: Layer::Tcp(tcp), proxied: false }
    }

    #[cfg(feature = "_tls")]
    pub(crate) fn tls(tls: MaybeHttpsStream<Self>) -> Self {
        Self { layer: Layer::Tls(Box::new(tls)), proxied: false }
    }

    /// Requests go to a proxy as they are, so their target is written in absolute form.
    pub(crate) fn proxied(self) -> Self {
        Self { proxied: true, ..self }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        let connected = match &self.layer {
            // Not `tcp.connected()`: it asks the socket for its addresses, and hyper-util would copy them into every response.
            Layer::Tcp(_) => Connected::new(),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => tls.connected(),
        };
        connected.proxy(self.proxied)
    }
}

impl Read for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().layer {
            Layer::Tcp(tcp) => Pin::new(tcp).poll_read(cx, buf),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }
}

impl Write for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().layer {
            Layer::Tcp(tcp) => Pin::new(tcp).poll_write(cx, buf),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().layer {
            Layer::Tcp(tcp) => Pin::new(tcp).poll_write_vectored(cx, bufs),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.layer {
            Layer::Tcp(tcp) => tcp.is_write_vectored(),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().layer {
            Layer::Tcp(tcp) => Pin::new(tcp).poll_flush(cx),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().layer {
            Layer::Tcp(tcp) => Pin::new(tcp).poll_shutdown(cx),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
