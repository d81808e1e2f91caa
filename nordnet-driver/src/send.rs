//! Sending requests, each on a new connection or on one from the pool.

use std::future::poll_fn;

use nordnet_proto::{Cause, Failure, HttpResponse, Outgoing};

use crate::http::{BUFFER, Gate};
use crate::io::Io;
use crate::wire::HttpConnection;

impl Io {
    /// Sends one request and reads the whole response.
    ///
    /// # Errors
    ///
    /// [`Failure`] if no complete response came in time.
    pub(crate) async fn send(&self, out: Outgoing) -> Result<HttpResponse, Failure> {
        let is_open = |idle: &mut Box<dyn HttpConnection>| idle.is_reusable();
        let idle = self.pool().take(&out, is_open, self.now());
        let is_new = idle.is_none();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.open_http(&out).await?,
        };
        let (answer_by, lane) = (out.answer_by, out.lane);
        // The process may have been stopped meanwhile: then nothing leaves any more.
        if self.now() >= answer_by {
            return Err(late("before the request was written"));
        }
        let exchange = self.by(answer_by, connection.exchange(out)).await;
        let unanswered = || Err(Failure::after_sending(Cause::Timeout, ""));
        let response = exchange.unwrap_or_else(unanswered).map_err(|failure| {
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
            self.pool().put(connection, lane, self.now());
        }
        Ok(response)
    }

    /// Opens a connection, and checks that nothing arrives for the time that
    /// [`Outgoing::quiet`] gives.
    async fn open_http(&self, out: &Outgoing) -> Result<Box<dyn HttpConnection>, Failure> {
        let begun = self.now();
        let server = out.server.as_ref().clone();
        let wire = self.connect(server, BUFFER, out.connect_by).await?;
        let opened = self.now();
        if opened > out.connect_by {
            return Err(late("while connecting"));
        }
        let mut gate = Gate::new(wire);
        if let Some(quiet) = out.quiet(opened.saturating_duration_since(begun)) {
            let unasked = poll_fn(|cx| gate.poll_unasked(cx));
            if let Some(failure) = self.by(opened + quiet, unasked).await {
                return Err(failure);
            }
        }
        self.runtime().http(gate, out.max_head).await
    }
}

/// The time was over before a byte was written.
fn late(when: &str) -> Failure {
    Failure::before_sending(Cause::Timeout, when)
}
