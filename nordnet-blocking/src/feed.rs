//! Feeds as iterators of events.

use nordnet_proto::driver::FeedDriver;
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
