//! A feed as its users have it: its events, and what can be asked of it.

use std::fmt;
use std::future::poll_fn;
use std::time::{Duration, Instant};

use super::adapter::{Adapter, AsyncAdapter, BlockingAdapter, Trust};
use super::feed::FeedDriver;
use super::handle::FeedHandle;
use super::task::by_timer;
use crate::config::Limits;
use crate::feed::{
    Counters, Event, FeedConfig, FeedState, Kind, Public, Subscription, SubscriptionState,
};
use crate::session_key::LoggedIn;
use crate::settings::SetupError;

impl<R: Adapter, K: Kind> FeedDriver<R, K> {
    /// Opens a feed of a session that somebody else has logged in. When that
    /// session ends, so does the feed.
    ///
    /// # Errors
    ///
    /// [`SetupError::Tls`] if the TLS settings cannot be used.
    pub fn standalone(logged_in: LoggedIn, config: FeedConfig) -> Result<Self, SetupError> {
        Self::trusting(Trust::Mozilla, logged_in, config)
    }

    /// Opens a feed of a session that somebody else has logged in, with TLS
    /// settings of your own.
    ///
    /// # Errors
    ///
    /// As [`FeedDriver::standalone`].
    pub fn standalone_with_tls(
        logged_in: LoggedIn,
        config: FeedConfig,
        tls: R::Tls,
    ) -> Result<Self, SetupError> {
        Self::trusting(Trust::Settings(tls), logged_in, config)
    }

    fn trusting(
        trust: Trust<R::Tls>,
        logged_in: LoggedIn,
        config: FeedConfig,
    ) -> Result<Self, SetupError> {
        Self::fixed(R::new(trust, &Limits::default())?, logged_in, config)
    }

    /// Closes the feed: the last event is [`Event::Closed`].
    pub fn close(&mut self) {
        self.change(|feed, now| feed.close(now));
    }

    /// A handle to close the feed, and to subscribe, from elsewhere.
    #[must_use]
    pub fn handle(&self) -> FeedHandle<K> {
        self.handle.clone()
    }

    /// Where the feed stands.
    #[must_use]
    pub fn state(&self) -> FeedState {
        self.machine().state()
    }

    /// Whether a message has come on the present connection, which alone proves
    /// that the login was accepted: `true` from [`Event::Live`] on.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.machine().is_proven()
    }

    /// When the last byte came on the present connection: the silence of the
    /// line, which tells more than the age of a tick.
    #[must_use]
    pub fn last_input(&self) -> Option<Instant> {
        self.machine().last_input()
    }

    /// What has come over the feed so far.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        self.machine().counters()
    }
}

impl<R: Adapter> FeedDriver<R, Public> {
    /// Asks for a kind of data of one tradable, indicator or news source. It
    /// is asked for again after each reconnect.
    pub fn subscribe(&mut self, subscription: Subscription) {
        self.change(|feed, now| feed.subscribe(subscription, now));
    }

    /// Asks for a kind of data no more.
    pub fn unsubscribe(&mut self, subscription: &Subscription) {
        self.change(|feed, now| feed.unsubscribe(subscription, now));
    }

    /// What is asked for, and how far it has come.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
        self.machine().subscriptions()
    }
}

impl<R: AsyncAdapter, K: Kind> FeedDriver<R, K> {
    /// Waits for the next event; `None` after the feed has closed.
    ///
    /// Dropping the future loses nothing, so it can stand in a `select!`.
    #[expect(
        clippy::should_implement_trait,
        reason = "what it is called in every stream"
    )]
    pub fn next(&mut self) -> impl Future<Output = Option<Event<K::Message>>> + Send {
        poll_fn(|cx| self.poll_event(cx))
    }
}

/// What has to stay in its place is on the heap.
impl<R: Adapter, K: Kind> Unpin for FeedDriver<R, K> {}

#[cfg(feature = "stream")]
impl<R: AsyncAdapter, K: Kind> futures_core::Stream for FeedDriver<R, K> {
    type Item = Event<K::Message>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.get_mut().poll_event(cx)
    }
}

impl<R: BlockingAdapter, K: Kind> FeedDriver<R, K> {
    /// Waits for the next event, for so long; no time at all takes what is
    /// there. `None` after the feed has closed.
    ///
    /// Nothing is lost when the time is over, so a loop can do other things
    /// between.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if there was none in that time.
    pub fn next_within(&mut self, time: Duration) -> Result<Option<Event<K::Message>>, Elapsed> {
        match self.now().checked_add(time) {
            Some(at) => self.next_before(at),
            None => Ok(self.next()),
        }
    }

    /// Waits for the next event until that time. `None` after the feed has
    /// closed.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if there was none by then.
    pub fn next_before(&mut self, at: Instant) -> Result<Option<Event<K::Message>>, Elapsed> {
        let mut timer = self.adapter().timer();
        let next = by_timer(&mut timer, at, poll_fn(|cx| self.poll_event(cx)));
        R::wait(next).ok_or(Elapsed)
    }
}

impl<R: BlockingAdapter, K: Kind> Iterator for FeedDriver<R, K> {
    type Item = Event<K::Message>;

    /// Waits for the next event; `None` after the feed has closed.
    fn next(&mut self) -> Option<Self::Item> {
        let mut told = Some(Event::Message(K::heartbeat()));
        if !told.as_mut().is_some_and(|event| self.read_ahead(event)) {
            told = R::wait(poll_fn(|cx| self.poll_other_event(cx)));
        }
        told
    }
}

/// No event came in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no event came in time")
    }
}

impl std::error::Error for Elapsed {}
