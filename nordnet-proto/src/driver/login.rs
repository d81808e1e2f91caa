//! One login for everybody who needs it.

use std::sync::Arc;

use super::adapter::{Adapter, BoxFuture};
use super::bell::Bell;
use super::calls::Driver;
use super::note::{Note, NoteKind, Scope};
use super::task::{by, detached, sleep_until};
use crate::failure::{Cause, Failure};
use crate::login::{Login, LoginError, LoginStep};
use crate::session::LoginTurn;
use crate::session_key::{Epoch, LoggedIn};

impl<R: Adapter> Driver<R> {
    /// Gets a session, by a login of its own if nobody else's gives one.
    ///
    /// Boxed, since a login that comes too late ends in a call of its own.
    ///
    /// # Errors
    ///
    /// [`LoginError`], as every waiter is told.
    pub fn log_in(
        self: &Arc<Self>,
        suspect: Option<Epoch>,
    ) -> BoxFuture<Result<LoggedIn, LoginError>> {
        let driver = Arc::clone(self);
        Box::pin(async move {
            loop {
                // Nothing is handed over when a login ends: someone who waits
                // and is not polled keeps nobody else waiting.
                let ended = driver.logins.rung();
                let turn = driver.session().poll_login(suspect, driver.adapter.now());
                match turn {
                    LoginTurn::Ready(logged_in) => return Ok(logged_in),
                    LoginTurn::Failed(error) => return Err(error),
                    // A task of its own: others need this login too, even if
                    // its first caller gives up.
                    LoginTurn::Drive(login) => {
                        let turn = Turn {
                            login,
                            _ended: Ended(Arc::clone(&driver.logins)),
                        };
                        let login = Arc::clone(&driver).finish_login(turn);
                        let login = R::within(Scope::Login, login);
                        let result = detached(&driver.adapter, login).await;
                        let dropped = Failure::before_sending(Cause::Dropped, "");
                        return result.unwrap_or(Err(LoginError::Unreachable(dropped)));
                    }
                    LoginTurn::Busy => driver.logins.rung_after(ended).await,
                }
            }
        })
    }

    /// Drives a login to its end, and tells everybody who waits for it.
    async fn finish_login(self: Arc<Self>, mut turn: Turn) -> Result<LoggedIn, LoginError> {
        let begun = self.adapter.now();
        self.adapter.note(&Note::new(NoteKind::LoginBegun));
        let result = self.drive_login(&mut turn.login).await;
        let now = self.adapter.now();
        let note = match &result {
            Ok(_) => Note::new(NoteKind::LoginEnded),
            Err(error) if error.is_refusal() => Note::new(NoteKind::LoginRefused).because(error),
            Err(error) => Note::new(NoteKind::LoginFailed).because(error),
        };
        let took = now.saturating_duration_since(begun);
        self.adapter.note(&note.took(took));
        let late = self.session().handle_login(result.clone(), now);
        drop(turn);
        match late {
            None => result,
            Some(logout) => {
                let _ = Arc::clone(&self).drive(logout).await;
                Err(LoginError::LoggedOut)
            }
        }
    }

    async fn drive_login(&self, login: &mut Login) -> Result<LoggedIn, LoginError> {
        let adapter = &self.adapter;
        loop {
            match login.poll(adapter.now()) {
                LoginStep::Send(out) => {
                    let attempt = out.attempt;
                    let answer = adapter.send(out).await;
                    login.handle_answer(attempt, answer, adapter.now());
                }
                LoginStep::Sign(challenge) => {
                    let until = challenge.not_after();
                    let signature = match &self.signer {
                        Some(signer) => by(adapter, until, signer.sign(challenge.clone())).await,
                        None => Some(Err("the client has no signer".into())),
                    };
                    // One that comes too late is followed by a new challenge.
                    if let Some(signature) = signature {
                        login.handle_signature(&challenge, signature, adapter.now());
                    }
                }
                LoginStep::InFlight { answer_by } => sleep_until(adapter, answer_by).await,
                LoginStep::Wait(until) => {
                    let wait = until.saturating_duration_since(adapter.now());
                    adapter.note(&Note::new(NoteKind::LoginWaits).waits(wait));
                    sleep_until(adapter, until).await;
                }
                LoginStep::Done(result) => return result,
            }
        }
    }
}

/// The turn to log in. It is free before those who wait for it are woken, since its
/// fields are dropped in this order.
struct Turn {
    login: Login,
    _ended: Ended,
}

/// Wakes everybody who waits for a login once it has ended: also if it panics, and
/// if the runtime drops its task.
struct Ended(Arc<Bell>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.ring();
    }
}
