//! Feeds as iterators of events.

use nordnet_proto::driver::{self, FeedDriver};
use nordnet_proto::{Private, Public};

use crate::client::Blocking;

/// The feed of market data.
pub type MarketFeed = Feed<Public>;

/// The feed of own orders and trades.
pub type AccountFeed = Feed<Private>;

/// A feed, reconnects included: an iterator of events.
///
/// Another thread reaches it by its [`handle`](FeedDriver::handle), also while
/// it waits. A loop that has other things to do takes
/// [`next_within`](FeedDriver::next_within).
pub type Feed<K> = FeedDriver<Blocking, K>;

/// The feed of market data with what its ticks add up to: an iterator of events.
pub type MarketWatch = driver::MarketWatch<Blocking>;

/// The same for a reader that may be slow: an iterator of updates, the latest of each
/// instrument.
pub type LatestWatch = driver::LatestWatch<Blocking>;
