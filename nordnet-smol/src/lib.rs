//! Trade on Nordnet from a smol program.
//!
//! A thin adapter over [`nordnet_driver`] and [`nordnet_proto`], which make every
//! decision: this crate connects, reads, writes and waits. It shows at its root what
//! most programs need; the rest is in modules by subject: [`api`] has all calls,
//! [`order`] all about orders, [`feed`] the messages of both feeds, [`market`] quotes
//! and books, [`flow`] reads that take several calls.
//!
//! ```no_run
//! use nordnet_smol::api::{GetAccountInfo, ListAccounts};
//!
//! fn main() -> nordnet_smol::Result<()> {
//!     smol::block_on(async {
//!         let nordnet = nordnet_smol::from_env()?.login().await?; // read-only by type
//!         for account in nordnet.send(ListAccounts::new()).await?.open() {
//!             let info = nordnet.send(GetAccountInfo::of(account)).await?;
//!             println!("{account}  own capital {}", info.own_capital);
//!         }
//!         nordnet.logout().await
//!     })
//! }
//! ```
//!
//! - [`Client`]: one generic `send` for all calls, on one session that is kept alive and
//!   renewed by itself.
//! - [`MarketFeed`], [`AccountFeed`]: streams of events, reconnects included.
//! - [`ClientBuilder::trading`]: without it no order can be sent, by type.
//!
//! The tasks of a client (orders, logins, its keep-alive) run on smol's global executor,
//! which starts its thread by itself; `SMOL_THREADS` sets the number of threads. Calls
//! and feeds can be awaited on any executor.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connect;
mod runtime;

pub use nordnet_driver::{
    AccountFeed, Client, ClientBuilder, FeedHandle, LatestWatch, MarketFeed, MarketWatch, Result,
    Settings, WatchBuilder,
};
/// The core, for those who write calls of their own or drive its machines.
pub use nordnet_proto as proto;
pub use nordnet_proto::{
    AccountMessage, AccountNumber, ActivateOrders, ApiKey, BaseUrl, CancelOrder, Country, Decimal,
    Error, Event, FeedConfig, FindListings, InstrumentId, Listing, LoginError, MarketMessage,
    ModifyOrder, OrderId, Outcome, Passphrase, PlaceOrder, Quote, ReadOnly, Reference, SetupError,
    Subscription, TradableId, Trading, Unresolved,
};
pub use nordnet_proto::{api, feed, flow, market, order};

pub use connect::Socket;
pub use runtime::Smol;

/// Begins a client for a country, or for a simulator by its [`BaseUrl`].
///
/// ```no_run
/// # use nordnet_smol::{ApiKey, Country, Passphrase};
/// # async fn f(api_key: ApiKey, file: Vec<u8>, passphrase: Passphrase) -> nordnet_smol::Result<()> {
/// let nordnet = nordnet_smol::builder(Country::Sweden)
///     .key_file(api_key, file, Some(passphrase))
///     .login()
///     .await?;
/// # Ok(())
/// # }
/// ```
pub fn builder(base_url: impl Into<BaseUrl>) -> ClientBuilder {
    ClientBuilder::new(Smol, base_url)
}

/// Begins a client with the settings in the environment; see [`Settings`] for the
/// variables.
///
/// ```no_run
/// # async fn f() -> nordnet_smol::Result<()> {
/// let nordnet = nordnet_smol::from_env()?.trading().login().await?; // it may place orders
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
    ClientBuilder::from_settings(Smol, settings)
}

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
