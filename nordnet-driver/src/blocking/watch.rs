//! Watches as iterators.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nordnet_proto::feed::{Counters, IndicatorId, SubscriptionState};
use nordnet_proto::market::{IndicatorQuote, TradingState, Update};
use nordnet_proto::{
    Book, Event, FeedConfig, Market, MarketMessage, NewsSourceId, Public, Quote, Subscription,
    TradableId,
};

use crate::Result;
use crate::events::{Elapsed, Events as _, iterator};
use crate::feed::FeedHandle;
use crate::session::Driver;
use crate::watch::{
    LatestLoop, Plan, WatchLoop, latest_watch_methods, market_watch_methods, watch_builder_methods,
};

/// Opens a [`MarketWatch`] or a [`LatestWatch`]; from
/// [`Client::market`](super::Client::market).
///
/// ```
/// # use nordnet_driver::{Result, blocking::Client};
/// # use nordnet_proto::TradableId;
/// # fn f(nordnet: &Client) -> Result<()> {
/// let ericsson = TradableId::new(11, "101");
/// let watch = nordnet.market().price([ericsson.clone()]).depth([ericsson]).open()?;
/// # drop(watch);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is watched before it is opened"]
pub struct WatchBuilder {
    plan: Plan,
}

impl WatchBuilder {
    watch_builder_methods!();
}

/// The feed of market data, with the quotes and books that its ticks add up to: an
/// iterator of events.
///
/// Each event is merged before it is returned, so quotes are never older than it:
/// after a loss of the connection all are stale before the program gets the event.
///
/// ```
/// # use nordnet_driver::{Result, blocking::Client};
/// # use nordnet_proto::TradableId;
/// fn print_quotes(nordnet: &Client) -> Result<()> {
///     let ericsson = TradableId::new(11, "101");
///     let mut watch = nordnet.market().price([ericsson.clone()]).open()?;
///     while let Some(_event) = watch.next() {
///         let quote = watch.quote(ericsson.clone());
///         println!("{:?}: {:?} {:?}", quote.state(), quote.bid(), quote.ask());
///     }
///     Ok(())
/// }
/// ```
pub struct MarketWatch {
    watch: WatchLoop,
}

impl MarketWatch {
    market_watch_methods!();
}

iterator!(MarketWatch, watch, Event<MarketMessage>);

/// The feed of market data for a reader that may be slow: an iterator of updates.
///
/// A thread of its own reads and merges. The reader gets one update for each
/// instrument that has changed, however many ticks there were, and reads the state
/// then. See [`Latest`](nordnet_proto::market::Latest) for what is merged and what is
/// counted. Dropping it closes the feed.
///
/// ```
/// # use nordnet_driver::{Result, blocking::Client};
/// # use nordnet_proto::market::Update;
/// # use nordnet_proto::{Subscription, TradableId};
/// fn print_quotes(nordnet: &Client) -> Result<()> {
///     let mut watch = nordnet.market().price([TradableId::new(11, "101")]).latest()?;
///     while let Some(update) = watch.next() {
///         if let Update::Changed { subscription, .. } = update
///             && let Subscription::Price(tradable) = subscription
///         {
///             let quote = watch.quote(tradable);
///             println!("{:?} {:?}", quote.bid(), quote.ask());
///         }
///     }
///     Ok(())
/// }
/// ```
pub struct LatestWatch {
    watch: LatestLoop,
}

impl LatestWatch {
    latest_watch_methods!();
}

iterator!(LatestWatch, watch, Update);

impl fmt::Debug for WatchBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.fmt(f)
    }
}

impl fmt::Debug for MarketWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.watch.fmt(f)
    }
}

impl fmt::Debug for LatestWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.watch.fmt(f)
    }
}
