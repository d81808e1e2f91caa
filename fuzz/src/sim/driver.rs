//! The driver of a feed, which may be late, lazy and forgetful.

use std::time::Instant;

use nordnet_proto::{Attempt, Cause, Epoch, Event, Failure, Output, Server, TlsCause};

use super::incoming::Incoming;
use super::kind::SimKind;
use super::link::Link;
use super::plan::Fault;
use super::server::Peer;
use super::world::{Action, Connection, Phase, World};
use super::{Checked, ensure};

/// A turn that takes more rounds than this goes in circles.
const ROUNDS: usize = 20_000;

/// The most bytes that may wait to be written.
const OUTBOX: usize = 16 * 1024;

/// What a feed asks for, without its borrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    Nothing,
    Login(Option<Epoch>),
    Connect(Attempt, Server, Instant),
    Disconnect,
}

impl<K: SimKind> World<K> {
    /// The driver's turn.
    pub(crate) fn drive(&mut self) -> Checked {
        if self.hit(Fault::Late, 20) {
            let nap = self.dice(Fault::Late).millis(1, 9000);
            self.driver.asleep_until = self.driver.asleep_until.max(self.now + nap);
            self.after(nap, Action::Wake);
        }
        if self.now < self.driver.asleep_until {
            self.driver.timer = None;
            return Ok(());
        }
        if self.hit(Fault::Forgets, 8) {
            let pause = self.dice(Fault::Forgets).millis(1, 3000);
            self.driver.forgetful_until = self.now + pause;
            self.after(pause, Action::Wake);
        }
        for _ in 0..ROUNDS {
            let mut progress = self.deliver()?;
            let lazy = self.hit(Fault::Lazy, 2) || self.plan.has(Fault::Lazy) && self.is_flooded();
            if !lazy {
                let asks = self.drain()?;
                progress |= self.answer(asks)?;
            }
            progress |= self.write()?;
            if !progress {
                self.settle()?;
                let asks = self.asks()?;
                if !self.answer(asks)? {
                    self.old_answers()?;
                    self.set_timer();
                    return Ok(());
                }
            }
        }
        Err("the feed goes in circles".into())
    }

    /// Tells the time, and what must hold then.
    fn settle(&mut self) -> Checked {
        self.drain()?;
        self.timeout();
        if self.hit(Fault::Twice, 4) {
            self.timeout();
        }
        let asks = self.drain()?;
        self.oracle.settled()?;
        ensure(asks == self.asks()?, || format!("{asks:?} only once"))?;
        let due = self.feed.poll_timeout();
        ensure(due.is_none_or(|due| due > self.now), || {
            "the timer is due after its call".into()
        })?;
        let stuck = asks == Asks::Nothing && due.is_none() && !self.oracle.closed;
        ensure(!stuck, || "nothing is asked for and no timer runs".into())?;
        ensure(self.feed.transmit().len() <= OUTBOX, || {
            "too much waits to be written".into()
        })
    }

    pub(crate) fn timeout(&mut self) {
        self.note(|| "handle_timeout".into());
        self.feed.handle_timeout(self.now);
        self.oracle.clock = self.now;
        if self.hit(Fault::Backwards, 6) {
            let back = self.dice(Fault::Backwards).millis(1, 60_000);
            self.note(|| format!("handle_timeout, {back:?} back"));
            self.feed
                .handle_timeout(self.now.checked_sub(back).unwrap_or(self.now));
        }
    }

    /// Takes all events out. What is asked for then.
    pub(crate) fn drain(&mut self) -> Checked<Asks> {
        for _ in 0..ROUNDS {
            let before = self.feed.counters().resent;
            let asks = match self.feed.poll_output() {
                Some(Output::Event(event)) => {
                    let resent = self.feed.counters().resent - before;
                    self.note(|| format!("        {event:?}"));
                    self.oracle.event::<K>(&event)?;
                    self.merge(&event)?;
                    match &event {
                        Event::Refused { subscription, .. } => self.wire.refused(subscription)?,
                        Event::Error { command, .. } => {
                            // Which of several subscribes was refused is not known.
                            let unsure = self.wire.complained(command.as_deref(), self.now);
                            if let Some(unsure) = unsure {
                                self.oracle.unsure_of(&unsure);
                            }
                        }
                        Event::Unsubscribed(subscription) => self.wire.begins_anew(subscription),
                        _ => ensure(resent == 0, || format!("sent again after {event:?}"))?,
                    }
                    continue;
                }
                None => Asks::Nothing,
                Some(Output::Login { suspect }) => Asks::Login(suspect),
                Some(Output::Disconnect) => Asks::Disconnect,
                Some(Output::Connect {
                    attempt,
                    server,
                    by,
                }) => {
                    self.driver.told = Some(attempt);
                    Asks::Connect(attempt, server.clone(), by)
                }
            };
            self.oracle.drained();
            return Ok(asks);
        }
        Err("events without end".into())
    }

    /// What is asked for, where there are no events any more.
    pub(crate) fn asks(&mut self) -> Checked<Asks> {
        let count = self.oracle.counts.clone();
        let asks = self.drain()?;
        ensure(count == self.oracle.counts, || {
            "an event out of nothing".into()
        })?;
        Ok(asks)
    }

    /// Does what is asked for. Whether anything was done.
    fn answer(&mut self, asks: Asks) -> Checked<bool> {
        let forgotten = self.now < self.driver.forgetful_until;
        match asks {
            Asks::Nothing => Ok(false),
            Asks::Login(suspect) => {
                let known = self
                    .sessions
                    .all()
                    .iter()
                    .any(|it| Some(it.epoch) == suspect);
                ensure(suspect.is_none() || known, || {
                    format!("suspect {suspect:?}")
                })?;
                if !forgotten && !self.logging_in {
                    self.log_in(suspect);
                }
                Ok(false)
            }
            Asks::Connect(attempt, server, by) => {
                if let Some(link) = &self.link {
                    let same = (link.attempt, &link.server, link.by) == (attempt, &server, by);
                    return ensure(same, || {
                        format!(
                            "{attempt} to {server:?} by {by:?} while {} is held",
                            link.attempt
                        )
                    })
                    .map(|()| false);
                }
                ensure(self.oracle.retry_at.is_none_or(|at| at <= self.now), || {
                    "a connect before its time".into()
                })?;
                self.connect(attempt, server, by);
                Ok(true)
            }
            Asks::Disconnect => {
                // It may be about a connect that was told and not begun.
                let told = self
                    .driver
                    .told
                    .filter(|told| self.old_attempts.last() != Some(told));
                if let (None, Some(told)) = (&self.link, told) {
                    self.old_attempts.push(told);
                    self.feed.handle_disconnected(told, None, self.now);
                    return Ok(true);
                }
                ensure(self.link.is_some(), || "nothing to drop".into())?;
                if !forgotten {
                    self.note(|| "handle_disconnected, as asked".into());
                    self.gone(None);
                }
                Ok(!forgotten)
            }
        }
    }

    fn connect(&mut self, attempt: Attempt, server: Server, by: Instant) {
        self.note(|| format!("connects, attempt {attempt}"));
        self.link = Some(Connection {
            attempt,
            server,
            by,
            phase: Phase::Connecting,
            link: Link::new(self.now),
            peer: Peer::default(),
            eof_told: false,
        });
        let causes = [
            (Fault::NoName, Cause::Resolve),
            (Fault::RefuseConnect, Cause::Connect),
            (Fault::Tls, Cause::Tls(TlsCause::Validity)),
        ];
        let failing = causes.into_iter().find(|(fault, _)| self.hit(*fault, 3));
        let failure = failing.map(|(_, cause)| cause);
        let mut wait = self.rng.millis(1, 200);
        if self.hit(Fault::SlowConnect, 2) {
            wait = self.dice(Fault::SlowConnect).millis(1, 12_000);
        }
        if !self.hit(Fault::BlackHole, 3) {
            self.after(wait, Action::Connected(attempt, failure));
        }
    }

    /// The connection is no more, and the feed is told.
    pub(crate) fn gone(&mut self, failure: Option<Failure>) {
        let Some(link) = self.link.take() else { return };
        self.old_attempts.push(link.attempt);
        if let Some(incoming) = &mut self.oracle.incoming {
            incoming.ended = true;
        }
        self.feed
            .handle_disconnected(link.attempt, failure.clone(), self.now);
        if self.hit(Fault::Twice, 3) {
            self.feed
                .handle_disconnected(link.attempt, failure, self.now);
        }
        self.oracle.clock = self.now;
    }

    /// Tells the feed one thing that has happened. Whether there was one.
    fn deliver(&mut self) -> Checked<bool> {
        if let Some(result) = self.driver.login.take() {
            self.logging_in = false;
            self.tell_login(result);
            return Ok(true);
        }
        let Some(link) = &mut self.link else {
            return Ok(false);
        };
        match link.phase {
            Phase::Connecting => Ok(false),
            Phase::Ready(Some(cause)) => {
                self.note(|| format!("handle_disconnected, {cause:?}"));
                self.gone(Some(Failure::before_sending(cause, "")));
                Ok(true)
            }
            Phase::Ready(None) => {
                link.phase = Phase::Up;
                self.connected();
                Ok(true)
            }
            Phase::Up if link.eof_told => Ok(false),
            Phase::Up => self.read(),
        }
    }

    fn connected(&mut self) {
        let Some(link) = &self.link else { return };
        let attempt = link.attempt;
        let of_host = |session: &&_| *K::host(session) == link.server;
        let session = self.sessions.all().iter().find(of_host).cloned();
        let key = session.map_or_else(String::new, |session| session.key.expose().into());
        self.note(|| "handle_connected".into());
        let before = self.feed.counters().connects;
        self.feed.handle_connected(attempt, self.now);
        self.oracle.clock = self.now;
        // A feed that gave the attempt up just before asks to drop it.
        if self.feed.counters().connects > before {
            self.oracle.counts.connects += 1;
            self.oracle.incoming = Some(Incoming::new(self.now));
            self.wire.connected(&key, &self.oracle.wanted);
        }
        if self.hit(Fault::Twice, 2) {
            self.feed.handle_connected(attempt, self.now);
        }
        self.greet(attempt);
    }

    fn set_timer(&mut self) {
        let Some(mut due) = self.feed.poll_timeout() else {
            self.driver.timer = None;
            return;
        };
        if self.hit(Fault::Late, 3) {
            due += self.dice(Fault::Late).millis(1, 5000);
        }
        let arrives = self.link.as_ref().and_then(|link| match link.phase {
            Phase::Up if !link.eof_told => link.link.next(),
            _ => None,
        });
        let next = arrives.map_or(due, |at| at.min(due));
        self.driver.timer = Some(next.max(self.now));
    }
}
