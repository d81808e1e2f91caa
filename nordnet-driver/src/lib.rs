//! The client of a Nordnet session, over any runtime.
//!
//! [`nordnet_proto`] makes every decision of the protocol and does no I/O. This crate
//! turns its machines into a [`Client`], feeds and watches; a [`Runtime`] connects,
//! reads, writes, waits and spawns. Programs use an adapter, which brings the runtime:
//! `nordnet-tokio`, `nordnet-smol` or `nordnet-blocking`.
//!
//! ```text
//!  Client ──────▶ session, calls, logins ──▶ Operation, Login, Session ───┐
//!  MarketFeed ──▶ feed loop ───────────────▶ Feed ────────────────────────┤
//!                                                                         ▼
//!                   Runtime: connect, spawn, timer; Wire: read and write; HTTP/1.1
//! ```
//!
//! For a runtime of your own, implement [`Runtime`], [`Wire`] and [`Timer`], and hand
//! it to [`ClientBuilder::new`]; `nordnet-smol` is an example. In a loop without any
//! runtime, drive the machines of [`nordnet_proto`] yourself.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod blocking;
mod builder;
mod call;
mod client;
mod events;
mod executor;
mod feed;
mod hooks;
pub mod http;
pub mod http1;
mod io;
mod login;
mod notify;
mod pool;
mod runtime;
mod secret_file;
mod send;
mod session;
mod settings;
mod task;
mod telemetry;
mod tls;
mod watch;
mod wire;

pub use builder::ClientBuilder;
pub use client::Client;
pub use feed::{AccountFeed, FeedHandle, MarketFeed};
pub use runtime::{Connect, Runtime};
pub use settings::Settings;
pub use task::run_blocking;
pub use watch::{LatestWatch, MarketWatch, WatchBuilder};
pub use wire::{BoxFuture, HttpConnection, Timer, Wire};

/// The result of a call.
pub type Result<T, E = nordnet_proto::Error> = std::result::Result<T, E>;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
