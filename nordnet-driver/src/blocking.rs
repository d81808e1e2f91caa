//! The same client for plain threads: its methods block until they are done.
//!
//! `nordnet-blocking` brings its runtime.

mod builder;
mod client;
mod feed;
mod watch;

pub use crate::executor::{Alarm, block_on};
pub use builder::ClientBuilder;
pub use client::Client;
pub use feed::{AccountFeed, MarketFeed};
pub use watch::{LatestWatch, MarketWatch, WatchBuilder};

pub use crate::events::Elapsed;
