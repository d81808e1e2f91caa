//! Quotes: price ticks merged.

use std::time::Duration;

use super::figures::{IndexFigures, Prices};
use super::state::{Freshness, QuoteState, Stamped as _, freshness_methods};
use crate::decimal::{Decimal, Rounding};
use crate::feed::{IndicatorId, index_numbers, number, price_numbers};
use crate::id::TradableId;
use crate::time::Timestamp;
use crate::volume::Volume;

/// The best bid and ask, the last trade and the figures of the day of one
/// tradable, as of now.
///
/// A member that the server has said nothing of, or has taken back with a
/// `null`, is `None`. In which units prices and turnover are, see
/// [`PriceTick`](crate::PriceTick).
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
    /// What each cost, in the unit of the quote's other prices.
    pub price: Decimal,
    /// Units traded.
    pub volume: Option<Volume>,
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

macro_rules! number_methods {
    ($view:ident.$figures:ident: $( $(#[$doc:meta])* $name:ident: $Number:ident = $slot:literal, )+) => {
        impl $view {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> Option<$Number> {
                    number!($Number, self.$figures.decimal($slot))
                }
            )+
        }
    };
}

price_numbers! { number_methods!(Quote.prices:) }

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

index_numbers! { number_methods!(IndicatorQuote.figures:) }

/// The difference of two volumes over their sum.
pub(super) fn imbalance(
    bids: Volume,
    asks: Volume,
    places: u8,
    rounding: Rounding,
) -> Option<Decimal> {
    let (more, all) = (bids.checked_sub(asks)?, bids.checked_add(asks)?);
    more.get().checked_div(all.get(), places, rounding)
}

#[cfg(test)]
mod tests {
    use super::super::Book;
    use super::*;

    /// They are handed out by value, copied from the rows of a market.
    #[test]
    fn quotes_and_books_stay_small() {
        assert!(size_of::<Quote>() <= 248);
        assert!(size_of::<IndicatorQuote>() <= 144);
        assert!(size_of::<Book>() <= 304);
    }
}
