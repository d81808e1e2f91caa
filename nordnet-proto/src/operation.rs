//! One call, from a value to its settled answer.

mod end;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::Limits;
use crate::deadline::after;
use crate::endpoint::{Access, Auth, Endpoint, Safety};
use crate::error::Error;
use crate::failure::{Attempt, Failure};
use crate::login::LoginError;
use crate::order::{Intent, Ticket};
use crate::outgoing::Outgoing;
use crate::request::{self, HttpResponse};
use crate::retry::{self, Flight, Retries, Signal};
use crate::scrub;
use crate::session::Session;
use crate::session_key::{Epoch, LoggedIn, SessionKey};

/// One call of the REST API: attempts, waits and new logins included.
///
/// Poll it, do what the [`Step`] says, and poll again, until it is done. It
/// hands out the bytes of a request once an attempt; a call that may not be
/// repeated has one attempt in its life, or a second one when the driver says
/// that a connection closed before a byte was written to it.
///
/// ```text
///            ┌───────────── again, after a wait or a login ─────────────┐
///            ▼                                                          │
///  Ready ──▶ Record (orders, if asked for) ──▶ Send ──▶ InFlight ──▶ answer ──▶ Done
///    └─────▶ Login, Wait                                 └─ answer_by ──┘
/// ```
#[derive(Debug)]
#[must_use = "a call does nothing unless it is driven"]
pub struct Operation<E: Endpoint> {
    endpoint: E,
    total: Option<Duration>,
    until: Option<Instant>,
    state: State<E::Response>,
    flight: Flight,
    retries: Retries,
    /// The one session that it may be sent with, if not the current one.
    session: Option<LoggedIn>,
    /// The session that the attempt in flight was sent with, and its key.
    epoch: Option<Epoch>,
    key: Option<Arc<SessionKey>>,
    logged_in_again: bool,
    recorded: bool,
    /// The place of an order call in the list of unresolved ones.
    ticket: Option<Ticket>,
    /// Whether an earlier attempt may have taken effect.
    in_doubt: bool,
}

#[derive(Debug)]
enum State<T> {
    Ready,
    Wait(Instant),
    /// An answer has come, or will not come any more.
    Answered {
        signal: Signal,
        /// When the attempt began that it answers.
        since: Instant,
        /// What the answer means if it settles the call.
        result: Result<T, Error>,
    },
    /// What an attempt needs could not be had.
    Failed(Error),
    Done(Result<T, Error>),
    Settled,
}

/// What [`Operation::poll`] asks for.
#[derive(Debug)]
#[must_use = "a call waits for its step to be taken"]
pub enum Step<T> {
    /// Send a request; handed out once an attempt.
    Send(Outgoing),
    /// A request is out; its answer is due by then.
    InFlight {
        /// When the core counts the attempt as lost.
        answer_by: Instant,
    },
    /// A session is needed: ask [`Session::poll_login`], and tell
    /// [`Operation::handle_login`] how it ended. Poll again at
    /// [`Operation::ends_by`] if it takes longer.
    Login,
    /// Record what is about to be asked for, so that it outlives the program,
    /// and tell [`Operation::handle_recorded`]. Only with
    /// [`Config::record_intents`](crate::Config::record_intents).
    Record(Intent),
    /// Poll again at that time.
    Wait(Instant),
    /// The call has ended; handed out once.
    Done(Result<T, Error>),
    /// `Done` was handed out before.
    Settled,
}

impl<E: Endpoint> Operation<E> {
    /// A call that ends within [`Limits::repeatable_call`] of its first poll, or
    /// within [`Limits::order_call`] if it may be sent only once.
    pub fn new(endpoint: E) -> Self {
        Self {
            endpoint,
            total: None,
            until: None,
            state: State::Ready,
            flight: Flight::new(),
            retries: Retries::new(E::SAFETY),
            session: None,
            epoch: None,
            key: None,
            logged_in_again: false,
            recorded: false,
            ticket: None,
            in_doubt: false,
        }
    }

    /// Ends the call, waits and repeats included, within this time of its
    /// first poll.
    pub const fn within(mut self, total: Duration) -> Self {
        self.total = Some(total);
        self
    }

    /// Sends the call with this session, even if it is not the current one.
    pub(crate) fn in_session(mut self, session: LoggedIn) -> Self {
        self.session = Some(session);
        self
    }

    /// Begins the call, as its first poll does: its deadline counts from here, and
    /// an order call gets its reference and is listed as unresolved.
    ///
    /// For drivers that poll a call in a task of its own: begin it before anything
    /// is spawned, so that whoever drops the caller's future at any time finds the
    /// order in the list.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if another order may have the reference, and
    /// [`Error::Login`] after a logout has begun. Nothing was listed, and nothing
    /// may be sent.
    pub fn begin(&mut self, session: &mut Session, now: Instant) -> Result<(), Error> {
        self.deadline(session, now);
        if self.ticket.is_some() {
            return Ok(());
        }
        <E::Access as Access<E>>::stamp(&mut self.endpoint, &mut || session.new_reference());
        if let Some(intent) = <E::Access as Access<E>>::intent(&self.endpoint) {
            self.ticket = Some(session.begin(intent, now)?);
        }
        Ok(())
    }

    /// Says what to do next. A request and the end are handed out once; all
    /// else repeats until it is answered.
    ///
    /// It never takes long, so the session can be behind a lock: answers are
    /// decoded where they are taken.
    pub fn poll(&mut self, session: &mut Session, now: Instant) -> Step<E::Response> {
        if let Some(since) = self.flight.expire(now) {
            self.take_answer(Err(retry::unanswered()), since);
        }
        if let Some(answer_by) = self.flight.answer_by() {
            return Step::InFlight { answer_by };
        }
        match std::mem::replace(&mut self.state, State::Settled) {
            State::Wait(until) if now < until => {
                self.state = State::Wait(until);
                Step::Wait(until)
            }
            State::Ready | State::Wait(_) => self.next_attempt(session, now),
            State::Answered {
                signal,
                since,
                result,
            } => {
                self.judge(session, signal, since, result, now);
                self.poll(session, now)
            }
            State::Failed(error) => self.end(session, error, now),
            State::Done(result) => Step::Done(result),
            State::Settled => Step::Settled,
        }
    }

    /// Takes the answer to an attempt, or why there is none, and decodes it.
    /// An answer to an old attempt is ignored.
    pub fn handle_answer(&mut self, attempt: Attempt, answer: Result<HttpResponse, Failure>) {
        if let Some(since) = self.flight.end(attempt) {
            self.take_answer(answer, since);
        }
    }

    /// Takes how the login ended that [`Step::Login`] asked for. Only a
    /// failure matters: the session is looked up at the next poll.
    pub fn handle_login(&mut self, result: Result<LoggedIn, LoginError>) {
        if let (true, Err(error)) = (self.is_idle(), result) {
            self.state = State::Failed(Error::Login(error));
        }
    }

    /// Takes whether the intent was recorded. If not, the order is not sent.
    pub fn handle_recorded(&mut self, result: Result<(), String>) {
        match result {
            Ok(()) => self.recorded = true,
            Err(reason) if self.is_idle() && !self.recorded => {
                self.state = State::Failed(Error::NotRecorded(reason));
            }
            Err(_) => {}
        }
    }

    /// When the call ends at the latest, logins and waits included; `None`
    /// before the first poll. Whoever waits for a login polls again by then.
    #[must_use]
    pub const fn ends_by(&self) -> Option<Instant> {
        self.until
    }

    fn next_attempt(&mut self, session: &mut Session, now: Instant) -> Step<E::Response> {
        self.state = State::Ready;
        if let Err(error) = self.begin(session, now) {
            return self.end(session, error, now);
        }
        let until = self.deadline(session, now);
        if now >= self.send_by(session, until) {
            return self.end(session, Error::OutOfTime, now);
        }
        if let Some(resume) = session.paused_until(E::LANE, now) {
            if E::SAFETY == Safety::OnceOnly || resume >= until {
                let wait = resume - now;
                let refusal = None;
                return self.end(session, Error::RateLimited { wait, refusal }, now);
            }
            self.state = State::Wait(resume);
            return Step::Wait(resume);
        }
        let own = self.session.clone();
        let logged_in = match own.or_else(|| session.logged_in(now).cloned()) {
            Some(logged_in) => Some(logged_in),
            None if <E::Auth as Auth>::IN_SESSION => return Step::Login,
            None => None,
        };
        if session.config().record_intents
            && !self.recorded
            && let Some(intent) = <E::Access as Access<E>>::intent(&self.endpoint)
        {
            return Step::Record(intent);
        }
        let key = logged_in.as_ref().map(|logged_in| &*logged_in.key);
        let Some(key) = <E::Auth as Auth>::pick(key) else {
            return Step::Login;
        };
        let request = match request::encode(&self.endpoint, session.config(), key) {
            Ok(request) => request,
            Err(error) => return self.end(session, error, now),
        };
        if let Some(ticket) = &self.ticket {
            session.register().sent(ticket);
        }
        self.key = logged_in.as_ref().map(|it| Arc::clone(&it.key));
        self.epoch = logged_in
            .filter(|_| <E::Auth as Auth>::IN_SESSION)
            .map(|logged_in| logged_in.epoch);
        session.count().sent(self.flight.is_unused());
        Step::Send(Outgoing::begin::<E>(
            request,
            session.config(),
            &mut self.flight,
            &self.retries,
            now,
            until,
        ))
    }

    fn take_answer(&mut self, answer: Result<HttpResponse, Failure>, since: Instant) {
        let answer = scrub::answer(answer, self.key.as_deref());
        self.state = State::Answered {
            signal: Signal::of(&answer),
            since,
            result: self.endpoint.settle(answer),
        };
    }

    /// Decides whether an answer settles the call.
    fn judge(
        &mut self,
        session: &mut Session,
        signal: Signal,
        since: Instant,
        result: Result<E::Response, Error>,
        now: Instant,
    ) {
        session.count().answered(signal);
        match (signal, self.epoch) {
            (Signal::Answered { status: 429, wait }, _) => {
                session.pause(E::LANE, wait.unwrap_or_default(), now);
            }
            (Signal::Answered { status, .. }, Some(epoch)) if status != 401 && status < 500 => {
                session.touch(epoch, since);
            }
            _ => {}
        }
        let again = self.retries.wait_before_next(signal, session.random());
        let until = self.deadline(session, now);
        if let Some(at) = again.map(|wait| now + wait).filter(|at| *at < until) {
            self.in_doubt |= signal.may_have_acted();
            self.state = State::Wait(at);
            return;
        }
        // A page with a 401 is the server's word on the session only if nothing else
        // can be had: a proxy in front of it may say so for a moment.
        if let (Err(Error::Unavailable { status: 401, .. }), Some(epoch)) = (&result, self.epoch) {
            session.invalidate(epoch, now);
        }
        if let (Err(Error::SessionEnded), Some(epoch)) = (&result, self.epoch) {
            session.invalidate(epoch, now);
            if E::SAFETY != Safety::OnceOnly && !self.logged_in_again {
                self.logged_in_again = true;
                self.state = State::Ready;
                return;
            }
        }
        self.state = State::Done(self.settle(session, result, now));
    }

    fn end(&mut self, session: &mut Session, error: Error, now: Instant) -> Step<E::Response> {
        self.state = State::Done(self.give_up(session, error, now));
        self.poll(session, now)
    }

    /// An order that leaves at the last moment would end in doubt for want of
    /// an answer, so it does not leave.
    fn send_by(&self, session: &Session, until: Instant) -> Instant {
        if E::SAFETY != Safety::OnceOnly {
            return until;
        }
        let limits = &session.config().limits;
        let answer = limits.order_answer.min(self.total(limits) / 2);
        until.checked_sub(answer).unwrap_or(until)
    }

    fn deadline(&mut self, session: &Session, now: Instant) -> Instant {
        let total = self.total(&session.config().limits);
        *self.until.get_or_insert_with(|| after(now, total))
    }

    /// How long the call may take, all attempts and waits together.
    fn total(&self, limits: &Limits) -> Duration {
        self.total.unwrap_or(match E::SAFETY {
            Safety::Read | Safety::Idempotent => limits.repeatable_call,
            Safety::OnceOnly => limits.order_call,
        })
    }

    /// Whether it waits for a login or a record, rather than for an answer.
    fn is_idle(&self) -> bool {
        matches!(self.state, State::Ready) && self.flight.answer_by().is_none()
    }
}
