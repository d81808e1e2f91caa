//! HTTP/1.1 connections: one call in flight on each, none used again after a
//! failure, no redirects, no proxies, no repeats.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::rt::{Read, ReadBufCursor, Write};
use nordnet_proto::driver::KeptConnections;
use nordnet_proto::{Cause, Failure, HttpRequest, HttpResponse, Limits, Outgoing, to_origin_form};
use smol::io::{AsyncRead as _, AsyncWrite as _};
use smol::{Task, Timer};

use crate::net::{Connector, Duplex, before};

/// Sends requests, each on a connection of its own or on one that an earlier
/// call has left in good order.
pub(crate) struct Http {
    connector: Connector,
    kept: KeptConnections<Connection>,
}

/// A connection that ends with its handle: the drop of a task cancels it.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    _driver: Task<()>,
}

impl Http {
    pub(crate) fn new(connector: Connector, limits: &Limits) -> Self {
        let kept = KeptConnections::new(limits);
        Self { connector, kept }
    }

    /// Sends one request and reads the whole answer.
    pub(crate) async fn send(&self, out: Outgoing) -> Result<HttpResponse, Failure> {
        let is_open = |kept: &mut Connection| !kept.sender.is_closed();
        let mut connection = match self.kept.take(&out, is_open, Instant::now()) {
            Some(connection) => connection,
            None => self.open(&out).await?,
        };
        let late = || Err(Failure::after_sending(Cause::Timeout, ""));
        let by = Timer::at(out.answer_by);
        let exchange = exchange(&mut connection.sender, out.request, out.max_body);
        let response = before(by, exchange).await.unwrap_or_else(late)?;
        if is_open(&mut connection) {
            self.kept.put(connection, Instant::now());
        }
        Ok(response)
    }

    async fn open(&self, out: &Outgoing) -> Result<Connection, Failure> {
        let socket = self.connector.connect(&out.server, out.connect_by).await?;
        let (sender, driver) = Builder::new()
            .max_buf_size(out.max_head)
            .handshake(HyperIo(socket.0))
            .await
            .map_err(|error| failure(&error, false))?;
        // How the connection ends is told to the request that is on it.
        let driver = smol::spawn(async {
            let _ = driver.await;
        });
        Ok(Connection {
            sender,
            _driver: driver,
        })
    }
}

/// A connection as hyper sees it.
struct HyperIo(Box<dyn Duplex>);

impl Read for HyperIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // Without `unsafe`, what is read has to be copied once.
        let mut buffer = [0; 8 << 10];
        let room = buffer.len().min(cursor.remaining());
        let buffer = buffer.get_mut(..room).unwrap_or_default();
        let count = ready!(Pin::new(&mut self.0).poll_read(cx, buffer))?;
        cursor.put_slice(buffer.get(..count).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl Write for HyperIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(cx)
    }
}

async fn exchange(
    sender: &mut SendRequest<Full<Bytes>>,
    mut request: HttpRequest,
    max_body: usize,
) -> Result<HttpResponse, Failure> {
    to_origin_form(&mut request);
    let request = request.map(|payload| Full::new(Bytes::copy_from_slice(payload.as_bytes())));
    sender
        .ready()
        .await
        .map_err(|error| failure(&error, false))?;
    let response = sender.try_send_request(request).await.map_err(|error| {
        // The request comes back only if not one byte of it was written.
        let sent = error.message().is_none();
        failure(error.error(), sent)
    })?;
    let (head, body) = response.into_parts();
    let body = read_body(body, max_body).await?;
    Ok(HttpResponse::from_parts(head, body.into()))
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
