//! A watch whose feed is read in a task of its own, however slow the program is.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use nordnet_proto::feed::{Counters, IndicatorId};
use nordnet_proto::market::{IndicatorQuote, Latest, TradingState, Update};
use nordnet_proto::{Book, Market, Public, Quote, Subscription, TradableId};

use crate::events::{self, Events, stream};
use crate::feed::{FeedHandle, FeedLoop};
use crate::session::Driver;
use crate::wire::Timer;

/// The methods of a [`LatestWatch`] that do not wait, async and blocking; see
/// `client_methods!` for why this is a macro.
macro_rules! latest_watch_methods {
    () => {
        /// Watches something more, now and after every reconnect.
        pub fn subscribe(&self, subscription: Subscription) {
            self.watch.handle.subscribe(subscription);
        }

        /// Stops watching something. Its state is dropped as soon as the feed has
        /// unsubscribed, with the updates that were not returned yet.
        pub fn unsubscribe(&self, subscription: &Subscription) {
            self.watch.handle.unsubscribe(subscription.clone());
        }

        /// Closes the feed. After all pending updates, the last one is its
        /// [`Event::Closed`](nordnet_proto::Event::Closed).
        pub fn close(&self) {
            self.watch.handle.close();
        }

        /// Returns the quote of a tradable, as of now; it is waiting and empty before the
        /// first tick.
        #[must_use]
        pub fn quote(&self, tradable: impl Into<TradableId>) -> Quote {
            self.read(|market, now| market.quote(&tradable.into(), now))
        }

        /// Returns the order book of a tradable, as of now.
        #[must_use]
        pub fn book(&self, tradable: impl Into<TradableId>) -> Book {
            self.read(|market, now| market.book(&tradable.into(), now))
        }

        /// Returns the value of an index, as of now.
        #[must_use]
        pub fn indicator(&self, indicator: impl Into<IndicatorId>) -> IndicatorQuote {
            self.read(|market, now| market.indicator(&indicator.into(), now))
        }

        /// Returns whether a tradable is being traded, as of now.
        #[must_use]
        pub fn trading_state(&self, tradable: impl Into<TradableId>) -> TradingState {
            self.read(|market, now| market.trading_state(&tradable.into(), now))
        }

        /// Calls `read` with the whole state and the current time. Nothing is merged
        /// while it runs, so it reads everything as of one moment, and has to be short.
        pub fn read<T>(&self, read: impl FnOnce(&Market, Instant) -> T) -> T {
            let now = self.watch.now();
            read(self.watch.lock().latest.market(), now)
        }

        /// Returns the counters of the feed.
        #[must_use]
        pub fn counters(&self) -> Counters {
            self.watch.lock().counters.clone()
        }

        /// Returns a handle to close the feed, and to subscribe, from elsewhere.
        #[must_use]
        pub fn handle(&self) -> FeedHandle<Public> {
            self.watch.handle.clone()
        }

        /// Returns how many ticks were merged into a later update.
        #[must_use]
        pub fn conflated(&self) -> u64 {
            self.watch.lock().latest.conflated()
        }

        /// Returns how many events that cannot be merged were replaced by later ones.
        #[must_use]
        pub fn dropped(&self) -> u64 {
            self.watch.lock().latest.dropped()
        }
    };
}

pub(crate) use latest_watch_methods;

/// The feed of market data for a reader that may be slow: a stream of updates.
///
/// A task of its own reads and merges. The reader gets one update for each
/// instrument that has changed, however many ticks there were, and reads the state
/// then. See [`Latest`] for what is merged and what is counted. Dropping it closes the
/// feed.
///
/// ```
/// # use nordnet_driver::{Client, Result};
/// # use nordnet_proto::market::Update;
/// # use nordnet_proto::{Subscription, TradableId};
/// async fn print_quotes(nordnet: &Client) -> Result<()> {
///     let mut watch = nordnet.market().price([TradableId::new(11, "101")]).latest()?;
///     while let Some(update) = watch.next().await {
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
    pub(super) watch: LatestLoop,
}

impl LatestWatch {
    latest_watch_methods!();

    /// Waits for the next update; `None` after the feed has closed.
    ///
    /// Dropping the future loses nothing, so it can stand in a `select!`.
    pub async fn next(&mut self) -> Option<Update> {
        events::next(&mut self.watch).await
    }
}

stream!(LatestWatch, watch, Update);

/// The program's side of a feed that a task reads.
pub(crate) struct LatestLoop {
    driver: Arc<Driver>,
    shared: Arc<Mutex<Shared>>,
    pub(crate) handle: FeedHandle<Public>,
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) latest: Latest,
    pub(crate) counters: Counters,
    ended: bool,
    waiting: Option<Waker>,
}

impl LatestLoop {
    pub(super) fn start(driver: Arc<Driver>, feed: FeedLoop<Public>) -> Self {
        let handle = feed.handle().clone();
        let shared = Arc::new(Mutex::new(Shared::default()));
        driver.io.spawn(listen(feed, Ended(Arc::clone(&shared))));
        Self {
            driver,
            shared,
            handle,
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

impl Events for LatestLoop {
    type Item = Update;

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Update>> {
        let mut shared = self.lock();
        match shared.latest.poll_update() {
            Some(update) => Poll::Ready(Some(update)),
            None if shared.ended => Poll::Ready(None),
            None => {
                shared.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    fn now(&self) -> Instant {
        self.driver.io.now()
    }

    fn timer(&self) -> Box<dyn Timer> {
        self.driver.io.timer()
    }
}

impl Drop for LatestLoop {
    fn drop(&mut self) {
        self.handle.close();
    }
}

impl fmt::Debug for LatestLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LatestWatch")
            .field(&self.lock().latest)
            .finish()
    }
}

impl fmt::Debug for LatestWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.watch.fmt(f)
    }
}

/// Reads a feed to its end.
async fn listen(mut feed: FeedLoop<Public>, shared: Ended) {
    while let Some(event) = poll_fn(|cx| feed.poll_event(cx)).await {
        let now = feed.read_at();
        change(&shared.0, |shared| {
            shared.latest.handle_event(event, now);
            shared.counters.clone_from(feed.machine().counters());
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
