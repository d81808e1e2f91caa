//! Feeds as iterators of events.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nordnet_proto::feed::{Counters, FeedState, SubscriptionState};
use nordnet_proto::{
    AccountMessage, Event, FeedConfig, LoggedIn, MarketMessage, Private, Public, Subscription,
};
use rustls::ClientConfig;

use crate::Result;
use crate::events::{Elapsed, iterator};
use crate::feed::{FeedHandle, FeedLoop, account_feed_methods, feed_methods, market_feed_methods};
use crate::runtime::Runtime;
use crate::session::Driver;
use crate::tls::Trust;

/// The feed of market data, reconnects included: an iterator of events that ends after
/// [`Event::Closed`].
///
/// Another thread changes it by its [`handle`](MarketFeed::handle), also while it
/// waits. A loop that has other things to do uses
/// [`next_within`](MarketFeed::next_within).
///
/// ```
/// # use nordnet_driver::{Result, blocking::Client};
/// # use nordnet_proto::{Event, MarketMessage, Subscription, TradableId};
/// fn print_bids(nordnet: &Client) -> Result<()> {
///     let mut feed = nordnet.market_feed()?;
///     feed.subscribe(Subscription::Price(TradableId::new(11, "101")));
///     for event in feed {
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
}

iterator!(MarketFeed, feed, Event<MarketMessage>);

/// The feed of own orders and trades, reconnects included: an iterator of events that
/// ends after [`Event::Closed`].
///
/// A client has one at a time. It reports changes only: read the orders and trades at
/// each [`Event::Live`], the first one and those after a gap.
///
/// ```
/// # use nordnet_driver::{Result, blocking::Client};
/// # use nordnet_proto::{AccountMessage, Event};
/// fn print_orders(nordnet: &Client) -> Result<()> {
///     for event in nordnet.account_feed()? {
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
}

iterator!(AccountFeed, feed, Event<AccountMessage>);

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
