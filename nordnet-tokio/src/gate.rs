//! A socket that brings an answer only after its request has left.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use hyper::ext;
use hyper::http::Request;
use nordnet_proto::{Cause, Failure};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::Duplex;

/// A socket as hyper sees it. hyper reads while it writes, and takes whatever comes
/// for the answer: here, what comes before the last byte of the request has left
/// ends the connection.
pub(crate) struct Gate {
    socket: Box<dyn Duplex>,
    state: Shared,
}

/// The other end of a [`Gate`]: says where a request begins and an answer ends.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    phase: Phase,
    /// Whether a byte of the request was handed to the socket.
    sent: bool,
    /// How many bytes of interim answers may still come.
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
    pub(crate) fn new(socket: Box<dyn Duplex>) -> (Self, Shared) {
        let state = Shared::default();
        let shared = state.clone();
        (Self { socket, state }, shared)
    }

    /// Waits for bytes or an end of stream while no answer is due, and fails the
    /// connection.
    pub(crate) fn poll_unasked(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        let read = ready!(Pin::new(&mut self.socket).poll_read(cx, &mut buffer));
        let read = read.map(|()| buffer.filled().len());
        Poll::Ready(self.state.lock().fail(Failure::unasked(read)))
    }
}

impl Shared {
    /// A request begins; interim answers to it may have this many bytes.
    pub(crate) fn begin<B>(&self, request: &mut Request<B>, body: usize, interim: usize) {
        let mut state = self.lock();
        state.sent = false;
        state.interim_left = interim;
        state.phase = Phase::Writing {
            blank: 0,
            body_left: body,
        };
        drop(state);
        // hyper drops interim answers without end.
        let shared = self.clone();
        ext::on_informational(request, move |interim| {
            let headers = interim.headers().iter();
            let size = headers.map(|(name, value)| name.as_str().len() + value.len() + 4);
            shared.lock().take_interim(size.sum::<usize>() + 32);
        });
    }

    /// The answer was read to its end.
    pub(crate) fn end(&self) {
        self.lock().phase = Phase::Idle;
    }

    /// Whether a byte of the request may have left.
    pub(crate) fn has_sent(&self) -> bool {
        self.lock().sent
    }

    /// Why the connection was given up, if not by hyper.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.lock().failure.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Notes why the connection cannot be used any more; the first reason stands.
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

    fn take_interim(&mut self, size: usize) {
        match self.interim_left.checked_sub(size) {
            Some(left) => self.interim_left = left,
            None => {
                let detail = "too many interim answers";
                self.fail(Failure::after_sending(Cause::TooLarge, detail));
            }
        }
    }
}

impl AsyncRead for Gate {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = self.get_mut();
        let state = gate.state.lock();
        if let Some(failure) = &state.failure {
            return Poll::Ready(Err(broken(failure.clone())));
        }
        let has_left = matches!(state.phase, Phase::Answering);
        drop(state);
        if has_left {
            return Pin::new(&mut gate.socket).poll_read(cx, buffer);
        }
        gate.poll_unasked(cx).map(|failure| Err(broken(failure)))
    }
}

impl AsyncWrite for Gate {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let gate = self.get_mut();
        // Looked for right before each write, the last one included.
        if let Poll::Ready(failure) = gate.poll_unasked(cx) {
            return Poll::Ready(Err(broken(failure)));
        }
        let count = ready!(Pin::new(&mut gate.socket).poll_write(cx, bytes))?;
        let written = bytes.get(..count).unwrap_or_default();
        gate.state.lock().written(written);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}

/// The failure as hyper sees it.
fn broken(failure: Failure) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, failure)
}
