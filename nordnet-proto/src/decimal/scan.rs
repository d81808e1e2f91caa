//! Reading numbers digit by digit.

use super::{Decimal, DecimalError};

/// A scanned number: its digits without the zeros at their end, how many zeros
/// these were, and where the point belongs.
pub(super) struct Digits {
    negative: bool,
    significant: u64,
    zeros: i64,
    scale: i64,
    exponent: bool,
}

impl Digits {
    pub(super) fn scan(text: &[u8]) -> Result<Self, DecimalError> {
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
                    .checked_pow(zeros.saturating_add(1))
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

    pub(super) fn fit(self) -> Result<Decimal, DecimalError> {
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
