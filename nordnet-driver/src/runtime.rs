//! What a runtime has to be able to do.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use nordnet_proto::{Cause, Failure, HttpResponse, Outgoing, Server};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use crate::http::{Gate, Http1};
use crate::tls;

/// A boxed future that can be sent to another thread.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A runtime, as the driver sees it: a clock, timers, tasks and connections.
///
/// It is handed to [`ClientBuilder::new`](crate::ClientBuilder::new) as a value.
/// `nordnet_tokio::Tokio`, `nordnet_smol::Smol` and `nordnet_blocking::Blocking` are
/// such values.
pub trait Runtime: Send + Sync + 'static {
    /// Returns the time. A runtime whose clock can be paused returns that clock.
    fn now(&self) -> Instant;

    /// Returns a timer that is not set yet.
    fn timer(&self) -> Box<dyn Timer>;

    /// Runs a task to its end. If that is impossible, because the runtime is shut
    /// down or no thread can be started, drops the task.
    fn spawn(&self, task: BoxFuture<()>);

    /// Runs work that takes long on a thread where it blocks no other task. If that
    /// is impossible, drops the work.
    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>);

    /// Opens a connection, with TLS if the server has it.
    ///
    /// The driver stops waiting at [`Connect::by`] and drops the future.
    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>>;

    /// Makes a connection one for HTTP/1.1 requests, whose response heads have
    /// `max_head` bytes at most.
    ///
    /// Only needed for a runtime with an HTTP library of its own, such as hyper.
    fn http(
        &self,
        wire: Gate,
        max_head: usize,
    ) -> BoxFuture<Result<Box<dyn HttpConnection>, Failure>> {
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
    /// How long to wait for one address of the host before the next one is tried as
    /// well.
    pub stagger: Duration,
    /// When the connection has to be open.
    pub by: Instant,
    /// How much is read at once, in bytes.
    pub buffer: usize,
}

impl Connect {
    /// The name that the server's certificate has to be for; `None` if the server
    /// has no TLS.
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

    /// The failure of a connection that could not be opened: as `cause` says, unless
    /// the error is one of TLS, or the time was over.
    #[must_use]
    pub fn failure(cause: Cause, error: &io::Error) -> Failure {
        let cause = match error.kind() {
            io::ErrorKind::TimedOut => Cause::Timeout,
            _ => tls::cause(error).map_or(cause, Cause::Tls),
        };
        Failure::before_sending(cause, error.to_string())
    }
}

/// An open connection.
pub trait Wire: Send {
    /// Reads what there is; 0 is the end of the stream. May replace the buffer by
    /// another one of the same size, so that bytes need not be copied.
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>>;

    /// Writes some of the bytes.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Waits until the bytes that were written have left.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

impl<W: Wire + ?Sized> Wire for Box<W> {
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>> {
        (**self).poll_read(cx, buffer)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        (**self).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        (**self).poll_flush(cx)
    }
}

/// A connection that carries one HTTP/1.1 request at a time.
pub trait HttpConnection: Send {
    /// Sends a request and reads the whole response, within its limits of size. The
    /// driver ends the wait at [`Outgoing::answer_by`] and never uses the connection
    /// after that, nor after an error.
    fn exchange(
        &mut self,
        out: Outgoing,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, Failure>> + Send + '_>>;

    /// Returns `true` if a byte of the last request may have left.
    fn has_sent(&self) -> bool;

    /// Returns `true` if the connection can carry another request: its last response
    /// was read to the end, and the server has neither closed it nor sent anything
    /// since.
    fn is_reusable(&mut self) -> bool;
}

/// Waits for a point in time, and then for another one.
pub trait Timer: Send {
    /// Returns `Ready` once it is `at`, whatever was waited for before.
    fn poll_until(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()>;
}
