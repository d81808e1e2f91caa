//! The adapter against the simulator, over real sockets.

mod feeds;
mod orders;
mod sessions;
mod setup;
mod support;
