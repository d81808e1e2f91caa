//! The exchange in virtual time, and the server over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail the test, and servers run by the wall clock"
)]

mod answers;
mod client;
mod contract;
mod control_port;
mod cuts;
mod desk;
mod exchange_control;
mod exchange_delayed;
mod exchange_dialect;
mod exchange_faults;
mod exchange_feeds;
mod exchange_lives;
mod exchange_login;
mod exchange_matching;
mod exchange_orders;
mod exchange_phases;
mod exchange_rest;
mod exchange_search;
mod exchange_sessions;
mod exchange_stops;
mod exchange_time;
mod exchange_types;
mod exchange_verdicts;
mod exchange_world;
mod hostile;
mod memory;
mod program;
mod readme;
mod schema;
mod server;
mod server_faults;
mod unasked;
mod watch;
mod world;
