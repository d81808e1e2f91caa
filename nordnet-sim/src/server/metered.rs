//! A connection whose bytes are counted, recorded and cut where it was planned.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

use crate::exchange::Cut;

use super::plan::{Channel, Direction};
use super::socket::Socket;

/// How much of what a connection received is kept, from its beginning.
const MOST_KEPT: usize = 256 * 1024;

/// Why a connection ends without its own doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was planned, or asked for.
    Cut(Cut),
    /// Another one needs its place.
    Evicted,
}

/// What is known of a connection, also after it has ended.
pub(super) struct Record {
    pub(super) number: u64,
    pub(super) channel: Channel,
    pub(super) peer: SocketAddr,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    received: Traffic,
    sent: Traffic,
    kept: Vec<u8>,
    end: Option<End>,
    /// Whether it may be dropped if places run short.
    idle: bool,
    active: Instant,
}

/// One direction of a connection.
#[derive(Default)]
struct Traffic {
    bytes: u64,
    /// After how many bytes the connection is cut, and how.
    cuts: Vec<(u64, Cut)>,
}

impl Traffic {
    /// Returns how many bytes may pass before the next cut.
    fn room(&self) -> usize {
        let nearest = self.cuts.iter().map(|(at, _)| *at).min();
        let room = nearest.map_or(u64::MAX, |at| at.saturating_sub(self.bytes));
        usize::try_from(room).unwrap_or(usize::MAX)
    }

    fn due(&self) -> Option<Cut> {
        let due = self.cuts.iter().find(|(at, _)| *at <= self.bytes);
        due.map(|(_, cut)| *cut)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("number", &self.number)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

impl Record {
    pub(super) fn new(number: u64, channel: Channel, peer: SocketAddr) -> Self {
        Self {
            number,
            channel,
            peer,
            state: Mutex::new(State {
                received: Traffic::default(),
                sent: Traffic::default(),
                kept: Vec::new(),
                end: None,
                idle: true,
                active: Instant::now(),
            }),
            changed: Notify::new(),
        }
    }

    /// Plans a cut after so many bytes from now on: of those received at once
    /// after the last, of those sent when there is one more to be sent.
    pub(super) fn cut_after(&self, direction: Direction, bytes: u64, cut: Cut) {
        let mut state = self.state();
        let traffic = match direction {
            Direction::In => &mut state.received,
            Direction::Out => &mut state.sent,
        };
        let at = traffic.bytes.saturating_add(bytes);
        traffic.cuts.push((at, cut));
        let due = state.received.due();
        self.end_if(due, &mut state);
    }

    /// Counts bytes that went out below the connection.
    pub(super) fn count_sent(&self, bytes: usize) {
        self.state().sent.bytes += bytes as u64;
    }

    pub(super) fn clear_cuts(&self) {
        let mut state = self.state();
        state.received.cuts.clear();
        state.sent.cuts.clear();
    }

    /// Cuts the connection. What came first stays, unless it was a stall.
    pub(super) fn cut(&self, cut: Cut) {
        let end = &mut self.state().end;
        if matches!(end, None | Some(End::Cut(Cut::Stall))) {
            *end = Some(End::Cut(cut));
        }
        self.changed.notify_one();
    }

    /// Takes the connection's place.
    pub(super) fn evict(&self) {
        self.state().end = Some(End::Evicted);
        self.changed.notify_one();
    }

    /// Waits until the connection is to end.
    pub(super) async fn ended(&self) -> End {
        self.ended_but(None).await
    }

    /// Waits until the connection is to end in another way than so.
    async fn ended_but(&self, known: Option<End>) -> End {
        loop {
            let changed = self.changed.notified();
            if let Some(end) = self.state().end.filter(|end| Some(*end) != known) {
                return end;
            }
            changed.await;
        }
    }

    /// Says whether the connection may be dropped if places run short.
    pub(super) fn set_idle(&self, idle: bool) {
        let mut state = self.state();
        state.idle = idle;
        state.active = Instant::now();
    }

    /// Returns since when the connection is idle, if it is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        state.idle.then_some(state.active)
    }

    /// Returns how many bytes were received and sent.
    pub(super) fn traffic(&self) -> (u64, u64) {
        let state = self.state();
        (state.received.bytes, state.sent.bytes)
    }

    /// Returns what was received, from the beginning.
    pub(super) fn kept(&self) -> Vec<u8> {
        self.state().kept.clone()
    }

    pub(super) fn kept_length(&self) -> usize {
        self.state().kept.len()
    }

    fn end_if(&self, due: Option<Cut>, state: &mut State) {
        if let Some(cut) = due {
            state.end.get_or_insert(End::Cut(cut));
            self.changed.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stream of an open connection, with its bytes counted. Once it is to end,
/// reads and writes stay pending; its user watches [`Record::ended`] as well.
#[derive(Debug)]
pub(super) struct Metered {
    socket: Socket,
    record: Arc<Record>,
}

impl Metered {
    pub(super) fn new(socket: Socket, record: Arc<Record>) -> Self {
        Self { socket, record }
    }

    pub(super) fn record(&self) -> &Arc<Record> {
        &self.record
    }

    /// Ends the connection.
    pub(super) async fn end(mut self, mut end: End) {
        while let End::Cut(cut) = end {
            self.record.set_idle(true);
            tokio::select! {
                () = self.socket.end(cut) => return,
                sooner = self.record.ended_but(Some(end)) => end = sooner,
            }
        }
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let room = {
            let state = this.record.state();
            if state.end.is_some() {
                return Poll::Pending;
            }
            state.received.room().min(buffer.remaining())
        };
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
        ready!(Pin::new(&mut this.socket).poll_read(cx, &mut part))?;
        let bytes = part.filled();
        let count = bytes.len();
        let mut state = this.record.state();
        state.received.bytes += count as u64;
        let left = MOST_KEPT.saturating_sub(state.kept.len());
        state.kept.extend_from_slice(&bytes[..count.min(left)]);
        let due = state.received.due();
        this.record.end_if(due, &mut state);
        drop(state);
        buffer.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        // Held until all is counted, so that nobody knows of less than arrived.
        let mut state = this.record.state();
        let due = state.sent.due();
        this.record.end_if(due, &mut state);
        if state.end.is_some() {
            return Poll::Pending;
        }
        let room = state.sent.room().min(bytes.len());
        let count = ready!(Pin::new(&mut this.socket).poll_write(cx, &bytes[..room]))?;
        state.sent.bytes += count as u64;
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}
