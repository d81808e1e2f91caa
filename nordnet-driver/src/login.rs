//! One login for all calls and feeds that need it.

use std::sync::Arc;
use std::time::Duration;

use nordnet_proto::{Cause, Epoch, Failure, LoggedIn, Login, LoginError, LoginStep, LoginTurn};

use crate::notify::Notify;
use crate::session::Driver;
use crate::telemetry::{Why, event, in_span, millis, text};
use crate::wire::BoxFuture;

impl Driver {
    /// Returns the session. Waits for the login that is under way, or logs in.
    ///
    /// Boxed, because it is recursive: a login that ends after the logout makes a call
    /// to log out, and calls log in.
    ///
    /// # Errors
    ///
    /// [`LoginError`], the same for all that wait for the login.
    pub(crate) fn log_in(
        self: &Arc<Self>,
        suspect: Option<Epoch>,
    ) -> BoxFuture<Result<LoggedIn, LoginError>> {
        let driver = Arc::clone(self);
        Box::pin(async move {
            loop {
                // The end of a login wakes all that wait, and the first to poll takes the
                // next turn. If it was passed to one of them, and that one was not polled
                // any more, the others would wait for ever.
                let ended = driver.logins.count();
                let turn = driver.session().poll_login(suspect, driver.io.now());
                match turn {
                    LoginTurn::Ready(logged_in) => return Ok(logged_in),
                    LoginTurn::Failed(error) => return Err(error),
                    // In a task of its own: others need this login too, even if its
                    // first caller is dropped.
                    LoginTurn::Drive(login) => {
                        let turn = Turn {
                            login,
                            _ended: Ended(Arc::clone(&driver.logins)),
                        };
                        let login = Arc::clone(&driver).finish_login(turn);
                        let login = in_span!("login"; login);
                        let result = driver.io.detached(login).await;
                        let dropped = Failure::before_sending(Cause::Dropped, "");
                        return result.unwrap_or(Err(LoginError::Unreachable(dropped)));
                    }
                    LoginTurn::Busy => driver.logins.changed_since(ended).await,
                }
            }
        })
    }

    /// Drives a login to its end, and wakes all that wait for it.
    async fn finish_login(self: Arc<Self>, mut turn: Turn) -> Result<LoggedIn, LoginError> {
        let begun = self.io.now();
        event!(DEBUG, "login_begun");
        let result = self.drive_login(&mut turn.login).await;
        let now = self.io.now();
        log_end(&result, now.saturating_duration_since(begun));
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
        let io = &self.io;
        loop {
            match login.poll(io.now()) {
                LoginStep::Send(out) => {
                    let attempt = out.attempt;
                    let answer = io.send(out).await;
                    login.handle_answer(attempt, answer, io.now());
                }
                LoginStep::Sign(challenge) => {
                    let until = challenge.not_after();
                    let signature = match &self.signer {
                        Some(signer) => io.by(until, signer.sign(challenge.clone())).await,
                        None => Some(Err("the client has no signer".into())),
                    };
                    // If it comes too late, the login asks for a new challenge.
                    if let Some(signature) = signature {
                        login.handle_signature(&challenge, signature, io.now());
                    }
                }
                LoginStep::InFlight { answer_by } => io.sleep_until(answer_by).await,
                LoginStep::Wait(until) => {
                    let wait = until.saturating_duration_since(io.now());
                    event!(INFO, "login_waits", wait_ms = millis(wait));
                    io.sleep_until(until).await;
                }
                LoginStep::Done(result) => return result,
            }
        }
    }
}

fn log_end(result: &Result<LoggedIn, LoginError>, took: Duration) {
    match result {
        Ok(_) => event!(INFO, "login_ended", took_ms = millis(took)),
        Err(error) => {
            let why = Why::from(error);
            let (status, why, took) = (why.status, text(why), millis(took));
            match error.is_refusal() {
                true => event!(
                    ERROR,
                    "login_refused",
                    status = status,
                    why = why,
                    took_ms = took
                ),
                false => event!(
                    WARN,
                    "login_failed",
                    status = status,
                    why = why,
                    took_ms = took
                ),
            }
        }
    }
}

/// The turn to log in. Its fields are dropped in this order, so the turn is free before
/// those that wait for it are woken.
struct Turn {
    login: Login,
    _ended: Ended,
}

/// Wakes all that wait for a login when it ends, also if it panics or the runtime drops
/// its task.
struct Ended(Arc<Notify>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.notify();
    }
}
