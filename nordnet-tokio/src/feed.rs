//! Feeds as streams of events.

use nordnet_proto::driver::{self, FeedDriver};
use nordnet_proto::{Private, Public};

use crate::client::Tokio;

/// The feed of market data.
pub type MarketFeed = Feed<Public>;

/// The feed of own orders and trades.
pub type AccountFeed = Feed<Private>;

/// A feed, reconnects included: a stream of events.
pub type Feed<K> = FeedDriver<Tokio, K>;

/// The feed of market data with what its ticks add up to: a stream of events.
pub type MarketWatch = driver::MarketWatch<Tokio>;

/// The same for a reader that may be slow: a stream of updates, the latest of each
/// instrument.
pub type LatestWatch = driver::LatestWatch<Tokio>;
