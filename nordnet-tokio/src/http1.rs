//! HTTP/1.1 connections: one call in flight on each, none used again after a
//! failure, no redirects, no proxies, no repeats.

use std::future::poll_fn;
use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use nordnet_proto::driver::KeptConnections;
use nordnet_proto::{Cause, Failure, HttpResponse, Limits, Outgoing, to_origin_form};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout, timeout_at};

use crate::gate::{Gate, Shared};
use crate::net::Connector;

/// Sends requests, each on a connection of its own or on one that an earlier
/// call has left in good order.
pub(crate) struct Http {
    connector: Connector,
    kept: KeptConnections<Connection>,
}

/// A connection that ends with its handle.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    gate: Shared,
    driver: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Http {
    pub(crate) const fn new(connector: Connector, limits: &Limits) -> Self {
        let kept = KeptConnections::new(limits);
        Self { connector, kept }
    }

    /// Sends one request and reads the whole answer.
    pub(crate) async fn send(&self, out: Outgoing) -> Result<HttpResponse, Failure> {
        let now = || Instant::now().into_std();
        let is_open = |kept: &mut Connection| !kept.sender.is_closed();
        let kept = self.kept.take(&out, is_open, now());
        let is_new = kept.is_none();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.open(&out).await?,
        };
        let late = |_| Err(Failure::after_sending(Cause::Timeout, ""));
        let (by, lane) = (out.answer_by.into(), out.lane);
        let exchange = timeout_at(by, connection.exchange(out)).await;
        let response = exchange.unwrap_or_else(late).map_err(|failure| {
            if is_new {
                failure
            } else {
                failure.on_kept_connection()
            }
        })?;
        if is_open(&mut connection) {
            self.kept.put(connection, lane, now());
        }
        Ok(response)
    }

    /// Opens a connection, and checks that nothing arrives for the time that
    /// [`Outgoing::quiet`] gives.
    async fn open(&self, out: &Outgoing) -> Result<Connection, Failure> {
        let begun = Instant::now();
        let socket = self.connector.connect(&out.server, out.connect_by).await?;
        let (mut io, gate) = Gate::new(socket.0);
        if let Some(quiet) = out.quiet(begun.elapsed()) {
            let unasked = poll_fn(|cx| io.poll_unasked(cx));
            if let Ok(failure) = timeout(quiet, unasked).await {
                return Err(failure);
            }
        }
        let (sender, driver) = Builder::new()
            .max_buf_size(out.max_head)
            .handshake(TokioIo::new(io))
            .await
            .map_err(|error| failure(&error, false))?;
        // How the connection ends is told to the request that is on it.
        let driver = tokio::spawn(async {
            let _ = driver.await;
        });
        Ok(Connection {
            sender,
            gate,
            driver: driver.abort_handle(),
        })
    }
}

impl Connection {
    async fn exchange(&mut self, out: Outgoing) -> Result<HttpResponse, Failure> {
        let mut request = out.request;
        to_origin_form(&mut request);
        let mut request =
            request.map(|payload| Full::new(Bytes::copy_from_slice(payload.as_bytes())));
        let body = usize::try_from(request.body().size_hint().lower()).unwrap_or_default();
        self.gate.begin(&mut request, body, out.max_head);
        let gate = self.gate.clone();
        let ended = |error: &hyper::Error| {
            gate.failure()
                .unwrap_or_else(|| failure(error, gate.has_sent()))
        };
        self.sender.ready().await.map_err(|error| ended(&error))?;
        let response = self.sender.try_send_request(request).await;
        let response = response.map_err(|error| ended(error.error()))?;
        let (head, body) = response.into_parts();
        let body = read_body(body, out.max_body).await?;
        self.gate.end();
        Ok(HttpResponse::from_parts(head, body.into()))
    }
}

async fn read_body(mut body: Incoming, max_body: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| failure(&error, true))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > max_body {
            let detail = format!("more than {max_body} bytes");
            return Err(Failure::after_sending(Cause::TooLarge, detail));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn failure(error: &hyper::Error, sent: bool) -> Failure {
    let io_kind = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .map(io::Error::kind);
    let cause = match io_kind {
        Some(kind) => kind.into(),
        None if error.is_parse_too_large() => Cause::TooLarge,
        None if error.is_parse() => Cause::Protocol,
        None => Cause::Closed,
    };
    Failure {
        sent,
        cause,
        detail: error.to_string(),
    }
}
