//! HTTP/1.1 connections with hyper.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::ext::on_informational;
use hyper::rt::{Read, ReadBufCursor, Write};
use nordnet_driver::http::{BUFFER, Gate, GateHandle};
use nordnet_driver::http1::allows_reuse;
use nordnet_driver::{HttpConnection, Wire as _};
use nordnet_proto::{Cause, Failure, HttpResponse, Outgoing, to_origin_form};
use tokio::task::AbortHandle;

/// Gives a connection to hyper.
pub(crate) async fn open(wire: Gate, max_head: usize) -> Result<Box<dyn HttpConnection>, Failure> {
    let gate = wire.handle();
    let (sender, connection) = Builder::new()
        .max_buf_size(max_head)
        .handshake(HyperIo::new(wire))
        .await
        .map_err(|error| failure(&error, false))?;
    // Its error is not lost: the request on the connection fails with it.
    let connection = tokio::spawn(async {
        let _ = connection.await;
    });
    Ok(Box::new(Connection {
        sender,
        gate,
        task: connection.abort_handle(),
        reusable: false,
    }))
}

/// A connection that hyper's task drives until this is dropped.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    gate: GateHandle,
    task: AbortHandle,
    reusable: bool,
}

impl HttpConnection for Connection {
    fn exchange(
        &mut self,
        out: Outgoing,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + '_>> {
        Box::pin(self.send(out))
    }

    fn has_sent(&self) -> bool {
        self.gate.has_sent()
    }

    fn is_reusable(&mut self) -> bool {
        self.reusable && !self.sender.is_closed()
    }
}

impl Connection {
    async fn send(&mut self, out: Outgoing) -> Result<HttpResponse, Failure> {
        self.reusable = false;
        let mut request = out.request;
        to_origin_form(&mut request);
        let body = request.body().as_bytes().len();
        let mut request =
            request.map(|payload| Full::new(Bytes::copy_from_slice(payload.as_bytes())));
        self.gate.begin(body, out.max_head);
        // hyper skips interim responses without a limit. Their size is about that on the
        // wire: `: ` and the end of line of each header, and a status line.
        let gate = self.gate.clone();
        on_informational(&mut request, move |interim| {
            let headers = interim.headers().iter();
            let size = headers.map(|(name, value)| name.as_str().len() + value.len() + 4);
            gate.count_interim(size.sum::<usize>() + 32);
        });
        // The gate's reason comes first: to hyper its failure is an I/O error.
        let gate = &self.gate;
        let ended = |error: &hyper::Error| {
            let other = || failure(error, gate.has_sent());
            gate.failure().unwrap_or_else(other)
        };
        self.sender.ready().await.map_err(|error| ended(&error))?;
        let response = self.sender.try_send_request(request).await;
        let response = response.map_err(|error| ended(error.error()))?;
        self.reusable = allows_reuse(&response);
        let (head, body) = response.into_parts();
        let body = read_body(body, out.max_body).await?;
        self.gate.end();
        Ok(HttpResponse::from_parts(head, body.into()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
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

/// A connection as hyper reads and writes it.
struct HyperIo {
    wire: Gate,
    buffer: Box<[u8]>,
    /// `start..end` was read, and hyper has not taken it yet.
    start: usize,
    end: usize,
}

impl HyperIo {
    fn new(wire: Gate) -> Self {
        Self {
            wire,
            buffer: vec![0; BUFFER].into(),
            start: 0,
            end: 0,
        }
    }
}

impl Read for HyperIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut room: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let io = self.get_mut();
        if io.start == io.end {
            io.end = ready!(io.wire.poll_read(cx, &mut io.buffer))?;
            io.start = 0;
        }
        let end = io.end.min(io.start + room.remaining());
        room.put_slice(io.buffer.get(io.start..end).unwrap_or_default());
        io.start = end;
        Poll::Ready(Ok(()))
    }
}

impl Write for HyperIo {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().wire.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().wire.poll_flush(cx)
    }

    /// Dropping the connection closes it.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
