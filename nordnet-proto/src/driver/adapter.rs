//! What an adapter has to be able to do.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use zeroize::Zeroizing;

use super::note::{Note, Scope};
use crate::config::Limits;
use crate::country::Server;
use crate::failure::Failure;
use crate::outgoing::Outgoing;
use crate::request::HttpResponse;
use crate::settings::SetupError;

/// A future on the heap.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// An adapter, as the driver sees it: connections, a clock, tasks, files.
pub trait Adapter: Send + Sync + Sized + 'static {
    /// What a call of the client returns: a future, or in a blocking adapter
    /// the result itself.
    type Call<T: Send + 'static>;
    /// The adapter's own kind of TLS settings.
    type Tls: Send + 'static;
    /// An open connection.
    type Wire: Wire;
    /// Waits for a point in time.
    type Timer: Timer;

    /// An adapter with these TLS settings, under these limits.
    ///
    /// # Errors
    ///
    /// [`SetupError::Tls`] if the settings cannot be used.
    fn new(trust: Trust<Self::Tls>, limits: &Limits) -> Result<Self, SetupError>;

    /// Gives a future of the driver to the user, or waits for it.
    fn call<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Self::Call<T>;

    /// Looks up an environment variable.
    fn var(name: &str) -> Option<String>;

    /// Reads a regular file, at most so many bytes of it. What else there is at
    /// the path is refused by [`check_regular`] before it is opened, since to open
    /// a FIFO waits for its other end, and again once it is open.
    ///
    /// # Errors
    ///
    /// Those of the operating system, and of [`check_regular`].
    fn read_file(path: &Path, most: usize) -> io::Result<FileContent>;

    /// The clock.
    fn now(&self) -> Instant;

    /// A timer that is not set yet.
    fn timer(&self) -> Self::Timer;

    /// Runs a task of its own to its end. If that cannot be, since the runtime is
    /// shut down or no thread can be started, it drops the task.
    fn spawn(&self, task: BoxFuture<()>);

    /// Runs work that takes long, where it keeps no other task from running;
    /// `None` if it cannot be run.
    fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send;

    /// Opens a connection, with TLS if the server has it, by that time.
    fn connect(&self, server: Server, by: Instant) -> BoxFuture<Result<Self::Wire, Failure>>;

    /// Sends a request and reads the whole answer, within its limits.
    fn send(&self, out: Outgoing) -> impl Future<Output = Result<HttpResponse, Failure>> + Send;

    /// Sixteen random bytes.
    ///
    /// # Errors
    ///
    /// [`SetupError::Tls`] if the crypto provider has none.
    fn seed(&self) -> Result<[u8; 16], SetupError>;

    /// Is told of what happens, for logs and metrics.
    fn note(&self, note: &Note<'_>) {
        let _ = note;
    }

    /// Is told of what time is spent on: a future within a span, say.
    fn within<F>(scope: Scope, future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future<Output: Send> + Send,
    {
        let _ = scope;
        future
    }
}

/// An adapter whose calls are futures, and whose feeds are streams.
pub trait AsyncAdapter: Adapter {}

/// An adapter whose calls wait, and whose feeds are iterators.
pub trait BlockingAdapter: Adapter {
    /// Waits for a future.
    fn wait<F: Future>(future: F) -> F::Output;
}

/// Whom TLS trusts.
#[derive(Clone, Debug)]
pub enum Trust<T> {
    /// The certificate authorities of Mozilla, built in.
    Mozilla,
    /// Those of a PEM text, and no others.
    Own(Vec<u8>),
    /// As these TLS settings say.
    Settings(T),
}

/// Refuses what is at a path if it is no regular file: a directory, or a FIFO, a
/// device or a socket, which may never end.
///
/// # Errors
///
/// [`io::ErrorKind::IsADirectory`] or [`io::ErrorKind::InvalidInput`].
pub fn check_regular(is_file: bool, is_dir: bool) -> io::Result<()> {
    if is_file {
        Ok(())
    } else if is_dir {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// A file as an adapter has read it.
#[derive(Debug)]
pub struct FileContent {
    /// What is in it; it may be a secret.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Mode and owner of the opened file, and the user who reads it, where the
    /// system has such things.
    pub permissions: Option<(u32, u32, Option<u32>)>,
}

/// An open connection.
pub trait Wire: Send + Unpin {
    /// Reads what there is; 0 is the end of the stream. May put another buffer
    /// in the place of this one, so that nothing need be copied.
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>>;

    /// Writes some of the bytes.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Sees to it that what was written leaves.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// Waits for a point in time, and then for another one.
pub trait Timer: Send + Unpin {
    /// Is ready once it is `at`, whatever was waited for before.
    fn poll_until(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()>;
}
