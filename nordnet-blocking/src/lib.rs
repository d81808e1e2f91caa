//! Trade on Nordnet from plain threads.
//!
//! A thin adapter over [`nordnet_driver`] and [`nordnet_proto`](proto), which make every
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

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connect;
mod runtime;
mod socket;

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

/// Begins a client with settings of your own; reads the files that they name.
///
/// # Errors
///
/// [`Error::Setup`] names the file that cannot be used. A key file that others can
/// read is refused, as OpenSSH does.
pub fn from_settings(settings: Settings) -> Result<ClientBuilder> {
    ClientBuilder::from_settings(Blocking, settings)
}
