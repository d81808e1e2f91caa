//! Runners: a runtime, and the async or the blocking client over it.

use std::sync::Arc;

use nordnet_driver::{BoxFuture, Runtime};

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
