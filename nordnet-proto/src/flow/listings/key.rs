//! The ways to name what is traded.

use std::fmt;
use std::str::FromStr;

use crate::id::{Isin, Mic, ParseIdError, TradableId};

/// What a listing is looked up by.
///
/// ```
/// use nordnet_proto::flow::ListingKey;
///
/// for text in ["11:101", "XSTO:ERIC B", "SE0000108656"] {
///     assert_eq!(text.parse::<ListingKey>()?.to_string(), text);
/// }
/// # Ok::<(), nordnet_proto::ParseIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ListingKey {
    /// A market and an identifier, such as `11:101`.
    Tradable(TradableId),
    /// A market and a ticker, such as `XSTO:ERIC B`.
    Symbol {
        /// The market by its ISO code.
        mic: Mic,
        /// The ticker.
        symbol: String,
    },
    /// An ISIN, such as `SE0000108656`: the market that Nordnet shows first.
    Isin(Isin),
}

impl From<TradableId> for ListingKey {
    fn from(tradable: TradableId) -> Self {
        Self::Tradable(tradable)
    }
}

impl From<Isin> for ListingKey {
    fn from(isin: Isin) -> Self {
        Self::Isin(isin)
    }
}

impl fmt::Display for ListingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tradable(tradable) => fmt::Display::fmt(tradable, f),
            Self::Symbol { mic, symbol } => f.pad(&format!("{mic}:{symbol}")),
            Self::Isin(isin) => fmt::Display::fmt(isin, f),
        }
    }
}

impl FromStr for ListingKey {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        const EXPECTED: ParseIdError =
            ParseIdError::expected("11:101, XSTO:ERIC B or an ISIN such as SE0000108656");
        match text.split_once(':') {
            Some((market, _)) if market.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().map(Self::Tradable)
            }
            Some((mic, symbol)) if is_mic(mic) && !symbol.trim().is_empty() => Ok(Self::Symbol {
                mic: Mic::new(mic.to_ascii_uppercase()),
                symbol: symbol.trim().to_ascii_uppercase(),
            }),
            None if is_isin(text) => Ok(Self::Isin(Isin::new(text.to_ascii_uppercase()))),
            _ => Err(EXPECTED),
        }
    }
}

fn is_mic(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Two letters, nine letters or digits, and a digit that has to fit.
fn is_isin(text: &str) -> bool {
    let form = text.bytes().enumerate().all(|(index, byte)| match index {
        0 | 1 => byte.is_ascii_alphabetic(),
        11 => byte.is_ascii_digit(),
        _ => byte.is_ascii_alphanumeric(),
    });
    form && text.len() == 12 && is_luhn(text)
}

/// The check of ISO 6166: letters count as two digits, `A` being 10, and every
/// second digit from the right but one is doubled.
fn is_luhn(text: &str) -> bool {
    let mut sum = 0;
    let mut doubled = false;
    let mut add = |digit: u32| {
        let value = if doubled { 2 * digit } else { digit };
        sum += value / 10 + value % 10;
        doubled = !doubled;
    };
    for value in text.chars().rev().filter_map(|letter| letter.to_digit(36)) {
        add(value % 10);
        if value >= 10 {
            add(value / 10);
        }
    }
    sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_by_their_form() {
        let key = |text: &str| text.parse::<ListingKey>();
        assert_eq!(key("11:101"), Ok(TradableId::new(11, "101").into()));
        assert_eq!(key("11:ERIC B"), Ok(TradableId::new(11, "ERIC B").into()));
        let ericsson = ListingKey::Symbol {
            mic: Mic::new("XSTO"),
            symbol: "ERIC B".into(),
        };
        assert_eq!(key("XSTO:ERIC B"), Ok(ericsson.clone()));
        assert_eq!(key("xsto: eric b"), Ok(ericsson));
        assert_eq!(key("se0000108656"), Ok(Isin::new("SE0000108656").into()));
        for isin in [
            "US0378331005",
            "GB0002634946",
            "FI0009000681",
            "NO0010096985",
        ] {
            assert_eq!(key(isin), Ok(Isin::new(isin).into()), "{isin}");
        }
        for text in [
            "",
            ":",
            "11:",
            ":101",
            "XSTO:",
            "XSTO: ",
            "ERIC B",
            "STO:ERIC B",
            "SE0000108657",
            "SE000010865",
            "SE00001086566",
            "000000108656",
        ] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
