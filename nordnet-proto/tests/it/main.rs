//! The tests of the core: virtual time, no network, one binary.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails by a panic, as the test does"
)]

mod api;
mod api_any_request;
mod api_contract;
mod api_inconsistencies;
mod api_replies;
mod api_requests;
mod api_schemas;
mod clock;
mod counters;
mod driver;
mod error_texts;
mod example_own_loop;
mod example_replay;
mod feed_allocations;
mod feed_bad_input;
mod feed_bad_lines;
mod feed_commands;
mod feed_life;
mod feed_live;
mod feed_login;
mod feed_messages;
mod feed_random;
mod feed_reconnect;
mod feed_refused;
mod feed_safety;
mod feed_sim;
mod feed_splits;
mod feed_subscriptions;
mod feed_unsubscribed;
mod fixtures;
mod flow;
mod hostile_bodies;
mod keep_alive;
mod keys;
mod lanes;
mod login;
mod login_challenge;
mod login_pages;
mod login_signer;
mod market;
mod market_feeds;
mod market_forgets;
mod market_latest;
mod market_malformed;
mod market_model;
mod market_random;
mod market_room;
mod no_answer;
mod operation;
mod order_calls;
mod order_dropped;
mod order_listed;
mod order_once;
mod order_references;
mod order_terms;
mod order_verdicts;
mod purity;
mod rng;
mod secrets;
mod secrets_echoed;
mod serde_routes;
mod session;
mod session_end;
mod sim_found;
mod sim_losses;
