//! The blocks of prices that the rows of searches hold.

use crate::api::EpochTime;
use crate::api::sparse::sparse;
use crate::decimal::Decimal;
use crate::lenient_int;
use crate::volume::Volume;

sparse! {
    /// The top of the book and the prices of the day; schema `PriceInfo`.
    PriceInfo {
        /// False if the prices are delayed; it depends on the rights of the session.
        realtime: bool,
        /// The best bid.
        bid: PriceWithDecimals,
        /// Units at the best bid.
        bid_volume: Volume,
        /// The best offer.
        ask: PriceWithDecimals,
        /// Units at the best offer.
        ask_volume: Volume,
        /// The price paid last.
        last: PriceWithDecimals,
        /// The first price of the day.
        open: PriceWithDecimals,
        /// The highest price of the day.
        high: PriceWithDecimals,
        /// The lowest price of the day.
        low: PriceWithDecimals,
        /// The close of the day before.
        close: PriceWithDecimals,
        /// The change since the close.
        diff: DiffWithDecimals,
        /// The change since the close, in percent.
        diff_pct: Decimal,
        /// The offer minus the bid.
        spread: PriceWithDecimals,
        /// The offer minus the bid, in percent.
        spread_pct: Decimal,
        /// The turnover of the day, in money.
        turnover: Decimal,
        /// The turnover of the day, in units.
        turnover_volume: Volume,
        /// When a price last changed.
        tick_timestamp: EpochTime,
    }
}

sparse! {
    /// A price, and how to show it; schema `PriceWithDecimals`.
    PriceWithDecimals {
        /// The price as it is; not scaled by `decimals`.
        price: Decimal,
        /// Digits to show after the point.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        decimals: i64,
    }
}

sparse! {
    /// A change of price, and how to show it; schema `DiffWithDecimals`.
    DiffWithDecimals {
        /// The change as it is; not scaled by `decimals`.
        diff: Decimal,
        /// Digits to show after the point.
        #[serde(default, deserialize_with = "lenient_int::optional")]
        decimals: i64,
    }
}

sparse! {
    /// Returns over set spans, presumably in percent; schema `HistoricalReturnsInfo`.
    HistoricalReturnsInfo {
        /// Whether it was reckoned from a live price.
        realtime: bool,
        /// Over a week.
        yield_1w: Decimal,
        /// Over a month.
        yield_1m: Decimal,
        /// Over three months.
        yield_3m: Decimal,
        /// Since New Year.
        yield_ytd: Decimal,
        /// Over a year.
        yield_1y: Decimal,
        /// Over three years.
        yield_3y: Decimal,
        /// Over five years.
        yield_5y: Decimal,
        /// Over ten years.
        yield_10y: Decimal,
    }
}
