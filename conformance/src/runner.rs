//! What plays a scenario: an adapter, and how its calls are waited for.

use std::pin::Pin;

use nordnet_blocking::Blocking;
use nordnet_proto::driver::{Adapter, BoxFuture, Trust};
use nordnet_smol::Smol;
use nordnet_tokio::Tokio;

use crate::player::{Site, play};
use crate::scenario::{Scenario, Trouble};

/// An adapter that can play a scenario.
pub trait Runner: Adapter<Tls: Clone + Sync> {
    /// Makes a call once it is polled: what it returns, as a future.
    fn future<T: Send + 'static>(
        call: impl FnOnce() -> Self::Call<T> + Send + 'static,
    ) -> BoxFuture<T>;
}

/// A scenario that is being played.
pub type Playing = Pin<Box<dyn Future<Output = Result<String, Trouble>>>>;

/// Plays a scenario over real TLS, with a simulator of its own. `wait` waits for
/// a future of the runtime.
///
/// # Errors
///
/// [`Trouble`] if it makes no sense.
pub fn over_tls<R: Runner>(
    scenario: &Scenario,
    wait: impl FnOnce(Playing) -> Result<String, Trouble>,
) -> Result<String, Trouble> {
    let server = scenario.settings.exchange()?.start()?;
    let site = Site::<R> {
        url: server.rest_url().into(),
        api_key: server.api_key().into(),
        private_key: server.private_key().unwrap_or_default(),
        trust: Trust::Own(server.ca_pem().unwrap_or_default().into()),
        control: server.control(),
    };
    wait(Box::pin(play(scenario.clone(), site)))
}

impl Runner for Tokio {
    fn future<T: Send + 'static>(
        call: impl FnOnce() -> BoxFuture<T> + Send + 'static,
    ) -> BoxFuture<T> {
        Box::pin(async move { call().await })
    }
}

impl Runner for Smol {
    fn future<T: Send + 'static>(
        call: impl FnOnce() -> BoxFuture<T> + Send + 'static,
    ) -> BoxFuture<T> {
        Box::pin(async move { call().await })
    }
}

impl Runner for Blocking {
    fn future<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> BoxFuture<T> {
        Box::pin(async move { call() })
    }
}
