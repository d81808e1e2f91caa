//! The runtime, with what connections need.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nordnet_proto::{Cause, Failure, Limits, Server, SetupError};
use rustls::ClientConfig;

use crate::pool::Pool;
use crate::runtime::{Connect, Runtime};
use crate::task::{by_timer, reply, run_blocking};
use crate::tls::{self, Trust};
use crate::wire::{BoxFuture, HttpConnection, Timer, Wire};

/// Opens a connection in place of the runtime.
pub(crate) type Connector =
    Arc<dyn Fn(Server) -> BoxFuture<std::io::Result<Box<dyn Wire>>> + Send + Sync>;

/// A runtime, TLS settings, and the pool of HTTP connections.
#[derive(Clone)]
pub(crate) struct Io {
    runtime: Arc<dyn Runtime>,
    tls: Arc<ClientConfig>,
    connector: Option<Connector>,
    stagger: Duration,
    pool: Arc<Pool<Box<dyn HttpConnection>>>,
}

impl Io {
    pub(crate) fn new(
        runtime: Arc<dyn Runtime>,
        tls: Arc<ClientConfig>,
        connector: Option<Connector>,
        limits: &Limits,
    ) -> Self {
        Self {
            runtime,
            tls,
            connector,
            stagger: limits.connect_stagger,
            pool: Arc::new(Pool::new(limits)),
        }
    }

    /// The I/O of a feed without a client.
    pub(crate) fn standalone(runtime: Arc<dyn Runtime>, trust: Trust) -> Result<Self, SetupError> {
        let tls = trust.into_config()?;
        Ok(Self::new(runtime, tls, None, &Limits::default()))
    }

    pub(crate) fn now(&self) -> Instant {
        self.runtime.now()
    }

    pub(crate) fn timer(&self) -> Box<dyn Timer> {
        self.runtime.timer()
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(Box::pin(task));
    }

    /// Runs a future in a task of its own and waits for its result; `None` if the runtime
    /// drops the task before its end, as it does when it is shut down. Dropping the
    /// returned future does not end the task. A panic in the task continues in the
    /// returned future.
    pub(crate) fn detached<F>(
        &self,
        future: F,
    ) -> impl Future<Output = Option<F::Output>> + Send + use<F>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let (mut reply, result) = reply();
        self.spawn(async move { reply.fill(future).await });
        result
    }

    /// Waits for a future until `at`; `None` if it is not ready then.
    pub(crate) async fn by<T>(&self, at: Instant, future: impl Future<Output = T>) -> Option<T> {
        by_timer(&mut *self.timer(), at, future).await
    }

    /// Waits until `at`.
    pub(crate) async fn sleep_until(&self, at: Instant) {
        let mut timer = self.timer();
        poll_fn(|cx| timer.poll_until(at, cx)).await;
    }

    /// The HTTP connections that are kept for further calls.
    pub(crate) fn pool(&self) -> &Pool<Box<dyn HttpConnection>> {
        &self.pool
    }

    /// As [`run_blocking`], on this runtime.
    pub(crate) async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        run_blocking(&*self.runtime, work).await
    }

    pub(crate) fn runtime(&self) -> &dyn Runtime {
        &*self.runtime
    }

    /// Opens a connection until `by`, to be read into a buffer of `buffer` bytes.
    pub(crate) fn connect(
        &self,
        server: Server,
        buffer: usize,
        by: Instant,
    ) -> BoxFuture<Result<Box<dyn Wire>, Failure>> {
        // For the text of a failure, which names no server by itself.
        let name = server.to_string();
        let opening = match &self.connector {
            None => self.runtime.connect(Connect {
                server,
                tls: Arc::clone(&self.tls),
                stagger: self.stagger,
                by,
                buffer,
            }),
            Some(connect) => {
                let opening = connect(server);
                Box::pin(async move {
                    let failed = |error| Connect::failure(Cause::Connect, &error);
                    opening.await.map_err(failed)
                })
            }
        };
        let mut timer = self.timer();
        Box::pin(async move {
            let late = || Err(Failure::before_sending(Cause::Timeout, "while connecting"));
            let opened = by_timer(&mut *timer, by, opening).await;
            opened.unwrap_or_else(late).map_err(|mut failure| {
                failure.detail = format!("{name}: {}", failure.detail);
                failure
            })
        })
    }

    /// Returns sixteen random bytes.
    pub(crate) fn seed(&self) -> Result<[u8; 16], SetupError> {
        tls::seed(&self.tls)
    }
}

impl fmt::Debug for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Io")
    }
}
