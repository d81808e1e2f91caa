//! How often to log in while refusals come that prove nothing.

use std::time::{Duration, Instant};

use crate::login::LoginError;

const HOUR: Duration = Duration::from_secs(3600);

/// How many such failures are allowed in an hour. Nordnet's rule for locking a customer out
/// is not known, and a page may hide a refusal of the credentials.
const MOST_AN_HOUR: usize = 6;

/// The first two waits are as short as those after a 503; the others spread what
/// is left over the hour, so that a login works soon after a maintenance ends.
const SHORT_WAITS: usize = 2;
const LONG_WAIT: Duration = Duration::from_secs(900);

/// Keeps logins apart whose answers are refusals, but not Nordnet's verdict on
/// the credentials.
#[derive(Debug, Default)]
pub(super) struct LoginPace {
    /// When such answers came, in the last hour.
    refusals: Vec<Instant>,
}

impl LoginPace {
    /// Returns the least wait that follows a failed login, after it has counted
    /// the failure if it is such a refusal.
    pub(super) fn failed(&mut self, error: &LoginError, now: Instant) -> Duration {
        if !error.is_unproven_refusal() {
            return Duration::ZERO;
        }
        self.refusals
            .retain(|at| now.saturating_duration_since(*at) < HOUR);
        self.refusals.push(now);
        match self.refusals.as_slice() {
            [oldest, ..] if self.refusals.len() >= MOST_AN_HOUR => {
                HOUR.saturating_sub(now.saturating_duration_since(*oldest))
            }
            refusals if refusals.len() <= SHORT_WAITS => Duration::ZERO,
            _ => LONG_WAIT,
        }
    }
}
