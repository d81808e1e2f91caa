//! How fast commands may leave.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::config::FeedConfig;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const HALF_MINUTE: Duration = Duration::from_secs(30);

/// Two sliding windows over the commands sent: one of a second, one of 30.
///
/// Exact where a token bucket is not: a full bucket lets nearly twice the rate
/// through one window.
pub(crate) struct Pacing {
    per_second: usize,
    per_half_minute: usize,
    /// When each command of the last 30 seconds left, oldest first.
    sent: VecDeque<Instant>,
    /// How many of the last ones wait to be written.
    unwritten: usize,
    /// How many were sent on this connection.
    own: usize,
    /// Not before this, after the server dropped commands.
    held_until: Option<Instant>,
    holds: u32,
    /// Not before this, after something was ended to begin anew.
    settled_at: Option<Instant>,
}

impl Pacing {
    pub(crate) fn new(config: &FeedConfig) -> Self {
        Self {
            per_second: config.commands_per_second.max(1),
            per_half_minute: config.commands_per_half_minute.max(1),
            sent: VecDeque::new(),
            unwritten: 0,
            own: 0,
            held_until: None,
            holds: 0,
            settled_at: None,
        }
    }

    /// Counts a command that is ready to be written.
    pub(crate) fn record(&mut self, now: Instant) {
        while self
            .sent
            .front()
            .is_some_and(|&sent| now >= sent + HALF_MINUTE)
        {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
        self.unwritten += 1;
        self.own += 1;
        self.settled_at = None;
    }

    /// Notes that of the recorded commands some were written by now, or all. A
    /// command counts from when it left, which may be long after it was allowed
    /// to; which of them a part of the bytes holds is not looked at.
    pub(crate) fn written(&mut self, all: bool, now: Instant) {
        for sent in self.sent.iter_mut().rev().take(self.unwritten) {
            *sent = now;
        }
        if self.unwritten > 0 {
            self.settled_at = self.settled_at.map(|_| now + SECOND);
        }
        if all {
            self.unwritten = 0;
        }
    }

    /// Stops all commands for a second; twice as long each time in a row, up to
    /// 30 seconds. Further complaints within the pause are about what was sent
    /// before it.
    pub(crate) fn hold(&mut self, now: Instant) {
        if self.held_until.is_some_and(|until| now < until) {
            return;
        }
        let calm = self
            .held_until
            .is_none_or(|until| now >= until + HALF_MINUTE);
        self.holds = if calm {
            0
        } else {
            self.holds.saturating_add(1)
        };
        let pause = SECOND
            .saturating_mul(1 << self.holds.min(5))
            .min(HALF_MINUTE);
        self.held_until = Some(now + pause);
    }

    /// Stops all commands for a second after the last one, an unsubscribe: what is
    /// under way of its subscription must not be taken for the first tick of the
    /// next one.
    pub(crate) fn settle(&mut self, now: Instant) {
        self.settled_at = Some(now + SECOND);
    }

    /// Forgets what belongs to one connection. The windows stay: the server may
    /// count over connections.
    pub(crate) fn reset(&mut self) {
        self.unwritten = 0;
        self.own = 0;
        self.held_until = None;
        self.holds = 0;
        self.settled_at = None;
    }

    /// Stops all commands for a second, after an error that may be about the rate.
    /// Unlike [`Pacing::hold`] it never gets longer, since this is only a guess.
    pub(crate) fn pause(&mut self, now: Instant) {
        self.held_until = self.held_until.max(Some(now + SECOND));
    }

    /// When the next command may be sent; `None` if at once, by what is known.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.window(self.per_second, SECOND)
            .max(self.window(self.per_half_minute, HALF_MINUTE))
            .max(self.held_until)
            .max(self.settled_at)
    }

    /// When a command may be sent that must not meet the server's limits: both
    /// windows have to be half empty.
    pub(crate) fn calm_at(&self) -> Option<Instant> {
        self.window((self.per_second / 2).max(1), SECOND)
            .max(self.window((self.per_half_minute / 2).max(1), HALF_MINUTE))
            .max(self.next())
    }

    pub(crate) fn permits(&self, now: Instant) -> bool {
        self.next().is_none_or(|next| now >= next)
    }

    /// Whether a window is nearly full of commands that were written on this
    /// connection, so that an error may be about the rate, whatever its words.
    pub(crate) fn is_near_limit(&self, now: Instant) -> bool {
        let is_near = |limit: usize, length| {
            let near = (limit - limit / 4).max(2) + self.unwritten;
            let end = self.window(near, length).filter(|_| near <= self.own);
            end.is_some_and(|end| now < end)
        };
        is_near(self.per_second, SECOND) || is_near(self.per_half_minute, HALF_MINUTE)
    }

    /// When fewer commands than the limit lie within a window of this length.
    fn window(&self, limit: usize, length: Duration) -> Option<Instant> {
        let oldest = self.sent.len().checked_sub(limit)?;
        self.sent.get(oldest).map(|&sent| sent + length)
    }
}
