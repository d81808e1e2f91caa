//! Decimal numbers as whole ten-thousandths.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

const ONE: i64 = 10_000;
const CENT: i128 = 100;

/// An exact decimal number with four places: a price, an amount, a rate.
///
/// Binary floating point is never used for money here. Sums saturate at the
/// ends of the range, some 900 million million whole units, instead of
/// wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fixed(i64);

impl Fixed {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Makes a number from a count of ten-thousandths: `865_200` is 86.52.
    #[must_use]
    pub const fn from_ten_thousandths(count: i64) -> Self {
        Self(count)
    }

    /// Makes a number from a count of whole units.
    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units.saturating_mul(ONE))
    }

    /// Returns the number as a count of ten-thousandths.
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Multiplies by a whole count, such as a price by a volume.
    #[must_use]
    pub const fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// Divides by a positive count and rounds half up to two places.
    ///
    /// A count below one gives the number itself.
    #[must_use]
    pub fn per(self, count: i64) -> Self {
        if count < 1 {
            return self;
        }
        Self::rounded(i128::from(self.0), i128::from(count))
    }

    /// Multiplies by a rate and rounds half up to two places.
    #[must_use]
    pub fn at_rate(self, rate: Self) -> Self {
        Self::rounded(i128::from(self.0) * i128::from(rate.0), i128::from(ONE))
    }

    /// Divides by another number, cut to four places; by zero it gives zero.
    #[must_use]
    pub(crate) fn over(self, other: Self) -> Self {
        let quotient = (i128::from(self.0) * i128::from(ONE)).checked_div(i128::from(other.0));
        Self(i64::try_from(quotient.unwrap_or(0)).unwrap_or(i64::MAX))
    }

    /// Writes the number the way a JVM prints a double: `86.5`, `111.0`,
    /// `2.06845115E7`, `5.0E-4`.
    #[must_use]
    pub fn to_jvm(self) -> String {
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = self.write_jvm(&mut text);
        text
    }

    pub(crate) fn write_jvm(self, out: &mut impl fmt::Write) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        // A JVM leaves plain notation below a thousandth and from ten million on.
        if magnitude == 0 || (10..100_000_000_000).contains(&magnitude) {
            self.write_plain(out)?;
            let whole = magnitude.is_multiple_of(ONE as u64);
            return out.write_str(if whole { ".0" } else { "" });
        }
        let digits = magnitude.to_string();
        let exponent = digits.len() as i64 - 1 - 4;
        let (first, rest) = digits.split_at(1);
        let rest = rest.trim_end_matches('0');
        let rest = if rest.is_empty() { "0" } else { rest };
        write!(out, "{sign}{first}.{rest}E{exponent}")
    }

    fn write_plain(self, out: &mut impl fmt::Write) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (units, fraction) = (magnitude / ONE as u64, magnitude % ONE as u64);
        if self.0 < 0 {
            out.write_str("-")?;
        }
        write_digits(units, out)?;
        let (mut rest, mut unit) = (fraction, ONE as u64 / 10);
        if rest > 0 {
            out.write_char('.')?;
        }
        while rest > 0 {
            out.write_char(char::from(b'0' + (rest / unit) as u8))?;
            rest %= unit;
            unit /= 10;
        }
        Ok(())
    }

    fn rounded(dividend: i128, divisor: i128) -> Self {
        let unit = divisor * CENT;
        let cents = (dividend + unit / 2).div_euclid(unit);
        Self(i64::try_from(cents * CENT).unwrap_or(if cents < 0 { i64::MIN } else { i64::MAX }))
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_plain(f)
    }
}

/// Writes a number out, without the way through the formatting of the standard
/// library: it is half of what a tick takes.
pub(crate) fn write_digits(number: u64, out: &mut impl fmt::Write) -> fmt::Result {
    let mut digits = [b'0'; 20];
    let (mut rest, mut first) = (number, digits.len());
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        first = place;
        if rest == 0 {
            break;
        }
    }
    out.write_str(std::str::from_utf8(&digits[first..]).unwrap_or_default())
}

/// The text is not a decimal number with at most four places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseFixedError;

impl fmt::Display for ParseFixedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number with at most four places")
    }
}

impl std::error::Error for ParseFixedError {}

impl FromStr for Fixed {
    type Err = ParseFixedError;

    fn from_str(text: &str) -> Result<Self, ParseFixedError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (units, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !numeric(units) || !numeric(fraction) {
            return Err(ParseFixedError);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 4 {
            return Err(ParseFixedError);
        }
        let value = format!("{units}{fraction:0<4}")
            .parse::<i64>()
            .map_err(|_| ParseFixedError)?;
        Ok(Self(if negative { -value } else { value }))
    }
}

impl Add for Fixed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Fixed {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Fixed {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Fixed {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Fixed {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl std::iter::Sum for Fixed {
    fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
        terms.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> Fixed {
        text.parse().unwrap()
    }

    #[test]
    fn prints_as_a_jvm_does() {
        for (text, jvm) in [
            ("0", "0.0"),
            ("111", "111.0"),
            ("86.5", "86.5"),
            ("86.52", "86.52"),
            ("-12.4", "-12.4"),
            ("0.001", "0.001"),
            ("0.0005", "5.0E-4"),
            ("9999999.99", "9999999.99"),
            ("10000000", "1.0E7"),
            ("20684511.5", "2.06845115E7"),
            ("3340000000", "3.34E9"),
        ] {
            assert_eq!(fixed(text).to_jvm(), jvm);
            assert_eq!(fixed(text).to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_plain_decimal() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "1,5",
            "+1",
            "0.00001",
            "9999999999999999",
        ] {
            assert_eq!(text.parse::<Fixed>(), Err(ParseFixedError), "{text}");
        }
        assert_eq!(fixed("1.50000000"), fixed("1.5"));
    }

    #[test]
    fn rounds_half_up_to_hundredths() {
        assert_eq!(fixed("10").at_rate(fixed("1.4705")), fixed("14.71"));
        assert_eq!(fixed("100").per(3), fixed("33.33"));
        assert_eq!(fixed("0.05").per(10), fixed("0.01"));
    }
}
