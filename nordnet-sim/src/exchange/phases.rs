//! The day of the venues: calls, auctions, the close, and what they do to orders.

use std::time::Duration;

use super::calendar::{Phase, Session};
use super::clock::Date;
use super::listings::VENUES;
use super::order::Life;
use super::{Event, Exchange};

const DAY: i64 = 86_400_000;
/// No order lives longer than this.
const LONGEST: i64 = 400 * DAY;
/// After a longer jump, only the last days are gone through one by one.
const LAST_DAYS: i64 = 7 * DAY;

/// What all venues do, and what comes next.
#[derive(Debug)]
pub(crate) struct Rota {
    /// In the order of the venues.
    sessions: Vec<Session>,
    /// When the next of them ends, in the exchange's time.
    turn_at: Duration,
    /// The trading day that has begun last.
    day: Date,
}

impl Rota {
    pub(crate) fn new(at: i64) -> Self {
        let sessions = VENUES.iter().map(|venue| Session::at(venue, at));
        Self {
            sessions: sessions.collect(),
            turn_at: Duration::ZERO,
            day: Date::in_stockholm(at),
        }
    }

    fn next(&self) -> Option<i64> {
        self.sessions.iter().map(|session| session.until).min()
    }
}

impl Exchange {
    /// Plans the next change of a phase.
    pub(super) fn plan_turn(&mut self) {
        if let Some(until) = self.rota.next() {
            self.rota.turn_at = self.clock.when(until).max(self.now);
            self.timers.push(self.rota.turn_at, Event::Turn);
        }
    }

    /// Changes the phases that are over. A plan from before a jump is void.
    pub(super) fn turn(&mut self) {
        if self.now == self.rota.turn_at {
            self.turn_until(self.market_time());
            self.plan_turn();
        }
    }

    /// Lets market time jump ahead, through everything that happens meanwhile
    /// at the turns of the day.
    pub(super) fn jump(&mut self, by: Duration) {
        let from = self.market_time();
        let mut there = self.clock.clone();
        there.jump(by);
        let to = there.at(self.now);
        let last_days = to - LAST_DAYS;
        if last_days > from.saturating_add(LONGEST) {
            self.jump_through(from + LONGEST);
            self.rota = Rota::new(last_days);
            for index in 0..self.market.len() {
                let venue = self.market[index].listing.venue;
                self.market[index].phase = Session::at(venue, last_days).phase;
                self.market[index].gather();
            }
        }
        self.jump_through(to);
        self.plan_turn();
        self.publish_delayed();
        for index in 0..self.market.len() {
            self.publish(index);
        }
    }

    fn jump_through(&mut self, to: i64) {
        while let Some(until) = self.rota.next().filter(|until| *until <= to) {
            self.jump_to(until);
            self.turn_until(until);
        }
        self.jump_to(to);
    }

    fn jump_to(&mut self, at: i64) {
        let ahead = at.saturating_sub(self.market_time());
        self.clock
            .jump(Duration::from_millis(u64::try_from(ahead).unwrap_or(0)));
    }

    fn turn_until(&mut self, at: i64) {
        while let Some(until) = self.rota.next().filter(|until| *until <= at) {
            for venue in 0..self.rota.sessions.len() {
                if self.rota.sessions[venue].until == until {
                    self.turn_venue(venue, until);
                }
            }
        }
    }

    fn turn_venue(&mut self, venue: usize, at: i64) {
        let next = Session::at(&VENUES[venue], at);
        self.rota.sessions[venue] = next;
        let market_id = VENUES[venue].market_id;
        let here = |exchange: &Self, index: usize| {
            exchange.market[index].listing.venue.market_id == market_id
        };
        let orders: Vec<_> = self
            .live_orders()
            .filter(|order| here(self, order.instrument))
            .map(|order| order.id)
            .collect();
        if next.phase == Phase::Closed {
            // What was sent before the close comes before it.
            for id in &orders {
                self.wind_up(*id);
            }
        }
        if next.phase == Phase::OpeningCall {
            self.begin_day(Date::in_stockholm(at));
        }
        for index in 0..self.market.len() {
            if here(self, index) {
                self.turn_listing(index, next.phase);
            }
        }
        for id in orders {
            match next.phase {
                Phase::OpeningCall => self.send_waiting(id),
                Phase::Closed => self.lapse_at_close(id, at),
                Phase::Continuous | Phase::ClosingCall => {}
            }
        }
    }

    fn turn_listing(&mut self, index: usize, phase: Phase) {
        let at = self.market_time();
        let instrument = &mut self.market[index];
        instrument.ticked_at = at;
        instrument.turn(phase);
        self.settle(index);
        self.market[index].gather();
        self.settle(index);
        self.trigger(index);
        self.look(index, at);
        self.publish(index);
    }

    fn lapse_at_close(&mut self, id: i64, at: i64) {
        let order = self.orders.get(&id).filter(|order| order.is_live());
        let ends = order.is_some_and(|order| match order.life {
            Life::Until(close) => close <= at,
            Life::Day | Life::Extended | Life::Immediate => true,
        });
        if ends {
            self.lapse(id);
        }
    }

    /// Looks at what accounts are worth in the morning, once a day.
    fn begin_day(&mut self, date: Date) {
        if self.rota.day != date {
            self.rota.day = date;
            for account in &mut self.accounts {
                account.begin_day(&self.market);
            }
        }
    }
}
