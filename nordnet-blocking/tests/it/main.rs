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
#[cfg(feature = "tracing")]
mod notes;
mod orders;
mod runtimes;
mod sessions;
mod setup;
mod support;
mod watches;
