//! Exact decimal numbers for money and volume.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// An exact decimal number: a 64-bit mantissa and a count of decimal places.
///
/// Prices, volumes and amounts on Nordnet's wire are JSON numbers. They are
/// read digit by digit and never pass through binary floating point.
///
/// - A plain number keeps the places it was written with: `111.0` prints as
///   `111.0`. Comparison is by value, so it equals `111`.
/// - A number with an exponent is read exactly and without trailing zeros:
///   `2.06845115E7` is `20684511.5`.
/// - A number that does not fit is an error and is never rounded.
///
/// With serde it reads a JSON number or a JSON string with a number in it
/// (through `serde_json` only, since no other route keeps the digits), and it
/// is written as a string.
///
/// ```
/// use nordnet_proto::Decimal;
///
/// let price: Decimal = "86.50".parse()?;
/// assert_eq!(price, Decimal::new(865, 1));
/// assert_eq!(price.to_string(), "86.50");
/// # Ok::<(), nordnet_proto::DecimalError>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

/// Why a text is not a [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecimalError {
    /// The text is not a number as JSON writes it.
    Syntax,
    /// The number has more digits than fit 64 bits and 18 decimal places.
    OutOfRange,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self::new(0, 0);

    /// The most decimal places a number can have.
    pub const MAX_SCALE: u8 = 18;

    /// Makes the number `mantissa / 10^scale`.
    ///
    /// A scale beyond [`Decimal::MAX_SCALE`] is cut to it, which only a
    /// program that computes its scales could meet; texts are checked.
    #[must_use]
    pub const fn new(mantissa: i64, scale: u8) -> Self {
        let scale = if scale > Self::MAX_SCALE {
            Self::MAX_SCALE
        } else {
            scale
        };
        Self { mantissa, scale }
    }

    /// Reads a number as JSON writes it, from its bytes.
    ///
    /// # Errors
    ///
    /// [`DecimalError::Syntax`] if the bytes are anything else than one
    /// number, [`DecimalError::OutOfRange`] if it cannot be held exactly.
    pub fn from_ascii(text: &[u8]) -> Result<Self, DecimalError> {
        Digits::scan(text)?.fit()
    }

    /// The number without its decimal point.
    #[must_use]
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// The count of decimal places.
    #[must_use]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// Whether the value is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether the value is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.mantissa > 0
    }

    /// Whether the value is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The same value without trailing zeros after the point.
    #[must_use]
    pub const fn normalized(self) -> Self {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// The sum, or `None` if it cannot be held exactly.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other);
        Self::from_wide(a + b, scale)
    }

    /// The difference, or `None` if it cannot be held exactly.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other);
        Self::from_wide(a - b, scale)
    }

    /// The product, or `None` if it cannot be held exactly.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let product = i128::from(self.mantissa) * i128::from(other.mantissa);
        Self::from_wide(product, self.scale + other.scale)
    }

    /// Whether the value is a whole number of steps, as a price must be of its
    /// tick. Nothing is a multiple of zero.
    #[must_use]
    pub fn is_multiple_of(self, step: Self) -> bool {
        let (value, step, _) = self.aligned(step);
        step != 0 && value % step == 0
    }

    /// Both mantissas at the larger of the two scales. Eighteen places on top
    /// of 64 bits stay within 128.
    fn aligned(self, other: Self) -> (i128, i128, u8) {
        let scale = self.scale.max(other.scale);
        (self.widened(scale), other.widened(scale), scale)
    }

    fn widened(self, scale: u8) -> i128 {
        i128::from(self.mantissa) * 10_i128.pow(u32::from(scale - self.scale))
    }

    fn from_wide(mut mantissa: i128, mut scale: u8) -> Option<Self> {
        while scale > 0
            && mantissa % 10 == 0
            && (scale > Self::MAX_SCALE || i64::try_from(mantissa).is_err())
        {
            mantissa /= 10;
            scale -= 1;
        }
        let mantissa = i64::try_from(mantissa).ok()?;
        (scale <= Self::MAX_SCALE).then_some(Self { mantissa, scale })
    }
}

/// A scanned number: its digits without the zeros at their end, how many zeros
/// these were, and where the point belongs.
struct Digits {
    negative: bool,
    significant: u64,
    zeros: i64,
    scale: i64,
    exponent: bool,
}

impl Digits {
    fn scan(text: &[u8]) -> Result<Self, DecimalError> {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (whole, rest) = split_digits(rest);
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with(b"0")) {
            return Err(DecimalError::Syntax);
        }
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => match split_digits(rest) {
                ([], _) => return Err(DecimalError::Syntax),
                split => split,
            },
            rest => (&b""[..], rest),
        };
        let exponent = match rest {
            [] => None,
            [b'e' | b'E', rest @ ..] => Some(scan_exponent(rest)?),
            _ => return Err(DecimalError::Syntax),
        };

        let (mut significant, mut zeros) = (0_u64, 0_u32);
        for digit in whole.iter().chain(fraction).map(|byte| byte - b'0') {
            if digit == 0 {
                zeros = zeros.saturating_add(u32::from(significant > 0));
            } else {
                significant = 10_u64
                    .checked_pow(zeros + 1)
                    .and_then(|shift| significant.checked_mul(shift))
                    .and_then(|shifted| shifted.checked_add(u64::from(digit)))
                    .ok_or(DecimalError::OutOfRange)?;
                zeros = 0;
            }
        }
        let places = i64::try_from(fraction.len()).map_err(|_| DecimalError::OutOfRange)?;
        Ok(Self {
            negative,
            significant,
            zeros: i64::from(zeros),
            scale: places.saturating_sub(exponent.unwrap_or(0)),
            exponent: exponent.is_some(),
        })
    }

    fn fit(self) -> Result<Decimal, DecimalError> {
        if self.significant == 0 {
            let places = if self.exponent { 0 } else { self.scale };
            let places = u8::try_from(places).unwrap_or(u8::MAX);
            return Ok(Decimal::new(0, places));
        }
        // Zeros behind the point may be dropped without changing the value:
        // all of them after an exponent, else only as many as must go.
        let droppable = self.zeros.min(self.scale.max(0));
        let mut drop = if self.exponent { droppable } else { 0 };
        loop {
            match self.with_zeros_dropped(drop) {
                Some(decimal) => return Ok(decimal),
                None if drop < droppable => drop += 1,
                None => return Err(DecimalError::OutOfRange),
            }
        }
    }

    fn with_zeros_dropped(&self, drop: i64) -> Option<Decimal> {
        let scale = self.scale.checked_sub(drop)?;
        let zeros = (self.zeros - drop).checked_add(scale.min(0).checked_neg()?)?;
        let scale = u8::try_from(scale.max(0)).ok()?;
        let shift = 10_i64.checked_pow(u32::try_from(zeros).ok()?)?;
        let magnitude = i128::from(self.significant) * i128::from(shift);
        let signed = if self.negative { -magnitude } else { magnitude };
        let mantissa = i64::try_from(signed).ok()?;
        (scale <= Decimal::MAX_SCALE).then_some(Decimal { mantissa, scale })
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

fn scan_exponent(text: &[u8]) -> Result<i64, DecimalError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(DecimalError::Syntax);
    }
    let value = digits.iter().fold(0_i64, |value, digit| {
        value
            .saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'))
    });
    Ok(if negative { -value } else { value })
}

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

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.mantissa.unsigned_abs();
        let places = usize::from(self.scale);
        let text = if places == 0 {
            magnitude.to_string()
        } else {
            let digits = format!("{magnitude:0>width$}", width = places + 1);
            let (whole, fraction) = digits.split_at(digits.len() - places);
            format!("{whole}.{fraction}")
        };
        f.pad_integral(self.mantissa >= 0, "", &text)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (i64, u8) {
        let decimal: Decimal = text.parse().unwrap();
        (decimal.mantissa(), decimal.scale())
    }

    #[test]
    fn reads_and_writes_plain_numbers_with_their_places() {
        for (text, mantissa, scale) in [
            ("0", 0, 0),
            ("111", 111, 0),
            ("111.0", 1110, 1),
            ("86.50", 8650, 2),
            ("-0.05", -5, 2),
            ("0.00", 0, 2),
            ("9223372036854775807", i64::MAX, 0),
            ("-9223372036854775808", i64::MIN, 0),
            ("0.000000000000000001", 1, 18),
            ("8492556.03", 849_255_603, 2),
        ] {
            assert_eq!(parts(text), (mantissa, scale), "{text}");
            assert_eq!(Decimal::new(mantissa, scale).to_string(), text);
        }
    }

    #[test]
    fn reads_exponents_exactly() {
        for (text, plain) in [
            ("2.06845115E7", "20684511.5"),
            ("5.0E-4", "0.0005"),
            ("1E3", "1000"),
            ("1.0e+1", "10"),
            ("1.50E1", "15"),
            ("-1.25e-2", "-0.0125"),
            ("0E400", "0"),
            ("-0.0e9", "0"),
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(decimal.to_string(), plain, "{text}");
        }
    }

    #[test]
    fn drops_zeros_only_where_the_number_would_not_fit() {
        assert_eq!(parts("1.0000000000000000000000000"), (10_i64.pow(18), 18));
        assert_eq!(parts("100.0000000000000000000"), (10_i64.pow(18), 16));
    }

    #[test]
    fn refuses_what_is_not_exact() {
        for text in [
            "1e400",
            "1e-19",
            "9223372036854775808",
            "0.1234567890123456789",
            "1234567890123456789012345",
            "1000000000000000000000000000000",
        ] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::OutOfRange),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for text in [
            "", "-", ".5", "5.", "05", "+5", "1e", "1e+", "NaN", "Infinity", " 1", "1 ", "1,5",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Syntax), "{text}");
        }
    }

    #[test]
    fn compares_by_value() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(decimal("111.0"), decimal("111"));
        assert!(decimal("86.5") < decimal("86.52"));
        assert!(decimal("-2") < decimal("-1.99"));
        assert!(decimal("9223372036854775807") > decimal("0.000000000000000001"));
    }

    #[test]
    fn adds_subtracts_multiplies_or_says_no() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(
            decimal("86.52").checked_mul(decimal("100")),
            Some(decimal("8652.00"))
        );
        assert_eq!(
            decimal("0.1").checked_add(decimal("0.25")),
            Some(decimal("0.35"))
        );
        assert_eq!(
            decimal("1").checked_sub(decimal("1.01")),
            Some(decimal("-0.01"))
        );
        assert_eq!(Decimal::from(i64::MAX).checked_add(Decimal::from(1)), None);
        assert_eq!(
            decimal("0.0000000001").checked_mul(decimal("0.0000000001")),
            None
        );
    }

    #[test]
    fn knows_whole_ticks() {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        assert!(decimal("86.52").is_multiple_of(decimal("0.02")));
        assert!(!decimal("86.53").is_multiple_of(decimal("0.02")));
        assert!(!decimal("86.53").is_multiple_of(Decimal::ZERO));
    }

    #[test]
    fn honours_the_width_of_a_format() {
        assert_eq!(format!("[{:>8}]", Decimal::new(-8652, 2)), "[  -86.52]");
        assert_eq!(format!("[{:<8}]", Decimal::new(8652, 2)), "[86.52   ]");
    }

    #[test]
    fn reads_json_numbers_and_strings_without_a_float_between() {
        let read: Vec<Decimal> = serde_json::from_str(r#"[0.1, "86.50", 2.0E7]"#).unwrap();
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"["0.1","86.50","20000000"]"#
        );
        assert!(serde_json::from_str::<Decimal>("null").is_err());
    }
}
