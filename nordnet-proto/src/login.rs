//! Logging in: ask for a challenge, sign it, trade it for a session.
//!
//! ```text
//!  Probe ──accepted──▶ Done          a suspect key is checked first
//!    │ refused
//!    ▼
//!  Start ──challenge──▶ Sign ──signature──▶ Verify ──200──▶ Done
//!    ▲                   │ too old            │ lost: a signature is sent once
//!    └───────────────────┴────────────────────┘
//! ```

mod challenge;
mod error;
mod login_step;

use std::sync::Arc;
use std::time::Instant;

pub use challenge::{Challenge, ChallengeError, ChallengeForm};
pub use error::{LoginError, LoginRefused};
pub use login_step::LoginStep;

use crate::api::{StartLogin, TouchSession, VerifyLogin};
use crate::config::Config;
use crate::credentials::{Credentials, Signature, Signer};
use crate::deadline::after;
use crate::endpoint::{Auth, Endpoint, Safety};
use crate::error::Error;
use crate::failure::{Attempt, Failure};
use crate::outgoing::Outgoing;
use crate::random::Random;
use crate::request::{self, HttpResponse};
use crate::response;
use crate::retry::{self, Flight, Retries, Signal};
use crate::scrub::Scrub;
use crate::session_key::{Epoch, LoggedIn};

/// How many challenges one login asks for before it gives up.
const MAX_CHALLENGES: u8 = 3;

/// One login, from a challenge to a session.
///
/// Given out by [`Session::poll_login`](crate::Session::poll_login), which
/// takes care that only one runs at a time. Poll it, do what it says, and give
/// the result to [`Session::handle_login`](crate::Session::handle_login).
/// Dropping it lets the next caller log in.
#[derive(Debug)]
#[must_use = "a login does nothing unless it is driven"]
pub struct Login {
    config: Arc<Config>,
    credentials: Arc<Credentials>,
    epoch: Epoch,
    random: Random,
    state: State,
    flight: Flight,
    retries: Retries,
    challenges: u8,
    until: Option<Instant>,
    /// Held while the login runs: its loss tells the session that none does.
    _turn: Arc<()>,
}

#[derive(Debug)]
enum State {
    Probe(LoggedIn),
    Start,
    Sign(Challenge),
    Verify {
        signature: Signature,
        not_after: Instant,
    },
    Wait {
        until: Instant,
        then: Box<Self>,
    },
    Done(Result<LoggedIn, LoginError>),
}

impl Login {
    pub(crate) fn new(
        config: Arc<Config>,
        credentials: Arc<Credentials>,
        epoch: Epoch,
        suspect: Option<LoggedIn>,
        random: Random,
        turn: Arc<()>,
    ) -> Self {
        Self {
            config,
            credentials,
            epoch,
            random,
            state: suspect.map_or(State::Start, State::Probe),
            flight: Flight::new(),
            retries: Retries::new(Safety::Read),
            challenges: 0,
            until: None,
            _turn: turn,
        }
    }

    /// Says what to do next. A request is handed out once; all else repeats
    /// until it is answered.
    pub fn poll(&mut self, now: Instant) -> LoginStep {
        let limit = self.config.limits.login;
        let until = *self.until.get_or_insert_with(|| after(now, limit));
        if let Some(since) = self.flight.expire(now) {
            self.take_answer(Err(retry::unanswered()), since, now);
        }
        if let Some(answer_by) = self.flight.answer_by() {
            return LoginStep::InFlight { answer_by };
        }
        if now >= until && !matches!(self.state, State::Done(_)) {
            self.state = State::Done(Err(LoginError::OutOfTime));
        }
        self.leave_what_is_over(now);
        match &self.state {
            State::Probe(logged_in) => {
                let logged_in = logged_in.clone();
                self.send(&TouchSession::new(), &logged_in.key, now)
            }
            State::Start => {
                self.challenges += 1;
                self.send(&self.start(), (), now)
            }
            State::Sign(challenge) => LoginStep::Sign(challenge.clone()),
            State::Verify { signature, .. } => self.send(&self.verify(signature), (), now),
            State::Wait { until, .. } => LoginStep::Wait(*until),
            State::Done(result) => LoginStep::Done(result.clone()),
        }
    }

    /// Takes the answer to an attempt, or why there is none.
    pub fn handle_answer(
        &mut self,
        attempt: Attempt,
        answer: Result<HttpResponse, Failure>,
        now: Instant,
    ) {
        if let Some(since) = self.flight.end(attempt) {
            self.take_answer(answer, since, now);
        }
    }

    /// Takes the signature of the challenge that [`LoginStep::Sign`] asked
    /// for, or why there is none. What comes too late is dropped, since by then
    /// another challenge is to be signed.
    pub fn handle_signature(
        &mut self,
        challenge: &Challenge,
        signature: Result<Signature, String>,
        now: Instant,
    ) {
        self.leave_what_is_over(now);
        let not_after = match &self.state {
            State::Sign(current) if current == challenge => current.not_after(),
            _ => return,
        };
        self.state = match signature {
            Ok(signature) => State::Verify {
                signature,
                not_after,
            },
            Err(reason) => State::Done(Err(LoginError::Signer(reason))),
        };
    }

    fn send<E: Endpoint>(
        &mut self,
        endpoint: &E,
        key: <E::Auth as Auth>::Key<'_>,
        now: Instant,
    ) -> LoginStep {
        match request::encode(endpoint, &self.config, key) {
            Ok(request) => LoginStep::Send(Outgoing::begin::<E>(
                request,
                &self.config,
                &mut self.flight,
                &self.retries,
                now,
                self.until.unwrap_or(now),
            )),
            Err(error) => {
                let error = LoginError::from_call(error);
                self.state = State::Done(Err(error.clone()));
                LoginStep::Done(Err(error))
            }
        }
    }

    /// Ends a wait whose time has come, and a challenge that is too old to be
    /// signed or answered.
    fn leave_what_is_over(&mut self, now: Instant) {
        if self.flight.answer_by().is_some() {
            return;
        }
        match &mut self.state {
            State::Wait { until, then } if *until <= now => {
                self.state = std::mem::replace(then, State::Start);
            }
            State::Sign(challenge) if challenge.not_after() <= now => {
                self.ask_for_another_challenge();
            }
            State::Verify { not_after, .. } if *not_after <= now => {
                self.ask_for_another_challenge();
            }
            _ => {}
        }
    }

    fn take_answer(&mut self, answer: Result<HttpResponse, Failure>, since: Instant, now: Instant) {
        let answer = match &self.state {
            State::Probe(logged_in) => Scrub::session(&logged_in.key).answer(answer),
            _ => answer,
        };
        let signal = Signal::of(&answer);
        // A page may hide a refusal that counts as a failed login, so the session
        // decides when to log in again.
        let is_page = answer.as_ref().is_ok_and(response::is_page_as_refusal);
        let again = self
            .retries
            .wait_before_next(signal, &mut self.random)
            .filter(|wait| {
                self.challenges < MAX_CHALLENGES
                    && self.until.is_none_or(|until| now + *wait < until)
                    && !is_page
            });
        match (&self.state, again) {
            (State::Probe(logged_in), Some(wait)) => {
                let then = Box::new(State::Probe(logged_in.clone()));
                self.state = State::Wait {
                    until: now + wait,
                    then,
                };
            }
            // A signature is never sent twice: after a loss the answer may
            // still have opened a session, so a new challenge is asked for.
            (State::Start | State::Verify { .. }, Some(wait)) => {
                let then = Box::new(State::Start);
                self.state = State::Wait {
                    until: now + wait,
                    then,
                };
            }
            (State::Probe(logged_in), None) => match TouchSession::new().settle(answer) {
                Ok(_) => self.state = State::Done(Ok(logged_in.clone())),
                // Whatever it is that the server has against this session, a
                // new one tells whether it has it against the credentials.
                Err(Error::SessionEnded | Error::Refused(_)) => self.state = State::Start,
                Err(error) => self.fail(error),
            },
            (State::Start, None) => match self.start().settle(answer) {
                Ok(text) => self.sign(text, since, now),
                Err(error) => self.fail(error),
            },
            (
                State::Verify {
                    signature,
                    not_after,
                },
                None,
            ) => match self.verify(signature).settle(answer) {
                Ok(session) => {
                    let result = session.admit(&self.config.base_url, self.epoch);
                    self.state = State::Done(result.map_err(LoginError::FeedHost));
                }
                // The challenge may have lapsed on the way, which would be no
                // refusal of the credentials.
                Err(Error::Refused(_)) if *not_after <= now => self.ask_for_another_challenge(),
                Err(Error::Refused(refusal)) if LoginRefused::is_meant_by(&refusal) => {
                    let refused = LoginRefused::new(refusal, &self.credentials, &self.config);
                    self.state = State::Done(Err(LoginError::Refused(Box::new(refused))));
                }
                Err(error) => self.fail(error),
            },
            (State::Sign(_) | State::Wait { .. } | State::Done(_), _) => {}
        }
    }

    fn ask_for_another_challenge(&mut self) {
        self.state = if self.challenges < MAX_CHALLENGES {
            State::Start
        } else {
            State::Done(Err(LoginError::Challenge(ChallengeError::TooOld)))
        };
    }

    /// The age of a challenge counts from when it was asked for, since it was
    /// made at some time after that.
    fn sign(&mut self, text: String, asked: Instant, now: Instant) {
        match Challenge::new(text, self.config.challenge_form, asked) {
            Err(error) => self.state = State::Done(Err(LoginError::Challenge(error))),
            Ok(challenge) if challenge.not_after() <= now => self.ask_for_another_challenge(),
            Ok(challenge) => {
                self.state = match &self.credentials.signer {
                    Signer::Key(key) => State::Verify {
                        signature: key.sign(challenge.as_bytes()),
                        not_after: challenge.not_after(),
                    },
                    Signer::Elsewhere(_) => State::Sign(challenge),
                };
            }
        }
    }

    fn start(&self) -> StartLogin {
        StartLogin::new(self.credentials.api_key.clone())
    }

    fn verify(&self, signature: &Signature) -> VerifyLogin {
        VerifyLogin::new(
            self.config.service.clone(),
            self.credentials.api_key.clone(),
            signature.clone(),
        )
    }

    fn fail(&mut self, error: Error) {
        self.state = State::Done(Err(LoginError::from_call(error)));
    }
}
