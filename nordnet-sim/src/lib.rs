#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(feature = "server", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "server"),
    doc = "Nordnet in a box, in virtual time: [`Exchange`], without the feature `server`."
)]
//!
//! # What to begin with
//!
//! [`Exchange`] is the simulator as a value, with its [`Config`], [`Dialect`] and
//! [`Faults`].
#![cfg_attr(
    feature = "server",
    doc = "[`Server`] is the server around it, and [`Control`] what a test does to it."
)]

mod config;
mod dialect;
mod exchange;
mod faults;
mod fixed;
mod json;
mod keys;
mod rng;
#[cfg(feature = "server")]
#[allow(clippy::disallowed_methods, reason = "a server runs by the wall clock")]
mod server;

pub use config::{CommandLimits, Config, FeedAddress};
pub use dialect::{
    AbsentMembers, Accids, BadIds, ChallengeForm, Challenges, ChangedVolume, DeadTouch, Dialect,
    EmptyChange, EmptyLists, ErrorCodes, Expiry, FeedRefusal, FilledOrders, Heartbeats, LineEnds,
    ListOrder, Logins, Logout, Members, Numbers, OrderEvents, Pairing, PublicFeeds, Refusals,
    RepeatedCancel, RepeatedSubscribe, Spaces, Surprises, Switch, TargetSign, Texts, TickRanges,
    Today, UnknownAccount, UnknownSwitch,
};
pub use exchange::{
    AccountRecord, Answer, AuditEntry, CommandEntry, ConnectionId, ControlError, Counters, Cut,
    Delivery, Exchange, FeedKind, FeedRecord, Feeds, Flood, Moment, OrderRecord, Output, Part,
    Place, Reply, Request, Response, SessionRecord, Side, Stray,
};
pub use faults::{Faults, UnknownFault};
pub use fixed::{Fixed, ParseFixedError};
pub use keys::{KeyError, KeyPair, PublicKey};
#[cfg(feature = "server")]
pub use server::{
    Channel, ConnectionRecord, Control, Direction, InMemory, MemoryStream, Refused, Server,
    ServerBuilder,
};
