//! Answers that nobody waits for.

use nordnet_proto::{Failure, FeedState, LoginError};

use super::driver::Asks;
use super::kind::SimKind;
use super::lines::HEARTBEAT;
use super::plan::Fault;
use super::world::{Phase, World};
use super::{Checked, ensure};

impl<K: SimKind> World<K> {
    /// Answers an old attempt, or again: nothing may change.
    pub(crate) fn old_answers(&mut self) -> Checked {
        if !self.hit(Fault::OldAnswers, 5) {
            return Ok(());
        }
        let before = self.shape()?;
        let now = self.now;
        let pick = self.dice(Fault::OldAnswers).next() as usize;
        let current = self.link.as_ref().map(|link| link.attempt);
        if let Some(&old) = self.old_attempts.get(pick % self.old_attempts.len().max(1)) {
            match pick >> 32 & 3 {
                0 => self.feed.handle_connected(old, now),
                1 => self.feed.handle_input(old, HEARTBEAT.as_bytes(), now),
                2 => self.feed.handle_transmitted(old, 50, now),
                _ => {
                    let failure = Failure::after_sending(nordnet_proto::Cause::Closed, "");
                    self.feed.handle_disconnected(old, Some(failure), now);
                }
            }
            self.feed.handle_input(old, b"", now);
        }
        let up = self
            .link
            .as_ref()
            .is_some_and(|link| link.phase == Phase::Up);
        if let Some(attempt) = current.filter(|_| up) {
            self.feed.handle_connected(attempt, now);
            self.feed.handle_transmitted(attempt, 0, now);
        }
        if !self.logging_in && self.feed.state() != FeedState::AwaitLogin {
            self.feed.handle_login(Err(LoginError::OutOfTime), now);
        }
        let after = self.shape()?;
        ensure(before == after, || {
            format!("an old answer changed {before:?} to {after:?}")
        })
    }

    /// All that can be seen of a feed.
    fn shape(&mut self) -> Checked<(String, Asks, Vec<u8>, Option<std::time::Instant>)> {
        let asks = self.asks()?;
        Ok((
            format!("{:?}", self.feed),
            asks,
            self.feed.transmit().to_vec(),
            self.feed.poll_timeout(),
        ))
    }
}
