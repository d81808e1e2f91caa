//! The exchange without its server: values and times in, values out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::time::Duration;

use crate::config::Config;
use crate::json::Encoder;
use crate::rng::Rng;

mod accounts;
mod answer;
mod auction;
mod audit;
mod book;
mod calendar;
mod cash;
mod catalog;
mod checks;
mod clock;
mod command;
mod control;
mod delayed;
mod derivatives;
mod entry;
mod feed;
mod fills;
mod indicators;
mod instruments;
mod liquidity;
mod listings;
mod login;
mod main_search;
mod market;
mod master;
mod matching;
mod news;
mod order;
mod order_json;
mod orders;
mod phases;
mod public_trades;
mod reference;
mod request;
mod rest;
mod route;
mod search;
mod serve;
mod stops;
mod subscribers;
mod texts;
mod ticks;
mod timers;
mod verdict;
mod walk;

pub(crate) use clock::utc;

pub use answer::{Answer, Cut, Delivery, Flood, Part, Place, Stray};
pub use audit::{AuditEntry, CommandEntry, Counters};
pub use control::{AccountRecord, ControlError, FeedRecord, Feeds, Moment, OrderRecord};
pub use feed::{ConnectionId, FeedKind};
pub(crate) use listings::known as known_listings;
pub use login::SessionRecord;
pub use market::Side;
pub use request::{Reply, Request, Response};

use accounts::Account;
use answer::Scripts;
use audit::Audit;
use catalog::Catalog;
use clock::Clock;
use delayed::Delayed;
use feed::Connection;
use indicators::Indicator;
use login::Gate;
use market::Instrument;
use news::News;
use order::{Order, OwnTrade};
use phases::Rota;
use public_trades::Tape;
use subscribers::Subscribers;
use timers::Timers;

/// Nordnet's side of the API, as a value.
///
/// It touches no socket, no clock and no thread. Time is what the caller says
/// it is: the time since the exchange was made, never going backwards (an
/// earlier time counts as the latest one). The same seed and the same inputs
/// at the same times give the same bytes.
///
/// After each call, [`poll_output`](Self::poll_output) is drained and
/// [`poll_timeout`](Self::poll_timeout) asked again.
///
/// ```
/// use std::time::Duration;
/// use nordnet_sim::{Config, Exchange, KeyPair, Request};
///
/// let keys = KeyPair::from_seed(&[1; 32]);
/// let mut exchange = Exchange::new(Config::new(42, keys.public()));
/// let reply = exchange.handle_request(&Request::new("GET", "/api/2"), Duration::ZERO);
/// assert_eq!(reply.response.map(|response| response.status), Some(200));
/// ```
pub struct Exchange {
    config: Config,
    clock: Clock,
    now: Duration,
    /// The time from one listing's turn to move to the next one's; none if they
    /// never move.
    pace: Option<Duration>,
    timers: Timers<Event>,
    encoder: Encoder,
    outputs: VecDeque<Output>,
    /// Connections with lines on their way out.
    ready: VecDeque<ConnectionId>,

    gate: Gate,
    accounts: Vec<Account>,
    orders: BTreeMap<i64, Order>,
    /// Those that may still trade.
    live: BTreeSet<i64>,
    /// Those that wait for a trigger, by instrument.
    stops: Vec<Vec<i64>>,
    trades: Vec<OwnTrade>,

    /// Listings never come or go, so an index into it stays good.
    market: Vec<Instrument>,
    rota: Rota,
    catalog: Catalog,
    tape: Tape,
    delayed: Delayed,
    indicators: Vec<Indicator>,
    news: News,
    paused: bool,

    connections: BTreeMap<ConnectionId, Connection>,
    connected: u64,
    subscribers: Subscribers,

    audit: Audit,
    scripts: Scripts,
    /// How many of the next orders the market refuses because a test wants it.
    rejections: usize,
    fault_rng: Rng,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("seed", &self.config.seed)
            .field("now", &self.now)
            .field("orders", &self.orders.len())
            .field("connections", &self.connections.len())
            .finish_non_exhaustive()
    }
}

/// What the exchange wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// These bytes go to a feed connection: whole lines, unless something else
    /// was asked for.
    Lines {
        /// The connection.
        to: ConnectionId,
        /// The lines, each with its LF.
        bytes: Vec<u8>,
    },
    /// A feed connection is to be closed. Nothing more comes for it.
    Close {
        /// The connection.
        connection: ConnectionId,
        /// How it ends.
        cut: Cut,
    },
    /// Something happened that a person may want to read about: a line for a
    /// log, with the market's time.
    Note(String),
}

/// What is planned for a time.
#[derive(Clone, Debug)]
enum Event {
    /// It is this listing's turn to move.
    Tick(usize),
    Turn,
    Indicators,
    News,
    Confirm(i64),
    Deliver(i64),
    Idle(String),
    Heartbeat(ConnectionId),
    LoginDeadline(ConnectionId),
    Resume(ConnectionId),
    Strike,
}

impl Exchange {
    /// Opens an exchange at time zero.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let seed = config.seed;
        let clock = Clock::new(config.opening, config.speed);
        let opening = clock.at(Duration::ZERO);
        let market = Instrument::all(&config, opening);
        let indicators = Indicator::all(&market, seed, opening);
        let mut exchange = Self {
            subscribers: Subscribers::new(market.len(), indicators.len(), news::SOURCES.len()),
            now: Duration::ZERO,
            pace: pace(&config, &clock, market.len()),
            timers: Timers::new(),
            encoder: Encoder::new(&config.dialect, seed),
            outputs: VecDeque::new(),
            ready: VecDeque::new(),
            gate: Gate::new(seed),
            accounts: accounts::opening(&market),
            orders: BTreeMap::new(),
            live: BTreeSet::new(),
            stops: vec![Vec::new(); market.len()],
            trades: Vec::new(),
            rota: Rota::new(opening),
            indicators,
            catalog: Catalog::new(&market),
            tape: Tape::new(&market),
            delayed: Delayed::default(),
            news: News::new(&market, config.opening),
            market,
            paused: false,
            connections: BTreeMap::new(),
            connected: 0,
            audit: Audit::default(),
            scripts: Scripts::default(),
            rejections: 0,
            fault_rng: Rng::new(seed, 0xFA17),
            clock,
            config,
        };
        exchange.begin_delayed();
        exchange.derive_days();
        exchange.plan();
        exchange
    }

    /// Answers a request.
    pub fn handle_request(&mut self, request: &Request, now: Duration) -> Reply {
        self.advance(now);
        self.serve(request)
    }

    /// Takes in a new feed connection and names it.
    pub fn handle_connected(&mut self, kind: FeedKind, now: Duration) -> ConnectionId {
        self.advance(now);
        self.connected += 1;
        let id = ConnectionId(self.connected);
        self.open_connection(id, kind);
        id
    }

    /// Takes in a new feed connection that has a number already.
    #[cfg(feature = "server")]
    pub(crate) fn handle_connected_as(&mut self, id: ConnectionId, kind: FeedKind, now: Duration) {
        self.advance(now);
        self.open_connection(id, kind);
    }

    /// Takes in bytes that a feed connection sent.
    pub fn handle_input(&mut self, connection: ConnectionId, bytes: &[u8], now: Duration) {
        self.advance(now);
        self.receive(connection, bytes);
    }

    /// Takes in that a feed connection is gone.
    pub fn handle_disconnected(&mut self, connection: ConnectionId, now: Duration) {
        self.advance(now);
        if let Some(kind) = self.connections.get(&connection).map(|one| one.kind) {
            self.note(format!("{} feed {} is gone", kind.word(), connection.0));
        }
        self.forget(connection);
    }

    /// Lets everything happen that is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.advance(now);
    }

    /// Returns the next thing to be done.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front().or_else(|| self.take_ready())
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is to be called.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// Returns the settings that the exchange was opened with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Runs the timers up to now, each event at its own time, so that it does
    /// not matter how often and how late the caller looks at the clock.
    fn advance(&mut self, now: Duration) {
        while let Some((at, event)) = self.timers.pop(now) {
            self.now = self.now.max(at);
            self.run(event);
        }
        self.now = self.now.max(now);
    }

    /// Runs at most so many events that are due, and returns the time that is
    /// reached: `now`, unless there is more to do.
    #[cfg(feature = "server")]
    pub(crate) fn advance_within(&mut self, now: Duration, most: usize) -> Duration {
        for _ in 0..most {
            let Some((at, event)) = self.timers.pop(now) else {
                self.now = self.now.max(now);
                break;
            };
            self.now = self.now.max(at);
            self.run(event);
        }
        self.now
    }

    fn plan(&mut self) {
        self.plan_turn();
        if let Some(pace) = self.pace {
            self.timers.push(pace, Event::Tick(0));
        }
        let (indicators, news) = (self.indicator_period(), self.news_period());
        self.timers.push(indicators, Event::Indicators);
        self.timers.push(news, Event::News);
        self.timers.push(Duration::from_secs(1), Event::Strike);
    }

    fn run(&mut self, event: Event) {
        match event {
            Event::Tick(index) => {
                self.tick(index);
                if let Some(pace) = self.pace {
                    self.after(pace, Event::Tick((index + 1) % self.market.len()));
                }
            }
            Event::Turn => self.turn(),
            Event::Indicators => {
                self.move_indicators();
                self.after(self.indicator_period(), Event::Indicators);
            }
            Event::News => {
                self.tell_news();
                self.after(self.news_period(), Event::News);
            }
            Event::Confirm(order) => self.confirm(order),
            Event::Deliver(order) => self.deliver(order),
            Event::Idle(key) => self.check_idle(key),
            Event::Heartbeat(connection) => self.heartbeat(connection),
            Event::LoginDeadline(connection) => self.check_login(connection),
            Event::Resume(connection) => self.resume(connection),
            Event::Strike => {
                self.strike_feeds();
                self.after(Duration::from_secs(1), Event::Strike);
            }
        }
    }

    fn indicator_period(&self) -> Duration {
        self.clock.span(Duration::from_secs(1))
    }

    fn news_period(&self) -> Duration {
        self.clock.span(Duration::from_secs(20))
    }

    fn after(&mut self, wait: Duration, event: Event) {
        self.timers.push(self.now.saturating_add(wait), event);
    }

    fn note(&mut self, text: String) {
        let at = utc(self.market_time());
        self.outputs
            .push_back(Output::Note(format!("[{at}] {text}")));
    }

    /// Returns market time now.
    fn market_time(&self) -> i64 {
        self.clock.at(self.now)
    }
}

fn pace(config: &Config, clock: &Clock, listings: usize) -> Option<Duration> {
    let moves = (config.rate > 0.0 && listings > 0).then(|| config.rate.clamp(1e-6, 1e4));
    moves.map(|rate| clock.span(Duration::from_secs_f64(1.0 / rate / listings as f64)))
}
