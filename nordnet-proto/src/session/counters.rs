//! What a session has done since it was made.

use std::time::Duration;

use crate::retry::Signal;

/// Counts over the whole life of a client: all its calls, whichever session
/// they were sent with. A feed has [`Counters`](crate::Counters) of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionCounters {
    /// Calls whose request was handed out, keep-alives included; those of a
    /// login are not counted.
    pub calls: u64,
    /// Requests of these that went out again after an earlier attempt.
    pub retries: u64,
    /// Requests that were not answered.
    pub lost: u64,
    /// Answers 401: the session was not accepted.
    pub unauthorized: u64,
    /// Answers 429: too many requests. Those of logins count too.
    pub rate_limited: u64,
    /// How long these made calls wait in all, current pauses included: the
    /// pauses of reads and of orders added up.
    pub paused: Duration,
    /// Answers of 500 or more.
    pub unavailable: u64,
    /// Logins that gave a session.
    pub logins: u64,
    /// Logins that did not.
    pub failed_logins: u64,
    /// Calls that were made to keep the session alive.
    pub keep_alives: u64,
    /// Order calls that ended with an outcome that is not known.
    pub unknown_outcomes: u64,
}

impl SessionCounters {
    /// Requests of calls, repeats included.
    #[must_use]
    pub const fn attempts(&self) -> u64 {
        self.calls + self.retries
    }

    pub(crate) fn sent(&mut self, is_first: bool) {
        if is_first {
            self.calls += 1;
        } else {
            self.retries += 1;
        }
    }

    pub(crate) fn answered(&mut self, signal: Signal) {
        match signal {
            Signal::Failed { .. } => self.lost += 1,
            Signal::Answered { status: 401, .. } => self.unauthorized += 1,
            Signal::Answered { status: 429, .. } => self.rate_limited += 1,
            Signal::Answered { status: 500.., .. } => self.unavailable += 1,
            Signal::Answered { .. } => {}
        }
    }
}
