//! The adapter against the simulator, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod alike;
mod answers;
#[path = "../../../nordnet-proto/tests/adapters/cuts.rs"]
mod cuts;
#[path = "../../../nordnet-proto/tests/adapters/dependencies.rs"]
mod dependencies;
#[path = "../../../nordnet-proto/tests/adapters/dropping.rs"]
mod dropping;
mod feeds;
#[cfg(unix)]
#[path = "../../../nordnet-proto/tests/adapters/files.rs"]
mod files;
#[path = "../../../nordnet-proto/tests/adapters/handshakes.rs"]
mod handshakes;
#[cfg(target_os = "linux")]
mod no_threads;
#[cfg(feature = "tracing")]
mod notes;
mod orders;
#[path = "../../../nordnet-proto/tests/adapters/relay.rs"]
mod relay;
mod runtimes;
mod sessions;
mod setup;
#[path = "../../../nordnet-proto/tests/adapters/shared.rs"]
mod shared;
#[path = "../../../nordnet-proto/tests/adapters/strangers.rs"]
mod strangers;
mod support;
mod watches;
#[path = "../../../nordnet-proto/tests/adapters/watching.rs"]
mod watching;
