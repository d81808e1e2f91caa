//! The whole life of a feed out of a script of bytes.

use std::time::{Duration, Instant};

use nordnet_proto::{
    Attempt, Cause, Event, Failure, Feed, FeedConfig, FeedState, Kind, LoggedIn, LoginError,
    Output, Private, Public, Reconnect, Server, SessionKey, Subscription, TlsCause, TradableId,
};

use crate::draw::Draw;

/// The first bytes choose the feed and its settings, each further one an input
/// and, behind it, what the input takes.
///
/// Whatever a driver and a server do, in whatever order: no panic, no second
/// connection, no event out of place, bounded buffers, a timer that lies ahead;
/// and with a driver and a server that behave the feed comes up again.
pub fn feed_life(data: &[u8]) {
    let mut draw = Draw(data);
    if draw.byte() & 1 == 0 {
        World::<Public>::new(&mut draw).live(&mut draw);
    } else {
        World::<Private>::new(&mut draw).live(&mut draw);
    }
}

/// How the keys of all sessions begin; no event may show the one in use.
const KEY: &str = "f9458a35aa-CANARY";
const HEARTBEAT: &[u8] = b"{\"type\":\"heartbeat\",\"data\":{}}\n";

/// What a server says; `KEY` stands for the key that it was sent.
const LINES: [&str; 12] = [
    "{\"type\":\"heartbeat\",\"data\":{}}\n",
    "{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11,\"bid\":86.5,\"ask\":null}}\n",
    "{\"type\":\"order\",\"data\":{\"order_id\":1,\"accno\":2}}\n",
    "{\"type\":\"price\",\"da",
    "\r\n",
    "not json\n",
    "{\"type\":\"new\",\"data\":[\"KEY\"]}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"Too many commands\"}}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":\"login\"}}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"no KEY\"}}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":{\"cmd\":\"subscribe\",\"args\":{\"t\":\"price\",\"m\":11,\"i\":\"2\"}}}}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":{\"cmd\":\"unsubscribe\",\"args\":{\"t\":\"price\",\"m\":11,\"i\":\"1\"}}}}\n",
];

const CAUSES: [Option<Cause>; 5] = [
    None,
    Some(Cause::Closed),
    Some(Cause::Resolve),
    Some(Cause::Connect),
    Some(Cause::Tls(TlsCause::Name)),
];

/// More steps than any script takes: beyond it the feed goes in circles.
const STEPS: usize = 20_000;

/// The most bytes that wait to be written.
const OUTBOX: usize = 16 * 1024;

trait Side: Kind {
    fn want(feed: &mut Feed<Self>, id: u8, wanted: bool, now: Instant);
}

impl Side for Public {
    fn want(feed: &mut Feed<Self>, id: u8, wanted: bool, now: Instant) {
        let subscription = Subscription::Price(TradableId::new(11, id.to_string()));
        if wanted {
            feed.subscribe(subscription, now);
        } else {
            feed.unsubscribe(&subscription, now);
        }
    }
}

impl Side for Private {
    fn want(_: &mut Feed<Self>, _: u8, _: bool, _: Instant) {}
}

/// What the driver holds, and what must hold of it.
struct World<K: Kind> {
    feed: Feed<K>,
    now: Instant,
    attempts: Vec<Attempt>,
    /// Whether a connection is open or being opened.
    held: bool,
    /// Whether the user was told that the feed is up.
    up: bool,
    /// Whether it was told that the feed is live.
    live: bool,
    /// The key that was written on the present connection.
    key: Option<String>,
    closed: bool,
}

impl<K: Side> World<K> {
    fn new(draw: &mut Draw<'_>) -> Self {
        let mut config = FeedConfig::default();
        let settings = draw.byte();
        if settings & 1 == 1 {
            config.max_line = 200;
        }
        if settings & 2 == 2 {
            config.commands_per_second = 2;
            config.commands_per_half_minute = 9;
        }
        if settings & 0xf0 == 0xf0 {
            config.reconnect = Reconnect::Never;
        }
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&draw.number().to_le_bytes());
        Self {
            feed: Feed::new(config, seed),
            now: origin(),
            attempts: Vec::new(),
            held: false,
            up: false,
            live: false,
            key: None,
            closed: false,
        }
    }

    fn live(mut self, draw: &mut Draw<'_>) {
        while !draw.is_empty() {
            self.act(draw);
            assert!(self.feed.transmit().len() <= OUTBOX);
        }
        self.drain();
        if !self.closed {
            self.heal();
        }
        self.feed.close(self.now);
        self.drain();
        if self.held {
            self.disconnected(0, None);
        }
        self.drain();
        assert!(self.closed);
        self.feed.handle_login(Ok(session(0)), self.now);
        self.feed
            .handle_timeout(self.now + Duration::from_secs(100));
        assert!(self.feed.poll_output().is_none());
        assert_eq!(self.feed.poll_timeout(), None);
        assert!(self.feed.transmit().is_empty());
    }

    fn act(&mut self, draw: &mut Draw<'_>) {
        let now = self.now;
        match draw.below(17) {
            0 => self.feed.handle_login(Ok(session(draw.below(3))), now),
            1 => {
                let error = match draw.below(8) {
                    0 => LoginError::LoggedOut,
                    1..4 => LoginError::RateLimited {
                        wait: Duration::from_secs(10),
                    },
                    _ => LoginError::OutOfTime,
                };
                self.feed.handle_login(Err(error), now);
            }
            2 => {
                if let Some(attempt) = self.attempt(draw.below(2)) {
                    self.feed.handle_connected(attempt, now);
                }
            }
            3 => {
                let cause = CAUSES[usize::from(draw.below(5))];
                self.disconnected(draw.below(2), cause);
            }
            4..7 => {
                let line = LINES[usize::from(draw.below(12))];
                let line = line.replace("KEY", self.key.as_deref().unwrap_or("-"));
                self.input(draw.below(8) / 7, line.as_bytes());
            }
            7 => {
                let length = usize::from(draw.byte());
                let bytes = draw.take(length);
                self.input(0, bytes);
            }
            8 => {
                let count = usize::from(draw.byte());
                self.write(draw.below(8) / 7, count);
            }
            9 => self.now += Duration::from_millis(u64::from(draw.byte()) * 8),
            10 => self.now += Duration::from_secs(u64::from(draw.byte())),
            11 => {
                if let Some(due) = self.feed.poll_timeout() {
                    self.now = self.now.max(due);
                }
                self.feed.handle_timeout(self.now);
            }
            12 => self.feed.handle_timeout(now - Duration::from_secs(1)),
            13 => K::want(&mut self.feed, draw.below(4), true, now),
            14 => K::want(&mut self.feed, draw.below(4), false, now),
            15 => self.drain(),
            _ if draw.below(16) == 0 => self.feed.close(now),
            _ => (0..draw.below(100)).for_each(|id| K::want(&mut self.feed, id, true, now)),
        }
    }

    fn attempt(&self, age: u8) -> Option<Attempt> {
        let place = self.attempts.len().checked_sub(1 + usize::from(age))?;
        self.attempts.get(place).copied()
    }

    fn disconnected(&mut self, age: u8, cause: Option<Cause>) {
        if let Some(attempt) = self.attempt(age) {
            let failure = cause.map(|cause| Failure::after_sending(cause, ""));
            self.feed.handle_disconnected(attempt, failure, self.now);
            self.held &= age > 0;
        }
    }

    fn input(&mut self, age: u8, bytes: &[u8]) {
        if let Some(attempt) = self.attempt(age) {
            self.feed.handle_input(attempt, bytes, self.now);
        }
    }

    fn write(&mut self, age: u8, count: usize) {
        let waiting = self.feed.transmit();
        if self.key.is_none() && !waiting.is_empty() {
            let login = b"{\"cmd\":\"login\",\"args\":{\"session_key\":\"";
            let rest = waiting.strip_prefix(login).expect("the login comes first");
            let key = rest.split(|byte| *byte == b'"').next().unwrap_or_default();
            self.key = Some(String::from_utf8_lossy(key).into_owned());
        }
        if let Some(attempt) = self.attempt(age) {
            self.feed.handle_transmitted(attempt, count, self.now);
        }
    }

    fn drain(&mut self) {
        self.drain_once();
        self.feed.handle_timeout(self.now);
        self.drain_once();
        let due = self.feed.poll_timeout();
        assert!(due.is_none_or(|due| due > self.now), "a timer in the past");
    }

    fn drain_once(&mut self) {
        for _ in 0..STEPS {
            match self.feed.poll_output() {
                Some(Output::Event(event)) => self.told(&event),
                Some(Output::Connect { attempt, by, .. }) => {
                    if self.attempts.last() != Some(&attempt) {
                        assert!(!self.held, "a second connection");
                        self.attempts.push(attempt);
                        self.key = None;
                    }
                    self.held = true;
                    assert_eq!(self.feed.poll_timeout(), Some(by));
                    return;
                }
                Some(Output::Disconnect) => return assert!(self.held, "nothing to drop"),
                Some(Output::Login { .. }) => return,
                None => return,
            }
        }
        panic!("events without end");
    }

    fn told(&mut self, event: &Event<K::Message>) {
        // Nobody can send back a key before it was written.
        let shown = self
            .key
            .as_ref()
            .map(|key| format!("{event:?}").contains(key));
        assert_ne!(shown, Some(true), "{event:?}");
        assert!(!self.closed, "{event:?} after the end");
        match event {
            Event::Connected { .. } => {
                assert!(!std::mem::replace(&mut self.up, true), "up twice");
            }
            Event::Live { .. } => {
                assert!(self.up, "live while down");
                assert!(!std::mem::replace(&mut self.live, true), "live twice");
                assert_eq!(self.feed.state(), FeedState::Live);
            }
            Event::Message(_) => assert!(self.live, "{event:?} before the feed is live"),
            Event::Disconnected(_) => (self.up, self.live) = (false, false),
            Event::Closed(_) => self.closed = true,
            Event::Unsubscribed(_) => {}
            event => assert!(self.up, "{event:?} while down"),
        }
    }

    /// A driver and a server without faults, for five minutes.
    fn heal(&mut self) {
        let end = self.now + Duration::from_secs(300);
        let mut beat = self.now;
        for _ in 0..STEPS {
            self.drain();
            match self.feed.poll_output() {
                Some(Output::Login { .. }) => {
                    self.feed.handle_login(Ok(session(2)), self.now);
                    continue;
                }
                Some(Output::Connect { attempt, .. }) => {
                    self.feed.handle_connected(attempt, self.now);
                    continue;
                }
                Some(Output::Disconnect) => {
                    self.disconnected(0, None);
                    continue;
                }
                _ => {}
            }
            let due = self.feed.poll_timeout().filter(|due| *due < beat);
            if !self.feed.transmit().is_empty() {
                self.write(0, usize::MAX);
            } else if self.closed || self.now >= end && self.feed.state() == FeedState::Live {
                return;
            } else if let Some(due) = due {
                self.now = due;
                self.feed.handle_timeout(due);
            } else {
                self.now = self.now.max(beat);
                beat = self.now + Duration::from_secs(5);
                self.input(0, HEARTBEAT);
            }
        }
        panic!("the feed goes in circles");
    }
}

fn session(number: u8) -> LoggedIn {
    LoggedIn::new(
        SessionKey::new(format!("{KEY}{number}")),
        Server::new("priv.next.nordnet.se", 443, true),
        Server::new("pub.next.nordnet.se", 443, true),
    )
}

/// Where virtual time begins: the one reading of the real clock.
fn origin() -> Instant {
    static ORIGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *ORIGIN.get_or_init(|| Instant::now() + Duration::from_secs(1))
}
