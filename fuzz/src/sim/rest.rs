//! Logins: what REST answers, and what the feed is told of it.

use std::time::Duration;

use nordnet_proto::{Cause, Epoch, Failure, LoggedIn, LoginError};

use super::kind::SimKind;
use super::plan::Fault;
use super::world::{Action, World};

impl<K: SimKind> World<K> {
    /// Asks REST for a session, or whether the suspect one lives.
    pub(crate) fn log_in(&mut self, suspect: Option<Epoch>) {
        self.logging_in = true;
        let mut wait = self.rng.millis(1, 300);
        if self.hit(Fault::LoginSlow, 2) {
            wait = self.dice(Fault::LoginSlow).millis(300, 30_000);
        }
        let result = if self.hit(Fault::LoginFails, 3) {
            let failure = Failure::before_sending(Cause::Connect, "");
            Err(LoginError::Unreachable(failure))
        } else if self.hit(Fault::LoginWaits, 3) {
            let seconds = self.dice(Fault::LoginWaits).range(1, 40) as u64;
            let wait = Duration::from_secs(seconds);
            Err(LoginError::RateLimited { wait })
        } else if self.hit(Fault::LoginRefused, 3) {
            self.oracle.login_refused = true;
            Err(LoginError::LoggedOut)
        } else {
            // A suspect that is not the present session is just replaced.
            let _ = suspect;
            Ok(self.sessions.log_in(self.now))
        };
        self.after(wait, Action::LoggedIn(result));
    }

    pub(crate) fn tell_login(&mut self, result: Result<LoggedIn, LoginError>) {
        match &result {
            Ok(session) => self.note(|| format!("handle_login, epoch {}", session.epoch)),
            Err(error) => self.note(|| format!("handle_login, {error}")),
        }
        self.feed.handle_login(result, self.now);
        self.oracle.clock = self.now;
        self.sessions.told = self.sessions.all().len();
    }

    /// Somebody else of the same program logs in anew.
    pub(crate) fn renew(&mut self) {
        let session = self.sessions.renew(self.now);
        self.tell_login(Ok(session));
    }

    /// A session that is not the newest is told, or an error.
    pub(crate) fn old_login(&mut self) {
        let count = self.sessions.all().len();
        let pick = self.dice(Fault::OldLogin).below(count + 1);
        let known = self.known_epoch();
        let old = self.sessions.all().get(pick).cloned();
        if let Some(session) = old.filter(|session| Some(session.epoch) < known) {
            self.note(|| format!("handle_login, old epoch {}", session.epoch));
            self.feed.handle_login(Ok(session), self.now);
            self.oracle.clock = self.now;
        }
    }
}
