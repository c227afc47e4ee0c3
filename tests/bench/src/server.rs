//! The other end: reads a request to its end and answers the same thing, always.

use crate::Result;
use crate::machine::{SERVER_CPU, pin};
use crate::workload::REPLY;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::mpsc;
use tokio::net::TcpListener;

/// Starts the server on a thread of its own, for as long as the process lives.
pub fn start() -> Result<SocketAddr> {
    let (started, address) = mpsc::channel();
    std::thread::spawn(move || {
        let serving = || -> Result<()> {
            pin(SERVER_CPU)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let _ = started.send(listener.local_addr());
                serve(listener).await
            })
        };
        if let Err(error) = serving() {
            eprintln!("the server ended: {error}");
        }
    });
    Ok(address.recv().map_err(|_| "the server did not start")??)
}

async fn serve(listener: TcpListener) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        // A client that is ended in the middle of a call breaks its connections.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
    }
}

async fn answer(request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
    request.into_body().collect().await?;
    let mut response = Response::new(Full::new(Bytes::from_static(REPLY.as_bytes())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    Ok(response)
}
