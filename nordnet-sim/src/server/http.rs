//! REST and the control port over HTTP/1.1.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::exchange::{Request, Response};

use super::control;
use super::feed::accept;
use super::shared::Shared;

const MOST_BODY: usize = 256 * 1024;
const MOST_HEAD: usize = 64 * 1024;
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);
const HEAD_WITHIN: Duration = Duration::from_secs(60);
const BODY_WITHIN: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: usize = 1024;

/// Serves the REST API, for ever.
pub(super) async fn serve_rest(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
) {
    serve(listener, tls, shared, Port::Rest).await;
}

/// Serves the control port, for ever.
pub(super) async fn serve_control(listener: TcpListener, shared: Arc<Shared>) {
    serve(listener, None, shared, Port::Control).await;
}

#[derive(Clone, Copy)]
enum Port {
    Rest,
    Control,
}

async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>, port: Port) {
    let places = Arc::new(tokio::sync::Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Some(stream) = accept(&listener).await else {
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            continue;
        };
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            let _place = place;
            match tls {
                None => converse(stream, shared, port).await,
                Some(tls) => {
                    let handshake = tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        converse(stream, shared, port).await;
                    }
                }
            }
        });
    }
}

async fn converse<S>(stream: S, shared: Arc<Shared>, port: Port)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { answer(request, &shared, port).await }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MOST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    // Whatever a client does wrong is its own affair.
    let _ = connection.await;
}

/// Answers one request. An error closes the connection without a reply.
async fn answer(
    request: hyper::Request<Incoming>,
    shared: &Shared,
    port: Port,
) -> io::Result<hyper::Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let collected = tokio::time::timeout(BODY_WITHIN, Limited::new(body, MOST_BODY).collect());
    let body = match collected.await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return Ok(bare(413)),
        Err(_) => return Ok(bare(408)),
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        method: head.method.as_str().to_owned(),
        target: head
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .to_owned(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body: body.to_vec(),
    };
    let reply = match port {
        Port::Rest => shared.run(|exchange, now| exchange.handle_request(&request, now)),
        Port::Control => shared.run(|exchange, now| control::handle(exchange, &request, now)),
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    let Some(response) = reply.response else {
        return Err(io::Error::other("closed on purpose"));
    };
    Ok(encode(response))
}

fn encode(response: Response) -> hyper::Response<Full<Bytes>> {
    let status = response.status;
    let mut encoded = hyper::Response::new(Full::new(Bytes::from(response.body)));
    // A script may ask for what HTTP cannot say; it then gets what can be said.
    *encoded.status_mut() =
        hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        let name = HeaderName::try_from(name);
        let value = HeaderValue::try_from(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            encoded.headers_mut().append(name, value);
        }
    }
    encoded
}

fn bare(status: u16) -> hyper::Response<Full<Bytes>> {
    encode(Response {
        status,
        headers: vec![("connection".to_owned(), "close".to_owned())],
        body: Vec::new(),
    })
}
