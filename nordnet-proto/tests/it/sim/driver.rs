//! The driver of a feed, which may be late, lazy and forgetful.

use std::time::{Duration, Instant};

use nordnet_proto::{Attempt, Cause, Epoch, Event, Failure, Output, Server, TlsCause};

use super::incoming::Incoming;
use super::kind::SimKind;
use super::link::{End, Link};
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
            let asks = match self.feed.poll_output() {
                Some(Output::Event(event)) => {
                    self.note(|| format!("        {event:?}"));
                    self.oracle.event::<K>(&event)?;
                    if let Event::Refused { subscription, .. } = &event {
                        self.wire.refused(subscription);
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

    /// Reads a piece of what has arrived, or the end. Whether there was any.
    fn read(&mut self) -> Checked<bool> {
        let mut most = 64 * 1024;
        let flooded = self.is_flooded();
        if !flooded && self.hit(Fault::Chunk, 1) {
            let dice = self.dice(Fault::Chunk);
            most = if dice.one_in(2) {
                dice.range(1, 8)
            } else {
                dice.range(1, 200)
            };
        }
        let Some(link) = &mut self.link else {
            return Ok(false);
        };
        let bytes = link.link.read(most, self.now);
        if !bytes.is_empty() {
            self.input(&bytes)?;
            return Ok(true);
        }
        let Some(end) = link.link.ended(self.now) else {
            return Ok(false);
        };
        if end == End::Reset {
            self.note(|| "handle_disconnected, reset".into());
            let cause = Cause::Io(std::io::ErrorKind::ConnectionReset);
            self.gone(Some(Failure::after_sending(cause, "reset")));
        } else if self.rng.one_in(2) {
            self.note(|| "handle_disconnected, closed".into());
            let failure = Failure::after_sending(Cause::Closed, "");
            let failure = self.rng.one_in(2).then_some(failure);
            self.gone(failure);
        } else {
            link.eof_told = true;
            self.note(|| "handle_input, end".into());
            self.input(b"")?;
        }
        Ok(true)
    }

    fn is_flooded(&self) -> bool {
        let link = self.link.as_ref();
        link.is_some_and(|link| link.link.is_flooded() && !link.eof_told)
    }

    fn input(&mut self, bytes: &[u8]) -> Checked {
        let Some(link) = &self.link else {
            return Ok(());
        };
        let attempt = link.attempt;
        if !bytes.is_empty() {
            self.note(|| format!("handle_input {}", bytes.escape_ascii()));
        }
        let before = self.feed.counters().bytes_received;
        self.feed.handle_input(attempt, bytes, self.now);
        self.oracle.clock = self.now;
        let taken = self.feed.counters().bytes_received - before;
        let Some(incoming) = &mut self.oracle.incoming else {
            return ensure(taken == 0, || "read without a connection".into());
        };
        if bytes.is_empty() {
            incoming.ended = true;
        } else if taken == bytes.len() as u64 {
            ensure(!incoming.ended, || "read after the end".into())?;
            incoming.read(bytes, self.now);
        } else {
            // The feed has given the connection up and has to say so next.
            incoming.ended = true;
            ensure(taken == 0, || {
                format!("{taken} of {} bytes read", bytes.len())
            })?;
        }
        Ok(())
    }

    /// Writes what may be written. Whether there was any.
    fn write(&mut self) -> Checked<bool> {
        if self.hit(Fault::WriteStall, 20) {
            let pause = self.dice(Fault::WriteStall).millis(1, 50_000);
            self.driver.blocked_until = self.now + pause;
            self.after(pause, Action::Wake);
        }
        let waiting = self.feed.transmit();
        let up = self
            .link
            .as_ref()
            .is_some_and(|link| link.phase == Phase::Up && !link.eof_told);
        if waiting.is_empty() || self.now < self.driver.blocked_until {
            return Ok(false);
        }
        ensure(up, || "bytes to write without a connection".into())?;
        let mut bytes = waiting.to_vec();
        if self.hit(Fault::PartWrites, 2) {
            let part = self.dice(Fault::PartWrites).range(1, bytes.len());
            bytes.truncate(part);
        }
        let lines = self.wire.write(&bytes, self.now)?;
        let attempt = self.link.as_ref().map(|link| link.attempt);
        let delay = self
            .link
            .as_ref()
            .map_or(Duration::ZERO, |link| link.link.delay);
        if let Some(attempt) = attempt {
            self.note(|| format!("handle_transmitted {}", bytes.escape_ascii()));
            for line in lines {
                self.after(delay, Action::ToServer(attempt, line));
            }
            self.feed.handle_transmitted(attempt, bytes.len(), self.now);
            self.oracle.clock = self.now;
        }
        Ok(true)
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
