//! Invariants of a feed under anything that a driver and a server may do.

use std::time::Instant;

use nordnet_proto::{
    Attempt, Cause, Event, Failure, Feed, FeedConfig, FeedState, LoginError, Output, Public,
    TlsCause,
};
use proptest::prelude::*;

use crate::feed_sim::{HEARTBEAT, millis, origin, price, secs, session};

#[derive(Clone, Debug)]
enum Act {
    Login(u8),
    LoginFails,
    Connected(u8),
    Disconnected(u8, Option<Cause>),
    Input(u8, &'static str),
    Write(u8, usize),
    Wait(u64),
    Backwards,
    Timer,
    Subscribe(u8),
    Unsubscribe(u8),
    Drain,
}

const INPUTS: &[&str] = &[
    "",
    HEARTBEAT,
    "{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11}}\n",
    "{\"type\":\"price\",\"da",
    "ta\":{}}\n",
    "\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"Too many commands\"}}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":\"login\"}}\n",
    "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":{\"cmd\":\"subscribe\",\"args\":{\"t\":\"price\",\"m\":11,\"i\":\"2\"}}}}\n",
];

fn act() -> impl Strategy<Value = Act> {
    let causes = [
        None,
        Some(Cause::Closed),
        Some(Cause::Connect),
        Some(Cause::Tls(TlsCause::Name)),
    ];
    prop_oneof![
        2 => (0..3_u8).prop_map(Act::Login),
        1 => Just(Act::LoginFails),
        4 => (0..2_u8).prop_map(Act::Connected),
        2 => (0..2_u8, prop::sample::select(causes.to_vec()))
            .prop_map(|(age, cause)| Act::Disconnected(age, cause)),
        8 => (0..2_u8, prop::sample::select(INPUTS)).prop_map(|(age, text)| Act::Input(age, text)),
        6 => (0..2_u8, 0..300_usize).prop_map(|(age, count)| Act::Write(age, count)),
        3 => (0..20_000_u64).prop_map(Act::Wait),
        1 => Just(Act::Backwards),
        4 => Just(Act::Timer),
        2 => (0..4_u8).prop_map(Act::Subscribe),
        2 => (0..4_u8).prop_map(Act::Unsubscribe),
        6 => Just(Act::Drain),
    ]
}

/// What the driver holds, and what must hold of it.
struct World {
    feed: Feed<Public>,
    now: Instant,
    attempts: Vec<Attempt>,
    /// Whether a connection is open or being opened.
    held: bool,
    /// Whether the user was told that the feed is up.
    up: bool,
    closed: bool,
}

impl World {
    fn attempt(&self, age: u8) -> Option<Attempt> {
        let place = self.attempts.len().checked_sub(1 + usize::from(age))?;
        self.attempts.get(place).copied()
    }

    fn drain(&mut self) {
        for _ in 0..1000 {
            match self.feed.poll_output() {
                Some(Output::Event(event)) => {
                    assert!(!self.closed, "{event:?} after the end");
                    match event {
                        Event::Connected { .. } => {
                            assert!(!std::mem::replace(&mut self.up, true), "up twice");
                        }
                        Event::Disconnected(_) => self.up = false,
                        Event::Closed(_) => self.closed = true,
                        Event::Unsubscribed(_) => {}
                        event => assert!(self.up, "{event:?} while down"),
                    }
                }
                Some(Output::Connect { attempt, by, .. }) => {
                    if self.attempts.last() != Some(&attempt) {
                        assert!(!self.held, "a second connection");
                        self.attempts.push(attempt);
                    }
                    self.held = true;
                    assert_eq!(self.feed.poll_timeout(), Some(by));
                    return;
                }
                Some(Output::Disconnect) => {
                    assert!(self.held, "nothing to drop");
                    return;
                }
                Some(Output::Login { .. }) | None => return,
            }
        }
        panic!("events without end");
    }

    fn act(&mut self, act: Act) {
        let now = self.now;
        match act {
            Act::Login(key) => self
                .feed
                .handle_login(Ok(session(&format!("key{key}"))), now),
            Act::LoginFails => self.feed.handle_login(Err(LoginError::OutOfTime), now),
            Act::Connected(age) => {
                if let Some(attempt) = self.attempt(age) {
                    self.feed.handle_connected(attempt, now);
                }
            }
            Act::Disconnected(age, cause) => {
                if let Some(attempt) = self.attempt(age) {
                    let failure = cause.map(|cause| Failure::after_sending(cause, ""));
                    self.feed.handle_disconnected(attempt, failure, now);
                    self.held &= age > 0;
                }
            }
            Act::Input(age, text) => {
                if let Some(attempt) = self.attempt(age) {
                    self.feed.handle_input(attempt, text.as_bytes(), now);
                }
            }
            Act::Write(age, count) => {
                if let Some(attempt) = self.attempt(age) {
                    self.feed.handle_transmitted(attempt, count, now);
                }
            }
            Act::Wait(time) => self.now += millis(time),
            Act::Backwards => self.feed.handle_timeout(now - secs(1)),
            Act::Timer => {
                if let Some(due) = self.feed.poll_timeout() {
                    self.now = self.now.max(due);
                }
                self.feed.handle_timeout(self.now);
            }
            Act::Subscribe(id) => self.feed.subscribe(price(&id.to_string()), now),
            Act::Unsubscribe(id) => self.feed.unsubscribe(&price(&id.to_string()), now),
            Act::Drain => self.drain(),
        }
    }

    /// A driver and a server without faults, for five minutes.
    fn heal(&mut self) {
        let end = self.now + secs(300);
        for _ in 0..10_000 {
            self.drain();
            let standing = match self.feed.poll_output() {
                Some(Output::Login { .. }) => Some(Act::Login(2)),
                Some(Output::Connect { .. }) => Some(Act::Connected(0)),
                Some(Output::Disconnect) => Some(Act::Disconnected(0, None)),
                _ => None,
            };
            let due = self.feed.poll_timeout();
            let asks = match standing {
                Some(act) => act,
                None if !self.feed.transmit().is_empty() => Act::Write(0, usize::MAX),
                None if self.now >= end => return,
                None if due.is_some_and(|due| due <= self.now + secs(5)) => Act::Timer,
                None => {
                    self.now += secs(5);
                    Act::Input(0, HEARTBEAT)
                }
            };
            self.act(asks);
        }
        panic!("the feed goes in circles");
    }
}

proptest! {
    #[test]
    fn invariants_hold_and_the_feed_heals(acts in prop::collection::vec(act(), 0..120), seed in any::<[u8; 16]>()) {
        let mut world = World {
            feed: Feed::new(FeedConfig::default(), seed),
            now: origin(),
            attempts: Vec::new(),
            held: false,
            up: false,
            closed: false,
        };
        for act in acts {
            world.act(act);
        }
        world.drain();
        if world.feed.state() != FeedState::Closed {
            world.heal();
            world.drain();
            if world.feed.state() != FeedState::Closed {
                prop_assert_eq!(world.feed.state(), FeedState::Live);
                prop_assert!(world.up);
            }
        }
        world.feed.close(world.now);
        world.drain();
        world.act(Act::Disconnected(0, None));
        world.drain();
        prop_assert!(world.closed);
        prop_assert!(world.feed.poll_output().is_none());
        prop_assert!(world.feed.poll_timeout().is_none());
    }
}
