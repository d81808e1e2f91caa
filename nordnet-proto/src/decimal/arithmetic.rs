//! Checked arithmetic.
//!
//! Sums, differences, products and midpoints are exact or `None`. What need not
//! come out even (quotients, averages, percentages) takes a count of places and
//! a [`Rounding`].

use std::cmp::Ordering;

use super::Decimal;

/// What happens to digits that are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rounding {
    /// To the nearest; a tie goes to the even neighbour.
    HalfEven,
    /// To the nearest; a tie goes away from zero.
    HalfAwayFromZero,
    /// To the neighbour nearer to zero.
    TowardZero,
    /// To the neighbour further from zero.
    AwayFromZero,
    /// To the lower neighbour, also below zero.
    Floor,
    /// To the upper neighbour, also below zero.
    Ceiling,
}

impl Decimal {
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

    /// The quotient with so many places; `None` if the divisor is zero or the
    /// result cannot be held.
    #[must_use]
    pub fn checked_div(self, divisor: Self, places: u8, rounding: Rounding) -> Option<Self> {
        self.wide()
            .over(divisor.wide(), 0)?
            .rounded(places, rounding)
    }

    /// The value with the other sign, or `None` if it cannot be held.
    #[must_use]
    pub const fn checked_neg(self) -> Option<Self> {
        match self.mantissa.checked_neg() {
            Some(mantissa) => Some(Self { mantissa, ..self }),
            None => None,
        }
    }

    /// The value without its sign, or `None` if it cannot be held.
    #[must_use]
    pub const fn checked_abs(self) -> Option<Self> {
        match self.mantissa.checked_abs() {
            Some(mantissa) => Some(Self { mantissa, ..self }),
            None => None,
        }
    }

    /// The middle of two values, such as a bid and an ask, or `None` if it
    /// cannot be held exactly. It has at most one place more than they have.
    ///
    /// ```
    /// use nordnet_proto::Decimal;
    ///
    /// let (bid, ask) = (Decimal::new(8650, 2), Decimal::new(8651, 2));
    /// assert_eq!(bid.mid(ask), Some(Decimal::new(86_505, 3)));
    /// ```
    #[must_use]
    pub fn mid(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other);
        let sum = a + b;
        if sum % 2 == 0 {
            Self::from_wide(sum / 2, scale)
        } else {
            Self::from_wide(sum * 5, scale + 1)
        }
    }

    /// The average with so many places; `None` of no values, or if the result
    /// or the sum on the way to it cannot be held.
    #[must_use]
    pub fn average(
        values: impl IntoIterator<Item = Self>,
        places: u8,
        rounding: Rounding,
    ) -> Option<Self> {
        let one = Self::new(1, 0);
        Self::weighted_average(
            values.into_iter().map(|value| (value, one)),
            places,
            rounding,
        )
    }

    /// The average of values with a weight each, with so many places: of the
    /// prices of fills by their volumes, the price paid.
    ///
    /// `None` if the weights add up to zero, or if the result or a sum on the
    /// way to it cannot be held.
    #[must_use]
    pub fn weighted_average(
        values_and_weights: impl IntoIterator<Item = (Self, Self)>,
        places: u8,
        rounding: Rounding,
    ) -> Option<Self> {
        let (mut total, mut weights) = (Wide::ZERO, Wide::ZERO);
        for (value, weight) in values_and_weights {
            let product = i128::from(value.mantissa) * i128::from(weight.mantissa);
            total = total.plus(Wide {
                mantissa: product,
                scale: u32::from(value.scale + weight.scale),
            })?;
            weights = weights.plus(weight.wide())?;
        }
        total.over(weights, 0)?.rounded(places, rounding)
    }

    /// How many per cent of the other value this is, with so many places;
    /// `None` if the other is zero or the result cannot be held.
    #[must_use]
    pub fn percent_of(self, whole: Self, places: u8, rounding: Rounding) -> Option<Self> {
        self.wide().over(whole.wide(), 2)?.rounded(places, rounding)
    }

    /// By how many per cent of the base this is more than the base, with so
    /// many places: of a price over the day before, the change of the day.
    ///
    /// `None` if the base is zero or the result cannot be held.
    ///
    /// ```
    /// use nordnet_proto::{Decimal, Rounding};
    ///
    /// let (last, close) = (Decimal::new(87, 0), Decimal::new(7722, 2));
    /// let change = last.percent_change_from(close, 2, Rounding::HalfEven);
    /// assert_eq!(change.unwrap().to_string(), "12.67");
    /// ```
    #[must_use]
    pub fn percent_change_from(self, base: Self, places: u8, rounding: Rounding) -> Option<Self> {
        let (value, before, scale) = self.aligned(base);
        let difference = Wide {
            mantissa: value - before,
            scale: u32::from(scale),
        };
        difference.over(base.wide(), 2)?.rounded(places, rounding)
    }

    /// The value with at most so many places.
    #[must_use]
    pub fn round(self, places: u8, rounding: Rounding) -> Self {
        let cut = u32::from(self.scale.saturating_sub(places));
        if cut == 0 {
            return self;
        }
        // A unit is at most a tenth of what it divides, so the result fits.
        let unit = 10_i64.pow(cut);
        let (quotient, rest) = (self.mantissa / unit, self.mantissa % unit);
        let away = rounding.is_away(
            self.mantissa < 0,
            quotient % 2 != 0,
            rest.unsigned_abs().into(),
            unit.unsigned_abs().into(),
        );
        Self {
            mantissa: quotient + if away { self.mantissa.signum() } else { 0 },
            scale: places,
        }
    }

    /// The same value with exactly so many places, or `None` if that would cut
    /// off something or cannot be held.
    #[must_use]
    pub fn with_places(self, places: u8) -> Option<Self> {
        if places > Self::MAX_SCALE {
            return None;
        }
        let rounded = self.round(places, Rounding::TowardZero);
        if rounded != self {
            return None;
        }
        let zeros = 10_i64.checked_pow(u32::from(places - rounded.scale))?;
        let mantissa = rounded.mantissa.checked_mul(zeros)?;
        Some(Self::new(mantissa, places))
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
    pub(super) fn aligned(self, other: Self) -> (i128, i128, u8) {
        let scale = self.scale.max(other.scale);
        (self.widened(scale), other.widened(scale), scale)
    }

    fn widened(self, scale: u8) -> i128 {
        i128::from(self.mantissa) * 10_i128.pow(u32::from(scale - self.scale))
    }

    /// Drops zeros at the end, but only as many as must go.
    pub(super) fn from_wide(mut mantissa: i128, mut scale: u8) -> Option<Self> {
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

    fn wide(self) -> Wide {
        Wide {
            mantissa: self.mantissa.into(),
            scale: self.scale.into(),
        }
    }
}

impl Rounding {
    /// Whether a quotient that was cut off toward zero moves one away from it.
    fn is_away(self, negative: bool, odd: bool, rest: u128, divisor: u128) -> bool {
        let half = || rest.cmp(&(divisor - rest));
        rest != 0
            && match self {
                Self::HalfEven => half() == Ordering::Greater || half() == Ordering::Equal && odd,
                Self::HalfAwayFromZero => half() != Ordering::Less,
                Self::TowardZero => false,
                Self::AwayFromZero => true,
                Self::Floor => negative,
                Self::Ceiling => !negative,
            }
    }
}

/// A value on its way to a result.
#[derive(Clone, Copy)]
struct Wide {
    mantissa: i128,
    scale: u32,
}

/// A quotient that is not worked out: `dividend * 10^power / divisor`.
struct Quotient {
    dividend: i128,
    divisor: i128,
    power: i32,
}

impl Wide {
    const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let widened = |it: Self| {
            let zeros = 10_i128.checked_pow(scale - it.scale)?;
            it.mantissa.checked_mul(zeros)
        };
        let mantissa = widened(self)?.checked_add(widened(other)?)?;
        Some(Self { mantissa, scale })
    }

    /// The quotient, a hundred times it with a power of two, and so on.
    fn over(self, divisor: Self, power: i32) -> Option<Quotient> {
        let shift = i32::try_from(divisor.scale).ok()? - i32::try_from(self.scale).ok()?;
        (divisor.mantissa != 0).then_some(Quotient {
            dividend: self.mantissa,
            divisor: divisor.mantissa,
            power: shift + power,
        })
    }
}

impl Quotient {
    /// A dividend of one decimal that outgrows 128 bits on the way has a
    /// result that does not fit 64 either.
    fn rounded(self, places: u8, rounding: Rounding) -> Option<Decimal> {
        if places > Decimal::MAX_SCALE {
            return None;
        }
        let power = self.power + i32::from(places);
        let factor = 10_i128.checked_pow(power.unsigned_abs())?;
        let (dividend, divisor) = if power >= 0 {
            (self.dividend.checked_mul(factor)?, self.divisor)
        } else {
            (self.dividend, self.divisor.checked_mul(factor)?)
        };
        let (quotient, rest) = (dividend.checked_div(divisor)?, dividend % divisor);
        let negative = (dividend < 0) != (divisor < 0);
        let away = rounding.is_away(
            negative,
            quotient % 2 != 0,
            rest.unsigned_abs(),
            divisor.unsigned_abs(),
        );
        let step = match (away, negative) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => -1,
        };
        Some(Decimal {
            mantissa: i64::try_from(quotient + step).ok()?,
            scale: places,
        })
    }
}
