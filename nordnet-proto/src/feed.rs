//! A feed, from its first login to its end, as a state machine.
//!
//! One machine lives through all reconnects. A driver gives it what happens
//! (`handle_*`) and does what it asks for (`poll_*`, [`Feed::transmit`]):
//!
//! ```text
//!            handle_login(Ok)          handle_connected         first message (Event::Live)
//! AwaitLogin ────────────────▶ Connecting ────────────▶ Unproven ────────────▶ Live
//!     ▲  key suspect / expired   │ deadline, failed       │ eof, silence         │ silence, eof,
//!     │                          ▼                        ▼                      │ too long a line
//!     └───────────────────── Backoff ◀────────────────────┴──────────────────────┘
//!                              │ elapsed ──▶ AwaitLogin, for the session of the day
//!        close(), Reconnect::Never, login refused by REST ──▶ Closed
//! ```

mod account;
mod change;
mod command;
mod config;
mod counters;
mod decode;
mod depth;
mod event;
mod inbound;
mod kind;
mod line;
mod malformed;
mod members;
mod message;
mod outbox;
mod pacing;
mod server_error;
mod slots;
mod state;
mod subscriptions;
mod tick;
mod trade;
mod transitions;

use std::fmt;
use std::marker::PhantomData;
use std::time::Instant;

pub use self::account::OrderUpdate;
pub use self::change::Change;
pub use self::command::{Command, IndicatorId, Subscription};
pub use self::config::{FeedConfig, GetState, Reconnect};
pub use self::counters::Counters;
pub use self::decode::Decoded;
pub(crate) use self::depth::Places;
pub use self::depth::{DepthTick, Level};
pub use self::event::{CloseReason, DisconnectReason, Disconnected, Event, Gap, Output};
pub use self::kind::{Kind, Private, Public};
pub use self::line::{LineDecoder, LineTooLong};
pub use self::malformed::{Malformed, MalformedReason};
pub use self::message::{AccountMessage, BadLine, MarketMessage, Unknown};
pub use self::server_error::{About, ServerError};
pub(crate) use self::slots::{TickSlots, index_numbers, number, price_numbers};
pub use self::state::FeedState;
pub use self::subscriptions::SubscriptionState;
pub use self::tick::{IndicatorTick, PriceTick};
pub use self::trade::{News, PublicTrade, TradingStatus};

use self::outbox::Outbox;
use self::pacing::Pacing;
use self::state::{Ending, Link, Open, RejectedLogins, State};
use self::subscriptions::Subscriptions;
use crate::backoff::Backoff;
use crate::failure::{Attempt, Cause, Failure};
use crate::login::LoginError;
use crate::random::Random;
use crate::session_key::LoggedIn;

/// The feed of market data.
pub type MarketFeed = Feed<Public>;

/// The feed of own orders and trades.
///
/// Read orders and fills with the REST API at each [`Event::Live`], the first included.
pub type AccountFeed = Feed<Private>;

/// A feed, from its first login to its end.
///
/// It connects, logs in, subscribes, watches and reconnects by telling its
/// driver what to do; it never does any of it.
///
/// # The driver's part
///
/// Ask [`Feed::poll_output`] until it gives no [`Output::Event`]. What it asks
/// for then is *standing*: it is repeated until it is answered, so a driver may
/// forget it and ask again. Then write [`Feed::transmit`], if any, and wait for
/// the socket or for [`Feed::poll_timeout`], whichever is first.
///
/// Answers name their attempt; an answer to an old attempt changes nothing. A
/// `now` that lies before an earlier one counts as the earlier one.
///
/// # What is bounded
///
/// No message is queued: it is decoded when it is asked for; ends of
/// subscriptions wait, each once. More than the longest line and 1 MiB, received
/// and not asked for, ends the connection ([`DisconnectReason::Backlog`]).
pub struct Feed<K: Kind> {
    config: FeedConfig,
    random: Random,
    backoff: Backoff,
    /// The latest point in time that was told.
    now: Option<Instant>,
    login: Option<LoggedIn>,
    state: State,
    link: Option<Link>,
    attempt: Attempt,
    lines: LineDecoder,
    outbox: Outbox,
    pacing: Pacing,
    subscriptions: Subscriptions,
    /// How the connection ended, while lines before its end are still to tell.
    ending: Option<Ending>,
    /// A failed try that is still to tell.
    notice: Option<Disconnected>,
    /// Why the feed has ended, while that is still to tell.
    closing: Option<CloseReason>,
    rejection: Option<RejectedLogins>,
    /// How many times in a row the server hung up soon after the feed was live.
    displaced: u32,
    /// When the last proven connection was lost.
    gap_since: Option<Instant>,
    counters: Counters,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Feed<K> {
    /// Makes a feed that needs a login.
    ///
    /// The seed decides the waits before reconnects; draw it at random, so that
    /// many clients do not come back at once.
    #[must_use]
    pub fn new(config: FeedConfig, seed: [u8; 16]) -> Self {
        Self {
            random: Random::new(seed),
            backoff: Backoff::new(config.backoff_first, config.backoff_cap),
            now: None,
            login: None,
            state: State::AwaitLogin(None),
            link: None,
            attempt: Attempt::NONE,
            lines: LineDecoder::new(config.max_line),
            outbox: Outbox::default(),
            pacing: Pacing::new(&config),
            subscriptions: Subscriptions::default(),
            ending: None,
            notice: None,
            closing: None,
            rejection: None,
            displaced: 0,
            gap_since: None,
            counters: Counters::default(),
            kind: PhantomData,
            config,
        }
    }

    /// Takes the answer to [`Output::Login`].
    ///
    /// A session may also be told at any other time: a newer one is used at the
    /// next connect, an older one and an uncalled-for error are ignored.
    pub fn handle_login(&mut self, result: Result<LoggedIn, LoginError>, now: Instant) {
        let now = self.clock(now);
        match result {
            Ok(login) => self.logged_in(login, now),
            Err(error) => self.not_logged_in(error, now),
        }
        self.advance(now);
    }

    /// Notes that the connection of this attempt is up, TLS included.
    pub fn handle_connected(&mut self, attempt: Attempt, now: Instant) {
        let now = self.clock(now);
        if self.holds(attempt)
            && let State::Connecting { login, .. } = &self.state
        {
            self.counters.connects += 1;
            self.state = State::Open(Open::new(login.key.clone(), login.epoch, now));
        }
        self.advance(now);
    }

    /// Notes that the connection of this attempt is gone, or never came up.
    ///
    /// Also the answer to [`Output::Disconnect`]. Without a failure it means
    /// that the server closed the connection in good order.
    pub fn handle_disconnected(
        &mut self,
        attempt: Attempt,
        failure: Option<Failure>,
        now: Instant,
    ) {
        let now = self.clock(now);
        if self
            .link
            .as_ref()
            .is_some_and(|link| link.attempt == attempt)
        {
            let asked = self.link.take().is_some_and(|link| link.dropping);
            if !asked {
                self.end(
                    match failure {
                        Some(failure) if failure.cause != Cause::Closed => {
                            DisconnectReason::Failed(failure)
                        }
                        _ => DisconnectReason::ServerClosed,
                    },
                    now,
                );
            }
        }
        self.advance(now);
    }

    /// Takes bytes as they were read; none at all means the end of the stream.
    ///
    /// Ask for the outputs before reading more.
    pub fn handle_input(&mut self, attempt: Attempt, bytes: &[u8], now: Instant) {
        let now = self.clock(now);
        if self.holds(attempt) {
            self.received(bytes, now);
        }
        self.advance(now);
    }

    /// Notes that so many bytes of [`Feed::transmit`] were written.
    pub fn handle_transmitted(&mut self, attempt: Attempt, n: usize, now: Instant) {
        let now = self.clock(now);
        if self.holds(attempt) {
            self.transmitted(n, now);
        }
        self.advance(now);
    }

    /// Notes that time has passed; call it at [`Feed::poll_timeout`], or at any
    /// other time.
    pub fn handle_timeout(&mut self, now: Instant) {
        let now = self.clock(now);
        self.advance(now);
    }

    /// Ends the feed.
    ///
    /// What was received and not asked for is dropped. [`Output::Disconnect`]
    /// follows if there is a connection, then [`Event::Closed`], then nothing
    /// any more.
    pub fn close(&mut self, now: Instant) {
        self.clock(now);
        self.finish(CloseReason::Asked);
        self.notice = None;
    }

    /// The next event, or what is asked of the driver.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output<'_, K::Message>> {
        let mut event = Event::Message(K::heartbeat());
        if self.next_event(&mut event) {
            return Some(Output::Event(event));
        }
        if self.link.as_ref().is_some_and(|link| link.dropping) {
            return Some(Output::Disconnect);
        }
        match (&self.state, &mut self.link) {
            (State::Closed, _) => Some(Output::Event(Event::Closed(self.closing.take()?))),
            (State::AwaitLogin(check), _) => Some(Output::Login {
                suspect: check.map(|check| check.suspect),
            }),
            (State::Connecting { by, login }, Some(link)) => {
                link.told = true;
                Some(Output::Connect {
                    attempt: link.attempt,
                    server: K::server(login),
                    by: *by,
                })
            }
            _ => None,
        }
    }

    /// The bytes to write now; only what the pacing permits.
    ///
    /// They hold the session key after a connect: do not log them.
    #[must_use]
    pub fn transmit(&self) -> &[u8] {
        match (&self.state, &self.ending) {
            (State::Open(_), None) => self.outbox.waiting(),
            _ => &[],
        }
    }

    /// When [`Feed::handle_timeout`] is due; `None` if only an answer can
    /// change anything.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        if let Some(ending) = &self.ending {
            return Some(ending.at);
        }
        match &self.state {
            State::AwaitLogin(_) | State::Closed => None,
            State::Connecting { by, .. } => Some(*by),
            State::Open(open) => {
                let deadline = open.deadline(&self.config);
                Some(
                    self.next_command()
                        .map_or(deadline, |command| command.min(deadline)),
                )
            }
            State::Backoff { until, .. } => self.link.is_none().then_some(*until),
        }
    }

    /// Where the feed stands. It lags behind the received bytes until these
    /// are asked for as events.
    #[must_use]
    pub const fn state(&self) -> FeedState {
        self.state.name()
    }

    /// Whether a message has come on the present connection, which alone proves
    /// that the login was accepted: `true` from [`Event::Live`] on.
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        matches!(self.state.name(), FeedState::Live)
    }

    /// When the last byte of the present connection came, or when it came up if
    /// none has; `None` without a connection.
    #[must_use]
    pub const fn last_input(&self) -> Option<Instant> {
        match &self.state {
            State::Open(open) => Some(open.last_input),
            _ => None,
        }
    }

    /// What the feed has done since it was made.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }
}

impl Feed<Public> {
    /// Asks to be told something, now and after every reconnect.
    ///
    /// The first tick that follows is full. Asking twice changes nothing. A
    /// subscription whose end was just sent may still get a late tick of its
    /// former life, so leave a second between unsubscribing and subscribing.
    pub fn subscribe(&mut self, subscription: Subscription, now: Instant) {
        let now = self.clock(now);
        if !matches!(self.state, State::Closed) {
            self.subscriptions.want(subscription);
        }
        self.advance(now);
    }

    /// Asks not to be told any more; what was not sent yet never is.
    /// [`Event::Unsubscribed`] follows, unless it is wanted again soon.
    pub fn unsubscribe(&mut self, subscription: &Subscription, now: Instant) {
        let now = self.clock(now);
        if !matches!(self.state, State::Closed) {
            self.subscriptions.unwant(subscription);
        }
        self.advance(now);
    }

    /// The wanted subscriptions and where each stands, in the order of their
    /// type and name.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
        self.subscriptions.iter()
    }
}

/// Shows no content: the buffers hold the session key.
impl<K: Kind> fmt::Debug for Feed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(K::NAME)
            .field("state", &self.state.name())
            .field("attempt", &self.attempt)
            .field("lines", &self.lines)
            .field("outbox", &self.outbox)
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
