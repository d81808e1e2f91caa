//! The transitions of a feed.

use std::time::{Duration, Instant};

use super::Feed;
use super::command::Command;
use super::config::Reconnect;
use super::event::{CloseReason, DisconnectReason, Disconnected};
use super::kind::Kind;
use super::state::{Check, Ending, Link, LoginLine, Next, Open, RejectedLogins, State};
use super::subscriptions::SubscriptionCommand;
use crate::deadline::after;
use crate::failure::{Attempt, Failure};
use crate::login::LoginError;
use crate::session_key::LoggedIn;

/// What may be received and not asked for, beyond the longest line.
const BACKLOG: usize = 1024 * 1024;

/// A private feed that the server closes this soon was probably displaced.
const DISPLACED_WITHIN: Duration = Duration::from_secs(10);
const DISPLACED_TIMES: u32 = 3;

/// How many times at least the feed has to reject a key that the REST API accepts,
/// before it closes.
const REJECTED_TIMES: u32 = 3;

impl<K: Kind> Feed<K> {
    /// The present, which never goes back.
    pub(super) fn clock(&mut self, now: Instant) -> Instant {
        let now = self.now.map_or(now, |last| last.max(now));
        self.now = Some(now);
        now
    }

    /// Whether this attempt is the present one and still of use.
    pub(super) fn holds(&self, attempt: Attempt) -> bool {
        let held = self
            .link
            .as_ref()
            .is_some_and(|link| link.attempt == attempt && !link.dropping);
        held && self.ending.is_none()
    }

    pub(super) fn has_command(&self) -> bool {
        let login_due = matches!(&self.state, State::Open(open) if open.login == LoginLine::Due);
        self.outbox.waiting().is_empty() && (login_due || self.subscriptions.peek().is_some())
    }

    /// When a command leaves next, as far as only time stands in its way. That is
    /// at once if a line has just made one necessary.
    pub(super) fn next_command(&self) -> Option<Instant> {
        if self.has_command() {
            return self.pacing.next().or(self.now);
        }
        let idle = self.outbox.waiting().is_empty();
        let retry = self.subscriptions.retry_at().filter(|_| idle)?;
        Some(self.pacing.calm_at().map_or(retry, |calm| calm.max(retry)))
    }

    /// Does what time or an answer has made due.
    pub(super) fn advance(&mut self, now: Instant) {
        if self.ending.is_some() {
            return;
        }
        match &self.state {
            State::Connecting { by, .. } if now >= *by => {
                self.end(DisconnectReason::ConnectTimeout, now);
            }
            State::Open(open) => match open.overdue(&self.config, now) {
                Some(reason) => self.end(reason, now),
                None => self.fill(now),
            },
            State::Backoff { until, then } if now >= *until && self.link.is_none() => match *then {
                Next::Login(check) => self.state = State::AwaitLogin(check),
                Next::Connect => self.connect(now),
            },
            _ => {}
        }
    }

    pub(super) fn logged_in(&mut self, login: LoggedIn, now: Instant) {
        let known = self.login.as_ref();
        if known.is_some_and(|known| known.epoch > login.epoch) {
            return;
        }
        let same = known.is_some_and(|known| known.epoch == login.epoch && known.key == login.key);
        if !matches!(self.state, State::Closed) {
            self.login = Some(login);
        }
        if let Some(rejection) = self.rejection.as_mut().filter(|_| !same) {
            rejection.accepted = 0;
        }
        match &mut self.state {
            State::AwaitLogin(check) => {
                let rejected = check.is_some_and(|check| check.rejected);
                // The server hung up on a key that is good.
                if K::IS_EXCLUSIVE && same && check.is_some() && !rejected {
                    self.displaced += 1;
                }
                let mut until = now;
                if let Some(rejection) = &mut self.rejection {
                    if same && rejected {
                        rejection.accepted += 1;
                    }
                    let lasted = rejection.last.saturating_duration_since(rejection.first);
                    let is_long = lasted >= self.config.rejected_for;
                    if rejection.accepted >= REJECTED_TIMES && is_long {
                        let message = std::mem::take(&mut rejection.message);
                        return self.finish(CloseReason::FeedRefused(message));
                    }
                    until = rejection.not_before.max(now);
                }
                self.state = State::Backoff {
                    until,
                    then: Next::Connect,
                };
            }
            State::Backoff { then, .. } if !same => *then = Next::Connect,
            _ => {}
        }
    }

    pub(super) fn not_logged_in(&mut self, error: LoginError, now: Instant) {
        let State::AwaitLogin(check) = self.state else {
            return;
        };
        if error.is_refusal() {
            return self.finish(CloseReason::LoginRefused(error));
        }
        let wait = self.backoff.next(&mut self.random).max(error.own_wait());
        let retry_at = self.wait(after(now, wait), Next::Login(check));
        self.notice = Some(Disconnected {
            reason: DisconnectReason::LoginFailed(error),
            retry_at,
            truncated: 0,
        });
    }

    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        if bytes.is_empty() {
            return self.end(DisconnectReason::ServerClosed, now);
        }
        open.received(bytes, now);
        self.counters.bytes_received += bytes.len() as u64;
        let limit = self.config.max_line.saturating_add(BACKLOG);
        if self.lines.buffered().saturating_add(bytes.len()) > limit {
            return self.end(DisconnectReason::Backlog(limit), now);
        }
        self.lines.push(bytes);
    }

    pub(super) fn transmitted(&mut self, count: usize, now: Instant) {
        let State::Open(open) = &mut self.state else {
            return;
        };
        let count = count.min(self.outbox.waiting().len());
        open.transmitted(count);
        self.counters.bytes_sent += count as u64;
        self.outbox.written(count);
        let all = self.outbox.waiting().is_empty();
        if count > 0 {
            self.pacing.written(all, now);
        }
        if all {
            self.subscriptions.written(now);
        }
    }

    /// Notes the end of the connection; the first reason stands.
    pub(super) fn end(&mut self, reason: DisconnectReason, at: Instant) {
        if matches!(self.state, State::Connecting { .. } | State::Open(_)) {
            self.ending.get_or_insert(Ending { reason, at });
        }
    }

    pub(super) fn finish(&mut self, reason: CloseReason) {
        if matches!(self.state, State::Closed) {
            return;
        }
        self.drop_connection();
        self.state = State::Closed;
        self.closing = Some(reason);
    }

    /// Leaves a connection, or the try to open one, behind.
    pub(super) fn lost(&mut self, Ending { mut reason, at }: Ending) -> Disconnected {
        let truncated = self.lines.unfinished();
        self.counters.truncated += u64::from(truncated > 0);
        let state = std::mem::replace(&mut self.state, State::Closed);
        let mut check = None;
        if let State::Open(open) = &state {
            check = self.judge(open, &mut reason, at);
        }
        self.drop_connection();
        let lasting = match &reason {
            DisconnectReason::Failed(failure) => Failure::is_lasting(failure),
            reason => *reason == DisconnectReason::Displaced,
        };
        let wait = if lasting {
            self.backoff.at_cap(&mut self.random)
        } else {
            self.backoff.next(&mut self.random)
        };
        let until = after(at, wait);
        // A call may have renewed the session in the meantime, so it is asked
        // for anew even where nothing speaks against it.
        let retry_at = self.wait(until, Next::Login(check));
        if let DisconnectReason::LoginRejected(message) = &reason {
            let rejection = self.rejection.get_or_insert_with(|| RejectedLogins {
                message: String::new(),
                accepted: 0,
                first: at,
                last: at,
                not_before: until,
            });
            if rejection.accepted == 0 {
                rejection.first = at;
            }
            rejection.last = at;
            rejection.message.clone_from(message);
            rejection.not_before = until;
            // The key can be checked while the next connection waits.
            if let (Some(_), Some(_)) = (check, retry_at) {
                self.state = State::AwaitLogin(check);
            }
        }
        Disconnected {
            reason,
            retry_at,
            truncated,
        }
    }

    /// What the end of a connection that was up says about the session; the
    /// reason is made more precise.
    fn judge(&mut self, open: &Open, reason: &mut DisconnectReason, at: Instant) -> Option<Check> {
        if open.announced {
            self.counters.losses += 1;
            if self.gap_since.is_none() {
                self.gap_since = Some(at);
                self.counters.gaps += 1;
            }
        }
        let hung_up = matches!(
            reason,
            DisconnectReason::ServerClosed | DisconnectReason::Failed(_)
        );
        if let Some(since) = open.live_since {
            if open.last_input.saturating_duration_since(since) >= self.config.healthy_after {
                self.backoff.reset();
            }
            let soon = at.saturating_duration_since(since) <= DISPLACED_WITHIN;
            self.displaced = if K::IS_EXCLUSIVE && hung_up && soon {
                self.displaced + 1
            } else {
                0
            };
            if self.displaced >= DISPLACED_TIMES {
                *reason = DisconnectReason::Displaced;
            }
        }
        let rejected = matches!(reason, DisconnectReason::LoginRejected(_));
        let unproven = open.live_since.is_none() && open.announced;
        let mute = unproven && (hung_up || matches!(reason, DisconnectReason::Silent(_)));
        if mute && hung_up && self.displaced >= DISPLACED_TIMES {
            *reason = DisconnectReason::Displaced;
        } else if mute && *reason == DisconnectReason::ServerClosed {
            *reason = DisconnectReason::ClosedAfterLogin;
        }
        let still_in_use = self
            .login
            .as_ref()
            .is_some_and(|login| login.epoch == open.epoch && login.key == open.key);
        ((rejected || mute) && still_in_use).then_some(Check {
            suspect: open.epoch,
            rejected,
        })
    }

    /// Waits, or ends where the program reconnects by itself. When it goes on.
    fn wait(&mut self, until: Instant, then: Next) -> Option<Instant> {
        if self.config.reconnect == Reconnect::Never {
            self.state = State::Backoff { until, then };
            self.finish(CloseReason::Lost);
            return None;
        }
        self.state = State::Backoff { until, then };
        Some(until)
    }

    fn drop_connection(&mut self) {
        self.ending = None;
        self.lines.clear();
        self.outbox.wipe();
        self.pacing.reset();
        self.subscriptions.reset();
        self.link = self.link.take().filter(|link| link.told).map(|link| Link {
            dropping: true,
            ..link
        });
    }

    fn connect(&mut self, now: Instant) {
        // The login is a command: it must not have to wait on an open connection.
        if let Some(until) = self.pacing.next().filter(|until| now < *until) {
            self.state = State::Backoff {
                until,
                then: Next::Connect,
            };
            return;
        }
        let Some(login) = self.login.clone() else {
            self.state = State::AwaitLogin(None);
            return;
        };
        self.attempt = self.attempt.next();
        self.link = Some(Link {
            attempt: self.attempt,
            told: false,
            dropping: false,
        });
        self.state = State::Connecting {
            by: after(now, self.config.connect_deadline),
            login,
        };
    }

    /// Makes commands ready, as many as may leave now. They count from when
    /// they are written, so no more are made before that.
    fn fill(&mut self, now: Instant) {
        if !self.outbox.waiting().is_empty() {
            return;
        }
        let State::Open(open) = &mut self.state else {
            return;
        };
        while self.pacing.permits(now) {
            // What was refused once goes behind all else, and slowly: if the refusal
            // was about the rate, it is not refused again.
            if self.subscriptions.peek().is_none()
                && self.pacing.calm_at().is_none_or(|calm| now >= calm)
            {
                self.subscriptions.retry(now);
            }
            let login_due = open.login == LoginLine::Due;
            let command = if login_due {
                Command::Login {
                    key: &open.key,
                    service: &self.config.service,
                    get_state: K::get_state(&self.config),
                }
            } else {
                match self.subscriptions.peek() {
                    Some((SubscriptionCommand::Subscribe, subscription)) => {
                        Command::Subscribe(subscription)
                    }
                    Some((SubscriptionCommand::Unsubscribe, subscription)) => {
                        Command::Unsubscribe(subscription)
                    }
                    None => break,
                }
            };
            if !self.outbox.push(&command) {
                break;
            }
            self.pacing.record(now);
            if login_due {
                open.login = LoginLine::Unwritten(self.outbox.waiting().len());
            } else if self.subscriptions.sent(now) {
                self.pacing.settle(now);
            }
            self.counters.commands += 1;
        }
    }
}
