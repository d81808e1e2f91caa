//! The numbers of price and indicator ticks, told once for the ticks and for
//! what they are merged into.
//!
//! Each list hands its numbers to another macro: what they mean, their names on
//! the wire, their types, and their slots, which count up.

/// Those of a price tick.
macro_rules! price_numbers {
    ($with:ident!($($head:tt)*)) => {
        $with! { $($head)*
            /// The best bid.
            bid: Decimal = 0,
            /// Units at the best bid.
            bid_volume: Volume = 1,
            /// The best ask.
            ask: Decimal = 2,
            /// Units at the best ask.
            ask_volume: Volume = 3,
            /// The price of the last trade.
            last: Decimal = 4,
            /// Units of the last trade.
            last_volume: Volume = 5,
            /// The first price of the day.
            open: Decimal = 6,
            /// The highest price of the day.
            high: Decimal = 7,
            /// The lowest price of the day.
            low: Decimal = 8,
            /// The closing price of the day before.
            close: Decimal = 9,
            /// The volume-weighted average price of the day.
            vwap: Decimal = 10,
            /// The value traded today.
            turnover: Decimal = 11,
            /// Units traded today.
            turnover_volume: Volume = 12,
            /// The equilibrium price of an auction.
            ep: Decimal = 13,
            /// Units paired in an auction.
            paired: Volume = 14,
            /// Units without a counterpart in an auction; for that of the book see
            /// [`Quote::volume_imbalance`](crate::Quote::volume_imbalance).
            imbalance: Volume = 15,
            /// The last price outside regular hours.
            extended_last: Decimal = 16,
        }
    };
}

/// Those of an indicator tick.
macro_rules! index_numbers {
    ($with:ident!($($head:tt)*)) => {
        $with! { $($head)*
            /// The latest value.
            last: Decimal = 0,
            /// The highest value of the day.
            high: Decimal = 1,
            /// The lowest value of the day.
            low: Decimal = 2,
            /// The closing value of the day before.
            close: Decimal = 3,
        }
    };
}

/// The names of a tick's members: some others, then those of its numbers.
macro_rules! names {
    ([$($other:literal)+] $( $(#[$doc:meta])* $name:ident: $Number:ident = $slot:literal, )+) => {
        &[$($other,)+ $(stringify!($name)),+]
    };
}

/// A decimal, changed or not, as what it counts.
macro_rules! number {
    (Decimal, $decimal:expr) => {
        $decimal
    };
    (Volume, $decimal:expr) => {
        $decimal.map(crate::volume::Volume::new)
    };
}

pub(crate) use {index_numbers, names, number, price_numbers};
