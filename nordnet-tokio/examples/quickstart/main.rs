//! From nothing to live ticks and a filled order, in a few seconds.
//!
//! `cargo run -p nordnet-tokio --example quickstart` starts the simulator in
//! this process and trades against it: no account, no real money.
//! With `-- --live` it speaks to the real Nordnet instead, as the `NORDNET_*`
//! variables say, and cannot place an order: its client is read-only by type.
//!
//! The modules are the same on every async runtime; what is tokio's stands here.

#[macro_use]
mod show;
mod desk;
mod order;
mod tour;

use nordnet_tokio as nordnet;
use tokio::time::timeout;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    tour::begin().await
}
