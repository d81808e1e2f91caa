//! Watches: the market's feed with the quotes and books that its ticks add up to.

mod latest;

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

pub use latest::LatestWatch;
pub(crate) use latest::{LatestLoop, latest_watch_methods};
use nordnet_proto::feed::{Counters, IndicatorId, SubscriptionState};
use nordnet_proto::market::{IndicatorQuote, TradingState};
use nordnet_proto::{
    Book, Event, FeedConfig, Market, MarketMessage, NewsSourceId, Public, Quote, Subscription,
    TradableId,
};

use crate::Result;
use crate::events::{self, Events, stream};
use crate::feed::{FeedHandle, FeedLoop};
use crate::session::Driver;
use crate::wire::Timer;

/// The methods of a builder of watches, async and blocking; see `client_methods!` for
/// why this is a macro.
macro_rules! watch_builder_methods {
    () => {
        pub(crate) fn new(driver: &Arc<Driver>) -> Self {
            let plan = Plan::new(driver);
            Self { plan }
        }

        /// Watches the best bid and ask, the last trade and the figures of the day.
        pub fn price(mut self, tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
            self.plan.extend(tradables, Subscription::Price);
            self
        }

        /// Watches five levels of the order book.
        pub fn depth(mut self, tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
            self.plan.extend(tradables, Subscription::Depth);
            self
        }

        /// Watches every trade on the market.
        pub fn trade(mut self, tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
            self.plan.extend(tradables, Subscription::Trade);
            self
        }

        /// Watches whether tradables are being traded.
        pub fn trading_status(
            mut self,
            tradables: impl IntoIterator<Item = impl Into<TradableId>>,
        ) -> Self {
            self.plan.extend(tradables, Subscription::TradingStatus);
            self
        }

        /// Watches the values of indices.
        pub fn indicator(
            mut self,
            indicators: impl IntoIterator<Item = impl Into<IndicatorId>>,
        ) -> Self {
            self.plan.extend(indicators, Subscription::Indicator);
            self
        }

        /// Watches the items of news sources.
        pub fn news(mut self, sources: impl IntoIterator<Item = impl Into<NewsSourceId>>) -> Self {
            self.plan.extend(sources, Subscription::News);
            self
        }

        /// Opens the feed with settings of your own.
        pub fn config(mut self, config: FeedConfig) -> Self {
            self.plan.configure(config);
            self
        }

        /// Opens the feed; every event is merged, and then returned.
        ///
        /// The server disconnects a reader that is too slow for long: use [`latest`](Self::latest)
        /// for such a reader.
        ///
        /// # Errors
        ///
        /// [`Error::Setup`](nordnet_proto::Error::Setup) if there is no randomness for
        /// the feed's jitter.
        pub fn open(self) -> Result<MarketWatch> {
            let watch = self.plan.open()?;
            Ok(MarketWatch { watch })
        }

        /// Opens the feed in a task of its own, which reads on however slow the
        /// reader is; the reader gets the latest state of each instrument.
        ///
        /// # Errors
        ///
        /// As [`open`](Self::open).
        ///
        /// # Panics
        ///
        /// If the runtime's own spawn panics, as tokio's does outside of a runtime.
        pub fn latest(self) -> Result<LatestWatch> {
            let watch = self.plan.latest()?;
            Ok(LatestWatch { watch })
        }
    };
}

/// The methods of a [`MarketWatch`] that do not wait, async and blocking; see
/// `client_methods!` for why this is a macro.
macro_rules! market_watch_methods {
    () => {
        /// Watches something more, now and after every reconnect.
        pub fn subscribe(&mut self, subscription: Subscription) {
            let feed = &mut self.watch.feed;
            feed.change(|feed, now| feed.subscribe(subscription, now));
        }

        /// Stops watching something. Its state is dropped with
        /// [`Event::Unsubscribed`]; until then it is kept up to date.
        pub fn unsubscribe(&mut self, subscription: &Subscription) {
            let feed = &mut self.watch.feed;
            feed.change(|feed, now| feed.unsubscribe(subscription, now));
        }

        /// Closes the feed: the last event is [`Event::Closed`].
        pub fn close(&mut self) {
            self.watch.feed.change(|feed, now| feed.close(now));
        }

        /// Returns the quote of a tradable, as of now; it is waiting and empty before the
        /// first tick.
        #[must_use]
        pub fn quote(&self, tradable: impl Into<TradableId>) -> Quote {
            self.market().quote(&tradable.into(), self.watch.now())
        }

        /// Returns the order book of a tradable, as of now.
        #[must_use]
        pub fn book(&self, tradable: impl Into<TradableId>) -> Book {
            self.market().book(&tradable.into(), self.watch.now())
        }

        /// Returns the value of an index, as of now.
        #[must_use]
        pub fn indicator(&self, indicator: impl Into<IndicatorId>) -> IndicatorQuote {
            self.market().indicator(&indicator.into(), self.watch.now())
        }

        /// Returns whether a tradable is being traded, as of now.
        #[must_use]
        pub fn trading_state(&self, tradable: impl Into<TradableId>) -> TradingState {
            let now = self.watch.now();
            self.market().trading_state(&tradable.into(), now)
        }

        /// Returns all quotes, in the order of their first ticks, as of now.
        pub fn quotes(&self) -> impl Iterator<Item = Quote> + '_ {
            self.market().quotes(self.watch.now())
        }

        /// Returns all order books, as of now.
        pub fn books(&self) -> impl Iterator<Item = Book> + '_ {
            self.market().books(self.watch.now())
        }

        /// Returns the whole state, to iterate over it.
        #[must_use]
        pub const fn market(&self) -> &Market {
            &self.watch.market
        }

        /// Returns the subscriptions with their states.
        pub fn subscriptions(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
            self.watch.feed.machine().subscriptions()
        }

        /// Returns the counters of the feed.
        #[must_use]
        pub fn counters(&self) -> &Counters {
            self.watch.feed.machine().counters()
        }

        /// Returns a handle to close the feed, and to subscribe, from elsewhere.
        #[must_use]
        pub fn handle(&self) -> FeedHandle<Public> {
            self.watch.feed.handle().clone()
        }
    };
}

pub(crate) use {market_watch_methods, watch_builder_methods};

/// Opens a [`MarketWatch`] or a [`LatestWatch`]; from
/// [`Client::market`](crate::Client::market).
///
/// ```
/// # use nordnet_driver::{Client, Result};
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

/// The feed of market data, with the quotes and books that its ticks add up to: a
/// stream of events.
///
/// Each event is merged before it is returned, so quotes are never older than it:
/// after a loss of the connection all are stale before the program gets the event.
///
/// ```
/// # use nordnet_driver::{Client, Result};
/// # use nordnet_proto::TradableId;
/// async fn print_quotes(nordnet: &Client) -> Result<()> {
///     let ericsson = TradableId::new(11, "101");
///     let mut watch = nordnet.market().price([ericsson.clone()]).open()?;
///     while let Some(_event) = watch.next().await {
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

    /// Waits for the next event; `None` after the feed has closed.
    ///
    /// Dropping the future loses nothing, so it can stand in a `select!`.
    pub async fn next(&mut self) -> Option<Event<MarketMessage>> {
        events::next(&mut self.watch).await
    }
}

stream!(MarketWatch, watch, Event<MarketMessage>);

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

/// What to watch, for the async and the blocking builder.
pub(crate) struct Plan {
    driver: Arc<Driver>,
    config: FeedConfig,
    subscriptions: Vec<Subscription>,
}

impl Plan {
    pub(crate) fn new(driver: &Arc<Driver>) -> Self {
        Self {
            driver: Arc::clone(driver),
            config: driver.feed_config(),
            subscriptions: Vec::new(),
        }
    }

    pub(crate) fn configure(&mut self, config: FeedConfig) {
        self.config = config;
    }

    pub(crate) fn extend<I>(
        &mut self,
        ids: impl IntoIterator<Item = impl Into<I>>,
        subscription: fn(I) -> Subscription,
    ) {
        let ids = ids.into_iter().map(Into::into);
        self.subscriptions.extend(ids.map(subscription));
    }

    pub(crate) fn open(self) -> Result<WatchLoop> {
        Ok(WatchLoop {
            feed: self.feed()?,
            market: Market::new(),
        })
    }

    pub(crate) fn latest(self) -> Result<LatestLoop> {
        let driver = Arc::clone(&self.driver);
        Ok(LatestLoop::start(driver, self.feed()?))
    }

    fn feed(self) -> Result<FeedLoop<Public>> {
        let mut feed = FeedLoop::of(&self.driver, self.config, None)?;
        feed.change(|feed, now| {
            for subscription in self.subscriptions {
                feed.subscribe(subscription, now);
            }
        });
        Ok(feed)
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchBuilder")
            .field("subscriptions", &self.subscriptions)
            .finish_non_exhaustive()
    }
}

/// A feed and the state that its ticks add up to.
pub(crate) struct WatchLoop {
    pub(crate) feed: FeedLoop<Public>,
    pub(crate) market: Market,
}

impl Events for WatchLoop {
    type Item = Event<MarketMessage>;

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = ready!(self.feed.poll_event(cx));
        if let Some(event) = &event {
            self.market.handle_event(event, self.feed.read_at());
        }
        Poll::Ready(event)
    }

    fn now(&self) -> Instant {
        self.feed.now()
    }

    fn timer(&self) -> Box<dyn Timer> {
        self.feed.timer()
    }
}

impl fmt::Debug for WatchLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MarketWatch")
            .field("feed", &self.feed)
            .field("market", &self.market)
            .finish()
    }
}
