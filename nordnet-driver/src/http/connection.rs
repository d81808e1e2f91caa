//! A connection that reads and writes HTTP/1.1 by itself.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Waker};

use nordnet_proto::{Failure, HttpResponse, Outgoing};

use super::BUFFER;
use super::gate::{Gate, GateHandle};
use crate::http1::{ResponseReader, to_http1};
use crate::wire::{HttpConnection, Wire as _};

/// A connection for one request at a time.
pub(crate) struct Http1 {
    gate: Gate,
    handle: GateHandle,
    buffer: Box<[u8]>,
    reusable: bool,
}

impl Http1 {
    pub(crate) fn new(gate: Gate) -> Self {
        let handle = gate.handle();
        Self {
            gate,
            handle,
            buffer: vec![0; BUFFER].into(),
            reusable: false,
        }
    }

    async fn write(&mut self, out: &Outgoing) -> io::Result<()> {
        let request = to_http1(&out.request);
        let mut bytes = request.as_bytes();
        while !bytes.is_empty() {
            match poll_fn(|cx| self.gate.poll_write(cx, bytes)).await? {
                0 => return Err(ErrorKind::WriteZero.into()),
                count => bytes = bytes.get(count..).unwrap_or_default(),
            }
        }
        poll_fn(|cx| self.gate.poll_flush(cx)).await
    }

    async fn read(&mut self, out: &Outgoing) -> Result<HttpResponse, Failure> {
        let mut reader = ResponseReader::new(out);
        loop {
            let read = poll_fn(|cx| self.gate.poll_read(cx, &mut self.buffer)).await;
            let count = read.map_err(|error| self.failure(&error))?;
            let bytes = self.buffer.get(..count).unwrap_or_default();
            if let Some(response) = reader.handle_input(bytes)? {
                self.reusable = reader.may_reuse_connection();
                return Ok(response);
            }
        }
    }

    /// Why the connection cannot be used any more.
    fn failure(&self, error: &io::Error) -> Failure {
        let other = || Failure::after_sending(error.kind().into(), error.to_string());
        self.handle.failure().unwrap_or_else(other)
    }
}

impl HttpConnection for Http1 {
    fn exchange(
        &mut self,
        out: Outgoing,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + '_>> {
        Box::pin(async move {
            self.reusable = false;
            let body = out.request.body().as_bytes().len();
            self.handle.begin(body, out.max_head);
            let written = self.write(&out).await;
            written.map_err(|error| self.failure(&error))?;
            let response = self.read(&out).await?;
            self.handle.end();
            Ok(response)
        })
    }

    fn has_sent(&self) -> bool {
        self.handle.has_sent()
    }

    fn is_reusable(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.reusable && self.gate.poll_unasked(&mut cx).is_pending()
    }
}
