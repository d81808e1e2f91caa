//! The feed of market data with what its ticks add up to.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::adapter::{Adapter, AsyncAdapter, BlockingAdapter};
use super::calls::Driver;
use super::events::Elapsed;
use super::feed::FeedDriver;
use super::handle::FeedHandle;
use super::latest::LatestWatch;
use crate::error::Error;
use crate::feed::{
    Counters, Event, FeedConfig, IndicatorId, MarketMessage, Public, Subscription,
    SubscriptionState,
};
use crate::id::{NewsSourceId, TradableId};
use crate::market::{Book, IndicatorQuote, Market, Quote, TradingState};

/// Says what of the market is watched, and how it is told.
#[must_use = "nothing is watched before it is opened"]
pub struct WatchBuilder<R: Adapter> {
    driver: Arc<Driver<R>>,
    config: FeedConfig,
    subscriptions: Vec<Subscription>,
}

impl<R: Adapter> WatchBuilder<R> {
    pub(super) fn new(driver: &Arc<Driver<R>>) -> Self {
        Self {
            driver: Arc::clone(driver),
            config: driver.feed_config(),
            subscriptions: Vec::new(),
        }
    }

    /// Watches the best bid and ask, the last trade and the figures of the day.
    pub fn price(self, tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
        self.each(tradables, Subscription::Price)
    }

    /// Watches five levels of the order book.
    pub fn depth(self, tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
        self.each(tradables, Subscription::Depth)
    }

    /// Watches every trade on the market.
    pub fn trade(self, tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
        self.each(tradables, Subscription::Trade)
    }

    /// Watches whether tradables are being traded.
    pub fn trading_status(
        self,
        tradables: impl IntoIterator<Item = impl Into<TradableId>>,
    ) -> Self {
        self.each(tradables, Subscription::TradingStatus)
    }

    /// Watches the values of indices.
    pub fn indicator(self, indicators: impl IntoIterator<Item = impl Into<IndicatorId>>) -> Self {
        self.each(indicators, Subscription::Indicator)
    }

    /// Watches the items of news sources.
    pub fn news(self, sources: impl IntoIterator<Item = impl Into<NewsSourceId>>) -> Self {
        self.each(sources, Subscription::News)
    }

    /// Takes settings of your own for the feed.
    pub fn config(mut self, config: FeedConfig) -> Self {
        self.config = config;
        self
    }

    /// Opens the feed; every event is told, and merged before that.
    ///
    /// A reader that stays behind for long is disconnected by the server: then
    /// take [`WatchBuilder::latest`].
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if there is no randomness for the feed's jitter.
    pub fn open(self) -> Result<MarketWatch<R>, Error> {
        let feed = self.feed()?;
        Ok(MarketWatch {
            feed,
            market: Market::new(),
        })
    }

    /// Opens the feed in a task of its own, which reads on however slow the
    /// reader is; the reader is told the latest of each instrument.
    ///
    /// # Errors
    ///
    /// As [`WatchBuilder::open`].
    ///
    /// # Panics
    ///
    /// As the runtime's own spawn does, over tokio outside of a runtime.
    pub fn latest(self) -> Result<LatestWatch<R>, Error> {
        let driver = Arc::clone(&self.driver);
        Ok(LatestWatch::start(driver, self.feed()?))
    }

    fn feed(self) -> Result<FeedDriver<R, Public>, Error> {
        let mut feed = FeedDriver::market(&self.driver, self.config)?;
        for subscription in self.subscriptions {
            feed.subscribe(subscription);
        }
        Ok(feed)
    }

    fn each<I>(
        mut self,
        ids: impl IntoIterator<Item = impl Into<I>>,
        subscription: fn(I) -> Subscription,
    ) -> Self {
        let ids = ids.into_iter().map(Into::into);
        self.subscriptions.extend(ids.map(subscription));
        self
    }
}

/// The feed of market data, with what its ticks add up to.
///
/// It is a feed: a stream of events over an async adapter, an iterator over a
/// blocking one. Each event is merged before it is told, so that quotes are
/// never behind it: after a loss of the connection all are stale before the
/// program hears of it.
pub struct MarketWatch<R: Adapter> {
    feed: FeedDriver<R, Public>,
    market: Market,
}

impl<R: Adapter> MarketWatch<R> {
    /// The next event; `None` after the feed has closed.
    pub fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event<MarketMessage>>> {
        let event = self.feed.poll_event(cx);
        if let Poll::Ready(Some(event)) = &event {
            self.market.handle_event(event, read_at(&self.feed));
        }
        event
    }

    /// Watches something more, as the feed's own `subscribe` does.
    pub fn subscribe(&mut self, subscription: Subscription) {
        self.feed.subscribe(subscription);
    }

    /// Watches something no more. What is known of it is forgotten with
    /// [`Event::Unsubscribed`]; until then it stays as true as it was.
    pub fn unsubscribe(&mut self, subscription: &Subscription) {
        self.feed.unsubscribe(subscription);
    }

    /// Closes the feed: the last event is [`Event::Closed`].
    pub fn close(&mut self) {
        self.feed.close();
    }

    /// The quote of a tradable, as of now; waiting and empty if nothing was
    /// told of it.
    #[must_use]
    pub fn quote(&self, tradable: impl Into<TradableId>) -> Quote {
        self.market.quote(&tradable.into(), self.feed.now())
    }

    /// The order book of a tradable, as of now.
    #[must_use]
    pub fn book(&self, tradable: impl Into<TradableId>) -> Book {
        self.market.book(&tradable.into(), self.feed.now())
    }

    /// The value of an index, as of now.
    #[must_use]
    pub fn indicator(&self, indicator: impl Into<IndicatorId>) -> IndicatorQuote {
        self.market.indicator(&indicator.into(), self.feed.now())
    }

    /// Whether a tradable is being traded, as of now.
    #[must_use]
    pub fn trading_state(&self, tradable: impl Into<TradableId>) -> TradingState {
        self.market.trading_state(&tradable.into(), self.feed.now())
    }

    /// All quotes, in the order in which they were first told of, as of now.
    pub fn quotes(&self) -> impl Iterator<Item = Quote> + '_ {
        self.market.quotes(self.feed.now())
    }

    /// All order books, as of now.
    pub fn books(&self) -> impl Iterator<Item = Book> + '_ {
        self.market.books(self.feed.now())
    }

    /// All that is known, for those who walk it.
    #[must_use]
    pub const fn market(&self) -> &Market {
        &self.market
    }

    /// What is watched, and how far it has come.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
        self.feed.subscriptions()
    }

    /// What has come over the feed so far.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        self.feed.counters()
    }

    /// A handle to close the feed, and to subscribe, from elsewhere.
    #[must_use]
    pub fn handle(&self) -> FeedHandle<Public> {
        self.feed.handle()
    }
}

impl<R: AsyncAdapter> MarketWatch<R> {
    /// Waits for the next event; `None` after the feed has closed.
    ///
    /// Dropping the future loses nothing, so it can stand in a `select!`.
    pub async fn next(&mut self) -> Option<Event<MarketMessage>> {
        poll_fn(|cx| self.poll_event(cx)).await
    }
}

impl<R: BlockingAdapter> MarketWatch<R> {
    /// Waits for the next event, for so long; no time at all takes what is
    /// there. `None` after the feed has closed.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if there was none in that time.
    pub fn next_within(&mut self, time: Duration) -> Result<Option<Event<MarketMessage>>, Elapsed> {
        let event = self.feed.next_within(time)?;
        if let Some(event) = &event {
            self.market.handle_event(event, read_at(&self.feed));
        }
        Ok(event)
    }
}

impl<R: BlockingAdapter> Iterator for MarketWatch<R> {
    type Item = Event<MarketMessage>;

    /// Waits for the next event; `None` after the feed has closed.
    fn next(&mut self) -> Option<Self::Item> {
        R::wait(poll_fn(|cx| self.poll_event(cx)))
    }
}

#[cfg(feature = "stream")]
impl<R: AsyncAdapter> futures_core::Stream for MarketWatch<R> {
    type Item = Event<MarketMessage>;

    fn poll_next(self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(cx)
    }
}

impl<R: Adapter> std::fmt::Debug for MarketWatch<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketWatch")
            .field("feed", &self.feed)
            .field("market", &self.market)
            .finish()
    }
}

impl<R: Adapter> std::fmt::Debug for WatchBuilder<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WatchBuilder")
            .field("subscriptions", &self.subscriptions)
            .finish_non_exhaustive()
    }
}

/// When what is told now was read; the clock is not asked for each tick.
pub(super) fn read_at<R: Adapter>(feed: &FeedDriver<R, Public>) -> Instant {
    feed.last_input().unwrap_or_else(|| feed.now())
}
