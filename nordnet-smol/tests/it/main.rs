//! The adapter against the simulator, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod feeds;
mod orders;
mod sessions;
mod support;
#[cfg(feature = "tracing")]
mod telemetry;
