//! Calls over the connections of an adapter that brings no HTTP library.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::task::{Context, Poll, Waker, ready};

use super::adapter::{Adapter, Wire};
use super::feed::READ_BUFFER;
use super::kept::KeptConnections;
use super::task::by;
use crate::config::Limits;
use crate::failure::{Cause, Failure};
use crate::http1::{AnswerReader, to_http1};
use crate::outgoing::Outgoing;
use crate::request::HttpResponse;

/// HTTP/1.1: one call in flight on each connection, none used again after a
/// failure, no redirects, no proxies, no repeats.
#[derive(Debug)]
pub struct Http<W> {
    kept: KeptConnections<W>,
}

impl<W: Wire> Http<W> {
    /// No connections yet, under these limits.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let kept = KeptConnections::new(limits);
        Self { kept }
    }

    /// Sends one request and reads the whole answer, on a connection of its own
    /// or on one that an earlier call has left in good order.
    ///
    /// # Errors
    ///
    /// [`Failure`] if there is no whole answer in time.
    pub async fn send<R: Adapter<Wire = W>>(
        &self,
        adapter: &R,
        out: Outgoing,
    ) -> Result<HttpResponse, Failure> {
        let kept = self.kept.take(&out, is_silent, adapter.now());
        let is_new = kept.is_none();
        let mut wire = match kept {
            Some(wire) => wire,
            None => open(adapter, &out).await?,
        };
        let mut sent = false;
        let exchange = exchange(&mut wire, &out, &mut sent);
        let answer = by(adapter, out.answer_by, exchange).await;
        let late = || Err(Failure::after_sending(Cause::Timeout, ""));
        let (response, may_reuse) = answer.unwrap_or_else(late).map_err(|failure| {
            let failure = Failure { sent, ..failure };
            if is_new {
                failure
            } else {
                failure.on_kept_connection()
            }
        })?;
        if may_reuse && is_silent(&mut wire) {
            self.kept.put(wire, out.lane, adapter.now());
        }
        Ok(response)
    }
}

/// Opens a connection, and checks that nothing arrives for the time that
/// [`Outgoing::quiet`] gives.
async fn open<R: Adapter>(adapter: &R, out: &Outgoing) -> Result<R::Wire, Failure> {
    let begun = adapter.now();
    let server = out.server.as_ref().clone();
    let mut wire = adapter.connect(server, out.connect_by).await?;
    let opened = adapter.now();
    if let Some(quiet) = out.quiet(opened.saturating_duration_since(begun)) {
        let mut byte = vec![0].into();
        let read = poll_fn(|cx| wire.poll_read(cx, &mut byte));
        if let Some(read) = by(adapter, opened + quiet, read).await {
            return Err(Failure::unasked(read));
        }
    }
    Ok(wire)
}

/// Gives the answer, and whether the connection may be used again.
async fn exchange(
    wire: &mut impl Wire,
    out: &Outgoing,
    sent: &mut bool,
) -> Result<(HttpResponse, bool), Failure> {
    let request = to_http1(&out.request);
    let mut bytes = request.as_bytes();
    while !bytes.is_empty() {
        // Bytes that arrive before the whole request is written are not its answer.
        let written = poll_fn(|cx| match wire.poll_read(cx, &mut vec![0].into()) {
            Poll::Ready(read) => Poll::Ready(Err(Failure::unasked(read))),
            Poll::Pending => {
                let written = ready!(wire.poll_write(cx, bytes));
                Poll::Ready(written.map_err(|error| failure(&error)))
            }
        });
        match written.await? {
            0 => return Err(failure(&ErrorKind::WriteZero.into())),
            count => bytes = bytes.get(count..).unwrap_or_default(),
        }
        *sent = true;
    }
    let flushed = poll_fn(|cx| wire.poll_flush(cx)).await;
    flushed.map_err(|error| failure(&error))?;

    let mut answer = AnswerReader::new(out);
    let mut buffer = vec![0; READ_BUFFER].into();
    loop {
        let read = poll_fn(|cx| wire.poll_read(cx, &mut buffer)).await;
        let count = read.map_err(|error| failure(&error))?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if let Some(response) = answer.handle_input(bytes)? {
            return Ok((response, answer.may_reuse_connection()));
        }
    }
}

/// Whether the other side has neither closed nor said anything that nobody
/// asked for.
fn is_silent(wire: &mut impl Wire) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    wire.poll_read(&mut cx, &mut vec![0].into()).is_pending()
}

fn failure(error: &io::Error) -> Failure {
    Failure::after_sending(error.kind().into(), error.to_string())
}
