//! Trade on Nordnet from plain threads.
//!
//! A thin adapter over [`nordnet_proto`], which decides everything: this crate
//! connects, reads, writes and waits. What a program needs of the core stands
//! here too, so that one dependency is enough.
//!
//! ```no_run
//! use nordnet_blocking::Client;
//! use nordnet_blocking::api::{GetAccountInfo, ListAccounts};
//!
//! fn main() -> nordnet_blocking::Result<()> {
//!     let nordnet = Client::from_env()?.login()?; // read-only by type
//!     for account in nordnet.send(ListAccounts::new())?.open() {
//!         let info = nordnet.send(GetAccountInfo::of(account))?;
//!         println!("{account}  own capital {}", info.own_capital);
//!     }
//!     nordnet.logout()
//! }
//! ```
//!
//! - [`Client`]: one generic `send` for all calls, on one session that is kept
//!   alive and renewed by itself.
//! - [`MarketFeed`], [`AccountFeed`]: iterators of events, reconnects included.
//! - [`ClientBuilder::trading`](proto::driver::ClientBuilder::trading): without
//!   it no order can be sent, by type.
//!
//! There is no async runtime in it, and it needs none; in the threads of one it
//! works too, and blocks them.
//!
//! # Threads
//!
//! A client has one thread, which keeps its session alive. Each connection has
//! two, one that reads and one that writes: a feed has a connection, a call has
//! one while it lasts. Two connections of calls at most are kept for a call
//! within 15 s ([`Limits`]); later they end, and their threads with them, when
//! there is another call, or with the client. A [`LatestWatch`] has one thread
//! more, which reads its feed. A login, an order call, the reading of a key file
//! and the opening of a connection each have one while they last, the latter one
//! more for each address that it tries.
//!
//! None is waited for when a client or a feed is dropped: those of a feed end at
//! once, those of a client when its last clone and its last feed are gone, and
//! the others by the deadline of what they do.
//!
//! # Panics
//!
//! Calls and feeds panic, as [`std::thread::spawn`] does, if the system lets no
//! thread begin.

mod client;
mod executor;
mod feed;
mod net;

pub use client::{Blocking, Client, ClientBuilder};
pub use executor::Alarm;
pub use feed::{AccountFeed, Feed, LatestWatch, MarketFeed, MarketWatch};
pub use net::Socket;
/// The core: its machines, for those who write endpoints of their own.
pub use nordnet_proto as proto;
pub use nordnet_proto::driver::{Elapsed, FeedHandle};
pub use nordnet_proto::*;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;
