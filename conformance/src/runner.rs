//! Runners: a runtime, and the async or the blocking client over it.

use std::pin::Pin;
use std::sync::Arc;

use nordnet_driver::{BoxFuture, Runtime};

use crate::player::{Site, play};
use crate::scenario::{Scenario, Trouble};

/// A runtime, and which of the two clients is used over it.
#[derive(Clone)]
pub struct Runner {
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) face: Face,
}

/// The client that a scenario is played with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Face {
    /// `nordnet_driver::Client`.
    Async,
    /// `nordnet_driver::blocking::Client`.
    Blocking,
}

/// A scenario that is being played.
pub type Playing = Pin<Box<dyn Future<Output = Result<String, Trouble>>>>;

impl Runner {
    /// Plays scenarios with the async client.
    pub fn of_async(runtime: impl Runtime) -> Self {
        Self {
            runtime: Arc::new(runtime),
            face: Face::Async,
        }
    }

    /// Plays scenarios with the blocking client.
    pub fn of_blocking(runtime: impl Runtime) -> Self {
        Self {
            runtime: Arc::new(runtime),
            face: Face::Blocking,
        }
    }

    /// Plays a scenario over real TLS, with a simulator of its own. `wait` waits for a
    /// future of the runtime.
    ///
    /// # Errors
    ///
    /// [`Trouble`] if the scenario cannot be played.
    pub fn play_over_tls(
        self,
        scenario: &Scenario,
        wait: impl FnOnce(Playing) -> Result<String, Trouble>,
    ) -> Result<String, Trouble> {
        let server = scenario.settings.exchange()?.start()?;
        let site = Site {
            url: server.rest_url().into(),
            api_key: server.api_key().into(),
            private_key: server.private_key().unwrap_or_default(),
            ca: server.ca_pem().map(Into::into),
            control: server.control(),
            runner: self,
        };
        wait(Box::pin(play(scenario.clone(), site)))
    }

    /// Runs a future in a task of its own; `None` if the runtime drops the task.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<Option<T>> {
        let (reply, result) = tokio::sync::oneshot::channel();
        self.runtime.spawn(Box::pin(async move {
            // Nobody waits any more if the scenario has ended.
            let _ = reply.send(future.await);
        }));
        Box::pin(async { result.await.ok() })
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("face", &self.face)
            .finish_non_exhaustive()
    }
}
