//! What all calls and both feeds of a client share.
//!
//! The states of a session:
//!
//! ```text
//!              poll_login               handle_login(Ok)
//!  LoggedOut ──────────────▶ LoggingIn ─────────────────▶ LoggedIn
//!   ▲  ▲  ▲   login dropped   │  │  │                       │  │
//!   │  │  └───────────────────┘  │  │ refusal               │  │
//!   │  │ pause over   other      │  ▼                       │  │
//!   │  └────────── Paused ◀──────┘ Refused                  │  │
//!   │                ▲              │ forgive               │  │
//!   │                │              ▼                       │  │
//!   │                │           LoggedOut                  │  │
//!   │                └── 401, the fourth within a minute ───┘  │
//!   └─────── 401, or no call for as long as it lives ──────────┘
//!
//!                 close() in any state ──▶ Closed
//! ```
//!
//! [`Session::poll_login`] is answered [`LoginTurn::Drive`] in `LoggedOut`,
//! [`LoginTurn::Busy`] in `LoggingIn`, [`LoginTurn::Ready`] in `LoggedIn`, and
//! [`LoginTurn::Failed`] in the others. Only a 401 to a call of the current session
//! counts; one to an older session changes nothing.
//!
//! If a feed suspects the current session, it stays current while a login checks it.
//! A success with the same epoch keeps it, a refusal drops it, and any other failure
//! leaves it as it is.

mod counters;
mod login_pace;
mod orders;
mod pauses;

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

pub use counters::SessionCounters;

use self::login_pace::LoginPace;
use self::pauses::Pauses;
use crate::api::{Logout, TouchSession};
use crate::backoff::Backoff;
use crate::config::Config;
use crate::credentials::{Credentials, Fingerprint};
use crate::deadline::after;
use crate::endpoint::Lane;
use crate::login::{Login, LoginError};
use crate::operation::Operation;
use crate::order::{References, Register};
use crate::random::Random;
use crate::session_key::{Epoch, LoggedIn};

/// More sessions than this lost within a minute are no accident: another
/// program logs in with the same key, say. Logins then wait.
const LOSSES_A_MINUTE: usize = 3;

/// How long after a keep-alive that failed the next one is tried.
const KEEP_ALIVE_RETRY: Duration = Duration::from_secs(60);

/// The session of a client, shared by all its calls and feeds: who may log in,
/// which key is current, when to pause, when to keep alive, and which order
/// calls are not settled.
///
/// A driver keeps it behind a lock that it never holds while it waits.
#[derive(Debug)]
pub struct Session {
    config: Arc<Config>,
    credentials: Option<Arc<Credentials>>,
    random: Random,
    references: References,
    register: Register,
    current: Option<Current>,
    last_epoch: Option<Epoch>,
    /// Upgrades while the login that was handed out is being driven.
    turn: Weak<()>,
    trouble: Option<Trouble>,
    login_backoff: Backoff,
    login_pace: LoginPace,
    /// When sessions were lost, in the last minute.
    losses: Vec<Instant>,
    pauses: Pauses,
    refuses_orders: bool,
    closed: bool,
    counters: SessionCounters,
}

#[derive(Debug)]
struct Current {
    logged_in: LoggedIn,
    touched: Instant,
    keep_alive_at: Instant,
}

/// Why there is no login now.
#[derive(Debug)]
struct Trouble {
    error: LoginError,
    /// `None` latches.
    until: Option<Instant>,
}

/// What somebody who needs a session has to do.
#[derive(Debug)]
#[must_use = "somebody has to log in"]
pub enum LoginTurn {
    /// Nothing: here it is.
    Ready(LoggedIn),
    /// Drive this login, and give its result to [`Session::handle_login`].
    Drive(Login),
    /// Wait for the login that somebody else drives, and ask again.
    Busy,
    /// Give up: the last login failed, and a new one is of no use yet.
    Failed(LoginError),
}

impl Session {
    /// A session that is not logged in yet.
    ///
    /// The seed is 16 random bytes. From them come the jitter of waits and
    /// the references of orders, so no two clients may have the same.
    #[must_use]
    pub fn new(config: Config, credentials: Credentials, seed: [u8; 16]) -> Self {
        Self::build(config, Some(credentials), seed)
    }

    /// A session that lives until its key expires, without credentials to log
    /// in again.
    #[must_use]
    pub fn resume(config: Config, logged_in: LoggedIn, seed: [u8; 16], now: Instant) -> Self {
        let mut session = Self::build(config, None, seed);
        session.handle_login(Ok(logged_in), now);
        session.counters = SessionCounters::default();
        session
    }

    /// Says what somebody who needs a session has to do. `suspect` is the
    /// epoch of a session that a feed found refused: it is checked first.
    pub fn poll_login(&mut self, suspect: Option<Epoch>, now: Instant) -> LoginTurn {
        let current = self.logged_in(now).cloned();
        let suspected = match current {
            // Without credentials nothing better can be had.
            Some(logged_in) if suspect != Some(logged_in.epoch) || self.credentials.is_none() => {
                return LoginTurn::Ready(logged_in);
            }
            suspected => suspected,
        };
        if let Some(error) = self.refusal(now) {
            return LoginTurn::Failed(error);
        }
        if self.turn.upgrade().is_some() {
            return LoginTurn::Busy;
        }
        let Some(credentials) = self.credentials.clone() else {
            return LoginTurn::Failed(LoginError::NoCredentials);
        };
        let turn = Arc::new(());
        self.turn = Arc::downgrade(&turn);
        let epoch = self.last_epoch.map_or(Epoch::FIRST, Epoch::next);
        self.last_epoch = Some(epoch);
        let random = self.random.split();
        let config = Arc::clone(&self.config);
        LoginTurn::Drive(Login::new(
            config,
            credentials,
            epoch,
            suspected,
            random,
            turn,
        ))
    }

    /// Takes the result of the login that was handed out.
    ///
    /// A refusal latches: no further login is handed out. After any other
    /// failure everybody who asks gets the same error for a while. A session that
    /// comes after [`Session::close`] is not taken on: the call that ends it is
    /// given back.
    pub fn handle_login(
        &mut self,
        result: Result<LoggedIn, LoginError>,
        now: Instant,
    ) -> Option<Operation<Logout>> {
        match result {
            Ok(logged_in) if self.closed => {
                return Some(Operation::new(Logout::new()).in_session(logged_in));
            }
            _ if self.closed => {}
            // A newer login has been quicker.
            Ok(logged_in) if self.epoch() > Some(logged_in.epoch) => {}
            Ok(logged_in) => {
                // A suspect session that is accepted is no new one.
                self.counters.logins += u64::from(self.epoch() != Some(logged_in.epoch));
                self.trouble = None;
                self.last_epoch = self.last_epoch.max(Some(logged_in.epoch));
                self.current = Some(Current {
                    keep_alive_at: after(now, self.keep_alive_pause(&logged_in)),
                    touched: now,
                    logged_in,
                });
            }
            Err(error) if error.is_refusal() => {
                self.counters.failed_logins += 1;
                self.current = None;
                self.trouble = Some(Trouble { error, until: None });
            }
            Err(error) => {
                self.counters.failed_logins += 1;
                if let LoginError::RateLimited { .. } = error {
                    self.counters.rate_limited += 1;
                    for lane in [Lane::Order, Lane::Read] {
                        self.pause(lane, error.own_wait(), now);
                    }
                }
                self.hold_logins(error, now);
            }
        }
        None
    }

    /// Allows logins again after a refusal, once its cause is fixed. A session that was
    /// closed stays closed.
    pub fn forgive(&mut self) {
        self.trouble = None;
    }

    /// Ends the session for good: gives the call that logs out, if there is a
    /// session, and lets no other call begin and no new login.
    pub fn close(&mut self, now: Instant) -> Option<Operation<Logout>> {
        self.closed = true;
        self.refuses_orders = true;
        self.logged_in(now)?;
        let current = self.current.take()?;
        Some(Operation::new(Logout::new()).in_session(current.logged_in))
    }

    /// Gives the call that keeps an idle session alive, when it is due.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Operation<TouchSession>> {
        let due = self.poll_timeout().is_some_and(|at| at <= now);
        let current = self.current.as_mut().filter(|_| due)?;
        let retry = KEEP_ALIVE_RETRY.min(current.logged_in.expires_in / 8);
        current.keep_alive_at = after(now, retry);
        self.counters.keep_alives += 1;
        Some(Operation::new(TouchSession::new()))
    }

    /// When [`Session::handle_timeout`] is to be called: every call of an
    /// answered session moves it on.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let current = self.current.as_ref().filter(|_| self.config.keep_alive)?;
        Some(current.keep_alive_at)
    }

    /// The fingerprint of the key that logs in.
    #[must_use]
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.credentials
            .as_ref()
            .map(|credentials| credentials.fingerprint())
    }

    /// What has been done so far.
    #[must_use]
    pub const fn counters(&self) -> &SessionCounters {
        &self.counters
    }

    /// The settings of the client.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The current session, unless it is known to have expired.
    pub(crate) fn logged_in(&mut self, now: Instant) -> Option<&LoggedIn> {
        self.current
            .take_if(|current| after(current.touched, current.logged_in.expires_in) <= now);
        self.current.as_ref().map(|current| &current.logged_in)
    }

    /// Notes that a call of the session, sent at that time, was answered.
    pub(crate) fn touch(&mut self, epoch: Epoch, sent: Instant) {
        let Some(mut current) = self.current.take() else {
            return;
        };
        if current.logged_in.epoch == epoch && sent > current.touched {
            // Time mends what failed: the waits begin anew.
            self.login_backoff.reset();
            current.touched = sent;
            current.keep_alive_at = after(sent, self.keep_alive_pause(&current.logged_in));
        }
        self.current = Some(current);
    }

    /// Drops a session that the server does not accept, unless a newer one
    /// has taken its place.
    pub(crate) fn invalidate(&mut self, epoch: Epoch, now: Instant) {
        let lost = self
            .current
            .take_if(|current| current.logged_in.epoch == epoch);
        if lost.is_none() {
            return;
        }
        self.losses
            .retain(|loss| now.saturating_duration_since(*loss) < Duration::from_secs(60));
        self.losses.push(now);
        if self.losses.len() > LOSSES_A_MINUTE {
            self.hold_logins(LoginError::ShortLived, now);
        }
    }

    /// Pauses the calls of a lane after a 429.
    pub(crate) fn pause(&mut self, lane: Lane, wait: Duration, now: Instant) {
        self.counters.paused += self.pauses.extend(lane, wait, now);
    }

    /// Until when a call of this lane has to wait, after a "too many requests".
    #[must_use]
    pub fn paused_until(&self, lane: Lane, now: Instant) -> Option<Instant> {
        self.pauses.until(lane, now)
    }

    pub(crate) fn count(&mut self) -> &mut SessionCounters {
        &mut self.counters
    }

    pub(crate) fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    fn epoch(&self) -> Option<Epoch> {
        Some(self.current.as_ref()?.logged_in.epoch)
    }

    /// Why nobody may log in now, if so.
    fn refusal(&self, now: Instant) -> Option<LoginError> {
        if self.closed {
            return Some(LoginError::LoggedOut);
        }
        let trouble = self.trouble.as_ref()?;
        let lasts = trouble.until.is_none_or(|until| now < until);
        lasts.then(|| trouble.error.clone())
    }

    /// Tells everybody who asks for a login of a failure, for a while.
    fn hold_logins(&mut self, error: LoginError, now: Instant) {
        let pause = self.login_backoff.next(&mut self.random);
        let pause = pause.max(error.own_wait());
        let pause = pause.max(self.login_pace.failed(&error, now));
        self.trouble = Some(Trouble {
            error,
            until: Some(after(now, pause)),
        });
    }

    fn build(config: Config, credentials: Option<Credentials>, seed: [u8; 16]) -> Self {
        let mut random = Random::new(seed);
        Self {
            references: References::new(&config.reference_tag, &mut random),
            config: Arc::new(config),
            credentials: credentials.map(Arc::new),
            random,
            register: Register::default(),
            current: None,
            last_epoch: None,
            turn: Weak::new(),
            trouble: None,
            login_backoff: Backoff::new(Duration::from_secs(1), Duration::from_secs(60)),
            login_pace: LoginPace::default(),
            losses: Vec::new(),
            pauses: Pauses::default(),
            refuses_orders: false,
            closed: false,
            counters: SessionCounters::default(),
        }
    }

    /// Half the life of an idle session, give or take a tenth: two tries are
    /// left when the first fails.
    fn keep_alive_pause(&mut self, logged_in: &LoggedIn) -> Duration {
        let half = logged_in.expires_in / 2;
        let tenth = half / 10;
        let spread = u64::try_from(tenth.as_millis()).unwrap_or(u64::MAX / 2) * 2;
        half - tenth + Duration::from_millis(self.random.up_to(spread))
    }
}
