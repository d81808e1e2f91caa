//! Points in time whose unit the source does not state.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::lenient_int::LenientInt;
use crate::time::{Date, Timestamp};

/// A point in time as a number whose unit the source does not state.
///
/// It is taken for milliseconds since 1970-01-01 UTC, unless it is so small
/// that it can only be seconds: below 10¹¹, which is 1973 in milliseconds and
/// the year 5138 in seconds. Written back it is the number that was read.
///
/// ```
/// use nordnet_proto::api::EpochTime;
///
/// let expiry = EpochTime::new(1781740800000);
/// assert_eq!(expiry.to_string(), "2026-06-18T00:00:00.000Z");
/// assert_eq!(EpochTime::new(1781740800).date(), expiry.date());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EpochTime(i64);

impl EpochTime {
    /// The first number that is taken for milliseconds.
    const MILLIS: u64 = 100_000_000_000;

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

    /// The point in time.
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        Timestamp::from_millis(if self.0.unsigned_abs() < Self::MILLIS {
            self.0 * 1000
        } else {
            self.0
        })
    }

    /// The day in UTC, or `None` outside the years 0 to 9999.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        self.timestamp().date()
    }
}

impl From<Timestamp> for EpochTime {
    fn from(time: Timestamp) -> Self {
        Self(time.as_millis())
    }
}

impl fmt::Display for EpochTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}

impl<'de> Deserialize<'de> for EpochTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        LenientInt::deserialize(deserializer).map(|number| Self(number.0))
    }
}
