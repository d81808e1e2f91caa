//! A feed: the core's machine, a connection, and the loop that joins them.

mod handle;

use std::fmt;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use nordnet_proto::{
    Attempt, Cause, Epoch, Event, Failure, FeedConfig, FeedState, Kind, LoggedIn, LoginError,
    Output, Private, Public, SetupError, Subscription, SubscriptionState,
};
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until};

pub use handle::FeedHandle;
use handle::Request;

use crate::drive::{BoxFuture, Shared, now};
use crate::net::{self, Connector};

/// How much is read at once; a TLS record holds 16 KiB.
const READ_BUFFER: usize = 64 << 10;

/// The feed of market data.
pub type MarketFeed = Feed<Public>;

/// The feed of own orders and trades.
pub type AccountFeed = Feed<Private>;

/// A feed, reconnects included.
///
/// It is a [`Stream`] of events that ends after [`Event::Closed`]. Dropping the
/// future of [`Feed::next`] loses nothing, so it can stand in a `select!`:
/// connections and logins under way are kept here.
///
/// Nothing happens between polls. A feed that is not polled for long is
/// disconnected by the server, and tells the gap when it is polled again.
pub struct Feed<K: Kind> {
    machine: nordnet_proto::Feed<K>,
    source: Source,
    connector: Connector,
    link: Link,
    login: Option<BoxFuture<Result<LoggedIn, LoginError>>>,
    /// Made at the first poll: a runtime may not be there before.
    timer: Option<Pin<Box<Sleep>>>,
    buffer: Box<[u8]>,
    requests: mpsc::UnboundedReceiver<Request<K>>,
    handle: FeedHandle<K>,
    flushed: bool,
    ended: bool,
    /// The one place for an account feed, free again when this feed is gone.
    place: Option<Arc<()>>,
}

/// Where the feed gets its sessions.
enum Source {
    Client(Arc<Shared>),
    Fixed(LoggedIn),
}

enum Link {
    Down,
    Connecting(Attempt, BoxFuture<Result<net::Stream, Failure>>),
    Up(Attempt, net::Stream),
}

impl Link {
    fn is_connecting(&self, to: Attempt) -> bool {
        matches!(self, Self::Connecting(attempt, _) if *attempt == to)
    }
}

impl<K: Kind> Feed<K> {
    pub(crate) fn of_client(client: &Arc<Shared>, config: FeedConfig, seed: [u8; 16]) -> Self {
        let source = Source::Client(Arc::clone(client));
        Self::new(source, client.connector(), config, seed)
    }

    /// Opens a feed of a session that somebody else has logged in. When that
    /// session ends, so does the feed.
    ///
    /// # Errors
    ///
    /// [`SetupError::Tls`] if the TLS settings cannot be used.
    pub fn standalone(logged_in: LoggedIn, config: FeedConfig) -> Result<Self, SetupError> {
        let tls = net::tls_config(net::mozilla_roots())?;
        Self::standalone_with_tls(logged_in, config, tls)
    }

    /// Opens a feed of a session that somebody else has logged in, with TLS
    /// settings of your own.
    ///
    /// # Errors
    ///
    /// As [`Feed::standalone`].
    pub fn standalone_with_tls(
        logged_in: LoggedIn,
        config: FeedConfig,
        tls: rustls::ClientConfig,
    ) -> Result<Self, SetupError> {
        let seed = net::seed(tls.crypto_provider())?;
        let stagger = nordnet_proto::Limits::default().connect_stagger;
        let connector = Connector::new(tls, stagger);
        Ok(Self::new(Source::Fixed(logged_in), connector, config, seed))
    }

    fn new(source: Source, connector: Connector, config: FeedConfig, seed: [u8; 16]) -> Self {
        let (sender, requests) = mpsc::unbounded_channel();
        Self {
            machine: nordnet_proto::Feed::new(config, seed),
            source,
            connector,
            link: Link::Down,
            login: None,
            timer: None,
            buffer: vec![0; READ_BUFFER].into(),
            requests,
            handle: FeedHandle::new(sender),
            flushed: true,
            ended: false,
            place: None,
        }
    }

    pub(crate) fn holding(mut self, place: Arc<()>) -> Self {
        self.place = Some(place);
        self
    }

    /// Waits for the next event; `None` after the feed has closed.
    pub async fn next(&mut self) -> Option<Event<K::Message>> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Closes the feed: the last event is [`Event::Closed`].
    pub fn close(&mut self) {
        self.machine.close(now());
    }

    /// A handle to close the feed, and to subscribe, from elsewhere.
    #[must_use]
    pub fn handle(&self) -> FeedHandle<K> {
        self.handle.clone()
    }

    /// Where the feed stands.
    #[must_use]
    pub fn state(&self) -> FeedState {
        self.machine.state()
    }

    /// Whether a message has come on the present connection, which alone proves
    /// that the login was accepted.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.machine.is_proven()
    }

    /// When the last byte came on the present connection: the silence of the
    /// line, which tells more than the age of a tick.
    #[must_use]
    pub fn last_input(&self) -> Option<std::time::Instant> {
        self.machine.last_input()
    }

    /// What has come over the feed so far.
    #[must_use]
    pub fn counters(&self) -> &nordnet_proto::Counters {
        self.machine.counters()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event<K::Message>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        loop {
            let mut progress = false;
            match self.machine.poll_output() {
                Some(Output::Event(event)) => {
                    if matches!(event, Event::Closed(_)) {
                        self.ended = true;
                        self.place = None;
                        self.login = None;
                        self.requests.close();
                    }
                    return Poll::Ready(Some(event));
                }
                Some(Output::Disconnect) => {
                    if let Link::Connecting(attempt, _) | Link::Up(attempt, _) =
                        std::mem::replace(&mut self.link, Link::Down)
                    {
                        self.machine.handle_disconnected(attempt, None, now());
                        progress = true;
                    }
                }
                Some(Output::Connect {
                    attempt,
                    server,
                    by,
                }) if !self.link.is_connecting(attempt) => {
                    let (connector, server) = (self.connector.clone(), server.clone());
                    let connect = async move { connector.connect(&server, by).await };
                    self.link = Link::Connecting(attempt, Box::pin(connect));
                }
                Some(Output::Login { suspect }) => {
                    let source = &self.source;
                    self.login.get_or_insert_with(|| source.log_in(suspect));
                }
                Some(Output::Connect { .. }) | None => {}
            }
            progress |= self.take_requests(cx);
            progress |= self.poll_login(cx);
            progress |= self.poll_link(cx);
            progress |= self.poll_timer(cx);
            if !progress {
                return Poll::Pending;
            }
        }
    }

    fn take_requests(&mut self, cx: &mut Context<'_>) -> bool {
        let mut any = false;
        while let Poll::Ready(Some(request)) = self.requests.poll_recv(cx) {
            request(&mut self.machine);
            any = true;
        }
        any
    }

    fn poll_login(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(Poll::Ready(result)) = self.login.as_mut().map(|login| login.as_mut().poll(cx))
        else {
            return false;
        };
        self.login = None;
        self.machine.handle_login(result, now());
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
                    Ok(stream) => {
                        self.link = Link::Up(attempt, stream);
                        self.machine.handle_connected(attempt, now());
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
        let Link::Up(attempt, stream) = &mut self.link else {
            return false;
        };
        let attempt = *attempt;
        let bytes = self.machine.transmit();
        if bytes.is_empty() {
            if !self.flushed
                && let Poll::Ready(flushed) = Pin::new(stream).poll_flush(cx)
            {
                self.flushed = true;
                if let Err(error) = flushed {
                    self.lose(attempt, failure(&error));
                    return true;
                }
            }
            return false;
        }
        match Pin::new(stream).poll_write(cx, bytes) {
            Poll::Pending => false,
            Poll::Ready(Ok(0)) => {
                self.lose(attempt, failure(&ErrorKind::WriteZero.into()));
                true
            }
            Poll::Ready(Ok(written)) => {
                self.flushed = false;
                self.machine.handle_transmitted(attempt, written, now());
                true
            }
            Poll::Ready(Err(error)) => {
                self.lose(attempt, failure(&error));
                true
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> bool {
        let Link::Up(attempt, stream) = &mut self.link else {
            return false;
        };
        let attempt = *attempt;
        let mut buffer = ReadBuf::new(&mut self.buffer);
        match Pin::new(stream).poll_read(cx, &mut buffer) {
            Poll::Pending => return false,
            Poll::Ready(Ok(())) => {
                self.machine.handle_input(attempt, buffer.filled(), now());
            }
            // The other side closed without a word of TLS.
            Poll::Ready(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                self.machine.handle_input(attempt, &[], now());
            }
            Poll::Ready(Err(error)) => self.lose(attempt, failure(&error)),
        }
        true
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(at) = self.machine.poll_timeout() else {
            return false;
        };
        let at = Instant::from(at);
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if timer.deadline() != at {
            timer.as_mut().reset(at);
        }
        if timer.as_mut().poll(cx).is_pending() {
            return false;
        }
        self.machine.handle_timeout(now());
        true
    }

    fn lose(&mut self, attempt: Attempt, failure: Failure) {
        self.link = Link::Down;
        self.machine
            .handle_disconnected(attempt, Some(failure), now());
    }
}

impl Feed<Public> {
    /// Asks for a kind of data of one tradable, indicator or news source. It
    /// is asked for again after each reconnect.
    pub fn subscribe(&mut self, subscription: Subscription) {
        self.machine.subscribe(subscription, now());
    }

    /// What is asked for, and how far it has come.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
        self.machine.subscriptions()
    }

    /// Asks for a kind of data no more.
    pub fn unsubscribe(&mut self, subscription: &Subscription) {
        self.machine.unsubscribe(subscription, now());
    }
}

impl<K: Kind> Stream for Feed<K> {
    type Item = Event<K::Message>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(cx)
    }
}

impl<K: Kind> fmt::Debug for Feed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed")
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

impl Source {
    fn log_in(&self, suspect: Option<Epoch>) -> BoxFuture<Result<LoggedIn, LoginError>> {
        match self {
            Self::Client(client) => client.log_in(suspect),
            // Nothing better can be had; a feed that is refused again and
            // again ends by itself.
            Self::Fixed(logged_in) => Box::pin(std::future::ready(Ok(logged_in.clone()))),
        }
    }
}

fn failure(error: &std::io::Error) -> Failure {
    Failure::after_sending(Cause::Io(error.kind()), error.to_string())
}
