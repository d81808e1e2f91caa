//! What everybody has traded today.

use std::collections::VecDeque;

use crate::json::{Json, object};

use super::Exchange;
use super::market::{Instrument, PublicTrade};
use super::master::{untraded_at, untraded_numbered};
use super::rest::{Call, Refusal};

/// Trades that are remembered over all listings, and at most for one of them.
const REMEMBERED: usize = 200_000;
const MOST_OF_ONE: usize = 1000;

/// The latest trades of each listing, oldest first.
#[derive(Debug)]
pub(crate) struct Tape {
    trades: Vec<VecDeque<PublicTrade>>,
    most: usize,
}

impl Tape {
    pub(crate) fn new(market: &[Instrument]) -> Self {
        Self {
            trades: vec![VecDeque::new(); market.len()],
            most: (REMEMBERED / market.len().max(1)).min(MOST_OF_ONE),
        }
    }

    pub(crate) fn record(&mut self, instrument: usize, trade: PublicTrade) {
        if let Some(trades) = self.trades.get_mut(instrument) {
            if trades.len() >= self.most {
                trades.pop_front();
            }
            trades.push_back(trade);
        }
    }
}

impl Exchange {
    /// `GET /instruments/{instrument_id}/trades`
    pub(super) fn list_instrument_trades(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let count = trade_count(call)?;
        let ids = call.numbers(0, "instrument_id")?.into_iter();
        let found = ids.map(|id| {
            let listed = self.listings_of(id);
            if listed.is_empty() {
                untraded_numbered(id)?;
            }
            let trades = self.public_trades(listed, count);
            Some(object! { "instrument_id": id, "trades": trades })
        });
        self.listed(found, "instrument_id")
    }

    /// `GET /tradables/trades/{tradables}`
    pub(super) fn list_tradable_trades(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let count = trade_count(call)?;
        let found = call.tradables(0)?.into_iter().map(|(market, identifier)| {
            let listed = self.instrument_at(market, identifier);
            if listed.is_none() {
                untraded_at(market, identifier)?;
            }
            let trades = self.public_trades(listed.as_slice(), count);
            Some(object! { "market_id": market, "identifier": identifier, "trades": trades })
        });
        self.listed(found, "tradables")
    }

    /// Returns the latest trades of some listings, oldest first.
    fn public_trades(&self, listings: &[usize], count: usize) -> Vec<Json> {
        let mut trades: Vec<(usize, &PublicTrade)> = Vec::new();
        for &index in listings {
            let of_one = self.tape.trades[index].iter();
            trades.extend(of_one.map(|trade| (index, trade)));
        }
        trades.sort_by_key(|(_, trade)| trade.at);
        let earlier = trades.len().saturating_sub(count);
        let latest = trades.into_iter().skip(earlier);
        latest
            .map(|(index, trade)| self.public_trade(index, trade))
            .collect()
    }

    fn public_trade(&self, index: usize, trade: &PublicTrade) -> Json {
        let listing = &self.market[index].listing;
        // Who trades derivatives is not told.
        let named = listing.terms.is_none();
        object! {
            "market_id": listing.venue.market_id,
            "trade_id": trade.id(listing),
            "price": trade.price,
            "volume": trade.volume,
            "trade_timestamp": trade.at,
            "tick_timestamp": trade.at,
            "broker_buying": named.then_some(trade.buyer),
            "broker_selling": named.then_some(trade.seller),
            "trade_type": trade.kind(),
        }
    }
}

fn trade_count(call: &Call<'_>) -> Result<usize, Refusal> {
    match call.query("count") {
        Some("all") => Ok(usize::MAX),
        _ => call.count("count", 5),
    }
}
