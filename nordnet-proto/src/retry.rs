//! When a call is retried: the one place that decides it.

use std::time::{Duration, Instant};

use crate::backoff::Backoff;
use crate::endpoint::Safety;
use crate::failure::{Attempt, Cause, Failure};
use crate::random::Random;
use crate::request::HttpResponse;
use crate::response;

/// The retries of one call so far.
#[derive(Debug)]
pub(crate) struct Retries {
    safety: Safety,
    lost: u8,
    limited: u8,
    down: u8,
    stale: bool,
    backoff: Backoff,
}

impl Retries {
    pub(crate) fn new(safety: Safety) -> Self {
        Self {
            safety,
            lost: 0,
            limited: 0,
            down: 0,
            stale: false,
            backoff: Backoff::new(Duration::from_millis(200), Duration::from_secs(5)),
        }
    }

    /// Whether the next attempt may use a connection that was kept: once one
    /// has turned out dead, the next may be dead too.
    pub(crate) const fn may_reuse_connection(&self) -> bool {
        !self.stale
    }

    /// Counts the response, and returns after how long the call is to be retried;
    /// `None` if it is not.
    ///
    /// | trouble | read | idempotent | once only |
    /// |---|---|---|---|
    /// | a kept connection was dead, nothing sent | once | once | once |
    /// | nothing sent, or the response lost, 408 and 425 included | 3 times | 2 times | never |
    /// | 429 | while time lasts | once | never |
    /// | 5xx | 3 times | once | never |
    pub(crate) fn wait_before_next(
        &mut self,
        signal: Signal,
        random: &mut Random,
    ) -> Option<Duration> {
        let (most, count, wait) = match signal {
            Signal::Failed {
                sent: false,
                cause: Cause::Closed,
            } if !self.stale => {
                self.stale = true;
                return Some(Duration::ZERO);
            }
            // These would be the same the next time.
            Signal::Failed {
                cause: Cause::Tls(_) | Cause::TooLarge | Cause::Protocol,
                ..
            } => return None,
            Signal::Failed { .. } => ((3, 2), &mut self.lost, None),
            Signal::Answered { status: 429, wait } => ((u8::MAX, 1), &mut self.limited, wait),
            Signal::Answered {
                status: 500..=599,
                wait,
            } => ((3, 1), &mut self.down, wait),
            Signal::Answered { .. } => return None,
        };
        let most = match self.safety {
            Safety::Read => most.0,
            Safety::Idempotent => most.1,
            Safety::OnceOnly => 0,
        };
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(wait.unwrap_or_else(|| self.backoff.next(random)))
    }
}

/// What matters of a response, or of its absence, for a retry.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signal {
    Failed {
        sent: bool,
        cause: Cause,
    },
    Answered {
        /// The HTTP status. A page in place of a refusal counts as a 503, since
        /// it says as little about the call and about the session.
        status: u16,
        /// How long to wait after a 429 or a 5xx.
        wait: Option<Duration>,
    },
}

impl Signal {
    pub(crate) fn of(answer: &Result<HttpResponse, Failure>) -> Self {
        match answer {
            Err(failure) => Self::Failed {
                sent: failure.sent,
                cause: failure.cause,
            },
            Ok(response) if response::is_no_response(response.status().as_u16()) => Self::Failed {
                sent: true,
                cause: Cause::Timeout,
            },
            Ok(response) => {
                let status = match response::is_page_as_refusal(response) {
                    true => 503,
                    false => response.status().as_u16(),
                };
                let asked = match status {
                    429 => Some(response::rate_limit_wait(response.headers())),
                    500.. => response::retry_after(response.headers()),
                    _ => None,
                };
                let wait = asked.map(response::own_wait);
                Self::Answered { status, wait }
            }
        }
    }

    /// Whether what was asked for may have been done, although the answer does
    /// not say so.
    pub(crate) const fn may_have_acted(self) -> bool {
        match self {
            Self::Failed { sent, .. } => sent,
            Self::Answered { status, .. } => status >= 500,
        }
    }
}

/// The request that is out, or none: pairs answers with attempts.
#[derive(Debug)]
pub(crate) struct Flight {
    attempt: Attempt,
    out: Option<Out>,
}

#[derive(Debug)]
struct Out {
    since: Instant,
    answer_by: Instant,
}

impl Flight {
    pub(crate) const fn new() -> Self {
        Self {
            attempt: Attempt::NONE,
            out: None,
        }
    }

    /// Begins an attempt that has to be answered by then.
    pub(crate) fn begin(&mut self, since: Instant, answer_by: Instant) -> Attempt {
        self.attempt = self.attempt.next();
        self.out = Some(Out { since, answer_by });
        self.attempt
    }

    /// Whether nothing was ever sent.
    pub(crate) fn is_unused(&self) -> bool {
        self.attempt == Attempt::NONE
    }

    /// When the attempt that is out has to be answered.
    pub(crate) fn answer_by(&self) -> Option<Instant> {
        self.out.as_ref().map(|out| out.answer_by)
    }

    /// Ends the attempt that is out and says when it began; `None` for an
    /// answer to an old one.
    pub(crate) fn end(&mut self, attempt: Attempt) -> Option<Instant> {
        if self.attempt != attempt {
            return None;
        }
        self.out.take().map(|out| out.since)
    }

    /// Ends the attempt that is out, if any, and says when it began.
    pub(crate) fn abandon(&mut self) -> Option<Instant> {
        self.out.take().map(|out| out.since)
    }

    /// Ends the attempt that is out if its time is over.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Instant> {
        self.out
            .take_if(|out| out.answer_by <= now)
            .map(|out| out.since)
    }
}

/// What the core says of an attempt that the driver did not answer in time. It
/// cannot know whether a byte left, so one may have.
pub(crate) fn unanswered() -> Failure {
    Failure::after_sending(Cause::Timeout, "")
}
