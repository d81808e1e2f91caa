//! Numbers between their text and their value.

use nordnet_proto::{Decimal, DecimalError};
use serde_json::value::RawValue;

/// The data is the text of a number. It is read if and only if it is a JSON
/// number that fits, with the value that naive arithmetic gives, and what is
/// written reads the same again.
pub fn decimal(data: &[u8]) {
    let read = Decimal::from_ascii(data);
    let is_number = serde_json::from_slice::<&RawValue>(data).is_ok_and(|json| {
        let json = json.get();
        json.len() == data.len()
            && json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
    });
    assert_eq!(is_number, read != Err(DecimalError::Syntax));
    let Ok(number) = read else { return };
    let text = number.to_string();
    let again = Decimal::from_ascii(text.as_bytes()).expect("what is written can be read");
    assert_eq!(
        (again.mantissa(), again.scale()),
        (number.mantissa(), number.scale()),
        "{text}"
    );
    let short = number.normalized();
    assert_eq!(short, number);
    assert!(short.scale() == 0 || short.mantissa() % 10 != 0);
    assert!(number.scale() <= Decimal::MAX_SCALE);
    if let Some((mantissa, exponent)) = naive(data) {
        assert!(same(&number, mantissa, exponent), "{text}");
    }
    if let Some(sum) = number.checked_add(number) {
        assert_eq!(sum.checked_sub(number), Some(number));
    }
}

/// Digits as one integer and the power of ten that goes with it.
pub(crate) fn naive(text: &[u8]) -> Option<(i128, i64)> {
    let text = std::str::from_utf8(text).ok()?;
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa = format!("{whole}{fraction}").parse().ok()?;
    let exponent: i64 = exponent.parse().ok()?;
    Some((mantissa, exponent.checked_sub(fraction.len() as i64)?))
}

/// Whether a number has the value that these digits and this power of ten have.
pub(crate) fn same(number: &Decimal, mantissa: i128, exponent: i64) -> bool {
    let ours = i128::from(number.mantissa());
    let shift = exponent.saturating_add(i64::from(number.scale()));
    let power = |shift: u64| 10_i128.checked_pow(u32::try_from(shift).ok()?);
    if mantissa == 0 {
        return ours == 0;
    }
    let (left, right) = if shift >= 0 {
        (
            Some(ours),
            power(shift.unsigned_abs()).and_then(|power| mantissa.checked_mul(power)),
        )
    } else {
        (
            power(shift.unsigned_abs()).and_then(|power| ours.checked_mul(power)),
            Some(mantissa),
        )
    };
    left.is_some() && left == right
}
