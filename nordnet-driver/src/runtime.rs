//! The traits that a runtime implements.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nordnet_proto::{Cause, Failure, Server};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use crate::http::{Gate, Http1};
use crate::tls;
use crate::wire::{BoxFuture, HttpConnection, Timer, Wire};

/// A runtime, as the driver sees it: a clock, timers, tasks and connections.
///
/// It is handed to [`ClientBuilder::new`](crate::ClientBuilder::new) as a value.
/// `nordnet_tokio::Tokio`, `nordnet_smol::Smol` and `nordnet_blocking::Blocking` are
/// such values.
pub trait Runtime: Send + Sync + 'static {
    /// Returns the current time. If the runtime has a clock that can be paused, its time.
    fn now(&self) -> Instant;

    /// Returns a timer that is not set yet.
    fn timer(&self) -> Box<dyn Timer>;

    /// Runs a task to its end. Drops the task if that is impossible, because the
    /// runtime is shut down or no thread can be started.
    fn spawn(&self, task: BoxFuture<()>);

    /// Runs long work on a thread where it blocks no other task. Drops the work if that
    /// is impossible.
    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>);

    /// Opens a connection, with TLS if the server has it.
    ///
    /// The driver drops the future at [`Connect::by`].
    ///
    /// # Errors
    ///
    /// The future fails with a [`Failure`], as [`Connect::failure`] makes it.
    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>>;

    /// Makes an HTTP/1.1 connection of an open one. The heads of its responses may have
    /// `max_head` bytes.
    ///
    /// By default, the driver reads and writes HTTP/1.1 itself. Override this to use an
    /// HTTP library, such as hyper.
    ///
    /// # Errors
    ///
    /// The future fails with a [`Failure`] if the library refuses the connection.
    fn http(
        &self,
        wire: Gate,
        max_head: usize,
    ) -> BoxFuture<Result<Box<dyn HttpConnection>, Failure>> {
        // Here the limit comes with each request.
        let _ = max_head;
        let connection: Box<dyn HttpConnection> = Box::new(Http1::new(wire));
        Box::pin(std::future::ready(Ok(connection)))
    }
}

impl<R: Runtime + ?Sized> Runtime for Arc<R> {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn timer(&self) -> Box<dyn Timer> {
        (**self).timer()
    }

    fn spawn(&self, task: BoxFuture<()>) {
        (**self).spawn(task);
    }

    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        (**self).run_blocking(work);
    }

    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>> {
        (**self).connect(to)
    }

    fn http(
        &self,
        wire: Gate,
        max_head: usize,
    ) -> BoxFuture<Result<Box<dyn HttpConnection>, Failure>> {
        (**self).http(wire, max_head)
    }
}

/// Where to connect, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connect {
    /// The server.
    pub server: Server,
    /// The TLS settings, for a server that has TLS.
    pub tls: Arc<ClientConfig>,
    /// How long to wait for one address of the host until the next one is tried as
    /// well.
    pub stagger: Duration,
    /// When the connection has to be open.
    pub by: Instant,
    /// The size of the buffer that [`Wire::poll_read`] gets, in bytes.
    pub buffer: usize,
}

impl Connect {
    /// Returns the name that the server's certificate has to be for; `None` if the
    /// server has no TLS.
    ///
    /// # Errors
    ///
    /// [`Cause::Resolve`] if the host is not a name that a certificate can be for.
    pub fn tls_name(&self) -> Result<Option<ServerName<'static>>, Failure> {
        if !self.server.encrypted {
            return Ok(None);
        }
        match ServerName::try_from(self.server.hostname.clone()) {
            Ok(name) => Ok(Some(name)),
            Err(error) => Err(Failure::before_sending(Cause::Resolve, error.to_string())),
        }
    }

    /// Returns the failure of a connection that could not be opened. Its cause is
    /// `cause`, unless the error is one of TLS or a timeout.
    #[must_use]
    pub fn failure(cause: Cause, error: &io::Error) -> Failure {
        let cause = match error.kind() {
            io::ErrorKind::TimedOut => Cause::Timeout,
            _ => tls::cause(error).map_or(cause, Cause::Tls),
        };
        Failure::before_sending(cause, error.to_string())
    }
}
