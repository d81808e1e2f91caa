//! HTTP/1.1 connections: one call at a time on each, none used again after a failure, no
//! redirects, no proxies, no repeats.

mod connection;
mod gate;

use std::future::poll_fn;

use nordnet_proto::{Cause, Failure, HttpResponse, Limits, Outgoing};

pub(crate) use connection::Http1;
pub use gate::{Gate, GateHandle};

use crate::io::Io;
use crate::pool::Pool;
use crate::runtime::HttpConnection;
use crate::task::by;

/// The size of the buffer for reading responses, in bytes: the most that a TLS record
/// holds.
pub const BUFFER: usize = 16 << 10;

/// Sends requests, each on a new connection or on one from the pool.
pub(crate) struct Http {
    pool: Pool<Box<dyn HttpConnection>>,
}

impl Http {
    pub(crate) const fn new(limits: &Limits) -> Self {
        let pool = Pool::new(limits);
        Self { pool }
    }

    /// Sends one request and reads the whole response.
    ///
    /// # Errors
    ///
    /// [`Failure`] if no complete response came in time.
    pub(crate) async fn send(&self, io: &Io, out: Outgoing) -> Result<HttpResponse, Failure> {
        let is_open = |idle: &mut Box<dyn HttpConnection>| idle.is_reusable();
        let idle = self.pool.take(&out, is_open, io.now());
        let is_new = idle.is_none();
        let mut connection = match idle {
            Some(connection) => connection,
            None => open(io, &out).await?,
        };
        let (answer_by, lane) = (out.answer_by, out.lane);
        let exchange = by(io, answer_by, connection.exchange(out)).await;
        let late = || Err(Failure::after_sending(Cause::Timeout, ""));
        let response = exchange.unwrap_or_else(late).map_err(|failure| {
            // The failure was made by code that does not know whether a byte has left.
            let sent = connection.has_sent();
            let failure = Failure { sent, ..failure };
            if is_new {
                failure
            } else {
                failure.on_kept_connection()
            }
        })?;
        if connection.is_reusable() {
            self.pool.put(connection, lane, io.now());
        }
        Ok(response)
    }
}

/// Opens a connection, and checks that nothing arrives for the time that
/// [`Outgoing::quiet`] gives.
async fn open(io: &Io, out: &Outgoing) -> Result<Box<dyn HttpConnection>, Failure> {
    let begun = io.now();
    let server = out.server.as_ref().clone();
    let wire = io.connect(server, BUFFER, out.connect_by).await?;
    let opened = io.now();
    let mut gate = Gate::new(wire);
    if let Some(quiet) = out.quiet(opened.saturating_duration_since(begun)) {
        let unasked = poll_fn(|cx| gate.poll_unasked(cx));
        if let Some(failure) = by(io, opened + quiet, unasked).await {
            return Err(failure);
        }
    }
    io.runtime().http(gate, out.max_head).await
}
