//! A connection that is not read before its request has left.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use nordnet_proto::{Cause, Failure};

use crate::wire::Wire;

/// A connection as an HTTP library sees it.
///
/// Libraries read while they write, and take whatever comes for the response. Here, bytes
/// that arrive before the last byte of the request has left, or between two requests,
/// fail the connection instead: they cannot be the response to an order.
///
/// ```text
///          begin             last byte written            end
///  Idle ─────────▶ Writing ───────────────────▶ Answering ───▶ Idle
///    └── bytes or end ──┴─────▶ failed
/// ```
pub struct Gate {
    wire: Box<dyn Wire>,
    handle: GateHandle,
    /// Room for a byte that is not part of a response. A runtime may replace it by a
    /// larger buffer, which does no harm: the connection has failed then.
    byte: Box<[u8]>,
}

/// Tells a [`Gate`] where a request begins and its response ends, after the gate itself
/// has moved into an HTTP library.
#[derive(Clone, Default)]
pub struct GateHandle(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    phase: Phase,
    /// Whether a byte of the request was handed to the connection.
    sent: bool,
    /// How many bytes of interim responses may still come.
    interim_left: usize,
    /// Why the connection cannot be used any more.
    failure: Option<Failure>,
}

#[derive(Default)]
enum Phase {
    /// No request is on the connection.
    #[default]
    Idle,
    /// A request is being written: its head up to the blank line, then its body.
    Writing {
        /// How much of the blank line after the head was written.
        blank: usize,
        body_left: usize,
    },
    /// The request has left.
    Answering,
}

const BLANK_LINE: &[u8; 4] = b"\r\n\r\n";

impl Gate {
    pub(crate) fn new(wire: Box<dyn Wire>) -> Self {
        Self {
            wire,
            handle: GateHandle::default(),
            byte: vec![0].into(),
        }
    }

    /// Returns a handle to this gate.
    #[must_use]
    pub fn handle(&self) -> GateHandle {
        self.handle.clone()
    }

    /// Waits for bytes, an error or the end of the stream while no response is due, and
    /// then fails the connection.
    pub(crate) fn poll_unasked(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        let read = ready!(self.wire.poll_read(cx, &mut self.byte));
        Poll::Ready(self.handle.lock().fail(Failure::unasked(read)))
    }
}

impl Wire for Gate {
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>> {
        let state = self.handle.lock();
        if let Some(failure) = &state.failure {
            return Poll::Ready(Err(broken(failure.clone())));
        }
        let has_left = matches!(state.phase, Phase::Answering);
        drop(state);
        if has_left {
            return self.wire.poll_read(cx, buffer);
        }
        self.poll_unasked(cx).map(|failure| Err(broken(failure)))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        // Right before each write: what has arrived by then cannot be the response.
        if let Poll::Ready(failure) = self.poll_unasked(cx) {
            return Poll::Ready(Err(broken(failure)));
        }
        let count = ready!(self.wire.poll_write(cx, bytes))?;
        let written = bytes.get(..count).unwrap_or_default();
        self.handle.lock().written(written);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.wire.poll_flush(cx)
    }
}

impl GateHandle {
    /// Begins a request with a body of `body` bytes. The interim responses to it may have
    /// `interim` bytes in all.
    pub fn begin(&self, body: usize, interim: usize) {
        let mut state = self.lock();
        state.sent = false;
        state.interim_left = interim;
        state.phase = Phase::Writing {
            blank: 0,
            body_left: body,
        };
    }

    /// Ends the request: its response was read to the end.
    pub fn end(&self) {
        self.lock().phase = Phase::Idle;
    }

    /// Counts an interim response of this many bytes; too many fail the connection.
    pub fn count_interim(&self, size: usize) {
        self.lock().count_interim(size);
    }

    /// Returns `true` if a byte of the request may have left.
    #[must_use]
    pub fn has_sent(&self) -> bool {
        self.lock().sent
    }

    /// Returns why the gate has failed the connection, if it has.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.lock().failure.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Stores why the connection cannot be used any more; the first reason stays.
    fn fail(&mut self, failure: Failure) -> Failure {
        let sent = self.sent;
        let failure = Failure { sent, ..failure };
        self.failure.get_or_insert(failure).clone()
    }

    /// Counts what was written of a request.
    fn written(&mut self, bytes: &[u8]) {
        self.sent |= !bytes.is_empty();
        let Phase::Writing { blank, body_left } = &mut self.phase else {
            return;
        };
        let mut bytes = bytes.iter();
        while *blank < BLANK_LINE.len() {
            let Some(byte) = bytes.next() else {
                return;
            };
            *blank = match BLANK_LINE.get(*blank) {
                Some(expected) if expected == byte => *blank + 1,
                _ => usize::from(*byte == b'\r'),
            };
        }
        *body_left = body_left.saturating_sub(bytes.len());
        if *body_left == 0 {
            self.phase = Phase::Answering;
        }
    }

    fn count_interim(&mut self, size: usize) {
        match self.interim_left.checked_sub(size) {
            Some(left) => self.interim_left = left,
            None => {
                let detail = "too many interim responses";
                self.fail(Failure::after_sending(Cause::TooLarge, detail));
            }
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl fmt::Debug for GateHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GateHandle")
    }
}

/// The failure as the user of the connection sees it.
fn broken(failure: Failure) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, failure)
}
