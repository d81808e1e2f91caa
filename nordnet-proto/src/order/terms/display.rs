//! Terms in words, and what they are made from.

use std::fmt;

use super::{
    Comparison, FillAndKill, FillOrKill, Limit, OneCancelsOther, StopLimit, Terms, TrailingStop,
    Trigger,
};
use crate::api::Amount;

macro_rules! from {
    ($( $kind:ident )+) => { $(
        impl From<$kind> for Terms {
            fn from(terms: $kind) -> Self {
                Self::$kind(terms)
            }
        }
    )+ };
}

from! { Limit FillAndKill FillOrKill StopLimit TrailingStop OneCancelsOther }

/// A limit order for today.
impl From<Amount> for Terms {
    fn from(price: Amount) -> Self {
        Self::Limit(Limit::at(price))
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(limit) => fmt::Display::fmt(limit, f),
            Self::FillAndKill(FillAndKill { price }) => write!(f, "fill and kill at {price}"),
            Self::FillOrKill(FillOrKill { price }) => write!(f, "fill or kill at {price}"),
            Self::StopLimit(StopLimit { trigger, price }) => {
                write!(f, "stop {trigger}, limit {price}")
            }
            Self::TrailingStop(TrailingStop {
                condition,
                percent,
                target_percent,
            }) => {
                let turn = match condition {
                    Comparison::AtOrBelow => "fall",
                    Comparison::AtOrAbove => "rise",
                };
                write!(
                    f,
                    "stop on a {turn} of {percent} %, limit at {target_percent} %"
                )
            }
            Self::OneCancelsOther(OneCancelsOther {
                price,
                trigger,
                stop_price,
            }) => write!(f, "limit {price}, or stop {trigger}, limit {stop_price}"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "limit {}", self.price)?;
        if let Some(date) = self.until {
            write!(f, " until {date}")?;
        }
        if let Some(volume) = self.showing {
            write!(f, ", showing {volume}")?;
        }
        if self.extended_hours {
            f.write_str(", in extended hours")?;
        }
        if self.held {
            f.write_str(", held")?;
        }
        if self.guessed {
            f.write_str(", as NORMAL")?;
        }
        Ok(())
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.condition, self.price)
    }
}

/// As it stands on the wire.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtOrBelow => "<=",
            Self::AtOrAbove => ">=",
        })
    }
}
