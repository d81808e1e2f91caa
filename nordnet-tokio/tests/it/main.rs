//! The adapter against the simulator, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod alike;
mod api;
#[path = "../../../nordnet-proto/tests/adapters/cuts.rs"]
mod cuts;
#[path = "../../../nordnet-proto/tests/adapters/dependencies.rs"]
mod dependencies;
#[path = "../../../nordnet-proto/tests/adapters/dropped.rs"]
mod dropped;
#[path = "../../../nordnet-proto/tests/adapters/dropping.rs"]
mod dropping;
mod example_watch;
mod feed_faults;
mod feeds;
#[cfg(unix)]
#[path = "../../../nordnet-proto/tests/adapters/files.rs"]
mod files;
mod flows;
#[path = "../../../nordnet-proto/tests/adapters/handshakes.rs"]
mod handshakes;
#[cfg(feature = "tracing")]
mod notes;
mod orders;
#[path = "../../../nordnet-proto/tests/adapters/relay.rs"]
mod relay;
mod sessions;
mod setup;
#[path = "../../../nordnet-proto/tests/adapters/shared.rs"]
mod shared;
#[path = "../../../nordnet-proto/tests/adapters/strangers.rs"]
mod strangers;
mod support;
#[path = "../../../nordnet-proto/tests/adapters/watching.rs"]
mod watching;
