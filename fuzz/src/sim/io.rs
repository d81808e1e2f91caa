//! What the driver reads and writes.

use std::time::Duration;

use nordnet_proto::{Cause, Failure};

use super::kind::SimKind;
use super::link::End;
use super::plan::Fault;
use super::world::{Action, Phase, World};
use super::{Checked, ensure};

impl<K: SimKind> World<K> {
    /// Reads a piece of what has arrived, or the end. Whether there was any.
    pub(crate) fn read(&mut self) -> Checked<bool> {
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

    pub(crate) fn is_flooded(&self) -> bool {
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
    pub(crate) fn write(&mut self) -> Checked<bool> {
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
        for unsure in std::mem::take(&mut self.wire.unsure) {
            self.oracle.unsure_of(&unsure);
        }
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
}
