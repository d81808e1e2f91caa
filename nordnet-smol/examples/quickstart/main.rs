//! From nothing to live ticks and a filled order, in a few seconds.
//!
//! `cargo run -p nordnet-smol --example quickstart` starts the simulator in
//! this process and trades against it: no account, no real money.
//! With `-- --live` it speaks to the real Nordnet instead, as the `NORDNET_*`
//! variables say, and cannot place an order: its client is read-only by type.
//!
//! The modules are the same on every async runtime; what is smol's stands here.

#[macro_use]
#[path = "../../../nordnet-tokio/examples/quickstart/show.rs"]
mod show;
#[path = "../../../nordnet-tokio/examples/quickstart/desk.rs"]
mod desk;
#[path = "../../../nordnet-tokio/examples/quickstart/order.rs"]
mod order;
#[path = "../../../nordnet-tokio/examples/quickstart/tour.rs"]
mod tour;

use std::time::Duration;

use nordnet_smol as nordnet;
use smol::Timer;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    smol::block_on(tour::begin())
}

/// Waits for a future, but no longer than that.
async fn timeout<T>(most: Duration, future: impl Future<Output = T>) -> Result<T> {
    let late = async {
        Timer::after(most).await;
        Err("it took too long".into())
    };
    smol::future::or(async { Ok(future.await) }, late).await
}
