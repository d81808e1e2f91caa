//! The adapter against the simulator, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod feeds;
#[cfg(feature = "tracing")]
mod notes;
mod orders;
mod sessions;
mod support;
