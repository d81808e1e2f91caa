//! What every adapter would otherwise write alike: a client, and its loops.
//!
//! The machines of this crate can be driven by hand. A client has more to do:
//! a login that many calls wait for, calls that outlive their callers, a feed
//! that is reached from elsewhere. That part is written here once, over the
//! [`Adapter`] that a runtime brings, so that all runtimes behave alike. It
//! still touches nothing: the adapter is what connects, reads, writes, waits
//! and spawns.
//!
//! ```text
//!  Client ──▶ Driver ──▶ Operation, Login, Session ──▶ Adapter: send, spawn, timer
//!  a feed ──▶ FeedDriver ───────────────▶ Feed ──────▶ Adapter: connect, timer; Wire
//! ```
//!
//! What happens on the way is told to [`Adapter::note`], for logs and metrics.
//!
//! Users of an adapter need nothing of it but the names that the adapter gives
//! to [`Client`] and [`ClientBuilder`]. For a runtime of your own, implement
//! [`Adapter`], [`Wire`] and [`Timer`]; `nordnet-tokio` is an example. Where
//! there is none, drive the machines themselves: see the example `own_loop`.

mod adapter;
mod bell;
mod builder;
mod calls;
mod client;
mod feed;
mod handle;
mod kept;
mod login;
mod note;
mod task;

pub use adapter::{Adapter, BoxFuture, FileContent, Timer, Trust, Wire};
pub use builder::ClientBuilder;
pub use calls::Driver;
pub use client::Client;
pub use feed::FeedDriver;
pub use handle::FeedHandle;
pub use kept::KeptConnections;
pub use note::{About, Level, Note, NoteKind, Scope, Why};
#[cfg(feature = "tracing")]
pub use note::{trace, traced};
