//! One connection's bytes, plain or under TLS.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::unconstrained;
#[cfg(feature = "_tls")]
use tokio_rustls::client::TlsStream;

#[cfg(all(any(test, fuzzing), feature = "_tls"))]
use crate::h1::scripted::Scripted;

/// A connection to a server or a proxy.
pub(crate) struct Stream {
    layer: Layer,
    proxied: bool,
}

enum Layer {
    Tcp(TcpStream),
    /// Behind a pointer without a type, so that the code of TLS, its destructors included, is generated in this crate and not again in every
    /// program that has a stream in a future. TLS may lie in TLS (https through an https proxy).
    #[cfg(feature = "_tls")]
    Tls(Box<dyn Tls>),
}

#[cfg(feature = "_tls")]
trait Tls: AsyncRead + AsyncWrite + Send + Unpin {
    fn is_h2(&self) -> bool;
}

#[cfg(feature = "_tls")]
impl Tls for TlsStream<Stream> {
    fn is_h2(&self) -> bool {
        self.get_ref().1.alpn_protocol() == Some(b"h2")
    }
}

#[cfg(all(any(test, fuzzing), feature = "_tls"))]
impl Tls for Scripted {
    fn is_h2(&self) -> bool {
        false
    }
}

impl Stream {
    pub(crate) fn tcp(tcp: TcpStream) -> Self {
        Self { layer: Layer::Tcp(tcp), proxied: false }
    }

    #[cfg(feature = "_tls")]
    pub(crate) fn tls(tls: TlsStream<Self>) -> Self {
        Self { layer: Layer::Tls(Box::new(tls)), proxied: false }
    }

    /// A connection to a peer out of memory, where one under TLS would be.
    #[cfg(all(any(test, fuzzing), feature = "_tls"))]
    pub(crate) fn scripted(peer: Scripted) -> Self {
        Self { layer: Layer::Tls(Box::new(peer)), proxied: false }
    }

    /// Requests go to a proxy as they are, so their target is written in absolute form.
    pub(crate) fn proxied(self) -> Self {
        Self { proxied: true, ..self }
    }

    pub(crate) fn is_proxied(&self) -> bool {
        self.proxied
    }

    pub(crate) fn is_tls(&self) -> bool {
        !matches!(self.layer, Layer::Tcp(_))
    }

    /// Whether HTTP/2 was agreed on in the TLS handshake.
    pub(crate) fn is_h2(&self) -> bool {
        match &self.layer {
            Layer::Tcp(_) => false,
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => tls.is_h2(),
        }
    }

    /// Whether an idle connection is as it should be: neither closed nor saying anything unasked. What the operating system has not told
    /// the runtime yet cannot be seen.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        let mut byte = [0];
        let look = poll_fn(|cx| {
            let read = Pin::new(&mut *self).poll_read(cx, &mut ReadBuf::new(&mut byte));
            Poll::Ready(read.is_pending())
        });
        // From a task that has done much in one go tokio keeps what there is to read, which would look like quiet.
        unconstrained(look).await
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().layer {
            Layer::Tcp(tcp) => Pin::new(tcp).poll_read(cx, buf),
            #[cfg(feature = "_tls")]
            Layer::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
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
