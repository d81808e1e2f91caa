//! Commands on a feed: what they ask for, and how they fail.

use std::time::Duration;

use serde_json::Value;

use crate::config::CommandLimits;
use crate::dialect::{FeedRefusal, PublicFeeds, RepeatedSubscribe};
use crate::json::{Json, object};

use super::answer::Cut;
use super::audit::CommandEntry;
use super::feed::{Connection, ConnectionId, FeedKind, HEARTBEAT, Topic};
use super::indicators::Indicator;
use super::login::SERVICE;
use super::news::{SOURCES, source_with};
use super::{Event, Exchange};

/// How a command fails, and whether the connection goes with it.
pub(super) struct Failed {
    /// What is told, unless it is not told at all.
    message: Option<String>,
    closes: bool,
}

impl Failed {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            closes: false,
        }
    }

    pub(super) fn closing(message: &str) -> Self {
        Self {
            closes: true,
            ..Self::new(message)
        }
    }

    fn login(why: &str, refusal: FeedRefusal) -> Self {
        let message = format!("Login failed: {why}");
        Self {
            message: (refusal != FeedRefusal::Close).then_some(message),
            closes: refusal != FeedRefusal::Err,
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
    pub(super) fn command(&mut self, id: ConnectionId, line: &[u8]) {
        let Some(kind) = self.connections.get(&id).map(|one| one.kind) else {
            return;
        };
        let text = String::from_utf8_lossy(line);
        let value: Option<Value> = serde_json::from_slice(line).ok();
        let is_login = text.contains("session_key");
        self.audit.command(CommandEntry {
            at: self.now,
            feed: kind,
            connection: id.0,
            text: if is_login {
                "login".to_owned()
            } else {
                text.to_string()
            },
        });
        // Goes back as it came, or as a text if it is no JSON.
        let echo = match value {
            Some(_) => Json::Raw(text.trim().to_owned()),
            None => Json::Text(text.into_owned()),
        };
        if let Err(failed) = self.obey(id, value.as_ref()) {
            self.fail(id, failed, echo);
        }
    }

    pub(super) fn fail(&mut self, id: ConnectionId, failed: Failed, echo: Json) {
        if let Some(message) = failed.message {
            let data = object! { "msg": message, "cmd": echo };
            self.send(id, &object! { "type": "err", "data": data });
        }
        if failed.closes {
            self.close(id, Cut::Clean);
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
            Some("subscribe") if kind == FeedKind::Public => {
                let topic = self.topic(args)?;
                let ignored = self.config.dialect.repeated_subscribe == RepeatedSubscribe::Ignored;
                let connection = self.connections.get_mut(&id);
                let new = connection.is_some_and(|one| one.topics.insert(topic));
                if new || !ignored {
                    self.subscribe(topic, id);
                }
                Ok(())
            }
            Some("unsubscribe") if kind == FeedKind::Public => {
                let topic = self.topic(args)?;
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.topics.remove(&topic);
                }
                self.unsubscribe(topic, id);
                Ok(())
            }
            Some(name) => Err(Failed::new(format!("Unknown command: {name}"))),
            None => Err(Failed::new("Not a command")),
        }
    }

    fn log_in(&mut self, id: ConnectionId, args: &Value) -> Result<(), Failed> {
        let dialect = self.config.dialect;
        let key = args
            .get("session_key")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if args.get("service").and_then(Value::as_str) != Some(SERVICE) {
            return Err(Failed::login("unknown service", dialect.feed_refusal));
        }
        let Some(epoch) = self.gate.epoch(key) else {
            return Err(Failed::login("invalid session", dialect.feed_refusal));
        };
        let Some(kind) = self.connections.get(&id).map(|one| one.kind) else {
            return Ok(());
        };
        // There is one private feed for a session: the newcomer stays.
        let single = match kind {
            FeedKind::Private => true,
            FeedKind::Public => dialect.public_feeds == PublicFeeds::One,
        };
        if single {
            for other in self.feeds_of(key, Some(kind)) {
                if other != id {
                    self.close(other, Cut::Clean);
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
            self.note(format!("{} feed {} of login {epoch}", kind.word(), id.0));
        }
        Ok(())
    }

    fn topic(&self, args: &Value) -> Result<Topic, Failed> {
        let text = |name: &str| args.get(name).and_then(Value::as_str);
        let number = |name: &str| args.get(name).and_then(Value::as_i64);
        let kind = text("t").ok_or_else(|| Failed::new("No subscription type"))?;
        if kind == "news" {
            let source = number("s").and_then(source_with);
            return source
                .map(Topic::News)
                .ok_or_else(|| Failed::new("Unknown news source"));
        }
        let unknown = || Failed::new("Unknown instrument");
        let identifier = text("i").ok_or_else(unknown)?;
        if kind == "indicator" {
            let named = |one: &Indicator| {
                Some(one.index.market) == text("m") && one.index.identifier == identifier
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

    /// Names a topic: what a subscription to it says.
    pub(super) fn topic_name(&self, topic: Topic) -> String {
        let kind = topic.message_type();
        match topic {
            Topic::News(index) => format!("{kind} {}", SOURCES[index].id),
            Topic::Indicator(index) => {
                let indicator = &self.indicators[index].index;
                format!("{kind} {}:{}", indicator.market, indicator.identifier)
            }
            Topic::Price(index)
            | Topic::Depth(index)
            | Topic::Trade(index)
            | Topic::Status(index) => format!("{kind} {}", self.market[index].listing.tradable()),
        }
    }
}
