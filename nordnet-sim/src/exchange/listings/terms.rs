//! What derivatives promise, and what that is worth.

use crate::fixed::Fixed;

use super::super::clock::Date;

/// Ten-thousandths in one.
const ONE: i128 = 10_000;

/// The terms of something whose price follows another one's.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) underlying: Underlying,
    /// Whether it gains when the underlying rises.
    pub(crate) rises: bool,
    /// Nobody issues an option.
    pub(crate) issuer: Option<&'static Issuer>,
    pub(crate) form: Form,
    pub(crate) since: Date,
}

/// What a derivative follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Underlying {
    /// The listing with this index.
    Listing(usize),
    /// The indicator with this index.
    Index(usize),
}

/// Who stands behind a derivative.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Issuer {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
}

impl Issuer {
    pub(crate) fn is_the_house(&self) -> bool {
        *self == NORDNET
    }
}

pub(super) const NORDNET: Issuer = Issuer {
    id: 310,
    name: "Nordnet Markets",
};
pub(super) const VONTOBEL: Issuer = Issuer {
    id: 311,
    name: "Vontobel",
};
pub(super) const SOCIETE_GENERALE: Issuer = Issuer {
    id: 312,
    name: "Société Générale",
};

/// How a derivative follows its underlying.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// So many times the move of the day.
    Daily {
        leverage: i64,
        /// What it was worth when the underlying was worth `start`.
        worth: Fixed,
        start: Fixed,
    },
    /// The way from a level, gone when the underlying reaches the barrier.
    KnockOut {
        level: Fixed,
        barrier: Fixed,
        ratio: i64,
    },
    /// The right to buy or to sell at the strike.
    Right {
        strike: Fixed,
        expiry: Date,
        ratio: i64,
    },
}

impl Terms {
    /// Returns what one of it is worth, given the price of the underlying and
    /// the worth of the underlying's currency in that of the derivative.
    pub(crate) fn worth(&self, underlying: Fixed, rate: Fixed) -> Fixed {
        let (price, rate) = (raw(underlying), raw(rate));
        let way = |from: Fixed| {
            let up = price - raw(from);
            if self.rises { up } else { -up }
        };
        let worth = match &self.form {
            Form::Daily {
                leverage,
                worth,
                start,
            } => {
                let base = raw(*worth);
                base + base * i128::from(*leverage) * way(*start) / raw(*start).max(1)
            }
            Form::KnockOut { level, ratio, .. } => {
                way(*level).max(0) * rate / (ONE * i128::from(*ratio))
            }
            Form::Right { strike, ratio, .. } => {
                // Worth most above its inner value at the strike itself, where
                // that is a twentieth of the price.
                let most = price / 20;
                let away = way(*strike).abs();
                let time = most * most / (most + away).max(1);
                (way(*strike).max(0) + time) * rate / (ONE * i128::from(*ratio))
            }
        };
        let worth = i64::try_from(worth.max(0)).unwrap_or(i64::MAX);
        Fixed::from_ten_thousandths(worth)
    }

    /// Returns how many percent it moves when the underlying moves one.
    pub(crate) fn leverage(&self, underlying: Fixed, own: Fixed, rate: Fixed) -> Option<Fixed> {
        if let Form::Daily { leverage, .. } = self.form {
            return Some(Fixed::from_units(leverage));
        }
        let ratio = match self.form {
            Form::KnockOut { ratio, .. } | Form::Right { ratio, .. } => i128::from(ratio),
            Form::Daily { .. } => 1,
        };
        let divisor = raw(own) * ratio;
        let hundredths = (raw(underlying) * raw(rate) * 100).checked_div(divisor * ONE)?;
        Some(Fixed::from_ten_thousandths(
            i64::try_from(hundredths).ok()?.saturating_mul(100),
        ))
    }

    /// Returns how many percent the underlying is away from the barrier.
    pub(crate) fn buffer(&self, underlying: Fixed) -> Option<Fixed> {
        let Form::KnockOut { barrier, .. } = self.form else {
            return None;
        };
        let away = raw(underlying - barrier).abs() * 1000 / raw(underlying).max(1);
        Some(Fixed::from_ten_thousandths(
            i64::try_from(away).ok()?.saturating_mul(1000),
        ))
    }

    pub(crate) fn strike(&self) -> Option<Fixed> {
        match self.form {
            Form::Right { strike, .. } => Some(strike),
            _ => None,
        }
    }

    pub(crate) fn expiry(&self) -> Option<Date> {
        match self.form {
            Form::Right { expiry, .. } => Some(expiry),
            _ => None,
        }
    }
}

fn raw(value: Fixed) -> i128 {
    i128::from(value.ten_thousandths())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> Fixed {
        text.parse().unwrap()
    }

    fn terms(rises: bool, form: Form) -> Terms {
        Terms {
            underlying: Underlying::Listing(0),
            rises,
            issuer: None,
            form,
            since: Date::of(0),
        }
    }

    #[test]
    fn a_certificate_multiplies_the_move() {
        let form = Form::Daily {
            leverage: 3,
            worth: fixed("20"),
            start: fixed("100"),
        };
        let rate = fixed("1");
        let (bull, bear) = (terms(true, form.clone()), terms(false, form));
        assert_eq!(bull.worth(fixed("101"), rate), fixed("20.6"));
        assert_eq!(bear.worth(fixed("101"), rate), fixed("19.4"));
        assert_eq!(bear.worth(fixed("140"), rate), Fixed::ZERO);
    }

    #[test]
    fn a_knock_out_is_worth_the_way_from_its_level_in_its_own_currency() {
        let form = Form::KnockOut {
            level: fixed("342.1"),
            barrier: fixed("350"),
            ratio: 10,
        };
        let long = terms(true, form);
        let rate = fixed("1.4705");
        let worth = long.worth(fixed("412.1"), rate);
        assert_eq!(worth, fixed("10.2935"));
        assert_eq!(
            long.leverage(fixed("412.1"), worth, rate),
            Some(fixed("5.88"))
        );
        assert_eq!(long.buffer(fixed("412.1")), Some(fixed("15")));
        assert_eq!(long.worth(fixed("342"), rate), Fixed::ZERO);
    }

    #[test]
    fn call_less_put_is_price_less_strike() {
        let right = |rises| {
            let form = Form::Right {
                strike: fixed("90"),
                expiry: Date::of(0),
                ratio: 1,
            };
            terms(rises, form).worth(fixed("86.5"), fixed("1"))
        };
        assert_eq!(right(true) - right(false), fixed("-3.5"));
        assert!(right(true) > Fixed::ZERO);
    }
}
