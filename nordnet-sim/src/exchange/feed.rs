//! Feed connections: bytes in, lines out.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::dialect::Heartbeats;
use crate::faults::FeedFault;
use crate::json::{Json, object};

use super::answer::Cut;
use super::command::Failed;
use super::control::Feeds;
use super::{Event, Exchange, Output};

pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);
const LOGIN_WITHIN: Duration = Duration::from_secs(10);
const LONGEST_LINE: usize = 64 * 1024;
/// Bytes kept for a connection that is stalled on purpose.
const MOST_HELD: usize = 4 * 1024 * 1024;
/// An endless line ends here after all.
const ENDLESS: usize = 2 * 1024 * 1024;

/// Which feed a connection is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeedKind {
    /// Market data.
    Public,
    /// Own orders and trades.
    Private,
}

impl FeedKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

/// The number of a feed connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(crate) u64);

impl ConnectionId {
    /// Returns the number, as the audit has it.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// Something that can be subscribed to; the number is an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Price(usize),
    Depth(usize),
    Trade(usize),
    Status(usize),
    Indicator(usize),
    News(usize),
}

impl Topic {
    pub(super) fn message_type(self) -> &'static str {
        match self {
            Self::Price(_) => "price",
            Self::Depth(_) => "depth",
            Self::Trade(_) => "trade",
            Self::Status(_) => "trading_status",
            Self::Indicator(_) => "indicator",
            Self::News(_) => "news",
        }
    }
}

/// One feed connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) kind: FeedKind,
    /// Key and epoch of the session, once logged in.
    pub(super) session: Option<(String, u64)>,
    input: Vec<u8>,
    /// Lines on their way out.
    output: Vec<u8>,
    pub(super) topics: BTreeSet<Topic>,
    pub(super) spoke: Duration,
    pub(super) commands: VecDeque<Duration>,
    /// Until when it is silent on purpose.
    stalled: Option<Duration>,
}

impl Exchange {
    pub(super) fn open_connection(&mut self, id: ConnectionId, kind: FeedKind) {
        match kind {
            FeedKind::Public => self.audit.counters.public_connections += 1,
            FeedKind::Private => self.audit.counters.private_connections += 1,
        }
        let connection = Connection {
            kind,
            session: None,
            input: Vec::new(),
            output: Vec::new(),
            topics: BTreeSet::new(),
            spoke: self.now,
            commands: VecDeque::new(),
            stalled: None,
        };
        self.connections.insert(id, connection);
        self.after(LOGIN_WITHIN, Event::LoginDeadline(id));
    }

    /// Says whether a feed connection is there and logged in.
    #[cfg(feature = "server")]
    pub(crate) fn is_logged_in(&self, id: ConnectionId) -> bool {
        let connection = self.connections.get(&id);
        connection.is_some_and(|one| one.session.is_some())
    }

    pub(super) fn receive(&mut self, id: ConnectionId, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(connection) = self.connections.get_mut(&id) else {
                return;
            };
            connection.input.extend_from_slice(part);
            if connection.input.len() > LONGEST_LINE {
                self.fail(id, Failed::closing("Too long a line"), Json::Null);
                return;
            }
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut connection.input);
                let line = line.strip_suffix(b"\n").unwrap_or(&line);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                if !line.is_empty() {
                    self.command(id, line);
                }
            }
        }
    }

    pub(super) fn heartbeat(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        let due = connection.spoke + HEARTBEAT;
        if due > self.now {
            self.timers.push(due, Event::Heartbeat(id));
            return;
        }
        if connection.stalled.is_none() {
            let data = match self.config.dialect.heartbeats {
                Heartbeats::Empty => object! {},
                Heartbeats::Members => object! { "timestamp": self.market_time() },
            };
            self.send(id, &object! { "type": "heartbeat", "data": data });
        }
        self.after(HEARTBEAT, Event::Heartbeat(id));
    }

    pub(super) fn check_login(&mut self, id: ConnectionId) {
        if self
            .connections
            .get(&id)
            .is_some_and(|one| one.session.is_none())
        {
            self.close(id, Cut::Clean);
        }
    }

    /// Ends a stall and sends what was held back.
    pub(super) fn resume(&mut self, id: ConnectionId) {
        let now = self.now;
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.stalled.take_if(|until| *until <= now).is_none() {
            return;
        }
        if connection.output.len() > MOST_HELD {
            self.close(id, Cut::Reset);
        } else if !connection.output.is_empty() {
            self.ready.push_back(id);
        }
    }

    pub(super) fn stall(&mut self, id: ConnectionId, time: Duration) {
        let until = self.now.saturating_add(time);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.stalled = Some(until);
            self.timers.push(until, Event::Resume(id));
        }
    }

    /// Ends all stalls at once.
    pub(super) fn resume_all(&mut self) {
        let now = self.now;
        for id in self.connections_of(Feeds::All) {
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.stalled = connection.stalled.map(|_| now);
            }
            self.resume(id);
        }
    }

    pub(super) fn close(&mut self, id: ConnectionId, cut: Cut) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let (kind, bytes) = (connection.kind, std::mem::take(&mut connection.output));
        if cut == Cut::Clean && connection.stalled.is_none() && !bytes.is_empty() {
            self.outputs.push_back(Output::Lines { to: id, bytes });
        }
        self.forget(id);
        let how = match cut {
            Cut::Clean => "closed",
            Cut::Abrupt => "closed abruptly",
            Cut::Reset => "reset",
            Cut::Stall => "silent for ever",
        };
        self.note(format!("{} feed {} {how}", kind.word(), id.0));
        let connection = id;
        self.outputs.push_back(Output::Close { connection, cut });
    }

    /// Drops all that is known of a connection.
    pub(super) fn forget(&mut self, id: ConnectionId) {
        let topics = self.connections.remove(&id).map(|one| one.topics);
        for topic in topics.unwrap_or_default() {
            self.unsubscribe(topic, id);
        }
    }

    pub(super) fn close_feeds_of(&mut self, key: &str) {
        for id in self.feeds_of(key, None) {
            self.close(id, Cut::Clean);
        }
    }

    pub(super) fn connections_of(&self, feeds: Feeds) -> Vec<ConnectionId> {
        let chosen = self
            .connections
            .iter()
            .filter(|(_, one)| feeds.includes(one.kind));
        chosen.map(|(id, _)| *id).collect()
    }

    pub(super) fn feeds_of(&self, key: &str, kind: Option<FeedKind>) -> Vec<ConnectionId> {
        let chosen = self.connections.iter().filter(|(_, one)| {
            one.session.as_ref().is_some_and(|(own, _)| own == key)
                && kind.is_none_or(|kind| one.kind == kind)
        });
        chosen.map(|(id, _)| *id).collect()
    }

    /// Sends a message to all private feeds, made for each one's session.
    pub(super) fn tell_private(&mut self, message: impl Fn(&Self, u64) -> Json) {
        for id in self.connections_of(Feeds::Private) {
            let session = self
                .connections
                .get(&id)
                .and_then(|one| one.session.as_ref());
            if let Some(epoch) = session.map(|(_, epoch)| *epoch) {
                let message = message(self, epoch);
                self.send(id, &message);
            }
        }
    }

    pub(super) fn send(&mut self, id: ConnectionId, message: &Json) {
        let line = self.encoder.line(message);
        self.send_line(id, &line);
    }

    /// Sends a line, and something that nobody has asked for now and then.
    pub(super) fn send_line(&mut self, id: ConnectionId, line: &str) {
        self.send_bytes(id, line.as_bytes());
        if let Some(surprise) = self.encoder.surprise() {
            self.send_bytes(id, surprise.as_bytes());
        }
    }

    /// Sends bytes as they are.
    pub(super) fn send_bytes(&mut self, id: ConnectionId, bytes: &[u8]) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        connection.spoke = self.now;
        let idle = connection.output.is_empty();
        if connection.stalled.is_none() {
            connection.output.extend_from_slice(bytes);
            if idle {
                self.ready.push_back(id);
            }
        } else if connection.output.len() <= MOST_HELD {
            // Past the limit it is kept for the sake of its length.
            connection.output.extend_from_slice(bytes);
        }
    }

    /// Takes what waits for a connection that can be written to.
    pub(super) fn take_ready(&mut self) -> Option<Output> {
        while let Some(id) = self.ready.pop_front() {
            let waiting = self.connections.get_mut(&id);
            let Some(connection) = waiting.filter(|one| one.stalled.is_none()) else {
                continue;
            };
            let bytes = std::mem::take(&mut connection.output);
            if !bytes.is_empty() {
                return Some(Output::Lines { to: id, bytes });
            }
        }
        None
    }

    /// Lets each connection be struck by one of the random faults, or none.
    pub(super) fn strike_feeds(&mut self) {
        let faults = self.config.faults;
        for id in self.connections_of(Feeds::All) {
            let Some(fault) = faults.feed(|chance| self.fault_rng.chance(chance)) else {
                continue;
            };
            let draw = self.fault_rng.next();
            self.note(format!("fault on feed {}: {}", id.0, fault.name()));
            match fault {
                FeedFault::Cut => {
                    let cut = [Cut::Clean, Cut::Abrupt, Cut::Reset][(draw % 3) as usize];
                    self.close(id, cut);
                }
                FeedFault::Stall => self.stall(id, Duration::from_secs(5 + draw % 16)),
                FeedFault::HalfOpen => self.close(id, Cut::Stall),
                FeedFault::Junk => self.send_bytes(id, b"{\"type\":\"price\",\"data\":{\"i\":\n"),
                FeedFault::Long => self.send_bytes(id, &vec![b' '; ENDLESS]),
                FeedFault::Partial => {
                    self.send_bytes(id, b"{\"type\":\"heartb");
                    self.close(id, Cut::Clean);
                }
            }
        }
    }
}
