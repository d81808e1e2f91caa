//! Trade on Nordnet from a smol program.
//!
//! A thin adapter over [`nordnet_proto`], which decides everything: this crate
//! connects, reads, writes and waits. What a program needs of the core stands
//! here too, so that one dependency is enough.
//!
//! ```no_run
//! use nordnet_smol::Client;
//! use nordnet_smol::api::{GetAccountInfo, ListAccounts};
//!
//! fn main() -> nordnet_smol::Result<()> {
//!     smol::block_on(async {
//!         let nordnet = Client::from_env()?.login().await?; // read-only by type
//!         for account in nordnet.send(ListAccounts::new()).await?.open() {
//!             let info = nordnet.send(GetAccountInfo::of(account)).await?;
//!             println!("{account}  own capital {}", info.own_capital);
//!         }
//!         nordnet.logout().await
//!     })
//! }
//! ```
//!
//! - [`Client`]: one generic `send` for all calls, on one session that is kept
//!   alive and renewed by itself.
//! - [`MarketFeed`], [`AccountFeed`]: streams of events, reconnects included.
//! - [`ClientBuilder::trading`](proto::driver::ClientBuilder::trading): without
//!   it no order can be sent, by type.
//!
//! What a client does beside your calls runs on smol's global executor, whose
//! thread starts by itself; `SMOL_THREADS` gives it more. Calls and feeds can
//! be awaited on any executor.

mod client;
mod feed;
mod net;

pub use client::{Alarm, Client, ClientBuilder, Smol};
pub use feed::{AccountFeed, Feed, LatestWatch, MarketFeed, MarketWatch};
pub use net::Socket;
/// The core: its machines, for those who write endpoints of their own.
pub use nordnet_proto as proto;
pub use nordnet_proto::driver::FeedHandle;
pub use nordnet_proto::*;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;
