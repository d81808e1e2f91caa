//! Feed connections: bytes in, lines out.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::json::{Json, object};

use super::command::Failed;
use super::control::Feeds;
use super::ticks::{Members, delta};
use super::{Event, Exchange, Output};

pub(crate) const NEWS_SOURCE: i64 = 2;

pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);
const LOGIN_WITHIN: Duration = Duration::from_secs(10);
const LONGEST_LINE: usize = 64 * 1024;
/// Lines kept for a connection that is stalled on purpose.
const MOST_HELD: usize = 10_000;

/// Which feed a connection is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeedKind {
    /// Market data.
    Public,
    /// Own orders and trades.
    Private,
}

/// The name of a feed connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(super) u64);

/// Something that can be subscribed to; the number is an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Price(usize),
    Depth(usize),
    Trade(usize),
    Status(usize),
    Indicator(usize),
    News,
}

impl Topic {
    pub(super) fn message_type(&self) -> &'static str {
        match self {
            Self::Price(_) => "price",
            Self::Depth(_) => "depth",
            Self::Trade(_) => "trade",
            Self::Status(_) => "trading_status",
            Self::Indicator(_) => "indicator",
            Self::News => "news",
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
    /// What was last told, by topic.
    pub(super) topics: BTreeMap<Topic, Members>,
    pub(super) spoke: Duration,
    pub(super) commands: VecDeque<Duration>,
    stalled: bool,
    held: VecDeque<Vec<u8>>,
}

impl Exchange {
    pub(super) fn open_connection(&mut self, kind: FeedKind) -> ConnectionId {
        self.connected += 1;
        match kind {
            FeedKind::Public => self.audit.counters.public_connections += 1,
            FeedKind::Private => self.audit.counters.private_connections += 1,
        }
        let id = ConnectionId(self.connected);
        let connection = Connection {
            kind,
            session: None,
            input: Vec::new(),
            topics: BTreeMap::new(),
            spoke: self.now,
            commands: VecDeque::new(),
            stalled: false,
            held: VecDeque::new(),
        };
        self.connections.insert(id, connection);
        self.after(LOGIN_WITHIN, Event::LoginDeadline(id));
        id
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
        let now = self.now;
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let due = connection.spoke + HEARTBEAT;
        if due > now {
            self.agenda.push(due, Event::Heartbeat(id));
            return;
        }
        if !connection.stalled {
            self.send(id, &object! { "type": "heartbeat", "data": object! {} });
        }
        self.after(HEARTBEAT, Event::Heartbeat(id));
    }

    pub(super) fn check_login(&mut self, id: ConnectionId) {
        if self
            .connections
            .get(&id)
            .is_some_and(|one| one.session.is_none())
        {
            self.close(id, false);
        }
    }

    /// Ends a stall and sends what was held back.
    pub(super) fn resume(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        connection.stalled = false;
        for bytes in std::mem::take(&mut connection.held) {
            self.outputs.push_back(Output::Line { to: id, bytes });
        }
    }

    pub(super) fn stall(&mut self, id: ConnectionId, time: Duration) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.stalled = true;
            self.after(time, Event::Resume(id));
        }
    }

    pub(super) fn close(&mut self, id: ConnectionId, abrupt: bool) {
        if self.connections.remove(&id).is_some() {
            self.outputs.push_back(Output::Close {
                connection: id,
                abrupt,
            });
        }
    }

    pub(super) fn close_feeds_of(&mut self, key: &str) {
        for id in self.feeds_of(key, None) {
            self.close(id, false);
        }
    }

    pub(super) fn connections_of(&self, feeds: Feeds) -> Vec<ConnectionId> {
        let chosen = self
            .connections
            .iter()
            .filter(|(_, one)| feeds.includes(one.kind));
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

    /// Sends a whole message to everybody who has subscribed to the topic.
    pub(super) fn tell_subscribers(&mut self, topic: Topic, message: &Json) {
        for id in self.subscribers(&topic) {
            self.send(id, message);
        }
    }

    /// Sends everybody what changed of the topic since they were last told.
    pub(super) fn tell_change(&mut self, topic: Topic) {
        let subscribers = self.subscribers(&topic);
        if subscribers.is_empty() {
            return;
        }
        let snapshot = self.snapshot(&topic);
        for id in subscribers {
            let Some(connection) = self.connections.get_mut(&id) else {
                continue;
            };
            let Some(told) = connection.topics.get_mut(&topic) else {
                continue;
            };
            if let Some(members) = delta(told, &snapshot) {
                told.clone_from(&snapshot);
                let data = Json::Object(members);
                self.send(id, &object! { "type": topic.message_type(), "data": data });
            }
        }
    }

    /// Sends bytes as they are.
    pub(super) fn send_bytes(&mut self, id: ConnectionId, bytes: Vec<u8>) {
        let now = self.now;
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        connection.spoke = now;
        if !connection.stalled {
            self.outputs.push_back(Output::Line { to: id, bytes });
            return;
        }
        connection.held.push_back(bytes);
        if connection.held.len() > MOST_HELD {
            self.close(id, true);
        }
    }

    pub(super) fn send(&mut self, id: ConnectionId, message: &Json) {
        let mut line = self.encoder.encode(message);
        line.push('\n');
        self.send_bytes(id, line.into_bytes());
    }

    fn subscribers(&self, topic: &Topic) -> Vec<ConnectionId> {
        let chosen = self
            .connections
            .iter()
            .filter(|(_, one)| one.topics.contains_key(topic));
        chosen.map(|(id, _)| *id).collect()
    }

    pub(super) fn feeds_of(&self, key: &str, kind: Option<FeedKind>) -> Vec<ConnectionId> {
        let chosen = self.connections.iter().filter(|(_, one)| {
            one.session.as_ref().is_some_and(|(own, _)| own == key)
                && kind.is_none_or(|kind| one.kind == kind)
        });
        chosen.map(|(id, _)| *id).collect()
    }
}
