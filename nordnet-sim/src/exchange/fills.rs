//! How orders trade: at once when they arrive, or when others come to them.
//!
//! What an order agrees on when it arrives is told a little later, one
//! execution after the other. Others are served from the book at once.

use std::time::Duration;

use crate::json::object;

use super::book::{Deal, Owner};
use super::market::Side;
use super::order::{Agreed, Kind, OwnTrade};
use super::{Event, Exchange};

const FIRST_FILL_AFTER: Duration = Duration::from_millis(200);
const NEXT_FILL_AFTER: Duration = Duration::from_millis(400);

impl Exchange {
    /// Brings a confirmed order to the book: agrees on what it reaches, and
    /// lets the rest of it queue.
    pub(super) fn arrive(&mut self, id: i64) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let instrument = &mut self.market[order.instrument];
        let (side, price, open) = (order.side, order.price, order.open());
        let whole = order.kind != Kind::FillOrKill || instrument.book.reach(side, price) >= open;
        let mut deals = Vec::new();
        if instrument.matches() && whole {
            instrument.book.take(side, price, open, &mut deals);
        }
        let lot = instrument.listing.lot;
        if let [deal] = deals[..]
            && deal.volume >= 2 * lot
        {
            // Two fifths first, then the rest, so that there is a partial fill.
            let first = (deal.volume * 2 / 5 / lot).max(1) * lot;
            let part = |volume| Deal { volume, ..deal };
            deals = vec![part(first), part(deal.volume - first)];
        }
        let mut due = self.now.saturating_add(self.clock.span(FIRST_FILL_AFTER));
        for deal in &deals {
            // One by one, also behind those that are agreed already.
            due = order.agreed.back().map_or(due, |last| due.max(last.due));
            order.agreed.push_back(Agreed {
                due,
                price: deal.price,
                volume: deal.volume,
            });
            self.timers.push(due, Event::Deliver(id));
            due = due.saturating_add(self.clock.span(NEXT_FILL_AFTER));
        }
        if !order.kind.is_immediate() {
            instrument.book.rest(side, price, order.entry());
        } else if order.agreed.is_empty() {
            self.lapse(id);
        }
    }

    /// Tells the executions that are agreed and due.
    pub(super) fn deliver(&mut self, id: i64) {
        let instrument = self.orders.get(&id).map(|order| order.instrument);
        self.deliver_until(id, self.now);
        if let Some(instrument) = instrument {
            self.publish(instrument);
        }
    }

    pub(super) fn deliver_all(&mut self, id: i64) {
        self.deliver_until(id, Duration::MAX);
    }

    fn deliver_until(&mut self, id: i64, time: Duration) {
        let mut told = false;
        while let Some(order) = self.orders.get_mut(&id)
            && let Some(part) = order.agreed.front()
            && part.due <= time
            && let Some(part) = order.agreed.pop_front()
        {
            told = true;
            self.execute(id, Deal::new(Owner::Own(id), part.price, part.volume));
        }
        // What an order that trades at once has not got by then, it never gets.
        let rest = self.orders.get(&id).filter(|order| order.is_live());
        if told && rest.is_some_and(|order| order.kind.is_immediate() && order.agreed.is_empty()) {
            self.lapse(id);
        }
    }

    /// Books what has been traded in a listing.
    pub(super) fn settle(&mut self, instrument: usize) {
        let mut deals = std::mem::take(&mut self.market[instrument].deals);
        for deal in deals.drain(..) {
            match deal.owner {
                Owner::Own(id) => self.execute(id, deal),
                Owner::Others => {
                    let at = self.market_time();
                    let trade = self.market[instrument].record(deal, None, at);
                    self.tell_trade(instrument, trade);
                    self.trigger(instrument);
                }
            }
        }
        // Its room is for the next ones.
        self.market[instrument].deals = deals;
    }

    /// Books an execution of an own order and tells everybody.
    pub(super) fn execute(&mut self, id: i64, deal: Deal) {
        let at = self.market_time();
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let (account, instrument, side) = (order.account, order.instrument, order.side);
        let Deal { price, volume, .. } = deal;
        let market = &mut self.market[instrument];
        let public = market.record(deal, Some(side), at);
        let currency = market.listing.currency();
        order.traded += volume;
        order.modified = at;
        let filled = order.is_filled();
        let progress = format!("{} of {}", order.traded, order.volume);
        if filled {
            self.end(id);
        }
        self.note(format!("order {id} filled {volume} at {price}: {progress}"));
        self.accounts[account].settle(instrument, side, volume, price, currency);
        let trade = OwnTrade {
            account,
            order: id,
            instrument,
            side,
            price,
            volume,
            at,
            id: public.id(&self.market[instrument].listing),
            counterparty: if side == Side::Buy {
                public.seller
            } else {
                public.buyer
            },
        };
        self.tell_private(|exchange, epoch| {
            object! { "type": "trade", "data": exchange.trade_json(&trade, epoch) }
        });
        self.trades.push(trade);
        self.tell_order(id);
        self.tell_trade(instrument, public);
        self.trigger(instrument);
    }
}
