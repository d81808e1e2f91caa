//! The server at the other end, which follows the reference, mostly.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use nordnet_proto::{Attempt, Subscription};

use super::desk::Said;
use super::kind::SimKind;
use super::lines::{self, HEARTBEAT};
use super::link::End;
use super::plan::Fault;
use super::world::{Action, Connection, World};

/// What the server knows of one connection.
#[derive(Default)]
pub(crate) struct Peer {
    logged_in: bool,
    /// What is subscribed to, and whether its first tick was sent.
    pub(crate) subscriptions: BTreeMap<Subscription, bool>,
    /// Of which a tick was said that cannot be read.
    pub(crate) unreadable: BTreeSet<Subscription>,
    /// What was said of these.
    pub(crate) said: BTreeMap<Subscription, Said>,
    last_said: Option<Instant>,
    commands: VecDeque<Instant>,
    /// Whether something was lost on this connection that nobody can know of.
    pub(crate) dirty: bool,
    mute: bool,
    key: String,
}

const TOO_MANY: &str = "Too many commands";

/// The same in other words, which a feed does not know.
const TOO_MANY_IN_SWEDISH: &str = "F\u{f6}r m\u{e5}nga kommandon";

impl<K: SimKind> World<K> {
    /// A connection came up.
    pub(crate) fn greet(&mut self, attempt: Attempt) {
        let cut = if self.hit(Fault::CutEnd, 2) {
            Some((self.dice(Fault::CutEnd).below(1500), End::InGoodOrder))
        } else if self.hit(Fault::CutReset, 2) {
            Some((self.dice(Fault::CutReset).below(1500), End::Reset))
        } else {
            None
        };
        let delay = match self.hit(Fault::Delay, 1) {
            true => self.dice(Fault::Delay).millis(1, 3000),
            false => Duration::ZERO,
        };
        let mute = self.hit(Fault::NoHeartbeat, 3);
        if let Some(link) = &mut self.link {
            link.link.cut = cut;
            link.link.delay = delay;
            link.peer.mute = mute;
        }
        if self.hit(Fault::HangUp, 3) {
            self.hang_up(End::InGoodOrder);
        }
        self.after(Duration::from_secs(5), Action::Heartbeat(attempt));
    }

    /// A command has arrived.
    pub(crate) fn serve(&mut self, line: &[u8]) {
        let Some(peer) = self.link.as_ref().map(|link| &link.peer) else {
            return;
        };
        if !peer.logged_in {
            return self.log_in_feed(line);
        }
        if self.too_fast(line) {
            return;
        }
        let Some((subscription, wanted)) = self.wire.read(line).cloned() else {
            return;
        };
        if self.hit(Fault::SilentDrop, 6) {
            return self.dirty();
        }
        if wanted && self.refuses(&subscription) {
            let answer = lines::err("not found", Some(line), &mut self.rng);
            return self.say(answer.as_bytes());
        }
        let Some(link) = &mut self.link else { return };
        if wanted {
            link.peer.subscriptions.entry(subscription).or_insert(false);
        } else {
            link.peer.subscriptions.remove(&subscription);
            link.peer.said.remove(&subscription);
        }
    }

    fn log_in_feed(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let quoted = |key: &str| key.replace('\\', "\\\\").replace('"', "\\\"");
        let session = self
            .sessions
            .all()
            .iter()
            .position(|session| text.contains(&quoted(session.key.expose())));
        let valid = session.is_some_and(|session| self.sessions.is_valid(session));
        if !valid || self.hit(Fault::RejectLogin, 3) {
            let echo = self.rng.one_in(2).then_some(line);
            let answer = lines::err("invalid session", echo, &mut self.rng);
            let silent = self.rng.one_in(4);
            if !silent {
                self.say(answer.as_bytes());
            }
            if silent || self.rng.one_in(2) {
                self.hang_up(End::InGoodOrder);
            }
            return;
        }
        let key = session.and_then(|session| self.sessions.all().get(session));
        let key = key.map_or_else(String::new, |session| quoted(session.key.expose()));
        if let Some(link) = &mut self.link {
            link.peer.logged_in = true;
            link.peer.key = key;
            let attempt = link.attempt;
            self.after(Duration::from_millis(20), Action::Tick(attempt));
        }
    }

    /// Drops commands beyond the server's limits, which are stricter than the
    /// feed believes.
    fn too_fast(&mut self, line: &[u8]) -> bool {
        let now = self.now;
        let limit = (self.oracle.config.commands_per_second / 2).max(1);
        let strict = !self.quiet && self.plan.has(Fault::RateDrop);
        let Some(link) = &mut self.link else {
            return false;
        };
        let times = &mut link.peer.commands;
        while times
            .front()
            .is_some_and(|at| *at + Duration::from_secs(1) <= now)
        {
            times.pop_front();
        }
        times.push_back(now);
        let count = times.len();
        if !strict || count <= limit {
            return false;
        }
        let is_subscribe = self.wire.read(line).is_some_and(|(_, wanted)| *wanted);
        let answer = if is_subscribe && self.plan.seed % 3 == 1 {
            lines::err(TOO_MANY_IN_SWEDISH, Some(line), &mut self.rng)
        } else {
            let echo = self.rng.one_in(2).then_some(line);
            lines::err(TOO_MANY, echo, &mut self.rng)
        };
        self.say(answer.as_bytes());
        if count > limit + limit / 2 && self.hit(Fault::RateClose, 4) {
            self.hang_up(End::InGoodOrder);
        }
        true
    }

    pub(crate) fn refuses(&self, subscription: &Subscription) -> bool {
        let of_five = subscription
            .to_string()
            .bytes()
            .map(usize::from)
            .sum::<usize>()
            % 5;
        self.plan.has(Fault::RefuseSome) && of_five == 0
    }

    /// The market moves.
    pub(crate) fn tick(&mut self, attempt: Attempt) {
        let Some(link) = &mut self.link else { return };
        if self.plan.is_private() {
            let line = lines::own(&mut self.rng);
            self.say(line.as_bytes());
        } else {
            let new = link.peer.subscriptions.iter().filter(|(_, sent)| !**sent);
            let mut ticks: Vec<_> = new.map(|(it, _)| (it.clone(), true)).take(40).collect();
            let count = link.peer.subscriptions.len();
            let moved = link.peer.subscriptions.iter().nth(self.rng.below(count));
            if let Some((it, true)) = moved {
                ticks.push((it.clone(), false));
            }
            for (subscription, _) in &ticks {
                link.peer.subscriptions.insert(subscription.clone(), true);
            }
            for (subscription, full) in ticks {
                let mut line = lines::tick(&subscription, full, &mut self.rng);
                let bad = subscription.has_full_tick() && self.hit(Fault::Garbage, 20);
                let new = Said::new(self.now);
                if let Some(Connection { peer, .. }) = &mut self.link {
                    let said = peer.said.entry(subscription.clone()).or_insert(new);
                    if bad {
                        line =
                            line.replace("\"tick_timestamp\":", "\"tick_timestamp\":true,\"x\":");
                        peer.unreadable.insert(subscription);
                    } else {
                        said.tick(&line);
                    }
                }
                self.say(line.as_bytes());
            }
        }
        let pause = if self.quiet { (900, 4000) } else { (20, 3000) };
        let pause = self.rng.millis(pause.0, pause.1);
        self.after(pause, Action::Tick(attempt));
    }

    pub(crate) fn heartbeat(&mut self, attempt: Attempt) {
        let Some(link) = &self.link else { return };
        let since = link.peer.last_said.map(|at| self.now - at);
        let five = Duration::from_secs(5);
        let silent = since.is_none_or(|since| since >= five);
        if silent && link.peer.logged_in && (self.quiet || !link.peer.mute) {
            self.say(HEARTBEAT.as_bytes());
        }
        let wait = since.map_or(five, |since| five.saturating_sub(since));
        self.after(
            wait.max(Duration::from_millis(500)),
            Action::Heartbeat(attempt),
        );
    }

    /// Sends bytes, which may suffer on their way.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        if self.hit(Fault::Corrupt, 10) {
            let dice = self.dice(Fault::Corrupt);
            let (at, flip) = (dice.below(bytes.len()), 1 << dice.below(8));
            bytes[at] ^= flip;
            self.dirty();
            self.oracle.unsure_of_all();
        }
        let drip = self
            .hit(Fault::Drip, 30)
            .then(|| self.dice(Fault::Drip).millis(500, 4000));
        let stall = self
            .hit(Fault::Stall, 20)
            .then(|| self.dice(Fault::Stall).millis(500, 20_000));
        let dead = self.hit(Fault::HalfOpen, 30);
        let complains = bytes.windows(8).any(|part| part == b"Too many");
        let Some(link) = &mut self.link else { return };
        link.peer.last_said = Some(self.now);
        link.link.dead |= dead;
        if let Some(stall) = stall {
            link.link.stalled_until = self.now + stall;
        }
        link.link.drip = drip;
        if let Some(at) = link.link.send(&bytes, self.now) {
            self.at(at.max(self.now), Action::Wake);
        }
        let Some(link) = &mut self.link else { return };
        // A feed remembers its commands for 30 s: behind lines that stall or drip, an
        // error may arrive too late for what it is about.
        let is_late = link.link.last_arrival() > self.now + Duration::from_secs(10);
        link.peer.dirty |= complains && is_late;
        self.wire.repeats |= complains;
    }

    pub(crate) fn hang_up(&mut self, how: End) {
        let now = self.now;
        if let Some(at) = self.link.as_mut().and_then(|link| link.link.end(how, now)) {
            self.at(at.max(now), Action::Wake);
        }
    }

    fn dirty(&mut self) {
        if let Some(link) = &mut self.link {
            link.peer.dirty = true;
        }
    }

    /// The key as the server saw it, plain or as it stands in JSON.
    pub(crate) fn key_seen(&self) -> Option<&str> {
        let peer = self.link.as_ref().map(|link| &link.peer)?;
        (!peer.key.is_empty()).then_some(&peer.key)
    }
}
