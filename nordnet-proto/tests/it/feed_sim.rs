//! A driver for feeds in virtual time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use nordnet_proto::{
    AccountMessage, Attempt, Decoded, Epoch, Event, Failure, Feed, FeedConfig, Gap, Kind, LoggedIn,
    LoginError, MarketMessage, Output, Private, Public, Server, SessionKey, Subscription,
    TradableId,
};

/// The session key of all tests; it must not show anywhere.
pub(crate) const KEY: &str = "f9458a35aa-CANARY";

/// A drive that takes more steps than this goes in circles.
const STEPS: usize = 100_000;

/// A feed, its clock, and the driver's side of it.
pub(crate) struct Sim<K: Kind> {
    pub(crate) feed: Feed<K>,
    pub(crate) base: Instant,
    pub(crate) now: Instant,
    pub(crate) attempt: Option<Attempt>,
    /// The session there is.
    key: Option<String>,
    events: VecDeque<Event<K::Message>>,
    /// The times at which it was live, which are not among the events.
    pub(crate) lives: Vec<Option<Gap>>,
    unsplit: Vec<u8>,
    /// Every line written, and when it was whole.
    pub(crate) written: Vec<(Instant, String)>,
    /// When each connect was asked for first.
    pub(crate) connects: Vec<Instant>,
}

/// An output without its borrow, events aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    Nothing,
    Login(Option<Epoch>),
    Connect(Attempt, Server, Instant),
    Disconnect,
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[expect(
    clippy::disallowed_methods,
    reason = "an origin for virtual time; no test compares with it"
)]
pub(crate) fn origin() -> Instant {
    Instant::now()
}

pub(crate) fn session(key: &str) -> LoggedIn {
    LoggedIn::new(
        SessionKey::new(key),
        Server::new("priv.next.nordnet.se", 443, true),
        Server::new("pub.next.nordnet.se", 443, true),
    )
}

pub(crate) fn price(identifier: &str) -> Subscription {
    Subscription::Price(TradableId::new(11, identifier))
}

pub(crate) fn depth(identifier: &str) -> Subscription {
    Subscription::Depth(TradableId::new(11, identifier))
}

pub(crate) const HEARTBEAT: &str = "{\"type\":\"heartbeat\",\"data\":{}}\n";

pub(crate) fn market() -> Sim<Public> {
    Sim::new(FeedConfig::default())
}

pub(crate) fn account() -> Sim<Private> {
    Sim::new(FeedConfig::default())
}

impl<K: Kind> Sim<K> {
    pub(crate) fn new(config: FeedConfig) -> Self {
        let base = origin();
        Self {
            feed: Feed::new(config, [3; 16]),
            base,
            now: base,
            attempt: None,
            key: None,
            events: VecDeque::new(),
            lives: Vec::new(),
            unsplit: Vec::new(),
            written: Vec::new(),
            connects: Vec::new(),
        }
    }

    /// Logged in, connected, everything permitted written, and told so.
    pub(crate) fn up(mut self) -> Self {
        self.login(KEY);
        self.connect();
        self.write();
        assert!(matches!(self.next(), Some(Event::Connected { .. })));
        self
    }

    /// Up, and proven by a heartbeat.
    pub(crate) fn live(self) -> Self {
        let mut sim = self.up();
        sim.input(HEARTBEAT);
        assert_eq!(sim.events().len(), 1);
        sim
    }

    pub(crate) fn login(&mut self, key: &str) {
        self.key = Some(key.into());
        self.feed.handle_login(Ok(session(key)), self.now);
    }

    /// Which session there is from now on.
    pub(crate) fn knows(&mut self, key: &str) {
        self.key = Some(key.into());
    }

    /// Answers who asks for the session there is, and holds nothing against it.
    pub(crate) fn renew(&mut self) {
        if let (Some(key), Asks::Login(None)) = (self.key.clone(), self.asks()) {
            self.login(&key);
        }
    }

    pub(crate) fn login_fails(&mut self, error: LoginError) {
        self.feed.handle_login(Err(error), self.now);
    }

    /// Answers the connect that has to be asked for.
    pub(crate) fn connect(&mut self) {
        let Asks::Connect(attempt, ..) = self.asks() else {
            panic!("no connect is asked for but {:?}", self.asks());
        };
        self.attempt = Some(attempt);
        self.feed.handle_connected(attempt, self.now);
    }

    /// Passes time until a connect is asked for, and answers it.
    pub(crate) fn reconnect(&mut self) {
        for _ in 0..STEPS {
            match self.asks() {
                Asks::Connect(..) => return self.connect(),
                Asks::Disconnect => self.disconnected(None),
                Asks::Login(_) => self.login(&self.key.clone().unwrap_or_else(|| KEY.into())),
                Asks::Nothing => {
                    let due = self.feed.poll_timeout().expect("a reconnect needs a timer");
                    self.now = self.now.max(due);
                    self.feed.handle_timeout(self.now);
                }
            }
        }
        panic!("no reconnect");
    }

    pub(crate) fn disconnected(&mut self, failure: Option<Failure>) {
        let attempt = match self.asks() {
            Asks::Connect(attempt, ..) => attempt,
            _ => self.attempt.expect("a connection"),
        };
        self.feed.handle_disconnected(attempt, failure, self.now);
        self.renew();
    }

    pub(crate) fn input(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let attempt = self.attempt.expect("a connection");
        self.feed.handle_input(attempt, bytes, self.now);
    }

    /// The end of the stream, and the driver's answer to what follows.
    pub(crate) fn eof(&mut self) {
        self.bytes(b"");
        if self.asks() == Asks::Disconnect {
            self.disconnected(None);
        }
    }

    /// Writes all that may be written now.
    pub(crate) fn write(&mut self) {
        for _ in 0..STEPS {
            let count = self.feed.transmit().len();
            if count == 0 {
                return;
            }
            self.write_some(count);
        }
        panic!("there is always more to write");
    }

    pub(crate) fn write_some(&mut self, count: usize) {
        self.unsplit
            .extend_from_slice(&self.feed.transmit()[..count]);
        while let Some(end) = self.unsplit.iter().position(|byte| *byte == b'\n') {
            let line = self.unsplit.drain(..=end).collect();
            self.written
                .push((self.now, String::from_utf8(line).unwrap()));
        }
        self.feed
            .handle_transmitted(self.attempt.unwrap(), count, self.now);
    }

    /// Lets time pass timer by timer, writing what may be written.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        for _ in 0..STEPS {
            self.asks();
            self.write();
            match self.feed.poll_timeout().filter(|due| *due <= end) {
                Some(due) => self.now = self.now.max(due),
                None => break,
            }
            self.feed.handle_timeout(self.now);
            self.renew();
        }
        self.now = end;
        self.feed.handle_timeout(end);
        self.renew();
        self.write();
    }

    /// What is asked of the driver once all events are taken out.
    pub(crate) fn asks(&mut self) -> Asks {
        for _ in 0..STEPS {
            let asks = match self.feed.poll_output() {
                None => Asks::Nothing,
                Some(Output::Login { suspect }) => Asks::Login(suspect),
                Some(Output::Disconnect) => Asks::Disconnect,
                Some(Output::Connect {
                    attempt,
                    server,
                    by,
                }) => Asks::Connect(attempt, server.clone(), by),
                Some(Output::Event(Event::Live { after_gap })) => {
                    self.lives.push(after_gap);
                    continue;
                }
                Some(Output::Event(event)) => {
                    self.events.push_back(event);
                    continue;
                }
            };
            if matches!(asks, Asks::Connect(..)) {
                self.connects.push(self.now);
            }
            return asks;
        }
        panic!("events without end");
    }

    pub(crate) fn next(&mut self) -> Option<Event<K::Message>> {
        self.asks();
        self.events.pop_front()
    }

    pub(crate) fn events(&mut self) -> Vec<Event<K::Message>> {
        self.asks();
        self.events.drain(..).collect()
    }

    /// The only event since the last look.
    pub(crate) fn event(&mut self) -> Event<K::Message> {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// The lines written since the last look.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.write();
        self.written.drain(..).map(|(_, line)| line).collect()
    }
}

impl Sim<Public> {
    pub(crate) fn subscribe(&mut self, subscription: &Subscription) {
        self.feed.subscribe(subscription.clone(), self.now);
    }

    pub(crate) fn unsubscribe(&mut self, subscription: &Subscription) {
        self.feed.unsubscribe(subscription, self.now);
    }
}

pub(crate) fn market_message(line: &str) -> MarketMessage {
    match MarketMessage::decode(line.as_bytes()) {
        Ok(Decoded::Message(message)) => message,
        other => panic!("{line}: {other:?}"),
    }
}

pub(crate) fn account_message(line: &str) -> AccountMessage {
    match AccountMessage::decode(line.as_bytes()) {
        Ok(Decoded::Message(message)) => message,
        other => panic!("{line}: {other:?}"),
    }
}
