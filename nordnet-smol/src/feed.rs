//! Feeds as streams of events.

use nordnet_proto::driver::FeedDriver;
use nordnet_proto::{Private, Public};

use crate::client::Smol;

/// The feed of market data.
pub type MarketFeed = Feed<Public>;

/// The feed of own orders and trades.
pub type AccountFeed = Feed<Private>;

/// A feed, reconnects included: a stream of events.
pub type Feed<K> = FeedDriver<Smol, K>;
