//! The adapter against the simulator, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod api;
mod example_watch;
mod feed_faults;
mod feeds;
mod flows;
mod orders;
mod sessions;
mod setup;
mod support;
#[cfg(feature = "tracing")]
mod telemetry;
