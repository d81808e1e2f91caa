//! All that takes part in a life, and the order in which things happen.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nordnet_proto::{Attempt, Cause, Epoch, Feed, FeedState, LoggedIn, LoginError, Server};

use super::Checked;
use super::desk::Desk;
use super::kind::SimKind;
use super::link::Link;
use super::oracle::Oracle;
use super::plan::{Fault, Plan};
use super::rng::Rng;
use super::server::Peer;
use super::sessions::Sessions;
use super::wire::Wire;

/// A feed, its driver, its user, the link and the servers.
pub(crate) struct World<K: SimKind> {
    pub(crate) plan: Plan,
    pub(crate) feed: Feed<K>,
    pub(crate) oracle: Oracle,
    pub(crate) wire: Wire,
    pub(crate) desk: Desk,
    pub(crate) sessions: Sessions,
    pub(crate) base: Instant,
    pub(crate) now: Instant,
    /// Chance for all but the faults.
    pub(crate) rng: Rng,
    /// Chance of each fault, so that one left out does not change another.
    dice: Vec<Rng>,
    /// How often a fault strikes in this life.
    odds: usize,
    /// No further fault.
    pub(crate) quiet: bool,
    queue: BTreeMap<(Instant, u64), Action>,
    next_action: u64,
    pub(crate) link: Option<Connection>,
    pub(crate) old_attempts: Vec<Attempt>,
    /// Whether a login is under way.
    pub(crate) logging_in: bool,
    pub(crate) driver: Driver,
    /// What was done to the feed, if somebody wants to read it.
    pub(crate) script: Option<Vec<String>>,
}

/// The driver's habits.
pub(crate) struct Driver {
    /// It does nothing before this.
    pub(crate) asleep_until: Instant,
    /// It does not do what it was asked for before this.
    pub(crate) forgetful_until: Instant,
    /// It cannot write before this.
    pub(crate) blocked_until: Instant,
    /// When it will call for the timer.
    pub(crate) timer: Option<Instant>,
    /// The connect that it was told of last.
    pub(crate) told: Option<Attempt>,
    /// The last answer of REST, which it has not passed on.
    pub(crate) login: Option<Result<LoggedIn, LoginError>>,
}

/// A connection as the driver holds it.
pub(crate) struct Connection {
    pub(crate) attempt: Attempt,
    pub(crate) server: Server,
    pub(crate) by: Instant,
    pub(crate) phase: Phase,
    pub(crate) link: Link,
    pub(crate) peer: Peer,
    /// Whether the feed was told of the end of the stream.
    pub(crate) eof_told: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Connecting,
    /// It came up or failed, and the feed was not told.
    Ready(Option<Cause>),
    Up,
}

/// Something that will happen.
pub(crate) enum Action {
    /// The user or chance does something.
    Step,
    /// The market moves on this connection.
    Tick(Attempt),
    /// Nothing may have been said for five seconds.
    Heartbeat(Attempt),
    ToServer(Attempt, Vec<u8>),
    Connected(Attempt, Option<Cause>),
    LoggedIn(Result<LoggedIn, LoginError>),
    /// The driver may have something to do.
    Wake,
}

impl<K: SimKind> World<K> {
    pub(crate) fn new(plan: Plan, base: Instant) -> Self {
        let mut rng = Rng::new(plan.seed ^ 0xA5A5);
        let config = plan.config(&mut rng);
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&rng.next().to_le_bytes());
        let dice = |fault: &Fault| Rng::new(plan.seed.rotate_left(17) ^ (*fault as u64 + 1) << 32);
        let mut oracle = Oracle::new(config.clone(), plan.is_private(), base);
        // A changed key is none.
        oracle.secrets = !plan.has(Fault::Corrupt) && (plan.has(Fault::EchoKey) || rng.one_in(8));
        let mut world = Self {
            plan,
            wire: Wire::new(&config),
            feed: Feed::new(config, seed),
            oracle,
            desk: Desk::new(),
            sessions: Sessions::new(),
            base,
            now: base,
            odds: *rng.pick(&[1, 1, 3]),
            dice: Fault::ALL.iter().map(dice).collect(),
            rng,
            quiet: false,
            queue: BTreeMap::new(),
            next_action: 0,
            link: None,
            old_attempts: Vec::new(),
            logging_in: false,
            driver: Driver {
                asleep_until: base,
                forgetful_until: base,
                blocked_until: base,
                timer: None,
                told: None,
                login: None,
            },
            script: None,
        };
        world.after(Duration::ZERO, Action::Step);
        world
    }

    /// Whether a fault strikes now, which it does once in so many times.
    pub(crate) fn hit(&mut self, fault: Fault, one_in: usize) -> bool {
        let (odds, index) = (self.odds, fault as usize);
        !self.quiet && self.plan.has(fault) && self.dice[index].one_in(one_in * odds)
    }

    /// The chance of what belongs to a fault.
    pub(crate) fn dice(&mut self, fault: Fault) -> &mut Rng {
        &mut self.dice[fault as usize]
    }

    pub(crate) fn after(&mut self, wait: Duration, action: Action) {
        self.at(self.now + wait, action);
    }

    pub(crate) fn at(&mut self, when: Instant, action: Action) {
        self.next_action += 1;
        self.queue.insert((when, self.next_action), action);
    }

    pub(crate) fn note(&mut self, words: impl FnOnce() -> String) {
        if let Some(script) = &mut self.script {
            let at = self.now - self.base;
            script.push(format!("{:9.3} {}", at.as_secs_f64(), words()));
        }
    }

    /// Lets the next thing happen that happens before the end. Whether there
    /// was one.
    pub(crate) fn turn(&mut self, end: Instant) -> Checked<bool> {
        let action = self.queue.first_key_value().map(|((at, _), _)| *at);
        let timer = self.driver.timer;
        let Some(next) = action
            .into_iter()
            .chain(timer)
            .min()
            .filter(|at| *at <= end)
        else {
            self.now = end;
            return Ok(false);
        };
        self.now = self.now.max(next);
        if action == Some(next) {
            if let Some((_, action)) = self.queue.pop_first() {
                self.act(action)?;
            }
        } else {
            self.driver.timer = None;
        }
        self.drive()?;
        Ok(true)
    }

    fn act(&mut self, action: Action) -> Checked {
        match action {
            Action::Step => self.step()?,
            Action::Tick(attempt) if self.is_held(attempt) => self.tick(attempt),
            Action::Heartbeat(attempt) if self.is_held(attempt) => self.heartbeat(attempt),
            Action::ToServer(attempt, line) if self.is_held(attempt) => self.serve(&line),
            Action::Connected(attempt, failure) => {
                if let Some(link) = self.link.as_mut().filter(|link| link.attempt == attempt) {
                    link.phase = Phase::Ready(failure);
                }
            }
            Action::LoggedIn(result) => self.driver.login = Some(result),
            _ => {}
        }
        Ok(())
    }

    fn is_held(&self, attempt: Attempt) -> bool {
        self.link
            .as_ref()
            .is_some_and(|link| link.attempt == attempt)
    }

    /// The epoch of the newest session that the feed knows.
    pub(crate) fn known_epoch(&self) -> Option<Epoch> {
        let told = self.sessions.told.checked_sub(1)?;
        self.sessions.all().get(told).map(|session| session.epoch)
    }

    pub(crate) fn is_live(&self) -> bool {
        self.oracle.up && self.feed.state() == FeedState::Live
    }
}
