//! A request on its way to the driver.

use std::time::{Duration, Instant};

use crate::config::Config;
use crate::country::Server;
use crate::deadline::after;
use crate::endpoint::{Endpoint, Lane};
use crate::failure::Attempt;
use crate::request::HttpRequest;
use crate::retry::{Flight, Retries};

/// How long a new connection stays silent before an order leaves on it: half of the
/// time that it took to open, within these limits.
const LEAST_QUIET: Duration = Duration::from_millis(20);
const MOST_QUIET: Duration = Duration::from_millis(100);

/// HTTP libraries take no smaller buffer than this for a head.
const LEAST_HEAD: usize = 8 << 10;

/// A request to be sent, with all that the driver has to keep to.
///
/// Handed out once an attempt. Answer it with `handle_answer`, naming
/// [`Outgoing::attempt`]; a driver that runs out of time reports
/// [`Cause::Timeout`](crate::Cause::Timeout) and never uses that connection
/// again, since the late answer would be read as another call's.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outgoing {
    /// Which attempt this is.
    pub attempt: Attempt,
    /// Where to send it.
    pub server: Box<Server>,
    /// What to send.
    pub request: HttpRequest,
    /// The calls that it shares pauses and kept connections with.
    pub lane: Lane,
    /// Whether a connection that was kept from an earlier call may be used.
    /// If not, a new one has to be opened.
    pub may_reuse_connection: bool,
    /// When a new connection has to be up: name, TCP and TLS.
    pub connect_by: Instant,
    /// When the whole answer has to be there.
    pub answer_by: Instant,
    /// The largest head of an answer, in bytes.
    pub max_head: usize,
    /// The largest body of an answer, in bytes.
    pub max_body: usize,
}

impl Outgoing {
    /// How long a new connection that took this long to open has to stay silent
    /// before the request is written: 20 to 100 ms for orders and cancellations;
    /// `None` if the request may leave at once.
    ///
    /// Otherwise bytes that the server sends before it reads the request would be
    /// taken for its answer. What it sent when the connection came up is there after about one
    /// round trip, and opening takes two.
    #[must_use]
    pub fn quiet(&self, opening_took: Duration) -> Option<Duration> {
        match self.lane {
            Lane::Read => None,
            Lane::Order | Lane::Cancel => Some((opening_took / 2).clamp(LEAST_QUIET, MOST_QUIET)),
        }
    }

    /// Begins an attempt that ends within the call's total deadline.
    pub(crate) fn begin<E: Endpoint>(
        request: HttpRequest,
        config: &Config,
        flight: &mut Flight,
        retries: &Retries,
        now: Instant,
        until: Instant,
    ) -> Self {
        let limits = &config.limits;
        let answer_by = until.min(after(now, limits.answer));
        Self {
            attempt: flight.begin(now, answer_by),
            server: Box::new(config.base_url.server().clone()),
            request,
            lane: E::LANE,
            may_reuse_connection: retries.may_reuse_connection(),
            connect_by: answer_by.min(after(now, limits.connect)),
            answer_by,
            max_head: limits.max_head.max(LEAST_HEAD),
            max_body: E::MAX_BODY,
        }
    }
}
