//! A listing with its market: the book, the day's figures, its status.

use crate::config::Config;
use crate::fixed::Fixed;
use crate::rng::Rng;

use super::auction::Equilibrium;
use super::book::{Book, Deal};
use super::calendar::{Phase, Session};
use super::clock::MINUTE;
use super::listings::{Listing, listings};
use super::walk::Walk;

const BROKERS: [&str; 8] = ["AVA", "CAR", "DDB", "ENS", "JPM", "MSI", "SEB", "SHB"];
/// The broker that own orders go through.
const OWN_BROKER: &str = "NON";

/// Buy or sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The account buys.
    Buy,
    /// The account sells.
    Sell,
}

impl Side {
    /// Returns the code of the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// Says whether an order of this side at `limit` trades with `price`.
    pub(crate) fn reaches(self, limit: Fixed, price: Fixed) -> bool {
        self.rank(limit) >= self.rank(price)
    }

    /// Makes prices comparable: the higher the rank, the sooner it trades.
    pub(crate) fn rank(self, price: Fixed) -> Fixed {
        match self {
            Self::Buy => price,
            Self::Sell => -price,
        }
    }
}

/// A trade that everybody sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicTrade {
    pub(crate) at: i64,
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) buyer: &'static str,
    pub(crate) seller: &'static str,
    /// Its number among the trades of its listing.
    number: u64,
    /// Whether an auction made it.
    pub(crate) auction: bool,
}

impl PublicTrade {
    /// Returns the trade's id, in the listing that it was traded in.
    pub(crate) fn id(&self, listing: &Listing) -> String {
        format!("{}-{:07}", listing.identifier, self.number)
    }

    /// Returns the type of the wire.
    pub(crate) fn kind(&self) -> &'static str {
        if self.auction { "AUCTION" } else { "NORMAL" }
    }
}

/// The day's figures of one listing.
#[derive(Clone, Debug)]
pub(crate) struct Day {
    /// What nothing has been traded yet today has no value.
    pub(crate) open: Option<Fixed>,
    pub(crate) high: Option<Fixed>,
    pub(crate) low: Option<Fixed>,
    /// The last price of the trading day before.
    pub(crate) close: Fixed,
    pub(crate) last: Fixed,
    pub(crate) last_volume: i64,
    pub(crate) traded_at: i64,
    pub(crate) turnover: Fixed,
    pub(crate) turnover_volume: i64,
}

/// Why a listing does not trade although its venue does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// Somebody has ordered it.
    Ordered,
    /// The price has moved too fast; it trades again at this time.
    Volatility(i64),
}

/// A listing with its market.
#[derive(Debug)]
pub(crate) struct Instrument {
    pub(crate) listing: Listing,
    pub(crate) book: Book,
    pub(crate) day: Day,
    pub(crate) phase: Phase,
    pub(crate) halt: Option<Halt>,
    /// A status letter that was set by hand and means nothing here.
    pub(crate) label: Option<String>,
    pub(crate) ticked_at: i64,
    /// What it was worth in the morning.
    pub(crate) morning: Fixed,
    /// Executions in the book that are not booked yet.
    pub(crate) deals: Vec<Deal>,
    pub(super) walk: Walk,
    /// What others bid, and how many steps above it they ask.
    pub(super) bid: Fixed,
    pub(super) width: i64,
    /// The prices that the levels which others keep filled begin at.
    pub(super) quoted: Option<(Fixed, Fixed)>,
    pub(super) rng: Rng,
    trades: u64,
}

impl Instrument {
    /// Opens the markets of the listings; those that are delayed as they were
    /// then, if that was not before the venue's hours.
    pub(crate) fn all(config: &Config, at: i64) -> Vec<Self> {
        let listings = listings(config.instruments, config.seed, at);
        let open = |listing: Listing| {
            let before = at - listing.venue.delay * MINUTE;
            let [then, now] = [before, at].map(|at| Session::at(listing.venue, at).phase);
            let at = if then == now { before } else { at };
            Self::new(listing, config.seed, at)
        };
        listings.into_iter().map(open).collect()
    }

    pub(crate) fn new(listing: Listing, seed: u64, at: i64) -> Self {
        let mut rng = Rng::new(seed, listing.instrument_id as u64);
        let price = listing.price;
        let (close, open) = (rng.between(-12, 12), rng.between(-8, 8));
        let [close, open] = [close, open].map(|steps| listing.ticks.shift(price, steps));
        let high = listing.ticks.shift(price.max(open), rng.between(1, 9));
        let low = listing.ticks.shift(price.min(open), -rng.between(1, 9));
        let turnover_volume = rng.between(2_000, 60_000) * 10;
        let mut instrument = Self {
            day: Day {
                open: Some(open),
                high: Some(high),
                low: Some(low),
                close,
                last: price,
                last_volume: rng.between(1, 40) * listing.lot,
                traded_at: at - rng.between(100, 9_000),
                turnover: (open + price).per(2).times(turnover_volume),
                turnover_volume,
            },
            book: Book::new(),
            phase: Session::at(listing.venue, at).phase,
            halt: None,
            label: None,
            ticked_at: at,
            morning: close,
            deals: Vec::new(),
            walk: Walk::new(price, Rng::new(seed, !listing.instrument_id as u64), at),
            bid: price,
            width: 1,
            quoted: None,
            trades: 0,
            rng,
            listing,
        };
        instrument.gather();
        instrument
    }

    /// Says whether orders trade when they meet.
    pub(crate) fn matches(&self) -> bool {
        self.phase == Phase::Continuous && self.halt.is_none()
    }

    /// Says whether orders can be entered, changed and taken back.
    pub(crate) fn takes_orders(&self) -> bool {
        self.phase != Phase::Closed
    }

    /// Goes on to the next phase of the day; a call ends with its auction.
    pub(crate) fn turn(&mut self, phase: Phase) {
        let ends_call = matches!(phase, Phase::Continuous | Phase::Closed);
        if ends_call && self.halt.is_none() {
            self.book.uncross(self.day.last, &mut self.deals);
        }
        match phase {
            Phase::OpeningCall => self.begin_day(),
            Phase::Closed => self.halt = self.halt.filter(|halt| *halt == Halt::Ordered),
            Phase::Continuous | Phase::ClosingCall => {}
        }
        self.label = None;
        self.phase = phase;
    }

    /// Begins a day that nothing has been traded on.
    fn begin_day(&mut self) {
        let day = &mut self.day;
        (day.open, day.high, day.low) = (None, None, None);
        day.close = day.last;
        (day.turnover, day.turnover_volume) = (Fixed::ZERO, 0);
        self.morning = day.last;
    }

    /// Makes this what others think it is worth.
    pub(crate) fn follow(&mut self, worth: Fixed, at: i64) {
        self.walk.follow(worth, at);
    }

    /// Stops trading in this listing.
    pub(crate) fn stop(&mut self, halt: Halt) {
        self.halt = Some(halt);
        self.label = None;
    }

    /// Lets trading go on: what has collected trades at one price.
    pub(crate) fn resume(&mut self) {
        self.label = None;
        if self.halt.take().is_some() && self.matches() {
            self.book.uncross(self.day.last, &mut self.deals);
        }
    }

    /// Returns where a call would end now.
    pub(crate) fn equilibrium(&self) -> Option<Equilibrium> {
        let calls = self.takes_orders() && !self.matches();
        calls
            .then(|| self.book.equilibrium(self.day.last))
            .flatten()
    }

    /// Books a trade into the day's figures and names the two sides.
    pub(crate) fn record(&mut self, deal: Deal, own: Option<Side>, at: i64) -> PublicTrade {
        let Deal { price, volume, .. } = deal;
        let day = &mut self.day;
        day.last = price;
        day.last_volume = volume;
        day.open = day.open.or(Some(price));
        day.high = day.high.max(Some(price));
        day.low = Some(day.low.map_or(price, |low| low.min(price)));
        day.traded_at = at;
        day.turnover += price.times(volume);
        day.turnover_volume = day.turnover_volume.saturating_add(volume);
        self.ticked_at = at;
        self.trades += 1;
        let mut broker = || BROKERS[(self.rng.next() % BROKERS.len() as u64) as usize];
        let (buyer, seller) = match own {
            Some(Side::Buy) => (OWN_BROKER, broker()),
            Some(Side::Sell) => (broker(), OWN_BROKER),
            None => (broker(), broker()),
        };
        PublicTrade {
            at,
            price,
            volume,
            buyer,
            seller,
            number: self.trades,
            auction: deal.auction,
        }
    }

    /// Returns the value of one unit: what was last paid.
    pub(crate) fn last(&self) -> Fixed {
        self.day.last
    }

    /// Returns the mean price of the day, by volume.
    pub(crate) fn vwap(&self) -> Option<Fixed> {
        let volume = self.day.turnover_volume;
        (volume > 0).then(|| self.day.turnover.per(volume))
    }

    /// Returns the status letter: `R` trades continuously, `U` collects for an
    /// auction, `X` is halted, `C` is closed.
    pub(crate) fn status(&self) -> &str {
        match (&self.label, self.phase, self.halt) {
            (Some(label), ..) => label,
            (None, Phase::Closed, _) => "C",
            (None, _, Some(_)) => "X",
            (None, Phase::Continuous, None) => "R",
            (None, Phase::OpeningCall | Phase::ClosingCall, None) => "U",
        }
    }
}
