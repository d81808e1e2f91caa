//! Quotes: price ticks merged.

use std::time::Duration;

use super::figures::{IndexFigures, Prices};
use super::state::{Freshness, QuoteState, Stamped as _, freshness_methods};
use crate::decimal::{Decimal, Rounding};
use crate::feed::IndicatorId;
use crate::id::TradableId;
use crate::time::Timestamp;

/// The best bid and ask, the last trade and the figures of the day of one
/// tradable, as of now.
///
/// A member that the server has said nothing of, or has taken back with a
/// `null`, is `None`.
#[derive(Clone, Debug)]
pub struct Quote {
    pub(super) tradable: TradableId,
    pub(super) fresh: Freshness,
    pub(super) prices: Prices,
}

/// The last trade of a [`Quote`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LastTrade {
    /// The price of one unit.
    pub price: Decimal,
    /// Units traded.
    pub volume: Option<Decimal>,
    /// When.
    pub time: Option<Timestamp>,
}

freshness_methods!(Quote, tradable: TradableId);

impl Quote {
    /// The ask less the bid.
    #[must_use]
    pub fn spread(&self) -> Option<Decimal> {
        self.ask()?.checked_sub(self.bid()?)
    }

    /// The middle of bid and ask, exactly.
    #[must_use]
    pub fn mid(&self) -> Option<Decimal> {
        self.bid()?.mid(self.ask()?)
    }

    /// How much more is bid for than offered at the best prices, from -1, when
    /// there are only sellers, to 1, with so many places.
    #[must_use]
    pub fn volume_imbalance(&self, places: u8, rounding: Rounding) -> Option<Decimal> {
        imbalance(self.bid_volume()?, self.ask_volume()?, places, rounding)
    }

    /// The last trade.
    #[must_use]
    pub fn last_trade(&self) -> Option<LastTrade> {
        Some(LastTrade {
            price: self.last()?,
            volume: self.last_volume(),
            time: self.trade_timestamp(),
        })
    }

    /// The server's time of the last tick that had one.
    #[must_use]
    pub fn tick_timestamp(&self) -> Option<Timestamp> {
        self.prices.time(0)
    }

    /// The time of the last trade.
    #[must_use]
    pub fn trade_timestamp(&self) -> Option<Timestamp> {
        self.prices.time(1)
    }

    /// Whether the server marks the data as delayed.
    #[must_use]
    pub fn is_delayed(&self) -> bool {
        self.prices.is_delayed()
    }
}

macro_rules! decimals {
    ($view:ident.$figures:ident: $( $(#[$doc:meta])* $name:ident = $slot:literal, )+) => {
        impl $view {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> Option<Decimal> {
                    self.$figures.decimal($slot)
                }
            )+
        }
    };
}

decimals! { Quote.prices:
    /// The best bid.
    bid = 0,
    /// Units at the best bid.
    bid_volume = 1,
    /// The best ask.
    ask = 2,
    /// Units at the best ask.
    ask_volume = 3,
    /// The price of the last trade.
    last = 4,
    /// Units of the last trade.
    last_volume = 5,
    /// The first price of the day.
    open = 6,
    /// The highest price of the day.
    high = 7,
    /// The lowest price of the day.
    low = 8,
    /// The closing price of the day before.
    close = 9,
    /// The volume-weighted average price of the day.
    vwap = 10,
    /// The value traded today.
    turnover = 11,
    /// Units traded today.
    turnover_volume = 12,
    /// The equilibrium price of an auction.
    ep = 13,
    /// Units paired in an auction.
    paired = 14,
    /// Units without a counterpart in an auction; for that of the book see
    /// [`Quote::volume_imbalance`].
    imbalance = 15,
    /// The last price outside regular hours.
    extended_last = 16,
}

/// The value of an index, as of now; its members as those of a [`Quote`].
#[derive(Clone, Debug)]
pub struct IndicatorQuote {
    pub(super) indicator: IndicatorId,
    pub(super) fresh: Freshness,
    pub(super) figures: IndexFigures,
}

freshness_methods!(IndicatorQuote, indicator: IndicatorId);

impl IndicatorQuote {
    /// The server's time of the last tick that had one.
    #[must_use]
    pub fn tick_timestamp(&self) -> Option<Timestamp> {
        self.figures.time(0)
    }

    /// Whether the server marks the data as delayed.
    #[must_use]
    pub fn is_delayed(&self) -> bool {
        self.figures.is_delayed()
    }
}

decimals! { IndicatorQuote.figures:
    /// The latest value.
    last = 0,
    /// The highest value of the day.
    high = 1,
    /// The lowest value of the day.
    low = 2,
    /// The closing value of the day before.
    close = 3,
}

/// The difference of two volumes over their sum.
pub(super) fn imbalance(
    bids: Decimal,
    asks: Decimal,
    places: u8,
    rounding: Rounding,
) -> Option<Decimal> {
    bids.checked_sub(asks)?
        .checked_div(bids.checked_add(asks)?, places, rounding)
}
