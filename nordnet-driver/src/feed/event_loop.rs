//! The loop that drives the core's [`Feed`] over connections.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use nordnet_proto::{
    Attempt, Epoch, Event, Failure, Feed, FeedConfig, Kind, LoggedIn, LoginError, Output,
};

use super::handle::FeedHandle;
use super::log::Log;
use crate::Result;
use crate::events::Events;
use crate::io::Io;
use crate::runtime::Runtime;
use crate::session::Driver;
use crate::telemetry::in_span;
use crate::tls::Trust;
use crate::wire::{BoxFuture, Timer, Wire};

/// How much of a feed is read at once, in bytes: a burst takes few system calls, and
/// the part of the buffer that is not filled is never touched.
const FEED_BUFFER: usize = 256 << 10;

/// A feed, reconnects included.
///
/// Nothing happens between polls. A wait for an event can be dropped: a connection or a
/// login under way stays here.
pub(crate) struct FeedLoop<K: Kind> {
    machine: Feed<K>,
    source: Source,
    link: Link,
    login: Option<BoxFuture<Result<LoggedIn, LoginError>>>,
    timer: Option<Box<dyn Timer>>,
    /// When the timer fires, which may be before the machine's own timeout.
    alarm: Option<Instant>,
    buffer: Box<[u8]>,
    handle: FeedHandle<K>,
    /// Whether all written bytes were flushed.
    flushed: bool,
    ended: bool,
    log: Log,
    /// The one place for an account feed; free again when this feed ends or is dropped.
    place: Option<Arc<()>>,
}

/// Where the feed gets its sessions and its connections.
enum Source {
    Client(Arc<Driver>),
    Fixed(Io, Box<LoggedIn>),
}

enum Link {
    Down,
    Connecting(Attempt, BoxFuture<Result<Box<dyn Wire>, Failure>>),
    Up(Attempt, Box<dyn Wire>),
}

impl<K: Kind> FeedLoop<K> {
    /// Opens a feed on a client's session. `place` is held until the feed ends.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`](nordnet_proto::Error::Setup) if there is no randomness for the
    /// feed's jitter.
    pub(crate) fn of(
        client: &Arc<Driver>,
        config: FeedConfig,
        place: Option<Arc<()>>,
    ) -> Result<Self> {
        let seed = client.io.seed()?;
        let mut feed = Self::new(Source::Client(Arc::clone(client)), config, seed);
        feed.place = place;
        Ok(feed)
    }

    /// Opens a feed on a session that was logged in elsewhere.
    ///
    /// # Errors
    ///
    /// As [`FeedLoop::of`].
    pub(crate) fn fixed(
        runtime: impl Runtime,
        trust: Trust,
        logged_in: LoggedIn,
        config: FeedConfig,
    ) -> Result<Self> {
        let io = Io::standalone(Arc::new(runtime), trust)?;
        let seed = io.seed()?;
        let source = Source::Fixed(io, Box::new(logged_in));
        Ok(Self::new(source, config, seed))
    }

    fn new(source: Source, config: FeedConfig, seed: [u8; 16]) -> Self {
        Self {
            machine: Feed::new(config, seed),
            source,
            link: Link::Down,
            login: None,
            timer: None,
            alarm: None,
            buffer: vec![0; FEED_BUFFER].into(),
            handle: FeedHandle::new(),
            flushed: true,
            ended: false,
            log: Log::of(K::NAME),
            place: None,
        }
    }

    /// Polls for the next event; `None` after the feed has closed.
    #[inline]
    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event<K::Message>>> {
        // The message is written into the value that is returned, because moving a tick
        // costs as much as decoding a part of it.
        let mut next = Poll::Ready(Some(Feed::<K>::placeholder()));
        let is_read = match &mut next {
            Poll::Ready(Some(event)) => self.machine.read_ahead(event),
            _ => false,
        };
        if !is_read {
            next = self.poll_other_event(cx);
        }
        next
    }

    /// Polls for the next event if no message is buffered, which is seldom on a busy feed.
    fn poll_other_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event<K::Message>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        loop {
            let mut progress = false;
            match self.machine.poll_output() {
                Some(Output::Event(event)) => {
                    let now = self.source.io().now();
                    self.log.event(&event, self.machine.counters(), now);
                    if matches!(event, Event::Closed(_)) {
                        self.end();
                    }
                    return Poll::Ready(Some(event));
                }
                Some(Output::Disconnect) => {
                    let link = std::mem::replace(&mut self.link, Link::Down);
                    if let Link::Connecting(attempt, _) | Link::Up(attempt, _) = link {
                        let now = self.now();
                        self.machine.handle_disconnected(attempt, None, now);
                        progress = true;
                    }
                }
                Some(Output::Connect {
                    attempt,
                    server,
                    by,
                }) if !self.link.is_connecting(attempt) => {
                    let io = self.source.io();
                    let connect = io.connect(server.clone(), FEED_BUFFER, by);
                    let connect = in_span!(
                        "connection", feed = K::NAME, attempt = attempt.number(); connect
                    );
                    self.log.connecting(attempt, server, io.now());
                    self.link = Link::Connecting(attempt, Box::pin(connect));
                }
                Some(Output::Login { suspect }) => {
                    let source = &self.source;
                    self.login.get_or_insert_with(|| source.log_in(suspect));
                }
                Some(Output::Connect { .. }) | None => {}
            }
            let now = self.now();
            progress |= self.handle.take(&mut self.machine, now, cx);
            progress |= self.poll_login(cx);
            progress |= self.poll_link(cx);
            progress |= self.poll_timer(cx);
            if !progress {
                return Poll::Pending;
            }
        }
    }

    /// Returns the machine, to read its state.
    pub(crate) const fn machine(&self) -> &Feed<K> {
        &self.machine
    }

    /// Changes the machine.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Feed<K>, Instant)) {
        let now = self.now();
        change(&mut self.machine, now);
    }

    pub(crate) fn handle(&self) -> &FeedHandle<K> {
        &self.handle
    }

    /// Returns when the bytes of the last event were read. Reading the clock for each
    /// tick would cost too much.
    pub(crate) fn read_at(&self) -> Instant {
        self.machine.last_input().unwrap_or_else(|| self.now())
    }

    /// Frees what others wait for. The link is down: the machine asks for that before it
    /// reports `Closed`.
    fn end(&mut self) {
        self.ended = true;
        self.place = None;
        self.login = None;
        self.handle.end();
    }

    fn poll_login(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(Poll::Ready(result)) = self.login.as_mut().map(|login| login.as_mut().poll(cx))
        else {
            return false;
        };
        self.login = None;
        let now = self.now();
        self.machine.handle_login(result, now);
        true
    }

    fn poll_link(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.link {
            Link::Down => false,
            Link::Connecting(attempt, connect) => {
                let attempt = *attempt;
                let Poll::Ready(result) = connect.as_mut().poll(cx) else {
                    return false;
                };
                match result {
                    Ok(wire) => {
                        self.link = Link::Up(attempt, wire);
                        let now = self.now();
                        self.machine.handle_connected(attempt, now);
                        self.log.connected(now);
                    }
                    Err(failure) => self.lose(attempt, failure),
                }
                true
            }
            Link::Up(..) => {
                // Both in each poll: if each end only wrote until it was done, and read
                // nothing meanwhile, full buffers would block both for ever.
                let wrote = self.poll_write(cx);
                let read = self.poll_read(cx);
                wrote | read
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> bool {
        let Link::Up(attempt, wire) = &mut self.link else {
            return false;
        };
        let attempt = *attempt;
        let bytes = self.machine.transmit();
        if bytes.is_empty() {
            if !self.flushed
                && let Poll::Ready(flushed) = wire.poll_flush(cx)
            {
                self.flushed = true;
                if let Err(error) = flushed {
                    self.lose(attempt, failure(&error));
                    return true;
                }
            }
            return false;
        }
        match wire.poll_write(cx, bytes) {
            Poll::Pending => return false,
            Poll::Ready(Ok(0)) => self.lose(attempt, failure(&ErrorKind::WriteZero.into())),
            Poll::Ready(Ok(written)) => {
                self.flushed = false;
                let now = self.now();
                self.machine.handle_transmitted(attempt, written, now);
            }
            Poll::Ready(Err(error)) => self.lose(attempt, failure(&error)),
        }
        true
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> bool {
        let Link::Up(attempt, wire) = &mut self.link else {
            return false;
        };
        let attempt = *attempt;
        let read = match wire.poll_read(cx, &mut self.buffer) {
            Poll::Pending => return false,
            // The server closed without a TLS alert, as many do. The machine sees by itself
            // whether a line was cut.
            Poll::Ready(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
            Poll::Ready(read) => read,
        };
        match read {
            Ok(count) => {
                let now = self.now();
                let bytes = self.buffer.get(..count).unwrap_or_default();
                self.machine.handle_input(attempt, bytes, now);
            }
            Err(error) => self.lose(attempt, failure(&error)),
        }
        true
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.machine.poll_timeout() else {
            return false;
        };
        // Each read moves the timeout, and resetting a timer costs system calls. So the
        // timer keeps the earlier time and may fire early, which the machine allows.
        let alarm = self.alarm.map_or(at, |alarm| alarm.min(at));
        self.alarm = Some(alarm);
        let source = &self.source;
        let timer = self.timer.get_or_insert_with(|| source.io().timer());
        if timer.poll_until(alarm, cx).is_pending() {
            return false;
        }
        self.alarm = None;
        let now = self.now();
        self.machine.handle_timeout(now);
        true
    }

    fn lose(&mut self, attempt: Attempt, failure: Failure) {
        self.link = Link::Down;
        let now = self.now();
        self.machine
            .handle_disconnected(attempt, Some(failure), now);
    }
}

impl<K: Kind> Events for FeedLoop<K> {
    type Item = Event<K::Message>;

    #[inline]
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx)
    }

    fn now(&self) -> Instant {
        self.source.io().now()
    }

    fn timer(&self) -> Box<dyn Timer> {
        self.source.io().timer()
    }
}

impl<K: Kind> Drop for FeedLoop<K> {
    fn drop(&mut self) {
        self.handle.end();
    }
}

impl<K: Kind> fmt::Debug for FeedLoop<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

impl Link {
    fn is_connecting(&self, to: Attempt) -> bool {
        matches!(self, Self::Connecting(attempt, _) if *attempt == to)
    }
}

impl Source {
    fn io(&self) -> &Io {
        match self {
            Self::Client(client) => &client.io,
            Self::Fixed(io, _) => io,
        }
    }

    fn log_in(&self, suspect: Option<Epoch>) -> BoxFuture<Result<LoggedIn, LoginError>> {
        match self {
            Self::Client(client) => client.log_in(suspect),
            // There is no other session to offer; the machine ends the feed if this one is
            // refused again and again.
            Self::Fixed(_, logged_in) => {
                Box::pin(std::future::ready(Ok(LoggedIn::clone(logged_in))))
            }
        }
    }
}

fn failure(error: &io::Error) -> Failure {
    Failure::after_sending(error.kind().into(), error.to_string())
}
