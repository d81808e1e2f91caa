#![cfg_attr(docsrs, feature(doc_cfg))]
//! The protocol of the Nordnet external API, without any I/O.
//!
//! Nordnet is a broker of Sweden, Norway, Denmark and Finland. Its API has a
//! REST part (login, accounts, orders, market data) and two feeds of JSON lines
//! over TLS (market data; own orders and trades). This crate decides everything
//! about them and touches nothing: no socket, no clock, no randomness, no
//! thread. Bytes, instants and seeds go in; requests, bytes and events come
//! out. To trade from a program take an adapter, such as `nordnet-tokio`; to
//! embed the protocol in a loop of your own, drive the machines here.
//!
//! [`api`] lists all calls, [`order`] is about orders, [`flow`] about reads that
//! take several calls, and [`market`] keeps what the ticks add up to.
//!
//! # The machines
//!
//! | machine | what it is | a driver polls |
//! |---|---|---|
//! | [`Operation`] | one REST call, repeats and waits included | [`Operation::poll`] |
//! | [`Login`] | a challenge, its signature, a session | [`Login::poll`] |
//! | [`Session`] | what all calls and feeds share | [`Session::poll_timeout`] |
//! | [`Feed`] | the whole life of a feed, reconnects included | [`Feed::poll_output`] |
//!
//! Three rules hold for all of them:
//!
//! - What they ask for stands until it is answered: "connect", "log in", "wait
//!   until then" are said again at each poll. Two things are handed out once:
//!   an event, and the bytes of a request.
//! - Every answer names the [`Attempt`] that it answers; an answer to an old
//!   one is ignored.
//! - Where time matters, `now` is the last argument. It should not go
//!   backwards; where it does, nothing worse than a longer wait comes of it.
//!
//! # With an HTTP client of your own
//!
//! Any call can be sent by any HTTP client, one by one and without the machines:
//!
//! ```
//! use nordnet_proto::api::ListAccounts;
//! use nordnet_proto::{Config, Country, Error, Failure, HttpRequest, HttpResponse, SessionKey};
//!
//! fn accounts(
//!     key: &SessionKey,
//!     client: impl Fn(HttpRequest) -> Result<HttpResponse, Failure>,
//! ) -> Result<usize, Error> {
//!     let config = Config::new(Country::Sweden);
//!     let (request, sent) = nordnet_proto::to_request(ListAccounts::new(), &config, key)?;
//!     let accounts = sent.settle(client(request))?;
//!     Ok(accounts.len())
//! }
//! # let answer = |_| Ok(HttpResponse::new(r#"[{"accno":60012345,"alias":"ISK","type":"ISK","default":true}]"#.into()));
//! # assert_eq!(accounts(&SessionKey::new("5d1f7c0e"), answer)?, 1);
//! # Ok::<(), Error>(())
//! ```
//!
//! # One call, with its repeats
//!
//! ```
//! use std::time::Instant;
//!
//! use nordnet_proto::api::ListAccounts;
//! use nordnet_proto::{
//!     Config, Country, HttpResponse, LoggedIn, Operation, Server, Session, SessionKey, Step,
//! };
//!
//! # fn send(request: &nordnet_proto::HttpRequest) -> HttpResponse {
//! #     HttpResponse::new(r#"[{"accno":60012345,"alias":"ISK","type":"ISK","default":true}]"#.into())
//! # }
//! let feed = Server::new("pub.next.nordnet.se", 443, true);
//! let logged_in = LoggedIn::new(SessionKey::new("5d1f7c0e"), feed.clone(), feed);
//! let mut session =
//!     Session::resume(Config::new(Country::Sweden), logged_in, [7; 16], Instant::now());
//!
//! let mut call = Operation::new(ListAccounts::new());
//! let accounts = loop {
//!     let now = Instant::now();
//!     match call.poll(&mut session, now) {
//!         Step::Send(out) => {
//!             let answer = Ok(send(&out.request)); // your HTTP client
//!             call.handle_answer(out.attempt, answer);
//!         }
//!         Step::Done(result) => break result?,
//!         step => panic!("a live session needs no {step:?}"),
//!     }
//! };
//! assert_eq!(accounts.preselected().unwrap().number.get(), 60012345);
//! # Ok::<(), nordnet_proto::Error>(())
//! ```

pub mod api;
mod backoff;
mod closed_enum;
mod config;
mod country;
mod credentials;
mod deadline;
mod decimal;
mod endpoint;
mod error;
mod error_traits;
mod failure;
pub mod feed;
pub mod flow;
mod id;
mod lenient_int;
mod login;
pub mod market;
mod open_enum;
mod operation;
pub mod order;
mod outgoing;
mod random;
mod request;
mod response;
mod retry;
mod scrub;
mod secret;
mod session;
mod session_key;
mod setup_error;
mod time;
mod volume;

pub use config::{Config, Language, Limits};
pub use country::{BaseUrl, Country, HostError, Server};
pub use credentials::{
    ApiKey, ApiKeyError, Credentials, Fingerprint, KeyError, PrivateKey, Signature,
};
pub use decimal::{Decimal, DecimalError, IntoDecimal, Rounding};
pub use endpoint::{
    Access, Auth, Body, Endpoint, Form, InSession, Lane, NoSession, Observe, PermittedTo, ReadOnly,
    Safety, Target, Trade, Trading,
};
pub use error::{Error, Refusal, Unreadable};
pub use failure::{Attempt, Cause, Failure, TlsCause};
pub use feed::{
    About, AccountFeed, AccountMessage, BadLine, Change, CloseReason, Command, Counters, Decoded,
    DepthTick, DisconnectReason, Disconnected, Event, Feed, FeedConfig, FeedState, Gap, GetState,
    IndicatorId, IndicatorTick, Kind, Level, LineDecoder, LineTooLong, Malformed, MalformedReason,
    MarketFeed, MarketMessage, News, OrderUpdate, Output, PriceTick, Private, Public, PublicTrade,
    Reconnect, ServerError, Subscription, SubscriptionState, TradingStatus, Unknown,
};
pub use flow::{FindListings, Flow, FlowCache, FlowStep, Listing, ListingKey, NotListed, Pages};
pub use id::{
    AccountId, AccountNumber, AttributeId, CountryCode, Currency, Identifier, IndicatorMarket,
    InstrumentGroupCode, InstrumentId, InstrumentTypeCode, IntoAccountNumber, Isin, IssuerId,
    MarketId, MarketSubId, Mic, NewsId, NewsSourceId, OrderId, ParseIdError, TickSizeId,
    TradableId, TradeId,
};
pub use login::{
    Challenge, ChallengeError, ChallengeForm, Login, LoginError, LoginRefused, LoginStep,
};
pub use market::{Book, Market, Quote, QuoteState, StaleReason};
pub use operation::{Operation, Step};
pub use order::{
    Accepted, Action, ActivateOrders, CancelOrder, Doubt, Intent, InvalidOrder, ModifyOrder,
    OrderCall, Outcome, PlaceOrder, Reference, Rejection, Unresolved,
};
pub use outgoing::Outgoing;
pub use request::{HttpRequest, HttpResponse, Payload, Sent, to_origin_form, to_request};
pub use response::{List, Unread};
pub use secret::Passphrase;
pub use session::{LoginTurn, Session, SessionCounters};
pub use session_key::{Epoch, LoggedIn, SessionKey};
pub use setup_error::SetupError;
pub use time::{Date, DateError, TimeOfDay, Timestamp};
pub use volume::Volume;

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
