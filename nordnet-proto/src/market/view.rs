//! Rows as they are shown, with how far they can be relied on.

use std::time::Instant;

use super::Market;
use super::book::{Book, Levels};
use super::figures::{IndexFigures, Prices};
use super::quote::{IndicatorQuote, Quote};
use super::state::{Freshness, MALFORMED, NEVER, QuoteState, REFUSED, StaleReason, Stamped};
use super::status::{Texts, TradingState};
use crate::feed::IndicatorId;
use crate::id::TradableId;

impl Market {
    pub(super) fn quote_of(&self, id: &TradableId, row: Option<&Prices>, now: Instant) -> Quote {
        let (fresh, prices) = self.seen(row, now);
        Quote {
            tradable: id.clone(),
            fresh,
            prices,
        }
    }

    pub(super) fn book_of(&self, id: &TradableId, row: Option<&Levels>, now: Instant) -> Book {
        let (fresh, levels) = self.seen(row, now);
        Book {
            tradable: id.clone(),
            fresh,
            levels,
        }
    }

    pub(super) fn indicator_of(
        &self,
        id: &IndicatorId,
        row: Option<&IndexFigures>,
        now: Instant,
    ) -> IndicatorQuote {
        let (fresh, figures) = self.seen(row, now);
        IndicatorQuote {
            indicator: id.clone(),
            fresh,
            figures,
        }
    }

    pub(super) fn trading_state_of(
        &self,
        id: &TradableId,
        row: Option<&Texts>,
        now: Instant,
    ) -> TradingState {
        let (fresh, texts) = self.seen(row, now);
        TradingState {
            tradable: id.clone(),
            fresh,
            texts,
        }
    }

    /// What is known of a row, and how far it can be relied on.
    fn seen<R: Stamped + Clone + Default>(&self, row: Option<&R>, now: Instant) -> (Freshness, R) {
        (self.freshness(row, now), row.cloned().unwrap_or_default())
    }

    fn freshness(&self, row: Option<&impl Stamped>, now: Instant) -> Freshness {
        let stamp = row.map(Stamped::stamp).unwrap_or_default();
        let state = match stamp.generation {
            REFUSED => QuoteState::Stale(StaleReason::Refused),
            _ if self.closed => QuoteState::Stale(StaleReason::Closed),
            NEVER => QuoteState::Waiting,
            MALFORMED => QuoteState::Stale(StaleReason::Malformed),
            generation if generation != self.generation() => {
                QuoteState::Stale(StaleReason::Disconnected)
            }
            _ if row.is_some_and(Stamped::is_delayed) => QuoteState::Delayed,
            _ => QuoteState::Live,
        };
        let told = row.filter(|_| stamp.heard > 0);
        Freshness {
            state,
            age: told.map(|_| self.clock.since(stamp.heard, now)),
            silence: self.silence(now),
        }
    }
}
