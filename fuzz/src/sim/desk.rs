//! A market over a feed, held against what the server has said.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use nordnet_proto::market::{Market, QuoteState, StaleReason};
use nordnet_proto::{Event, Subscription};

use super::kind::SimKind;
use super::plan::Fault;
use super::world::World;
use super::{Checked, ensure};

/// So many of the last values may still be under way.
const UNDER_WAY: usize = 10;

/// No word is under way for longer.
const LATE: Duration = Duration::from_secs(25);

/// A market that is told all that the feed tells.
pub(crate) struct Desk {
    pub(crate) market: Market,
    /// What was given up and not told to have ended, with whether it must be:
    /// what is wanted again may end before that or not.
    owed: BTreeMap<Subscription, bool>,
    /// What the user gave up the last time, on a whim.
    pub(crate) missed: Vec<Subscription>,
}

/// What a server has said of one subscription since it was made.
pub(crate) struct Said {
    since: Instant,
    /// The bids, as they should show.
    bids: VecDeque<Option<String>>,
}

impl Said {
    pub(crate) const fn new(now: Instant) -> Self {
        Self {
            since: now,
            bids: VecDeque::new(),
        }
    }

    pub(crate) fn tick(&mut self, line: &str) {
        let bid = line
            .split_once("bid\":")
            .or_else(|| line.split_once("bid1\":"));
        let bid = bid.and_then(|(_, rest)| rest.split(['}', ',']).next());
        let bid = bid.filter(|bid| *bid != "null").map(str::to_owned);
        self.bids.push_back(bid);
        if self.bids.len() > UNDER_WAY {
            self.bids.pop_front();
        }
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            market: Market::new(),
            owed: BTreeMap::new(),
            missed: Vec::new(),
        }
    }

    pub(crate) fn want(&mut self, subscription: &Subscription, wanted: bool) {
        if !wanted {
            self.owed.insert(subscription.clone(), true);
        } else if let Some(must) = self.owed.get_mut(subscription) {
            *must = false;
        }
    }

    /// The end of a subscription is told once, and the market has nothing of it
    /// any more.
    fn ended(&mut self, subscription: &Subscription, now: Instant) -> Checked {
        ensure(self.owed.remove(subscription).is_some(), || {
            format!("{subscription} has ended and was not given up")
        })?;
        let (state, bid) = self.shown(subscription, now);
        ensure(!is_live(state) && bid.is_none(), || {
            format!("{subscription} has ended and is {state}: {bid:?}")
        })
    }

    /// That all ends are told.
    pub(crate) fn check_told(&self) -> Checked {
        let missing = self.owed.iter().find(|(_, must)| **must);
        ensure(missing.is_none(), || {
            format!("no end is told of {missing:?}")
        })
    }

    /// Whether it has what only its full tick tells.
    fn is_whole(&self, of: &Subscription, now: Instant) -> bool {
        match of {
            Subscription::Price(id) => self.market.quote(id, now).ask().is_some(),
            Subscription::Depth(id) => self.market.book(id, now).ask(1).is_some(),
            _ => true,
        }
    }

    /// The state, and the bid of what has one.
    fn shown(&self, of: &Subscription, now: Instant) -> (QuoteState, Option<String>) {
        let market = &self.market;
        match of {
            Subscription::Price(id) => {
                let quote = market.quote(id, now);
                (quote.state(), quote.bid().map(|bid| bid.to_string()))
            }
            Subscription::Depth(id) => {
                let book = market.book(id, now);
                (book.state(), book.bid(1).map(|bid| bid.price.to_string()))
            }
            Subscription::TradingStatus(id) => (market.trading_state(id, now).state(), None),
            Subscription::Indicator(id) => (market.indicator(id, now).state(), None),
            _ => (QuoteState::Waiting, None),
        }
    }
}

const fn is_live(state: QuoteState) -> bool {
    matches!(state, QuoteState::Live | QuoteState::Delayed)
}

impl<K: SimKind> World<K> {
    /// Merges an event, and says whether it may come now.
    pub(crate) fn merge(&mut self, event: &Event<K::Message>) -> Checked {
        K::merge(&mut self.desk.market, event, self.now);
        match event {
            Event::Unsubscribed(subscription) => {
                let connected = self.oracle.incoming.is_some();
                ensure(!connected || self.wire.ended(subscription), || {
                    format!("{subscription} has ended and its command has not left")
                })?;
                self.desk.ended(subscription, self.now)
            }
            Event::Closed(_) => self.desk.check_told(),
            _ => Ok(()),
        }
    }

    /// That the market is what the server has said, once all is well.
    pub(crate) fn check_market(&self) -> Checked {
        self.desk.check_told()?;
        let Some(link) = &self.link else {
            return Ok(());
        };
        // What drips is under way without end.
        let broken = [Fault::Corrupt, Fault::SilentDrop, Fault::Drip]
            .into_iter()
            .any(|fault| self.plan.has(fault));
        for subscription in self.wire.subscriptions() {
            let (state, bid) = self.desk.shown(subscription, self.now);
            let wanted = self.oracle.wanted.contains(subscription);
            let fits = match link.peer.said.get(subscription) {
                _ if broken || !subscription.has_full_tick() => true,
                _ if !wanted => state == QuoteState::Waiting && bid.is_none(),
                _ if self.refuses(subscription) => state == QuoteState::Stale(StaleReason::Refused),
                _ if link.peer.unreadable.contains(subscription) => {
                    // Of several lives the ticks cannot be told apart.
                    self.oracle.is_unsure_of(subscription)
                        || state == QuoteState::Stale(StaleReason::Malformed)
                }
                Some(said) if said.since + LATE <= self.now => {
                    is_live(state)
                        && said.bids.contains(&bid)
                        && self.desk.is_whole(subscription, self.now)
                }
                // The first word may be under way.
                _ => true,
            };
            ensure(fits, || {
                let said = link.peer.said.get(subscription).map(|said| &said.bids);
                format!("{subscription} is {state}, {bid:?}, wanted: {wanted}, said: {said:?}")
            })?;
        }
        Ok(())
    }
}
