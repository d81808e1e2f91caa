//! The runtime, with what connections need.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nordnet_proto::{Cause, Failure, HttpResponse, Limits, Outgoing, Server, SetupError};
use rustls::ClientConfig;

use crate::http::Http;
use crate::runtime::{BoxFuture, Connect, Runtime, Timer, Wire};
use crate::task::{by_timer, run_blocking};
use crate::tls::{self, Trust};

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
    http: Arc<Http>,
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
            http: Arc::new(Http::new(limits)),
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

    /// Sends a request and reads the whole response.
    pub(crate) async fn send(&self, out: Outgoing) -> Result<HttpResponse, Failure> {
        self.http.send(self, out).await
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
