//! Feeds as streams of events.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use nordnet_proto::driver::{Adapter as _, FeedDriver, FeedHandle, Trust};
use nordnet_proto::{
    Counters, Event, FeedConfig, FeedState, Kind, Limits, LoggedIn, Private, Public, SetupError,
    Subscription, SubscriptionState,
};
use rustls::ClientConfig;

use crate::client::Tokio;

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
    driver: FeedDriver<Tokio, K>,
}

impl<K: Kind> Feed<K> {
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
    /// As [`Feed::standalone`].
    pub fn standalone_with_tls(
        logged_in: LoggedIn,
        config: FeedConfig,
        tls: ClientConfig,
    ) -> Result<Self, SetupError> {
        Self::trusting(Trust::Settings(tls), logged_in, config)
    }

    fn trusting(
        trust: Trust<ClientConfig>,
        logged_in: LoggedIn,
        config: FeedConfig,
    ) -> Result<Self, SetupError> {
        let tokio = Tokio::new(trust, &Limits::default())?;
        Ok(FeedDriver::standalone(tokio, logged_in, config)?.into())
    }

    /// Waits for the next event; `None` after the feed has closed.
    pub async fn next(&mut self) -> Option<Event<K::Message>> {
        poll_fn(|cx| self.driver.poll_event(cx)).await
    }

    /// Closes the feed: the last event is [`Event::Closed`].
    pub fn close(&mut self) {
        self.driver.change(|feed, now| feed.close(now));
    }

    /// A handle to close the feed, and to subscribe, from elsewhere.
    #[must_use]
    pub fn handle(&self) -> FeedHandle<K> {
        self.driver.handle()
    }

    /// Where the feed stands.
    #[must_use]
    pub fn state(&self) -> FeedState {
        self.driver.machine().state()
    }

    /// Whether a message has come on the present connection, which alone proves
    /// that the login was accepted.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.driver.machine().is_proven()
    }

    /// When the last byte came on the present connection: the silence of the
    /// line, which tells more than the age of a tick.
    #[must_use]
    pub fn last_input(&self) -> Option<std::time::Instant> {
        self.driver.machine().last_input()
    }

    /// What has come over the feed so far.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        self.driver.machine().counters()
    }
}

impl Feed<Public> {
    /// Asks for a kind of data of one tradable, indicator or news source. It
    /// is asked for again after each reconnect.
    pub fn subscribe(&mut self, subscription: Subscription) {
        self.driver
            .change(|feed, now| feed.subscribe(subscription, now));
    }

    /// Asks for a kind of data no more.
    pub fn unsubscribe(&mut self, subscription: &Subscription) {
        self.driver
            .change(|feed, now| feed.unsubscribe(subscription, now));
    }

    /// What is asked for, and how far it has come.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
        self.driver.machine().subscriptions()
    }
}

impl<K: Kind> From<FeedDriver<Tokio, K>> for Feed<K> {
    fn from(driver: FeedDriver<Tokio, K>) -> Self {
        Self { driver }
    }
}

impl<K: Kind> Stream for Feed<K> {
    type Item = Event<K::Message>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().driver.poll_event(cx)
    }
}

impl<K: Kind> fmt::Debug for Feed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.driver, f)
    }
}
