//! Trade on Nordnet from plain threads.
//!
//! A thin adapter over [`nordnet_driver`] and [`nordnet_proto`], which make every
//! decision: this crate connects, reads, writes and waits. It shows at its root what
//! most programs need; the rest is in modules by subject: [`api`] has all calls,
//! [`order`] all about orders, [`feed`] the messages of both feeds, [`market`] quotes
//! and books, [`flow`] reads that take several calls.
//!
//! ```no_run
//! use nordnet_blocking::api::{GetAccountInfo, ListAccounts};
//!
//! fn main() -> nordnet_blocking::Result<()> {
//!     let nordnet = nordnet_blocking::from_env()?.login()?; // read-only by type
//!     for account in nordnet.send(ListAccounts::new())?.open() {
//!         let info = nordnet.send(GetAccountInfo::of(account))?;
//!         println!("{account}  own capital {}", info.own_capital);
//!     }
//!     nordnet.logout()
//! }
//! ```
//!
//! - [`Client`]: one generic `send` for all calls, on one session that is kept alive and
//!   renewed by itself.
//! - [`MarketFeed`], [`AccountFeed`]: iterators of events, reconnects included.
//! - [`ClientBuilder::trading`]: without it no order can be sent, by type.
//!
//! It contains no async runtime and needs none. In a thread of such a runtime it works,
//! and blocks that thread.
//!
//! # Threads
//!
//! | threads | for | until |
//! |---|---|---|
//! | 1 | a client: keeps its session alive | its last clone and its last feed are dropped |
//! | 2 | each connection: one reads, one writes | the connection is closed |
//! | 1 | a [`LatestWatch`]: reads its feed | the watch is dropped |
//! | 1 | an order call, a login, a logout | its end |
//! | 1 | opening a key file, a write to a journal, decoding a large response | its end |
//! | 1, and 1 for each address tried | opening a connection | it is open, or its time is over |
//!
//! A feed has one connection. A call has one while it lasts; up to two for reads and
//! two for orders are then kept for 15 s ([`Limits`](proto::Limits)), and closed at
//! the next call after that, or with the client. All other calls run in the thread of
//! the caller.
//!
//! Dropping a client or a feed waits for no thread. The system cannot end a look-up or
//! a connect that has begun: a thread that connects ends by the deadline of the
//! connection, and one that looks up a name when the look-up ends.
//!
//! If the system cannot start a thread, a call fails with an error, and an order call with
//! [`Error::NotSent`]; a feed connects again later.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connect;
mod runtime;
mod socket;
mod threads;

pub use nordnet_driver::blocking::{
    AccountFeed, Client, ClientBuilder, Elapsed, LatestWatch, MarketFeed, MarketWatch, WatchBuilder,
};
pub use nordnet_driver::{FeedHandle, Result, Settings};
/// The core, for those who write calls of their own or drive its machines.
pub use nordnet_proto as proto;
pub use nordnet_proto::{
    AccountMessage, AccountNumber, ActivateOrders, ApiKey, BaseUrl, CancelOrder, Country, Decimal,
    Error, Event, FeedConfig, FindListings, InstrumentId, Listing, LoginError, MarketMessage,
    ModifyOrder, OrderId, Outcome, Passphrase, PlaceOrder, Quote, ReadOnly, Reference, SetupError,
    Subscription, TradableId, Trading, Unresolved,
};
pub use nordnet_proto::{api, feed, flow, market, order};

pub use runtime::Blocking;

/// Begins a client for a country, or for a simulator by its [`BaseUrl`].
///
/// ```no_run
/// # use nordnet_blocking::{ApiKey, Country, Passphrase};
/// # fn f(api_key: ApiKey, file: Vec<u8>, passphrase: Passphrase) -> nordnet_blocking::Result<()> {
/// let nordnet = nordnet_blocking::builder(Country::Sweden)
///     .key_file(api_key, file, Some(passphrase))
///     .login()?;
/// # Ok(())
/// # }
/// ```
pub fn builder(base_url: impl Into<BaseUrl>) -> ClientBuilder {
    ClientBuilder::new(Blocking, base_url)
}

/// Begins a client with the settings in the environment; see [`Settings`] for the
/// variables.
///
/// ```no_run
/// # fn f() -> nordnet_blocking::Result<()> {
/// let nordnet = nordnet_blocking::from_env()?.trading().login()?; // it may place orders
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Setup`] names the variable or the file that cannot be used.
pub fn from_env() -> Result<ClientBuilder> {
    from_settings(Settings::from_env()?)
}

/// Begins a client with settings that [`Settings::from_vars`] has read from another
/// source than the environment; reads the files that they name.
///
/// # Errors
///
/// [`Error::Setup`] names the file that cannot be used. A key file that others can
/// read is refused, as OpenSSH does.
pub fn from_settings(settings: Settings) -> Result<ClientBuilder> {
    ClientBuilder::from_settings(Blocking, settings)
}

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
