//! A simulated Nordnet in memory, for tests of programs.
//!
//! A [`Client`](crate::Client) over it is the same type as one over the network, so a
//! strategy is tested unchanged. Under paused time, ten minutes of market take
//! some seconds:
//!
//! ```
//! use std::time::Duration;
//!
//! use nordnet_tokio::sim::{self, Server};
//! use nordnet_tokio::{Client, Result, TradableId};
//!
//! /// The highest bid of Ericsson in ten minutes.
//! async fn highest_bid(nordnet: &Client) -> Result<Option<nordnet_tokio::Decimal>> {
//!     let ericsson = TradableId::new(11, "101");
//!     let mut watch = nordnet.market().price([ericsson.clone()]).open()?;
//!     let mut highest = None;
//!     let end = tokio::time::Instant::now() + Duration::from_secs(600);
//!     while let Ok(Some(_event)) = tokio::time::timeout_at(end, watch.next()).await {
//!         highest = highest.max(watch.quote(ericsson.clone()).bid());
//!     }
//!     Ok(highest)
//! }
//!
//! #[tokio::main(flavor = "current_thread", start_paused = true)] // or `#[tokio::test(..)]`
//! async fn main() -> Result<()> {
//!     let simulator = Server::builder().seed(7).start_in_memory().unwrap();
//!     let nordnet = sim::builder(simulator)?.login().await?;
//!     assert!(highest_bid(&nordnet).await?.is_some());
//!     Ok(())
//! }
//! ```
//!
//! A test steers the simulator by its [`Control`]: call `simulator.control()` before the
//! simulator moves into [`builder`]. This module also has all other items of the crate
//! `nordnet-sim`.

use std::fmt;
use std::sync::Arc;

pub use nordnet_sim::*;

use crate::{ApiKey, BaseUrl, ClientBuilder, Result, SetupError, Socket};

/// Begins a client of a simulator in memory, with the credentials of its customer.
///
/// The simulator runs as long as the builder or one of its clients exists. Call
/// [`trading`](ClientBuilder::trading) on the builder for a client that may place orders.
///
/// # Errors
///
/// [`SetupError::Missing`] if the simulator was built with a public key: it does not
/// have the private one.
pub fn builder(simulator: InMemory) -> Result<ClientBuilder> {
    let url: BaseUrl = simulator.rest_url().parse().map_err(invalid)?;
    let api_key = ApiKey::new(simulator.api_key()).map_err(invalid)?;
    let key = simulator.private_key().ok_or(SetupError::Missing {
        variable: "private key",
        meaning: "the simulator was built with a public key, and has no other",
    })?;
    let simulator = Arc::new(simulator);
    let builder = crate::builder(url).key_file(api_key, key, None);
    Ok(builder.connect_with(move |server| {
        let simulator = Arc::clone(&simulator);
        async move {
            let channel = InMemory::channel(server.port);
            let channel = channel.ok_or(std::io::ErrorKind::ConnectionRefused)?;
            simulator.connect(channel).await.map(Socket::new)
        }
    }))
}

fn invalid(error: impl fmt::Display) -> SetupError {
    SetupError::Invalid {
        variable: "simulator",
        reason: error.to_string(),
    }
}
