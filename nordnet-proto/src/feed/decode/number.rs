//! JSON numbers, eight digits at a time.
//!
//! What [`Decimal::from_ascii`] gives for the same text, or nothing: then the
//! slower tier decides.

use std::num::NonZeroU64;

use super::scan::{Scanner, before, digits, no_digits, up_to};
use crate::decimal::Decimal;

/// A number and what stands behind it.
#[derive(Clone, Copy)]
pub(super) struct Number {
    pub(super) mantissa: i64,
    pub(super) scale: u8,
    /// The byte behind the number, and its place.
    pub(super) next: u8,
    pub(super) after: u32,
}

/// Up to here all digits fit 64 bits, and all places are allowed.
const MOST_DIGITS: u32 = Decimal::MAX_SCALE as u32;

const POWERS: [i64; MOST_DIGITS as usize + 1] = {
    let mut powers = [1; MOST_DIGITS as usize + 1];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// A number as two words, which a function returns in registers; the second is
/// made of the rest, and never zero.
type Packed = (i64, NonZeroU64);

impl Number {
    /// Reads the number at a place.
    #[inline(always)]
    pub(super) fn read(scanner: &Scanner<'_>, at: u32) -> Option<Self> {
        let word = scanner.word(at);
        let digits = digits(word);
        let number = match NonZeroU64::new(no_digits(digits)) {
            Some(ends) => Self::read_word(scanner, at, word, digits, ends),
            None => Self::read_time_on(scanner, at, digits),
        };
        match number {
            Some(number) if matches!(number.next, b',' | b'}') => Some(number),
            _ => Self::read_further(scanner, at).map(Self::unpack),
        }
    }

    /// Reads a number of eight to fifteen digits, as points in time are.
    #[inline(always)]
    pub(super) fn read_time(scanner: &Scanner<'_>, at: u32) -> Option<Self> {
        let high = digits(scanner.word(at));
        if no_digits(high) != 0 {
            return None;
        }
        Self::read_time_on(scanner, at, high)
    }

    /// The same once the first eight digits are read. Only if a comma or a brace
    /// follows is it one.
    #[inline(always)]
    fn read_time_on(scanner: &Scanner<'_>, at: u32, high: u64) -> Option<Self> {
        let word = scanner.word(at + 8);
        let low = digits(word);
        let ends = NonZeroU64::new(no_digits(low))?;
        let bits = ends.trailing_zeros() & 0x38;
        if high as u8 == 0 {
            return None;
        }
        let count = bits / 8;
        // Shifted twice, since there may be none of them.
        let low = (low << 8).wrapping_shl(56_u32.wrapping_sub(bits));
        Some(Self {
            mantissa: value(high) * POWERS[count as usize] + value(low),
            scale: 0,
            next: (word >> bits) as u8,
            after: at + 8 + count,
        })
    }

    /// Reads a number without a fraction and of at most seven digits, before a
    /// comma.
    #[inline(always)]
    pub(super) fn read_small(scanner: &Scanner<'_>, at: u32) -> Option<Self> {
        let word = scanner.word(at);
        let digits = digits(word);
        let ends = NonZeroU64::new(no_digits(digits))?;
        let number = Self::read_word(scanner, at, word, digits, ends)?;
        (number.next == b',' && number.scale == 0).then_some(number)
    }

    /// Reads a number that ends within its first eight bytes, as most prices and
    /// volumes do. A point is taken out of the word, and all digits are
    /// converted at once.
    ///
    /// Only if a comma or a brace follows is it one; else the rest means nothing.
    #[inline(always)]
    fn read_word(
        scanner: &Scanner<'_>,
        at: u32,
        word: u64,
        digits: u64,
        ends: NonZeroU64,
    ) -> Option<Self> {
        // In bits, since it is words that are shifted.
        let whole = ends.trailing_zeros() & 0x38;
        // It begins with a digit, and with no zero before others.
        if (digits as u8).wrapping_sub(1) >= 9 && (digits as u8 != 0 || whole != 8) {
            return None;
        }
        let next = (word >> whole) as u8;
        if next != b'.' {
            return Some(Self {
                mantissa: value(digits.wrapping_shl(0_u32.wrapping_sub(whole))),
                scale: 0,
                next,
                after: at + whole / 8,
            });
        }
        // Being no digit, a point leaves the bytes above it as they are.
        let ends = ends.get();
        let after = (ends & (ends - 1)).trailing_zeros() & 0x78;
        let next = if after == 64 {
            scanner.byte(at + 8)
        } else {
            (word >> after) as u8
        };
        let scale = after - whole - 8;
        if scale == 0 {
            return None;
        }
        let shifted = digits >> 8;
        let joined = shifted ^ ((shifted ^ digits) & up_to(ends));
        Some(Self {
            mantissa: value(joined.wrapping_shl(8_u32.wrapping_sub(after))),
            scale: (scale / 8) as u8,
            next,
            after: at + after / 8,
        })
    }

    /// The value, if it is whole although it was written with places.
    #[cold]
    pub(super) fn without_fraction(self) -> Option<i64> {
        let whole = Decimal::new(self.mantissa, self.scale).normalized();
        (whole.scale() == 0).then_some(whole.mantissa())
    }

    fn pack(self) -> Option<Packed> {
        let scale_and_next = u64::from(self.scale) << 8 | u64::from(self.next);
        let rest = scale_and_next << 32 | u64::from(self.after);
        Some((self.mantissa, NonZeroU64::new(rest)?))
    }

    #[inline(always)]
    const fn unpack((mantissa, rest): Packed) -> Self {
        let rest = rest.get();
        Self {
            mantissa,
            scale: (rest >> 40) as u8,
            next: (rest >> 32) as u8,
            after: rest as u32,
        }
    }

    /// Reads what does not end within the first bytes.
    #[inline(never)]
    fn read_further(scanner: &Scanner<'_>, at: u32) -> Option<Packed> {
        let number = match Self::read_wide(scanner, at) {
            Some(number) if number.next | 0x20 == b'e' => number.with_exponent(scanner),
            Some(number) if matches!(number.next, b',' | b'}') => Some(number),
            _ => return Self::read_long(scanner, at),
        };
        number.and_then(Self::pack)
    }

    /// Reads a number that ends within its first sixteen bytes, as
    /// [`Number::read_word`] does one within eight.
    #[inline(always)]
    fn read_wide(scanner: &Scanner<'_>, at: u32) -> Option<Self> {
        const ONES: u128 = u128::MAX / 0xff;
        let word = u128::from(scanner.word(at)) | u128::from(scanner.word(at + 8)) << 64;
        let digits = word ^ (ONES * b'0' as u128);
        let ends = (digits.wrapping_add(ONES * (0x7f - 9)) | digits) & (ONES * 0x80);
        let whole = ends.trailing_zeros() & 0x78;
        if ends == 0 || !may_begin(digits as u64, whole / 8) {
            return None;
        }
        let (mut after, mut digits) = (whole, digits);
        if (word >> whole) as u8 == b'.' {
            after = (ends & (ends - 1)).trailing_zeros() & 0xf8;
            if after == 128 || after == whole + 8 {
                return None;
            }
            let before = (1 << whole) - 1;
            digits = digits & before | digits >> 8 & !before;
        }
        let count = if after == whole { whole } else { after - 8 };
        let digits = digits << (128 - count);
        Some(Self {
            mantissa: value(digits as u64) * POWERS[8] + value((digits >> 64) as u64),
            scale: ((count - whole) / 8) as u8,
            next: (word >> after) as u8,
            after: at + after / 8,
        })
    }

    /// Reads a number of any length, with or without a sign and an exponent.
    #[inline(never)]
    fn read_long(scanner: &Scanner<'_>, begin: u32) -> Option<Packed> {
        let is_negative = scanner.byte(begin) == b'-';
        let begin = begin + u32::from(is_negative);
        let digits = digits(scanner.word(begin));
        if !may_begin(digits, before(no_digits(digits))) {
            return None;
        }
        let mut number = Self::read_magnitude(scanner, begin)?;
        if is_negative {
            number.mantissa = -number.mantissa;
        }
        number.pack()
    }

    #[inline(always)]
    fn read_magnitude(scanner: &Scanner<'_>, begin: u32) -> Option<Self> {
        let Some((mut mantissa, whole)) = run(scanner, begin, 0, MOST_DIGITS) else {
            return Self::read_longest(scanner, begin);
        };
        let (mut after, mut places) = (begin + whole, 0);
        if scanner.byte(after) == b'.' {
            let Some(fraction) = run(scanner, after + 1, mantissa, MOST_DIGITS - whole) else {
                return Self::read_longest(scanner, begin);
            };
            (mantissa, places) = fraction;
            after += 1 + places;
            if places == 0 {
                return None;
            }
        }
        let number = Self {
            mantissa,
            scale: places as u8,
            next: scanner.byte(after),
            after,
        };
        if number.next | 0x20 == b'e' {
            return number.with_exponent(scanner);
        }
        Some(number)
    }

    /// Moves the point by the exponent that follows; no zeros are left behind
    /// it.
    fn with_exponent(self, scanner: &Scanner<'_>) -> Option<Self> {
        let sign = scanner.byte(self.after + 1);
        let begin = self.after + 1 + u32::from(matches!(sign, b'+' | b'-'));
        let (exponent, count) = run(scanner, begin, 0, 4)?;
        if count == 0 {
            return None;
        }
        let exponent = if sign == b'-' { -exponent } else { exponent };
        let (mut mantissa, mut scale) = (self.mantissa, i64::from(self.scale) - exponent);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale = if mantissa == 0 { 0 } else { scale - 1 };
        }
        if scale < 0 {
            let zeros = usize::try_from(-scale).ok()?;
            // Zero has no digits to move.
            let power = POWERS
                .get(zeros)
                .or_else(|| (mantissa == 0).then_some(&1))?;
            mantissa = mantissa.checked_mul(*power)?;
            scale = 0;
        }
        let after = begin + count;
        Some(Self {
            mantissa,
            scale: u8::try_from(scale)
                .ok()
                .filter(|it| *it <= Decimal::MAX_SCALE)?,
            next: scanner.byte(after),
            after,
        })
    }

    /// Leaves a number of many digits to the decimal.
    #[cold]
    fn read_longest(scanner: &Scanner<'_>, begin: u32) -> Option<Self> {
        let mut after = begin;
        while matches!(
            scanner.byte(after),
            b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'
        ) {
            after += 1;
        }
        let number = Decimal::from_ascii(scanner.between(begin, after)?).ok()?;
        Some(Self {
            mantissa: number.mantissa(),
            scale: number.scale(),
            next: scanner.byte(after),
            after,
        })
    }
}

/// Whether a number may begin with so many digits: with no zero before others.
#[inline(always)]
const fn may_begin(digits: u64, count: u32) -> bool {
    count > 0 && (count == 1 || digits as u8 != 0)
}

/// The number of eight digits, the first of them lowest: neighbours are joined
/// to pairs, these to fours, these to the whole, each time all at once.
#[inline(always)]
const fn value(digits: u64) -> i64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let high = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    (high.wrapping_add(low) >> 32) as i64
}

/// Appends the digits at a place to a number, and counts them; nothing if they
/// are more than there is room for.
#[inline(always)]
fn run(scanner: &Scanner<'_>, begin: u32, number: i64, room: u32) -> Option<(i64, u32)> {
    let (mut number, mut count) = (number, 0);
    loop {
        let digits = digits(scanner.word(begin + count));
        let more = before(no_digits(digits));
        count += more;
        if count > room {
            return None;
        }
        let power = POWERS.get(more as usize)?;
        number = number * power + value(digits.unbounded_shl(8 * (8 - more)));
        if more < 8 {
            return Some((number, count));
        }
    }
}

#[cfg(test)]
mod tests;
