//! Identifiers: one type each, so that none can stand in for another.

mod identifier;
mod inline;
mod into_account_number;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use smol_str::SmolStr;

pub use self::identifier::Identifier;
pub(crate) use self::inline::Inline;
pub use self::into_account_number::IntoAccountNumber;
use crate::error_traits::error_traits;
use crate::lenient_int::LenientInt;

macro_rules! number_id {
    ($( $(#[$meta:meta])* $name:ident )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                LenientInt::deserialize(deserializer).map(|number| Self(number.0))
            }
        }

        impl $name {
            /// Wraps the number as it stands on the wire.
            #[must_use]
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number as it stands on the wire.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.parse().map(Self).map_err(|_| ParseIdError("a whole number"))
            }
        }
    )+ };
}

number_id! {
    /// The permanent number of an account (accno).
    ///
    /// All calls of this crate address accounts by it.
    AccountNumber

    /// The index of an account within one session (accid).
    ///
    /// It may mean another account after the next login, so it is only shown.
    AccountId

    /// Nordnet's number of an order.
    OrderId

    /// Nordnet's number of an instrument. Zero marks one that cannot be traded
    /// and is no key.
    InstrumentId

    /// The number of a market, such as 11 for Nasdaq Stockholm.
    MarketId

    /// The number of a segment within a market.
    MarketSubId

    /// The number of an issuer of leveraged products.
    IssuerId

    /// The number of a tick-size table.
    TickSizeId

    /// The number of a news source.
    NewsSourceId

    /// The number of a news item.
    NewsId
}

macro_rules! text_id {
    ($( $(#[$meta:meta])* $name:ident )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Wraps the text as it stands on the wire.
            #[must_use]
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(SmolStr::new(text))
            }

            /// The text as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    )+ };
}

text_id! {
    /// A currency code such as `SEK`.
    Currency

    /// An ISO 10383 market code such as `XSTO`.
    Mic

    /// An international securities identification number.
    Isin

    /// The code of a type of instruments, such as `ESH` for shares.
    InstrumentTypeCode

    /// The code of a broad group of instrument types, such as `EQUITY`.
    InstrumentGroupCode

    /// The code of a country, such as `SE`.
    CountryCode

    /// The key of an attribute that lists are searched, sorted and filtered
    /// by, such as `name`.
    AttributeId

    /// A market's own id of an execution.
    TradeId

    /// The market of an index, such as `SSE`: a text, unlike [`MarketId`].
    IndicatorMarket
}

/// An instrument on one market: what is quoted and ordered.
///
/// Written `market:identifier`; ERIC B on Nasdaq Stockholm is `11:101`.
///
/// ```
/// use nordnet_proto::TradableId;
///
/// let ericsson: TradableId = "11:101".parse()?;
/// assert_eq!(ericsson.market.get(), 11);
/// assert_eq!(ericsson.identifier.as_str(), "101");
/// # Ok::<(), nordnet_proto::ParseIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TradableId {
    /// The market.
    #[serde(rename = "market_id")]
    pub market: MarketId,
    /// The identifier within the market.
    pub identifier: Identifier,
}

impl TradableId {
    /// Joins a market and an identifier within it.
    #[must_use]
    pub fn new(market: i64, identifier: impl AsRef<str>) -> Self {
        Self {
            market: MarketId::new(market),
            identifier: Identifier::new(identifier),
        }
    }
}

impl TradableId {
    /// Whether it can be the key of anything.
    pub(crate) fn is_key(&self) -> bool {
        self.market.get() >= 0 && !self.identifier.as_str().is_empty()
    }
}

impl From<&Self> for TradableId {
    fn from(id: &Self) -> Self {
        id.clone()
    }
}

impl fmt::Display for TradableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.market, self.identifier))
    }
}

impl FromStr for TradableId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once(':') {
            Some((market, identifier)) if !identifier.is_empty() => Ok(Self {
                market: market.parse()?,
                identifier: Identifier::new(identifier),
            }),
            _ => Err(ParseIdError("market:identifier, such as 11:101")),
        }
    }
}

/// A text that is not the identifier it should be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ParseIdError(&'static str);

impl ParseIdError {
    /// Says what was expected.
    pub(crate) const fn expected(what: &'static str) -> Self {
        Self(what)
    }
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

error_traits!(ParseIdError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tradables_read_and_write_the_same_text() {
        for text in ["11:101", "30:8841", "11:ERIC B", "7:a:b"] {
            assert_eq!(text.parse::<TradableId>().unwrap().to_string(), text);
        }
        for text in ["", "11", ":101", "11:", "x:101"] {
            assert!(text.parse::<TradableId>().is_err(), "{text}");
        }
    }
}
