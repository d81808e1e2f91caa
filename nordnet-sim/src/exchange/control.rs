//! The strings that a test pulls.

use std::fmt;
use std::time::Duration;

use crate::faults::Faults;

use super::Exchange;
use super::answer::{Answer, Cut};
use super::audit::{AuditEntry, CommandEntry, Counters};
use super::feed::{ConnectionId, FeedKind};
use super::login::SessionRecord;
use super::route::Operation;

mod market;
mod truth;

pub use market::Moment;
pub use truth::{AccountRecord, OrderRecord};

/// Some of the feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feeds {
    /// Both kinds.
    All,
    /// Public feeds.
    Public,
    /// Private feeds.
    Private,
}

impl Feeds {
    pub(crate) fn includes(self, kind: FeedKind) -> bool {
        match self {
            Self::All => true,
            Self::Public => kind == FeedKind::Public,
            Self::Private => kind == FeedKind::Private,
        }
    }
}

/// A feed connection and what it has asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeedRecord {
    /// Its number.
    pub connection: ConnectionId,
    /// Which feed it is to.
    pub feed: FeedKind,
    /// Which login it belongs to, once it has logged in.
    pub epoch: Option<u64>,
    /// What it has subscribed to, such as `price 11:101`.
    pub subscriptions: Vec<String>,
}

/// Why a control call could not be obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// No listing has this `market:identifier`.
    UnknownTradable,
    /// A price is no decimal, off the tick grid, or the bid is not below the ask.
    InvalidPrice,
    /// There is no live order of this number with so much left.
    UnknownOrder,
    /// There is no account of this number.
    UnknownAccount,
    /// No account has cash in this currency.
    UnknownCurrency,
    /// There is no market of this number.
    UnknownMarket,
    /// There is no news source of this number.
    UnknownSource,
    /// A time has passed already, or is too far ahead.
    InvalidTime,
    /// The reference has no operation of this name, or it is not served.
    UnknownOperation,
    /// No session of this login is alive.
    UnknownSession,
    /// There is no open connection of this number.
    UnknownConnection,
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownTradable => "no listing has this market:identifier",
            Self::InvalidPrice => "a price is off the tick grid, or the bid is not below the ask",
            Self::UnknownOrder => "no live order of this number has so much left",
            Self::UnknownAccount => "there is no account of this number",
            Self::UnknownCurrency => "no account has cash in this currency",
            Self::UnknownMarket => "there is no market of this number",
            Self::UnknownSource => "there is no news source of this number",
            Self::InvalidTime => "the time has passed already, or is too far ahead",
            Self::UnknownOperation => "no operation of this name is served",
            Self::UnknownSession => "no session of this login is alive",
            Self::UnknownConnection => "no connection of this number is open",
        })
    }
}

impl std::error::Error for ControlError {}

/// What a test may do to sessions, requests and feeds. None of it is part of
/// the API that is simulated.
impl Exchange {
    /// Ends all sessions, as if they had been idle for too long.
    pub fn expire_sessions(&mut self, now: Duration) {
        self.advance(now);
        for key in self.gate.keys() {
            self.expire(&key);
        }
        self.note("all sessions expired".to_owned());
    }

    /// Ends the session of a login, as if it had been idle for too long.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if it has none that is alive.
    pub fn expire_session(&mut self, epoch: u64, now: Duration) -> Result<(), ControlError> {
        self.advance(now);
        let mut keys = self.gate.keys().into_iter();
        let key = keys.find(|key| self.gate.epoch(key) == Some(epoch));
        self.expire(&key.ok_or(ControlError::UnknownSession)?);
        self.note(format!("the session of login {epoch} expired"));
        Ok(())
    }

    /// Refuses all logins, as if the key was revoked, or no longer.
    pub fn refuse_logins(&mut self, refused: bool) {
        self.gate.refusing = refused;
    }

    /// Sets what goes wrong at random from now on.
    pub fn set_faults(&mut self, faults: Faults, now: Duration) {
        self.advance(now);
        self.config.faults = faults;
    }

    /// Closes feed connections.
    pub fn cut_feeds(&mut self, feeds: Feeds, cut: Cut, now: Duration) {
        self.advance(now);
        for id in self.connections_of(feeds) {
            self.close(id, cut);
        }
    }

    /// Closes one feed connection. Says whether there is such a one.
    pub fn disconnect(&mut self, connection: ConnectionId, cut: Cut, now: Duration) -> bool {
        self.advance(now);
        let known = self.connections.contains_key(&connection);
        self.close(connection, cut);
        known
    }

    /// Sends nothing on the present feed connections for a while, not even
    /// heartbeats; what was held back follows afterwards.
    pub fn stall_feeds(&mut self, feeds: Feeds, time: Duration, now: Duration) {
        self.advance(now);
        for id in self.connections_of(feeds) {
            self.stall(id, time);
        }
    }

    /// Sends a line to feed connections as it is; the LF is added.
    pub fn inject(&mut self, feeds: Feeds, line: &str, now: Duration) {
        self.inject_bytes(feeds, format!("{line}\n").as_bytes(), now);
    }

    /// Sends bytes to feed connections as they are.
    pub fn inject_bytes(&mut self, feeds: Feeds, bytes: &[u8], now: Duration) {
        self.advance(now);
        for id in self.connections_of(feeds) {
            self.send_bytes(id, bytes);
        }
    }

    /// Returns `true` if there is an operation of this name, or it is `*`.
    #[must_use]
    pub fn serves(operation: &str) -> bool {
        operation == "*" || Operation::named(operation).is_some()
    }

    /// Plans what happens to the next `times` requests of an operation, named
    /// as in the reference, such as `place_order`; `*` is any.
    ///
    /// Plans add up: the one made first comes first. No times at all take back
    /// what was planned for the operation.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such operation.
    pub fn respond(
        &mut self,
        operation: &str,
        times: usize,
        answer: &Answer,
    ) -> Result<(), ControlError> {
        let operation = match operation {
            "*" => None,
            name => Some(Operation::named(name).ok_or(ControlError::UnknownOperation)?),
        };
        self.scripts.plan(operation, times, answer);
        Ok(())
    }

    /// Takes back what was planned: answers, stalls, a pause, refused logins,
    /// faults at random. What has happened stays.
    pub fn reset(&mut self, now: Duration) {
        self.advance(now);
        self.scripts.clear();
        self.config.faults = Faults::default();
        self.gate.refusing = false;
        self.rejections = 0;
        self.paused = false;
        self.resume_all();
    }

    /// Returns the sessions that are alive, oldest first.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionRecord> {
        self.gate.sessions(self.now)
    }

    /// Returns the feed connections that there are, oldest first.
    #[must_use]
    pub fn feeds(&self) -> Vec<FeedRecord> {
        let topic = |topic: &super::feed::Topic| self.topic_name(*topic);
        let record = |(id, one): (&ConnectionId, &super::feed::Connection)| FeedRecord {
            connection: *id,
            feed: one.kind,
            epoch: one.session.as_ref().map(|(_, epoch)| *epoch),
            subscriptions: one.topics.iter().map(topic).collect(),
        };
        self.connections.iter().map(record).collect()
    }

    /// Returns every request received, oldest first.
    #[must_use]
    pub fn audit(&self) -> Vec<AuditEntry> {
        self.audit.entries()
    }

    /// Returns every command received on a feed, oldest first.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandEntry> {
        self.audit.commands()
    }

    /// Returns how often things happened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.audit.counters
    }
}
