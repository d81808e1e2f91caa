//! The bytes of one connection, read in the plainest way.

use std::collections::BTreeSet;
use std::time::Instant;

use nordnet_proto::{
    About, Decoded, DisconnectReason, Disconnected, FeedConfig, ServerError, Subscription,
};

use super::kind::SimKind;
use super::oracle::BACKLOG;
use super::{Checked, ensure};

/// What a feed was given of one connection, and has not told yet.
#[derive(Clone)]
pub(crate) struct Incoming {
    bytes: Vec<u8>,
    /// How many of them were told.
    told: usize,
    /// How many of the bytes came with the last read, and how many waited then.
    last_read: usize,
    waited: usize,
    pub(crate) announced: bool,
    /// Since when a message has proven the login.
    pub(crate) live_since: Option<Instant>,
    pub(crate) last_input: Instant,
    /// Since when a line has been incomplete.
    pub(crate) line_since: Option<Instant>,
    /// Whether the feed knows that the connection is over.
    pub(crate) ended: bool,
    /// Of which subscriptions it cannot be said which tick is the first.
    pub(crate) unsure: BTreeSet<Subscription>,
    pub(crate) unsure_of_all: bool,
}

/// What stands at the front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Whole(Vec<u8>),
    TooLong,
}

impl Incoming {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            bytes: Vec::new(),
            told: 0,
            last_read: 0,
            waited: 0,
            announced: false,
            live_since: None,
            last_input: now,
            line_since: None,
            ended: false,
            unsure: BTreeSet::new(),
            unsure_of_all: false,
        }
    }

    /// Takes what the feed has taken.
    pub(crate) fn read(&mut self, bytes: &[u8], now: Instant) {
        self.bytes.drain(..std::mem::take(&mut self.told));
        self.bytes.extend_from_slice(bytes);
        self.last_read = bytes.len();
        self.waited = self.bytes.len();
        self.last_input = now;
        self.line_since = match bytes {
            [.., b'\n'] => None,
            bytes if bytes.contains(&b'\n') => Some(now),
            _ => self.line_since.or(Some(now)),
        };
    }

    /// The next line that is not empty.
    pub(crate) fn next_line(&mut self, max_line: usize) -> Option<Line> {
        loop {
            let rest = &self.bytes[self.told..];
            let end = rest.iter().position(|byte| *byte == b'\n');
            if end.unwrap_or(rest.len()) > max_line {
                return Some(Line::TooLong);
            }
            let mut line = rest[..end?].to_vec();
            self.told += line.len() + 1;
            if line.ends_with(b"\r") {
                line.pop();
            }
            if !line.is_empty() {
                return Some(Line::Whole(line));
            }
        }
    }

    /// Whether a line is this message, rightly called full or not.
    pub(crate) fn message<K: SimKind>(&self, told: &K::Message, line: &[u8]) -> Checked<bool> {
        let Ok(Decoded::Message(message)) = K::parse(line) else {
            return Ok(false);
        };
        if let Some((subscription, told_full, is_full)) = K::fullness(told) {
            let sure = !self.unsure_of_all && !self.unsure.contains(&subscription);
            ensure(!sure || told_full == is_full, || {
                format!("{subscription}: told full is {told_full}, and it is {is_full}")
            })?;
        }
        // A key is taken out of what is not known.
        Ok(K::same(told, &message) || K::is_unknown(told) && K::is_unknown(&message))
    }

    pub(crate) fn is_about<K: SimKind>(&self, line: &[u8], subscription: &Subscription) -> bool {
        complaint::<K>(line)
            .is_some_and(|error| error.about == About::Subscribe(subscription.clone()))
    }

    pub(crate) fn is_complaint<K: SimKind>(&self, line: &[u8], private: bool) -> bool {
        complaint::<K>(line).is_some_and(|error| {
            // After many commands it may be about these.
            let unclear = !private && error.about == About::Unclear;
            unclear || !self.ends_login(&error)
        })
    }

    /// Whether a complaint means that the login failed.
    fn ends_login(&self, error: &ServerError) -> bool {
        match error.about {
            About::Login => true,
            About::Unclear => self.live_since.is_none() && !error.is_about_rate(),
            _ => false,
        }
    }

    /// How many bytes are left of an unfinished line at an end for this reason;
    /// all lines before it must have been told.
    pub(crate) fn left<K: SimKind>(
        &mut self,
        lost: &Disconnected,
        config: &FeedConfig,
        now: Instant,
    ) -> Checked<usize> {
        let unfinished = |bytes: &[u8]| {
            bytes
                .split(|byte| *byte == b'\n')
                .next_back()
                .map_or(0, <[u8]>::len)
        };
        let fits = match &lost.reason {
            DisconnectReason::LineTooLong(limit) => {
                let found = self.next_line(config.max_line);
                return ensure(
                    found == Some(Line::TooLong) && *limit == config.max_line,
                    || format!("{lost:?} at {found:?}"),
                )
                .map(|()| 0);
            }
            DisconnectReason::LoginRejected(_) => {
                let line = self.next_line(config.max_line);
                let rejects = match &line {
                    Some(Line::Whole(line)) => {
                        complaint::<K>(line).is_some_and(|error| self.ends_login(&error))
                    }
                    _ => false,
                };
                return ensure(rejects, || format!("{lost:?} at {line:?}")).map(|()| 0);
            }
            DisconnectReason::Backlog(limit) => {
                let full = *limit == config.max_line + BACKLOG && self.waited > *limit;
                self.bytes.truncate(self.bytes.len() - self.last_read);
                full
            }
            DisconnectReason::Silent(length) => {
                *length == config.silence && now >= self.last_input + *length
            }
            DisconnectReason::SlowLine(length) => {
                let slow = self.line_since.is_some_and(|since| now >= since + *length);
                *length == config.line_deadline && slow
            }
            DisconnectReason::ClosedAfterLogin => self.ended && self.live_since.is_none(),
            DisconnectReason::ServerClosed
            | DisconnectReason::Displaced
            | DisconnectReason::Failed(_) => self.ended,
            _ => false,
        };
        ensure(fits, || format!("no reason for {lost:?}"))?;
        let left = self.next_line(config.max_line);
        ensure(left.is_none(), || format!("{lost:?} before {left:?}"))?;
        Ok(unfinished(&self.bytes[self.told..]))
    }
}

fn complaint<K: SimKind>(line: &[u8]) -> Option<ServerError> {
    match K::parse(line) {
        Ok(Decoded::Error(error)) => Some(*error),
        _ => None,
    }
}
