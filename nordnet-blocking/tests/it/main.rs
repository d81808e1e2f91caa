//! The adapter against the simulator, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod feeds;
#[cfg(target_os = "linux")]
mod no_threads;
mod orders;
mod runtimes;
mod sessions;
mod setup;
mod support;
#[cfg(feature = "tracing")]
mod telemetry;
mod watches;
