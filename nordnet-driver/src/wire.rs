//! Connections and timers, as a runtime brings them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use nordnet_proto::{Failure, HttpResponse, Outgoing};

/// A boxed future that can be sent to another thread.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// An open connection.
pub trait Wire: Send {
    /// Reads bytes into the buffer and returns how many; 0 is the end of the stream.
    ///
    /// May replace the buffer by another one of [`Connect::buffer`](crate::Connect::buffer) bytes, so that bytes
    /// need not be copied.
    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut Box<[u8]>,
    ) -> Poll<io::Result<usize>>;

    /// Writes some of the bytes and returns how many.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Flushes the written bytes, so that they leave without a further call.
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

/// A timer that can be set any number of times.
pub trait Timer: Send {
    /// Waits until `at`, instead of the time of an earlier call. Returns `Ready` at once
    /// if `at` has passed.
    fn poll_until(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()>;
}
