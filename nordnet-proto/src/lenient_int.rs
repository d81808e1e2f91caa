//! Integers in any form in which the wire may write them.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// Up to here a number that was rounded on its way through a binary float
/// shows by a fraction: 2⁴⁸.
const EXACT: f64 = 281_474_976_710_656.0;

/// An integer that may be written `1.0` or `1E3`, too.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LenientInt(pub(crate) i64);

impl<'de> Deserialize<'de> for LenientInt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = LenientInt;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of 64 bits")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<LenientInt, E> {
                Ok(LenientInt(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<LenientInt, E> {
                i64::try_from(number)
                    .map(LenientInt)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<LenientInt, E> {
                if number.fract() == 0.0 && number.abs() <= EXACT {
                    #[expect(clippy::cast_possible_truncation, reason = "it is whole and fits")]
                    Ok(LenientInt(number as i64))
                } else {
                    Err(E::invalid_value(Unexpected::Float(number), &self))
                }
            }
        }

        deserializer.deserialize_i64(Reader)
    }
}

/// Reads a member that is an integer.
pub(crate) fn required<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let LenientInt(number) = LenientInt::deserialize(deserializer)?;
    T::try_from(number).map_err(|_| D::Error::custom("a whole number out of range"))
}

/// Reads a member that may be absent or null.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    let number = Option::<LenientInt>::deserialize(deserializer)?;
    Ok(number.map(|number| number.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_may_be_written_with_a_point() {
        for (text, number) in [
            ("0", 0),
            ("-0.0", 0),
            ("1.0", 1),
            ("-7", -7),
            ("1.773738902500E12", 1_773_738_902_500),
            ("281474976710656.0", 281_474_976_710_656),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(serde_json::from_str::<LenientInt>(text).unwrap().0, number);
        }
        for text in [
            "1.5",
            "281474976710657.0",
            "9223372036854775808",
            "1e400",
            "\"1\"",
            "null",
            "true",
        ] {
            assert!(serde_json::from_str::<LenientInt>(text).is_err(), "{text}");
        }
    }
}
