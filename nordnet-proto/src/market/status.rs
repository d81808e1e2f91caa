//! Trading statuses merged.

use std::time::Duration;

use smol_str::SmolStr;

use super::state::{Freshness, Generation, QuoteState, Row, Stamp, Stamped, freshness_methods};
use crate::feed::TradingStatus;
use crate::id::TradableId;
use crate::time::Timestamp;

/// Whether a tradable is being traded, as of now; its members as those of a
/// [`Quote`](super::Quote).
#[derive(Clone, Debug)]
pub struct TradingState {
    pub(super) tradable: TradableId,
    pub(super) fresh: Freshness,
    pub(super) texts: Texts,
}

freshness_methods!(TradingState, tradable: TradableId);

impl TradingState {
    /// A code of one letter; see [`TradingStatus::status`].
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.texts.status.as_deref()
    }

    /// The status in the words of the market.
    #[must_use]
    pub fn source_status(&self) -> Option<&str> {
        self.texts.source_status.as_deref()
    }

    /// Whether and how trading is halted.
    #[must_use]
    pub fn halted(&self) -> Option<&str> {
        self.texts.halted.as_deref()
    }

    /// The status of the order book.
    #[must_use]
    pub fn orderbook_status(&self) -> Option<&str> {
        self.texts.orderbook_status.as_deref()
    }

    /// The server's time of the last tick that had one.
    #[must_use]
    pub const fn tick_timestamp(&self) -> Option<Timestamp> {
        self.texts.tick_timestamp
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    status: Option<SmolStr>,
    source_status: Option<SmolStr>,
    halted: Option<SmolStr>,
    orderbook_status: Option<SmolStr>,
    tick_timestamp: Option<Timestamp>,
    stamp: Stamp,
}

impl Row<TradingStatus> for Texts {
    fn merge(&mut self, tick: &TradingStatus) {
        tick.status().map(SmolStr::new).apply_to(&mut self.status);
        tick.source_status()
            .map(SmolStr::new)
            .apply_to(&mut self.source_status);
        tick.halted().map(SmolStr::new).apply_to(&mut self.halted);
        tick.orderbook_status()
            .map(SmolStr::new)
            .apply_to(&mut self.orderbook_status);
        tick.tick_timestamp().apply_to(&mut self.tick_timestamp);
    }

    fn clear(&mut self) {
        *self = Self {
            stamp: self.stamp,
            ..Self::default()
        };
    }
}

impl Stamped for Texts {
    fn stamp(&self) -> Stamp {
        self.stamp
    }

    fn set_heard(&mut self, heard: u64) {
        self.stamp.heard = heard;
    }

    fn set_generation(&mut self, generation: Generation) {
        self.stamp.generation = generation;
    }
}
