//! Feeds: the market's data, and the account's orders and trades.

mod event_loop;
mod handle;
mod log;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

pub(crate) use event_loop::FeedLoop;
pub use handle::FeedHandle;
use nordnet_proto::feed::{Counters, FeedState, SubscriptionState};
use nordnet_proto::{
    AccountMessage, Event, FeedConfig, LoggedIn, MarketMessage, Private, Public, Subscription,
};
use rustls::ClientConfig;

use crate::Result;
use crate::events::{self, stream};
use crate::runtime::Runtime;
use crate::session::Driver;
use crate::tls::Trust;

/// The methods of both feeds that do not wait, for the async and the blocking types; see
/// `client_methods!` for why this is a macro.
macro_rules! feed_methods {
    ($kind:ident) => {
        /// Closes the feed: the last event is [`Event::Closed`].
        pub fn close(&mut self) {
            self.feed.change(|feed, now| feed.close(now));
        }

        /// Returns a handle to close the feed, and to subscribe, from elsewhere.
        #[must_use]
        pub fn handle(&self) -> FeedHandle<$kind> {
            self.feed.handle().clone()
        }

        /// Returns the state of the feed.
        #[must_use]
        pub fn state(&self) -> FeedState {
            self.feed.machine().state()
        }

        /// Returns `true` if a message has come on the current connection, as it has
        /// from [`Event::Live`] on. Nothing else proves that the login was accepted.
        #[must_use]
        pub fn is_proven(&self) -> bool {
            self.feed.machine().is_proven()
        }

        /// Returns when the last byte came on the current connection. It shows how long
        /// the connection has been silent, which the age of a tick does not.
        #[must_use]
        pub fn last_input(&self) -> Option<Instant> {
            self.feed.machine().last_input()
        }

        /// Returns the counters of the feed.
        #[must_use]
        pub fn counters(&self) -> &Counters {
            self.feed.machine().counters()
        }

        /// Opens a feed on a session that was logged in elsewhere. The feed ends when
        /// that session ends.
        ///
        /// # Errors
        ///
        /// [`SetupError::Tls`](nordnet_proto::SetupError::Tls) if the crypto provider
        /// has no randomness.
        pub fn standalone(
            runtime: impl Runtime,
            logged_in: LoggedIn,
            config: FeedConfig,
        ) -> Result<Self> {
            let feed = FeedLoop::fixed(runtime, Trust::Mozilla, logged_in, config)?;
            Ok(Self { feed })
        }

        /// Opens a feed on a session that was logged in elsewhere, with TLS settings of
        /// your own.
        ///
        /// # Errors
        ///
        /// As [`standalone`](Self::standalone).
        pub fn standalone_with_tls(
            runtime: impl Runtime,
            logged_in: LoggedIn,
            config: FeedConfig,
            tls: impl Into<Arc<ClientConfig>>,
        ) -> Result<Self> {
            let trust = Trust::Settings(tls.into());
            let feed = FeedLoop::fixed(runtime, trust, logged_in, config)?;
            Ok(Self { feed })
        }
    };
}

/// The methods that only the feed of market data has.
macro_rules! market_feed_methods {
    () => {
        pub(crate) fn open(client: &Arc<Driver>, config: FeedConfig) -> Result<Self> {
            let feed = FeedLoop::of(client, config, None)?;
            Ok(Self { feed })
        }

        /// Subscribes to a kind of data of one tradable, indicator or news source, now
        /// and after every reconnect.
        pub fn subscribe(&mut self, subscription: Subscription) {
            self.feed
                .change(|feed, now| feed.subscribe(subscription, now));
        }

        /// Unsubscribes from a kind of data.
        pub fn unsubscribe(&mut self, subscription: &Subscription) {
            self.feed
                .change(|feed, now| feed.unsubscribe(subscription, now));
        }

        /// Returns the subscriptions with their states.
        pub fn subscriptions(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
            self.feed.machine().subscriptions()
        }
    };
}

/// The methods that only the feed of own orders and trades has.
macro_rules! account_feed_methods {
    () => {
        pub(crate) fn open(client: &Arc<Driver>, config: FeedConfig) -> Result<Self> {
            let place = client.take_account_feed()?;
            let feed = FeedLoop::of(client, config, Some(place))?;
            Ok(Self { feed })
        }
    };
}

pub(crate) use {account_feed_methods, feed_methods, market_feed_methods};

/// The feed of market data, reconnects included: a stream of events that ends after
/// [`Event::Closed`].
///
/// A feed reads and writes only while it is polled. One that is not polled for long is
/// disconnected by the server, and reports the gap when it is polled again.
///
/// ```
/// # use nordnet_driver::{Client, Result};
/// # use nordnet_proto::{Event, MarketMessage, Subscription, TradableId};
/// async fn print_bids(nordnet: &Client) -> Result<()> {
///     let mut feed = nordnet.market_feed()?;
///     feed.subscribe(Subscription::Price(TradableId::new(11, "101")));
///     while let Some(event) = feed.next().await {
///         match event {
///             Event::Message(MarketMessage::Price(tick)) => println!("{:?}", tick.bid()),
///             Event::Disconnected(lost) => println!("{lost}; it reconnects by itself"),
///             _ => {}
///         }
///     }
///     Ok(())
/// }
/// ```
pub struct MarketFeed {
    feed: FeedLoop<Public>,
}

impl MarketFeed {
    feed_methods!(Public);
    market_feed_methods!();

    /// Waits for the next event; `None` after the feed has closed.
    ///
    /// Dropping the future loses nothing, so it can stand in a `select!`.
    pub async fn next(&mut self) -> Option<Event<MarketMessage>> {
        events::next(&mut self.feed).await
    }
}

/// The feed of own orders and trades, reconnects included: a stream of events that
/// ends after [`Event::Closed`].
///
/// A client has one at a time. It reports changes only: read the orders and trades at
/// each [`Event::Live`], the first one and those after a gap.
///
/// ```
/// # use nordnet_driver::{Client, Result};
/// # use nordnet_proto::{AccountMessage, Event};
/// async fn print_orders(nordnet: &Client) -> Result<()> {
///     let mut feed = nordnet.account_feed()?;
///     while let Some(event) = feed.next().await {
///         match event {
///             Event::Live { .. } => println!("read the orders and trades now"),
///             Event::Message(AccountMessage::Order(order)) => println!("{order:?}"),
///             _ => {}
///         }
///     }
///     Ok(())
/// }
/// ```
pub struct AccountFeed {
    feed: FeedLoop<Private>,
}

impl AccountFeed {
    feed_methods!(Private);
    account_feed_methods!();

    /// Waits for the next event; `None` after the feed has closed.
    ///
    /// Dropping the future loses nothing, so it can stand in a `select!`.
    pub async fn next(&mut self) -> Option<Event<AccountMessage>> {
        events::next(&mut self.feed).await
    }
}

stream!(MarketFeed, feed, Event<MarketMessage>);
stream!(AccountFeed, feed, Event<AccountMessage>);

impl fmt::Debug for MarketFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.feed.fmt(f)
    }
}

impl fmt::Debug for AccountFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.feed.fmt(f)
    }
}
