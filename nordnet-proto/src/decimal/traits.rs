//! Decimals as texts, in comparisons and in serde.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Decimal, DecimalError};

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::from_ascii(text.as_bytes())
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::new(value, 0)
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Self {
        Self::new(i64::from(value), 0)
    }
}

impl From<u32> for Decimal {
    fn from(value: u32) -> Self {
        Self::new(i64::from(value), 0)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(*other);
        a.cmp(&b)
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { mantissa, scale } = self.normalized();
        (mantissa, scale).hash(state);
    }
}

/// Prints all decimal places, unless a precision asks for fewer or more: then
/// what is cut is rounded, half to even.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let places = f.precision().unwrap_or(scale);
        let cut = u32::try_from(scale.saturating_sub(places)).unwrap_or(0);
        let magnitude = rounded(self.mantissa.unsigned_abs(), cut);
        let kept = scale.min(places);
        let mut text = format!("{magnitude:0>width$}", width = kept + 1);
        if places > 0 {
            text.insert(text.len() - kept, '.');
            text.extend(std::iter::repeat_n('0', places - kept));
        }
        f.pad_integral(self.mantissa >= 0, "", &text)
    }
}

/// Drops that many digits at the end, at most 18 of them.
fn rounded(magnitude: u64, digits: u32) -> u64 {
    let unit = 10_u64.pow(digits);
    let (whole, rest) = (magnitude / unit, magnitude % unit);
    let up = match (rest * 2).cmp(&unit) {
        Ordering::Less => false,
        Ordering::Equal => whole % 2 == 1,
        Ordering::Greater => true,
    };
    whole + u64::from(up)
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = raw
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(raw);
        text.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "not a decimal number such as 86.52",
            Self::OutOfRange => "a number with too many digits to be held exactly",
        })
    }
}

impl std::error::Error for DecimalError {}
