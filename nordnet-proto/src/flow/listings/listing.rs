//! All that is known of an instrument on one market.

use std::fmt;
use std::sync::Arc;

use super::ListingKey;
use crate::api::{
    CalendarDay, Instrument, NamedOrderType, Side, TickSizeTable, Tradable, TradableInfo,
};
use crate::decimal::Decimal;
use crate::error_traits::error_traits;
use crate::id::{Currency, TradableId};
use crate::volume::Volume;

/// An instrument on one market, with all that an order for it has to heed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// The instrument.
    pub instrument: Instrument,
    /// Its market: lot, price unit, tick table.
    pub tradable: Tradable,
    /// The order types that it takes, and its trading days.
    pub info: TradableInfo,
    /// Its ticks.
    pub ticks: Arc<TickSizeTable>,
}

impl Listing {
    /// The key that is quoted and ordered.
    #[must_use]
    pub fn id(&self) -> TradableId {
        self.tradable.id()
    }

    /// The ticker, such as `ERIC B`.
    #[must_use]
    pub fn symbol(&self) -> &str {
        &self.instrument.symbol
    }

    /// The currency that it is traded in. Prices may be quoted in another unit:
    /// see [`Listing::price_unit`].
    #[must_use]
    pub const fn currency(&self) -> &Currency {
        &self.instrument.currency
    }

    /// The unit of quoted prices: a currency, `GBX` for pence, `%` for bonds.
    #[must_use]
    pub fn price_unit(&self) -> &str {
        &self.tradable.price_unit
    }

    /// The smallest number of units that can be traded.
    #[must_use]
    pub const fn lot_size(&self) -> Volume {
        self.tradable.lot_size
    }

    /// The order types that it takes.
    #[must_use]
    pub fn order_types(&self) -> &[NamedOrderType] {
        &self.info.order_types
    }

    /// The days until which an order may live, with their hours.
    #[must_use]
    pub fn calendar(&self) -> &[CalendarDay] {
        &self.info.calendar
    }

    /// Whether an order may have this price.
    #[must_use]
    pub fn is_on_tick(&self, price: Decimal) -> bool {
        self.ticks.is_on_tick(price)
    }

    /// The nearest price that an order may have and that is no worse for a
    /// buyer or a seller; see [`TickSizeTable::round`].
    #[must_use]
    pub fn round(&self, price: Decimal, side: &Side) -> Option<Decimal> {
        self.ticks.round(price, side)
    }
}

/// Prints as its ticker.
impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.symbol())
    }
}

impl From<&Listing> for TradableId {
    fn from(listing: &Listing) -> Self {
        listing.id()
    }
}

impl From<&Arc<Listing>> for TradableId {
    fn from(listing: &Arc<Listing>) -> Self {
        listing.id()
    }
}

/// Why there is no listing for a key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotListed {
    /// What was looked up.
    pub key: ListingKey,
    /// Why it was not found.
    pub reason: NotListedReason,
}

/// Why there is no listing for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotListedReason {
    /// Nothing has this key.
    Unknown,
    /// Several instruments have this key; here are keys that only one has.
    Ambiguous(Vec<TradableId>),
    /// Nordnet tells nothing about how it is traded.
    NotTraded,
}

impl fmt::Display for NotListed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, reason } = self;
        match reason {
            NotListedReason::Unknown => write!(f, "nothing is listed as {key}"),
            NotListedReason::Ambiguous(tradables) => {
                write!(f, "{key} is more than one instrument; name one of")?;
                for (index, tradable) in tradables.iter().enumerate() {
                    let separator = if index == 0 { " " } else { ", " };
                    write!(f, "{separator}{tradable}")?;
                }
                Ok(())
            }
            NotListedReason::NotTraded => write!(f, "{key} is listed but cannot be traded"),
        }
    }
}

error_traits!(NotListed);
