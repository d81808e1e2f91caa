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
//! to [`Client`], [`ClientBuilder`] and [`FeedDriver`]. For a runtime of your
//! own, implement [`Adapter`], [`Wire`], [`Timer`], and [`AsyncAdapter`] or
//! [`BlockingAdapter`]; `nordnet-tokio` is an example. [`Http`] sends requests
//! over your connections, if you have no HTTP library that does. Where there
//! is no runtime, drive the machines themselves: see the example `own_loop`.

mod adapter;
mod bell;
mod builder;
mod calls;
mod client;
mod drive;
mod events;
mod feed;
mod handle;
mod http;
mod kept;
mod latest;
mod login;
mod note;
mod task;
mod watch;

pub use adapter::{
    Adapter, AsyncAdapter, BlockingAdapter, BoxFuture, FileContent, Timer, Trust, Wire,
    check_regular,
};
pub use builder::ClientBuilder;
pub use calls::Driver;
pub use client::Client;
pub use events::Elapsed;
pub use feed::{FeedDriver, READ_BUFFER};
pub use handle::FeedHandle;
pub use http::Http;
pub use kept::KeptConnections;
pub use latest::LatestWatch;
pub use note::{About, Level, Note, NoteKind, Scope, Why};
#[cfg(feature = "tracing")]
pub use note::{trace, traced};
pub use task::{by_timer, detached};
pub use watch::{MarketWatch, WatchBuilder};
