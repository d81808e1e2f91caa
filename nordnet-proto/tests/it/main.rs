//! The tests of the core: virtual time, no network, one binary.

mod feed_bad_input;
mod feed_commands;
mod feed_life;
mod feed_login;
mod feed_messages;
mod feed_sim;
mod feed_splits;
mod feed_subscriptions;
