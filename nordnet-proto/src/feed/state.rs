//! Where a feed stands, with the timers of each state inside it.

use std::sync::Arc;
use std::time::Instant;

use super::config::FeedConfig;
use super::event::DisconnectReason;
use crate::deadline::after;
use crate::failure::Attempt;
use crate::session_key::{Epoch, LoggedIn, SessionKey};

/// Where a feed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FeedState {
    /// It needs a session.
    AwaitLogin,
    /// A connection is being opened.
    Connecting,
    /// The connection is up and nothing has proven the login.
    Unproven,
    /// A message has proven the login: [`Event::Live`](crate::Event::Live) was
    /// handed out on this connection.
    Live,
    /// It waits before the next try.
    Backoff,
    /// It has ended.
    Closed,
}

pub(super) enum State {
    AwaitLogin(Option<Check>),
    /// The session stays the same while this lasts: its key belongs to its host.
    Connecting {
        by: Instant,
        login: LoggedIn,
    },
    Open(Open),
    Backoff {
        until: Instant,
        then: Next,
    },
    Closed,
}

/// A session key that the REST API is asked about.
#[derive(Clone, Copy)]
pub(super) struct Check {
    pub(super) suspect: Epoch,
    /// Whether the feed rejected it, rather than just hang up.
    pub(super) rejected: bool,
}

/// What follows a wait.
#[derive(Clone, Copy)]
pub(super) enum Next {
    Connect,
    Login(Option<Check>),
}

/// A connection that is up.
pub(super) struct Open {
    /// The key that it logs in with.
    pub(super) key: Arc<SessionKey>,
    pub(super) epoch: Epoch,
    pub(super) login: LoginLine,
    /// Whether the user knows of the connection.
    pub(super) announced: bool,
    /// Since when the login is proven.
    pub(super) live_since: Option<Instant>,
    pub(super) last_input: Instant,
    /// Since when a line has been incomplete.
    pub(super) line_since: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginLine {
    Due,
    /// So many bytes of it are not written.
    Unwritten(usize),
    Sent,
}

/// A connection that the driver holds or was asked to open.
pub(super) struct Link {
    pub(super) attempt: Attempt,
    /// Whether the driver was told to open it, and so has something to drop.
    pub(super) told: bool,
    pub(super) dropping: bool,
}

/// The end of a connection, told when all lines before it are.
pub(super) struct Ending {
    pub(super) reason: DisconnectReason,
    pub(super) at: Instant,
}

/// Logins that the feed rejected with a key that the REST API accepts.
pub(super) struct RejectedLogins {
    pub(super) message: String,
    /// How many rejected logins had a key that the REST API accepted.
    pub(super) accepted: u32,
    /// When the first of them was rejected, and the last one.
    pub(super) first: Instant,
    pub(super) last: Instant,
    /// Not before when the next connection may be opened.
    pub(super) not_before: Instant,
}

impl State {
    pub(super) const fn name(&self) -> FeedState {
        match self {
            Self::AwaitLogin(_) => FeedState::AwaitLogin,
            Self::Connecting { .. } => FeedState::Connecting,
            Self::Open(Open {
                live_since: None, ..
            }) => FeedState::Unproven,
            Self::Open(_) => FeedState::Live,
            Self::Backoff { .. } => FeedState::Backoff,
            Self::Closed => FeedState::Closed,
        }
    }
}

impl Open {
    pub(super) const fn new(key: Arc<SessionKey>, epoch: Epoch, now: Instant) -> Self {
        Self {
            key,
            epoch,
            login: LoginLine::Due,
            announced: false,
            live_since: None,
            last_input: now,
            line_since: None,
        }
    }

    /// Notes bytes: any of them shows that the connection lives.
    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) {
        self.last_input = now;
        if bytes.last() == Some(&b'\n') {
            self.line_since = None;
        } else if bytes.contains(&b'\n') {
            self.line_since = Some(now);
        } else {
            self.line_since.get_or_insert(now);
        }
    }

    pub(super) fn transmitted(&mut self, count: usize) {
        if let LoginLine::Unwritten(left) = self.login {
            self.login = match left.checked_sub(count) {
                None | Some(0) => LoginLine::Sent,
                Some(left) => LoginLine::Unwritten(left),
            };
        }
    }

    /// When the connection counts as dead.
    pub(super) fn deadline(&self, config: &FeedConfig) -> Instant {
        let silent = after(self.last_input, config.silence);
        let slow = self
            .line_since
            .map(|since| after(since, config.line_deadline));
        slow.map_or(silent, |slow| slow.min(silent))
    }

    pub(super) fn overdue(&self, config: &FeedConfig, now: Instant) -> Option<DisconnectReason> {
        if now >= after(self.last_input, config.silence) {
            Some(DisconnectReason::Silent(config.silence))
        } else if now >= self.deadline(config) {
            Some(DisconnectReason::SlowLine(config.line_deadline))
        } else {
            None
        }
    }
}
