//! Feed connections: commands in, lines out.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::Value;

use crate::config::CommandLimits;
use crate::dialect::RepeatedSubscribe;
use crate::json::{Json, object};

use super::control::Feeds;
use super::ticks::{Members, delta};
use super::{Event, Exchange, Output};

pub(crate) const NEWS_SOURCE: i64 = 2;

const HEARTBEAT: Duration = Duration::from_secs(5);
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
pub struct ConnectionId(u64);

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
    fn message_type(&self) -> &'static str {
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
    session: Option<(String, u64)>,
    input: Vec<u8>,
    /// What was last told, by topic.
    topics: BTreeMap<Topic, Members>,
    spoke: Duration,
    commands: VecDeque<Duration>,
    stalled: bool,
    held: VecDeque<Vec<u8>>,
}

/// How a command fails, and whether the connection goes with it.
struct Failed {
    message: String,
    closes: bool,
}

impl Failed {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            closes: false,
        }
    }

    fn closing(message: &str) -> Self {
        Self {
            closes: true,
            ..Self::new(message)
        }
    }
}

impl Connection {
    /// Counts a command. `Err` says that it is one too many.
    fn count(&mut self, limits: &CommandLimits, now: Duration) -> Result<(), Failed> {
        self.commands.push_back(now);
        let window = Duration::from_secs(30);
        while self.commands.front().is_some_and(|at| *at + window <= now) {
            self.commands.pop_front();
        }
        let second = Duration::from_secs(1);
        let lately = self
            .commands
            .iter()
            .rev()
            .take_while(|at| **at + second > now)
            .count();
        let past = |times: usize| {
            lately > limits.per_second.saturating_mul(times)
                || self.commands.len() > limits.per_30_seconds.saturating_mul(times)
        };
        if past(limits.closes_at.max(1)) {
            return Err(Failed::closing("Far too many commands, closing"));
        }
        if past(1) {
            return Err(Failed::new("Too many commands, dropped"));
        }
        Ok(())
    }
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

    fn send(&mut self, id: ConnectionId, message: &Json) {
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

    fn feeds_of(&self, key: &str, kind: Option<FeedKind>) -> Vec<ConnectionId> {
        let chosen = self.connections.iter().filter(|(_, one)| {
            one.session.as_ref().is_some_and(|(own, _)| own == key)
                && kind.is_none_or(|kind| one.kind == kind)
        });
        chosen.map(|(id, _)| *id).collect()
    }

    fn command(&mut self, id: ConnectionId, line: &[u8]) {
        self.audit.counters.commands += 1;
        let text = String::from_utf8_lossy(line);
        let value: Option<Value> = serde_json::from_slice(line).ok();
        // Goes back as it came, or as a text if it is no JSON.
        let echo = match value {
            Some(_) => Json::Raw(text.trim().to_owned()),
            None => Json::Text(text.into_owned()),
        };
        if let Err(failed) = self.obey(id, value.as_ref()) {
            self.fail(id, failed, echo);
        }
    }

    fn fail(&mut self, id: ConnectionId, failed: Failed, echo: Json) {
        let data = object! { "msg": failed.message, "cmd": echo };
        self.send(id, &object! { "type": "err", "data": data });
        if failed.closes {
            self.close(id, false);
        }
    }

    fn obey(&mut self, id: ConnectionId, command: Option<&Value>) -> Result<(), Failed> {
        let (limits, now) = (self.config.command_limits, self.now);
        let Some(connection) = self.connections.get_mut(&id) else {
            return Ok(());
        };
        connection.count(&limits, now)?;
        let kind = connection.kind;
        let logged_in = connection.session.is_some();
        let name = command
            .and_then(|command| command.get("cmd"))
            .and_then(Value::as_str);
        let args = command
            .and_then(|command| command.get("args"))
            .unwrap_or(&Value::Null);
        match name {
            Some("login") => self.log_in(id, args),
            _ if !logged_in => Err(Failed::closing("Login first")),
            Some("subscribe") if kind == FeedKind::Public => self.subscribe(id, args),
            Some("unsubscribe") if kind == FeedKind::Public => {
                let topic = self.topic(args)?;
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.topics.remove(&topic);
                }
                Ok(())
            }
            Some(name) => Err(Failed::new(format!("Unknown command: {name}"))),
            None => Err(Failed::new("Not a command")),
        }
    }

    fn log_in(&mut self, id: ConnectionId, args: &Value) -> Result<(), Failed> {
        let key = args
            .get("session_key")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if args.get("service").and_then(Value::as_str) != Some("NEXTAPI") {
            return Err(Failed::closing("Login failed: unknown service"));
        }
        let Some(epoch) = self.gate.epoch(key) else {
            return Err(Failed::closing("Login failed: invalid session"));
        };
        let Some(kind) = self.connections.get(&id).map(|one| one.kind) else {
            return Ok(());
        };
        if kind == FeedKind::Private {
            // There is one private feed for a session: the newcomer stays.
            for other in self.feeds_of(key, Some(kind)) {
                if other != id {
                    self.close(other, false);
                }
            }
        }
        let Some(connection) = self.connections.get_mut(&id) else {
            return Ok(());
        };
        let first = connection.session.is_none();
        connection.session = Some((key.to_owned(), epoch));
        connection.spoke = self.now;
        if first {
            self.after(HEARTBEAT, Event::Heartbeat(id));
            self.note(format!("{kind:?} feed {} of login {epoch}", id.0));
        }
        Ok(())
    }

    fn subscribe(&mut self, id: ConnectionId, args: &Value) -> Result<(), Failed> {
        let topic = self.topic(args)?;
        let snapshot = self.snapshot(&topic);
        let ignored = self.config.dialect.repeated_subscribe == RepeatedSubscribe::Ignored;
        let Some(connection) = self.connections.get_mut(&id) else {
            return Ok(());
        };
        let repeated = connection
            .topics
            .insert(topic.clone(), snapshot.clone())
            .is_some();
        if snapshot.is_empty() || (repeated && ignored) {
            return Ok(());
        }
        let data = Json::Object(snapshot);
        self.send(id, &object! { "type": topic.message_type(), "data": data });
        Ok(())
    }

    fn topic(&self, args: &Value) -> Result<Topic, Failed> {
        let text = |name: &str| args.get(name).and_then(Value::as_str);
        let number = |name: &str| args.get(name).and_then(Value::as_i64);
        let kind = text("t").ok_or_else(|| Failed::new("No subscription type"))?;
        if kind == "news" {
            let known = number("s") == Some(NEWS_SOURCE);
            return if known {
                Ok(Topic::News)
            } else {
                Err(Failed::new("Unknown news source"))
            };
        }
        let unknown = || Failed::new("Unknown instrument");
        let identifier = text("i").ok_or_else(unknown)?;
        if kind == "indicator" {
            let named = |one: &super::Indicator| {
                Some(one.market) == text("m") && one.identifier == identifier
            };
            let index = self.indicators.iter().position(named);
            return index.map(Topic::Indicator).ok_or_else(unknown);
        }
        let topic = match kind {
            "price" => Topic::Price,
            "depth" => Topic::Depth,
            "trade" => Topic::Trade,
            "trading_status" => Topic::Status,
            other => return Err(Failed::new(format!("Unknown subscription type: {other}"))),
        };
        let market = number("m").ok_or_else(unknown)?;
        self.instrument_at(market, identifier)
            .map(topic)
            .ok_or_else(unknown)
    }
}
