//! A feed that reads on however slow its reader is.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::adapter::{Adapter, AsyncAdapter, BlockingAdapter};
use super::calls::Driver;
use super::events::Elapsed;
use super::feed::FeedDriver;
use super::handle::FeedHandle;
use super::task::by_timer;
use super::watch::read_at;
use crate::feed::{Counters, IndicatorId, Public, Subscription};
use crate::id::TradableId;
use crate::market::{Book, IndicatorQuote, Latest, Market, Quote, TradingState, Update};

/// The feed of market data for a reader that may be slow.
///
/// A task of its own reads and merges; the reader is told of each instrument
/// that has changed once, however many ticks that took, and reads what is known
/// then. See [`Latest`] for what is told and what is counted. Dropping it
/// closes the feed.
pub struct LatestWatch<R: Adapter> {
    driver: Arc<Driver<R>>,
    shared: Arc<Mutex<Shared>>,
    handle: FeedHandle<Public>,
}

#[derive(Default)]
struct Shared {
    latest: Latest,
    counters: Counters,
    ended: bool,
    waiting: Option<Waker>,
}

impl<R: Adapter> LatestWatch<R> {
    pub(super) fn start(driver: Arc<Driver<R>>, feed: FeedDriver<R, Public>) -> Self {
        let handle = feed.handle();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let listen = listen(feed, Ended(Arc::clone(&shared)));
        driver.adapter().spawn(Box::pin(listen));
        Self {
            driver,
            shared,
            handle,
        }
    }

    /// The next thing to tell; `None` after the feed has closed.
    pub fn poll_update(&mut self, cx: &mut Context<'_>) -> Poll<Option<Update>> {
        let mut shared = lock(&self.shared);
        match shared.latest.poll_update() {
            Some(update) => Poll::Ready(Some(update)),
            None if shared.ended => Poll::Ready(None),
            None => {
                shared.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Watches something more.
    pub fn subscribe(&self, subscription: Subscription) {
        self.handle.subscribe(subscription);
    }

    /// Watches something no more. It is forgotten as soon as the feed has let go
    /// of it, and what was still to tell of it too.
    pub fn unsubscribe(&self, subscription: &Subscription) {
        self.handle.unsubscribe(subscription.clone());
    }

    /// Closes the feed: the last update, after all that waits, is its
    /// [`Event::Closed`](crate::Event::Closed).
    pub fn close(&self) {
        self.handle.close();
    }

    /// The quote of a tradable, as of now; waiting and empty if nothing was
    /// told of it.
    #[must_use]
    pub fn quote(&self, tradable: impl Into<TradableId>) -> Quote {
        self.read(|market, now| market.quote(&tradable.into(), now))
    }

    /// The order book of a tradable, as of now.
    #[must_use]
    pub fn book(&self, tradable: impl Into<TradableId>) -> Book {
        self.read(|market, now| market.book(&tradable.into(), now))
    }

    /// The value of an index, as of now.
    #[must_use]
    pub fn indicator(&self, indicator: impl Into<IndicatorId>) -> IndicatorQuote {
        self.read(|market, now| market.indicator(&indicator.into(), now))
    }

    /// Whether a tradable is being traded, as of now.
    #[must_use]
    pub fn trading_state(&self, tradable: impl Into<TradableId>) -> TradingState {
        self.read(|market, now| market.trading_state(&tradable.into(), now))
    }

    /// Reads several things as of one moment, which is told too. Nothing is
    /// merged meanwhile, so be quick.
    pub fn read<T>(&self, read: impl FnOnce(&Market, Instant) -> T) -> T {
        let now = self.driver.adapter().now();
        read(lock(&self.shared).latest.market(), now)
    }

    /// What has come over the feed so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        lock(&self.shared).counters.clone()
    }

    /// A handle to close the feed, and to subscribe, from elsewhere.
    #[must_use]
    pub fn handle(&self) -> FeedHandle<Public> {
        self.handle.clone()
    }

    /// How many ticks were told only as a part of a later one.
    #[must_use]
    pub fn conflated(&self) -> u64 {
        lock(&self.shared).latest.conflated()
    }

    /// How many events that cannot be merged were pushed out by later ones.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        lock(&self.shared).latest.dropped()
    }
}

impl<R: AsyncAdapter> LatestWatch<R> {
    /// Waits for the next update; `None` after the feed has closed.
    ///
    /// Dropping the future loses nothing, so it can stand in a `select!`.
    pub async fn next(&mut self) -> Option<Update> {
        poll_fn(|cx| self.poll_update(cx)).await
    }
}

impl<R: BlockingAdapter> LatestWatch<R> {
    /// Waits for the next update, for so long; no time at all takes what is
    /// there. `None` after the feed has closed.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if there was none in that time.
    pub fn next_within(&mut self, time: Duration) -> Result<Option<Update>, Elapsed> {
        let adapter = self.driver.adapter();
        let Some(at) = adapter.now().checked_add(time) else {
            return Ok(self.next());
        };
        let mut timer = adapter.timer();
        R::wait(by_timer(&mut timer, at, poll_fn(|cx| self.poll_update(cx)))).ok_or(Elapsed)
    }
}

impl<R: BlockingAdapter> Iterator for LatestWatch<R> {
    type Item = Update;

    /// Waits for the next update; `None` after the feed has closed.
    fn next(&mut self) -> Option<Update> {
        R::wait(poll_fn(|cx| self.poll_update(cx)))
    }
}

#[cfg(feature = "stream")]
impl<R: AsyncAdapter> futures_core::Stream for LatestWatch<R> {
    type Item = Update;

    fn poll_next(self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_update(cx)
    }
}

impl<R: Adapter> Drop for LatestWatch<R> {
    fn drop(&mut self) {
        self.handle.close();
    }
}

impl<R: Adapter> fmt::Debug for LatestWatch<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LatestWatch")
            .field(&lock(&self.shared).latest)
            .finish()
    }
}

/// Reads a feed to its end.
async fn listen<R: Adapter>(mut feed: FeedDriver<R, Public>, shared: Ended) {
    while let Some(event) = poll_fn(|cx| feed.poll_event(cx)).await {
        let now = read_at(&feed);
        change(&shared.0, |shared| {
            shared.latest.handle_event(event, now);
            shared.counters.clone_from(feed.counters());
        });
    }
}

/// Ends the watch with the task that reads its feed: also if it panics, and if the
/// runtime drops the task.
struct Ended(Arc<Mutex<Shared>>);

impl Drop for Ended {
    fn drop(&mut self) {
        change(&self.0, |shared| {
            shared.latest.end();
            shared.ended = true;
        });
    }
}

fn change(shared: &Mutex<Shared>, change: impl FnOnce(&mut Shared)) {
    let mut shared = lock(shared);
    change(&mut shared);
    let waiting = shared.waiting.take();
    drop(shared);
    if let Some(waker) = waiting {
        waker.wake();
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
