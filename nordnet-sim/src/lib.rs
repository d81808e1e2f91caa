//! Nordnet in a box: the other side of the Nordnet External API v2, for trying
//! out clients. There is no public test environment; this is a stand-in.
//!
//! It serves every operation of the REST API, both feeds, and a market that
//! moves by itself and fills orders: shares of Stockholm, Copenhagen, Oslo and
//! Helsinki, funds, certificates, warrants and options on them, indices and news,
//! and a customer with several accounts. It is written from the reference alone
//! and shares no code with any client.
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
//! control.respond("place_order", 1, Answer::lost(Cut::Clean))?; // the reply is lost
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
//! The control port does on loopback what `Control` does in Rust: `POST` with
//! JSON (type `application/json`) to let something happen, `GET` to ask.
//!
//! ```text
//! post() { curl -s -H 'content-type: application/json' -d "$2" http://127.0.0.1:40126/$1; }
//! get()  { curl -s http://127.0.0.1:40126/$1; }
//! ```
//!
//! The market:
//!
//! ```text
//! post price  '{"tradable":"11:101","price":"86.50"}'            # a trade, and quotes around it
//! post price  '{"tradable":"11:101","bid":"86.50","ask":null}'   # quotes; null withdraws a side
//! post status '{"tradable":"11:101","status":"X"}'
//! post fill   '{"order_id":430518872,"volume":40}'
//! post pause  '{"paused":true}'                                  # the market stands still
//! post jump   '{"ms":60000}'                                     # the market's clock
//! ```
//!
//! Sessions:
//!
//! ```text
//! get  sessions
//! post expire '{"epoch":1}'                                      # one; {} is all: 401
//! post logins '{"refused":true}'                                 # as if the key was revoked
//! ```
//!
//! Requests. An operation has the name it has in the reference, `*` is any; plans
//! come in the order they were made, and `"times":0` takes them back.
//!
//! ```text
//! post respond '{"operation":"list_orders","times":2,"status":503,"headers":{"retry-after":"1"}}'
//! post respond '{"operation":"*","status":502,"headers":{"content-type":"text/html"},"body":"<html>"}'
//! post respond '{"operation":"place_order","status":503,"processed":true}'   # done all the same
//! post respond '{"operation":"place_order","cut_at":0}'          # done, the reply is lost
//! post respond '{"operation":"place_order","cut_at":0,"processed":false,"how":"reset"}'
//! post respond '{"operation":"place_order","cut_at":0,"how":"stall"}'        # never a reply
//! post respond '{"operation":"list_orders","cut_body_at":20,"how":"abrupt"}' # or cut_before_end
//! post respond '{"operation":"*","ms":3000}'                     # done at once, answered late
//! post respond '{"operation":"*","slow_head_ms":20}'             # byte by byte; or slow_body_ms
//! post respond '{"operation":"*","status":307,"headers":{"location":"https://elsewhere/"}}'
//! post respond '{"operation":"*","headers":{"content-type":"text/plain"}}'   # else the ordinary
//! post respond '{"operation":"*","headers":{"content-length":"9999"}}'       # longer than it is
//! post respond '{"operation":"*","body":""}'
//! post respond '{"operation":"*","padding":20000000}'            # spaces at the end
//! post respond '{"operation":"*","chunked":true}'
//! post respond '{"operation":"*","interim":103}'                 # a 103 before it
//! post respond '{"operation":"*","raw":"SSH-2.0-OpenSSH_9.2\r\n"}'
//! post respond '{"operation":"touch_session","status":200,"body":{"logged_in":false}}'
//! ```
//!
//! Feeds. `feed` is `all`, `public` or `private`. `how` is `clean`, `abrupt` (no
//! farewell from TLS), `reset`, or `stall`: the connection stays, but nothing
//! comes any more and nothing is read.
//!
//! ```text
//! post cut    '{"feed":"private","how":"reset"}'
//! post stall  '{"feed":"public","ms":20000}'                     # silent, then all at once
//! post inject '{"feed":"public","line":"{\"type\":\"surprise\",\"data\":{}}"}'
//! post inject '{"feed":"public","bytes":"{\"type\":"}'           # half a line
//! post inject '{"feed":"public","bytes":"x","times":2000000}'    # a line without end
//! ```
//!
//! Connections. `channel` is `rest`, `public` or `private`; bytes are counted
//! within TLS. What was received before a cut still counts: a request is
//! processed if all of its bytes were, and then its reply is lost.
//!
//! ```text
//! get  connections
//! post disconnect '{"connection":3,"how":"abrupt"}'
//! post cut_at     '{"channel":"rest","direction":"in","bytes":17,"how":"reset"}'     # the next one
//! post cut_after  '{"channel":"private","direction":"out","bytes":0,"how":"stall"}'  # those there are
//! post refuse     '{"channel":"rest","ms":500}'                  # nobody listens
//! post handshakes '{"channel":"public","times":1}'               # TLS is never answered
//! ```
//!
//! The truth, and an end to all plans:
//!
//! ```text
//! get  tradables                     # every market:identifier
//! get  orders                        # all orders, as they really are
//! get  audit                         # every request received
//! get  audit/raw?connection=3        # every byte received, keys and all
//! get  commands                      # every feed command received
//! get  counters
//! post reset '{}'                    # takes back everything that was planned
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
//! closes, no fees, fixed exchange rates, no loans, filters of the searches as
//! `name=value,value|name=value`, limit orders only, held back (`MANUAL`) or not, and a volume in a change that counts what
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
    AbsentMembers, Accids, BadIds, Challenges, ChangedVolume, DeadTouch, Dialect, EmptyChange,
    EmptyLists, ErrorCodes, Expiry, FeedRefusal, FilledOrders, Heartbeats, LineEnds, ListOrder,
    Logins, Logout, Members, Numbers, OrderEvents, Pairing, PublicFeeds, Refusals, RepeatedCancel,
    RepeatedSubscribe, Spaces, Surprises, Switch, TargetSign, Texts, TickRanges, Today,
    UnknownAccount, UnknownSwitch,
};
pub use exchange::{
    Answer, AuditEntry, CommandEntry, ConnectionId, ControlError, Counters, Cut, Delivery,
    Exchange, FeedKind, FeedRecord, Feeds, OrderRecord, Output, Part, Place, Reply, Request,
    Response, SessionRecord, Side,
};
pub use faults::{Faults, UnknownFault};
pub use fixed::{Fixed, ParseFixedError};
pub use keys::{KeyError, KeyPair, PublicKey};
#[cfg(feature = "server")]
pub use server::{Channel, ConnectionRecord, Control, Direction, Server, ServerBuilder};

#[cfg(all(doctest, feature = "server"))]
#[doc = include_str!("../README.md")]
struct Readme;
