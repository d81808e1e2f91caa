//! Decimals as texts, in comparisons and in serde.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Decimal, DecimalError, Rounding};
use crate::error_traits::error_traits;

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
        // Two prices of one instrument mostly have the same scale.
        if self.scale == other.scale {
            return self.mantissa.cmp(&other.mantissa);
        }
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
        let places = f.precision().unwrap_or_else(|| self.scale.into());
        let rounded = self.round(u8::try_from(places).unwrap_or(u8::MAX), Rounding::HalfEven);
        let mut digits = [b'0'; DIGITS];
        let (mut begin, mut rest) = (DIGITS, rounded.mantissa.unsigned_abs());
        while rest > 0 || begin + usize::from(rounded.scale) >= DIGITS {
            // At most 19 digits are written, and a remainder of ten fits a byte.
            begin -= 1;
            digits[begin] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        let digits = std::str::from_utf8(&digits[begin..]).unwrap_or_default();
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(rounded.scale));
        if places == usize::from(rounded.scale) && f.width().is_none() && !f.sign_plus() {
            if self.mantissa < 0 {
                f.write_str("-")?;
            }
            f.write_str(whole)?;
            if fraction.is_empty() {
                return Ok(());
            }
            f.write_str(".")?;
            return f.write_str(fraction);
        }
        let mut text = format!("{whole}{}{fraction}", if places > 0 { "." } else { "" });
        text.extend(std::iter::repeat_n('0', places - fraction.len()));
        f.pad_integral(self.mantissa >= 0, "", &text)
    }
}

/// As many digits as 64 bits have, or a zero and all places.
const DIGITS: usize = 20;

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
        // Owned, since a reader has no text to borrow from.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let raw = raw.get();
        let wrong = |found| Err(D::Error::invalid_type(found, &"a number"));
        let text = match raw.as_bytes() {
            [b'[', ..] => return wrong(Unexpected::Seq),
            [b'{', ..] => return wrong(Unexpected::Map),
            [b'"', ..] => raw.trim_matches('"'),
            _ => raw,
        };
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

error_traits!(DecimalError);
