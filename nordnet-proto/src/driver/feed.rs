//! A feed: the machine, a connection, and the loop that joins them.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use super::adapter::{Adapter, BoxFuture, Timer as _, Wire as _};
use super::calls::Driver;
use super::handle::FeedHandle;
use super::note::{FeedNotes, Scope};
use crate::error::Error;
use crate::failure::{Attempt, Failure};
use crate::feed::{Event, Feed, FeedConfig, Kind, Output, Private, Public};
use crate::login::LoginError;
use crate::session_key::{Epoch, LoggedIn};
use crate::settings::SetupError;

/// How much of a feed is read at once, in bytes: what comes in a burst takes few
/// system calls, and what does not come is never touched.
pub const READ_BUFFER: usize = 256 << 10;

/// A feed, reconnects included.
///
/// Over an async adapter it is a stream of events, over a blocking one an
/// iterator; both end after [`Event::Closed`]. An adapter has it under its own
/// name.
///
/// Nothing happens between polls. A feed that is not polled for long is
/// disconnected by the server, and tells the gap when it is polled again.
/// Dropping a poll loses nothing: connections and logins under way are kept
/// here.
pub struct FeedDriver<R: Adapter, K: Kind> {
    machine: Feed<K>,
    source: Source<R>,
    link: Link<R>,
    login: Option<BoxFuture<Result<LoggedIn, LoginError>>>,
    timer: Option<R::Timer>,
    /// What the timer is set for, which may be before there is anything to do.
    alarm: Option<Instant>,
    buffer: Box<[u8]>,
    pub(super) handle: FeedHandle<K>,
    flushed: bool,
    ended: bool,
    notes: FeedNotes,
    /// The one place for an account feed, free again when this feed is gone.
    place: Option<Arc<()>>,
}

/// Where the feed gets its sessions, and its adapter.
enum Source<R: Adapter> {
    Client(Arc<Driver<R>>),
    Fixed(R, Box<LoggedIn>),
}

enum Link<R: Adapter> {
    Down,
    Connecting(Attempt, BoxFuture<Result<R::Wire, Failure>>),
    Up(Attempt, R::Wire),
}

impl<R: Adapter> FeedDriver<R, Public> {
    /// The feed of market data on a client's session.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if there is no randomness for the feed's jitter.
    pub fn market(client: &Arc<Driver<R>>, config: FeedConfig) -> Result<Self, Error> {
        let seed = client.adapter().seed()?;
        Ok(Self::new(Source::Client(Arc::clone(client)), config, seed))
    }
}

impl<R: Adapter> FeedDriver<R, Private> {
    /// The feed of own orders and trades on a client's session.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if there is no randomness, or if the client has such a
    /// feed: a second would displace it.
    pub fn account(client: &Arc<Driver<R>>, config: FeedConfig) -> Result<Self, Error> {
        let place = client.take_account_feed()?;
        let seed = client.adapter().seed()?;
        let mut feed = Self::new(Source::Client(Arc::clone(client)), config, seed);
        feed.place = Some(place);
        Ok(feed)
    }
}

impl<R: Adapter, K: Kind> FeedDriver<R, K> {
    /// A feed over an adapter of its own, on a session that stays as it is.
    pub(super) fn fixed(
        adapter: R,
        logged_in: LoggedIn,
        config: FeedConfig,
    ) -> Result<Self, SetupError> {
        let seed = adapter.seed()?;
        let source = Source::Fixed(adapter, Box::new(logged_in));
        Ok(Self::new(source, config, seed))
    }

    fn new(source: Source<R>, config: FeedConfig, seed: [u8; 16]) -> Self {
        Self {
            machine: Feed::new(config, seed),
            source,
            link: Link::Down,
            login: None,
            timer: None,
            alarm: None,
            buffer: vec![0; READ_BUFFER].into(),
            handle: FeedHandle::new(),
            flushed: true,
            ended: false,
            notes: FeedNotes::of(K::NAME),
            place: None,
        }
    }

    /// The next event; `None` after the feed has closed.
    #[inline]
    pub fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event<K::Message>>> {
        let mut told = Poll::Ready(Some(Event::Message(K::heartbeat())));
        let is_read = match &mut told {
            Poll::Ready(Some(event)) => self.read_ahead(event),
            _ => false,
        };
        if !is_read {
            told = self.poll_other_event(cx);
        }
        told
    }

    /// Makes the event, a heartbeat so far, the next message if it is there
    /// already. It is not moved about: see [`Feed::read_ahead`].
    #[inline(always)]
    pub(super) fn read_ahead(&mut self, event: &mut Event<K::Message>) -> bool {
        self.machine.read_ahead(event)
    }

    /// What [`FeedDriver::poll_event`] does where no message is there already.
    pub(super) fn poll_other_event(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Event<K::Message>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        loop {
            let mut progress = false;
            match self.machine.poll_output() {
                Some(Output::Event(event)) => {
                    let adapter = self.source.adapter();
                    self.notes.event(&event, self.machine.counters(), adapter);
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
                    let adapter = self.source.adapter();
                    let feed = K::NAME;
                    let connect = adapter.connect(server.clone(), by);
                    let connect = R::within(Scope::Connection { feed, attempt }, connect);
                    self.notes.connecting(attempt, server, adapter);
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

    /// The machine, to ask it something.
    pub const fn machine(&self) -> &Feed<K> {
        &self.machine
    }

    /// Does something to the machine.
    pub fn change(&mut self, change: impl FnOnce(&mut Feed<K>, Instant)) {
        let now = self.now();
        change(&mut self.machine, now);
    }

    pub(super) fn adapter(&self) -> &R {
        self.source.adapter()
    }

    pub(super) fn now(&self) -> Instant {
        self.adapter().now()
    }

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
                        self.notes.connected(self.source.adapter());
                    }
                    Err(failure) => self.lose(attempt, failure),
                }
                true
            }
            Link::Up(..) => {
                // Both at once: a side that only reads or only writes can
                // stand still for ever.
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
            // The other side closed without a word of TLS.
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
        // All that is read puts the watchdogs off, and to set a timer anew costs
        // system calls: it may go off early instead.
        let alarm = self.alarm.map_or(at, |alarm| alarm.min(at));
        self.alarm = Some(alarm);
        let source = &self.source;
        let timer = self.timer.get_or_insert_with(|| source.adapter().timer());
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

impl<R: Adapter, K: Kind> Drop for FeedDriver<R, K> {
    fn drop(&mut self) {
        self.handle.end();
    }
}

impl<R: Adapter, K: Kind> fmt::Debug for FeedDriver<R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedDriver")
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

impl<R: Adapter> Link<R> {
    fn is_connecting(&self, to: Attempt) -> bool {
        matches!(self, Self::Connecting(attempt, _) if *attempt == to)
    }
}

impl<R: Adapter> Source<R> {
    fn adapter(&self) -> &R {
        match self {
            Self::Client(client) => client.adapter(),
            Self::Fixed(adapter, _) => adapter,
        }
    }

    fn log_in(&self, suspect: Option<Epoch>) -> BoxFuture<Result<LoggedIn, LoginError>> {
        match self {
            Self::Client(client) => client.log_in(suspect),
            // Nothing better can be had; a feed that is refused again and
            // again ends by itself.
            Self::Fixed(_, logged_in) => {
                Box::pin(std::future::ready(Ok(LoggedIn::clone(logged_in))))
            }
        }
    }
}

fn failure(error: &io::Error) -> Failure {
    Failure::after_sending(error.kind().into(), error.to_string())
}
