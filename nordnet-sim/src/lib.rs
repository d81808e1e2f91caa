//! Nordnet in a box: the other side of the Nordnet External API v2, for trying
//! out clients. There is no public test environment; this is a stand-in.
//!
//! It serves the login with a signed challenge, accounts, positions, orders,
//! trades, instruments and tick tables over REST, both feeds, and a market that
//! moves by itself and fills orders. It is written from the reference alone and
//! shares no code with any client.
//!
//! # From a test in Rust
//!
//! `Server` runs in a thread of its own, on free ports, and is gone when it is
//! dropped. `Control` sets prices, lets things go wrong and knows the truth.
//!
#![cfg_attr(feature = "server", doc = "```")]
#![cfg_attr(not(feature = "server"), doc = "```ignore")]
//! use nordnet_sim::{Answer, Cut, Feeds, Server};
//!
//! let server = Server::builder().seed(7).rate(20.0).start()?;
//! // A client gets: server.rest_url(), server.api_key(), server.private_key()
//! // and, to trust the certificate, server.ca_pem() or server.ca_der().
//!
//! let control = server.control();
//! control.set_quote("11:101", Some("86.50"), Some("86.52"))?;
//! control.respond("place_order", 1, Answer::CloseProcessed)?; // the reply is lost
//! control.cut_feeds(Feeds::Private, Cut::Abrupt);
//! control.expire_sessions();
//! assert_eq!(control.counters().logins, 0);
//! assert!(control.orders().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From anything else
//!
//! The program `nordnet-sim` needs no arguments. When it is ready it prints one
//! JSON line that says where everything is; `--help` lists the options.
//!
//! ```text
//! {"rest":"https://127.0.0.1:40123","api_key":"…","ca":"FILE.pem","private_key":"FILE or null",
//!  "control":"http://127.0.0.1:40126",
//!  "public_feed":{"hostname":"127.0.0.1","port":40124,"encrypted":true},
//!  "private_feed":{"hostname":"127.0.0.1","port":40125,"encrypted":true}}
//! ```
//!
//! The control port takes JSON by `POST` (type `application/json`) on loopback:
//!
//! ```text
//! post() { curl -s -H 'content-type: application/json' -d "$2" http://127.0.0.1:40126/$1; }
//!
//! post price   '{"tradable":"11:101","price":"86.50"}'               # a trade, and quotes around it
//! post price   '{"tradable":"11:101","bid":"86.50","ask":null}'      # quotes; null withdraws a side
//! post status  '{"tradable":"11:101","status":"X"}'
//! post fill    '{"order_id":430518872,"volume":40}'
//! post expire  '{}'                                                  # all sessions: 401
//! post logins  '{"refused":true}'                                    # as if the key was revoked
//! post cut     '{"feed":"private","abrupt":true}'                    # feed: all, public, private
//! post stall   '{"feed":"public","ms":20000}'
//! post pause   '{"paused":true}'                                     # the market stands still
//! post inject  '{"feed":"public","line":"{\"type\":\"surprise\",\"data\":{}}"}'
//! post jump    '{"ms":60000}'                                        # the market's clock
//! post respond '{"operation":"list_orders","times":2,"status":503,"headers":{"retry-after":"1"}}'
//! post respond '{"operation":"place_order","close":true,"processed":true}'   # the reply is lost
//! post respond '{"operation":"*","ms":3000}'                         # any, 3 s late
//! curl -s http://127.0.0.1:40126/audit                               # every request received
//! curl -s http://127.0.0.1:40126/commands                            # every feed command received
//! curl -s http://127.0.0.1:40126/orders                              # the truth about orders
//! curl -s http://127.0.0.1:40126/counters
//! ```
//!
//! # In virtual time
//!
//! [`Exchange`] is all of it without sockets, clock and threads: requests, bytes
//! and times go in, responses and lines come out. It needs no feature; the
//! feature `server`, on by default, adds the rest.
//!
//! # Where the reference is silent
//!
//! [`Dialect`] has a switch for each such question that a client could come to
//! depend on. What is decided without a switch: a market order book that never
//! closes, no fees, fixed exchange rates, cash in SEK only, no loans, limit orders
//! only, held back (`MANUAL`) or not, and a volume in a change that counts what
//! is executed already.

mod config;
mod dialect;
mod exchange;
mod faults;
mod fixed;
mod json;
mod keys;
mod rng;
#[cfg(feature = "server")]
mod server;

pub use config::{CommandLimits, Config, FeedAddress};
pub use dialect::{
    AbsentMembers, Accids, BadIds, Challenges, Dialect, EmptyLists, ErrorCodes, Expiry,
    FilledOrders, Members, Numbers, OrderEvents, RepeatedSubscribe, Spaces, TickRanges,
    UnknownAccount, UnknownSwitch,
};
pub use exchange::{
    Answer, AuditEntry, CommandEntry, ConnectionId, ControlError, Counters, Cut, Exchange,
    FeedKind, Feeds, OrderRecord, Output, Reply, Request, Response, Side,
};
pub use faults::{Faults, UnknownFault};
pub use fixed::{Fixed, ParseFixedError};
pub use keys::{KeyError, KeyPair, PublicKey};
#[cfg(feature = "server")]
pub use server::{Control, Server, ServerBuilder};

#[cfg(all(doctest, feature = "server"))]
#[doc = include_str!("../README.md")]
struct Readme;
