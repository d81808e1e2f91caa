//! Order forms: what a customer asks for, and whether the parts of it belong
//! together.
//!
//! ```text
//!                   price  trigger  condition  target  open_volume  valid_until
//! LIMIT             must   -        -          -       may          may
//! FAK, FOK          must   -        -          -       not          not
//! STOP_ACTPRICE     must   price    must       -       not          today
//! ..._PERC          not    percent  must       percent not          today
//! OCO_STOP_ACTPRICE must   price    must       price   not          today
//! MANUAL            must   -        -          -       may          may
//! ```

use crate::dialect::{Pairing, TargetSign};
use crate::fixed::Fixed;

use super::clock::Date;
use super::market::Side;
use super::order::Kind;
use super::request::parse_form;
use super::rest::{Call, Refusal};
use super::stops::{Comparison, Rule, Trigger};
use super::verdict::Verdict;

const MOST_VOLUME: i64 = 1_000_000_000;
const LONGEST_REFERENCE: usize = 1024;

/// The form of an order request.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let kind = call.request.header("content-type").unwrap_or_default();
        if !kind
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
        {
            return Err(Refusal::parameter("content-type"));
        }
        let body = std::str::from_utf8(&call.request.body)
            .ok()
            .and_then(parse_form);
        body.map(Self).ok_or(Refusal::parameter("body"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let pair = self
            .0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty());
        pair.map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &'static str) -> Result<Option<Fixed>, Refusal> {
        let number = self.get(name).map(str::parse).transpose();
        number.map_err(|_| Refusal::parameter(name))
    }

    /// Returns a number above zero.
    pub(super) fn positive(&self, name: &'static str) -> Result<Option<Fixed>, Refusal> {
        match self.number(name)? {
            Some(number) if number <= Fixed::ZERO => Err(Refusal::parameter(name)),
            number => Ok(number),
        }
    }

    pub(super) fn units(&self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let units = text.parse().map_err(|_| Refusal::parameter(name))?;
        if (1..=MOST_VOLUME).contains(&units) {
            Ok(Some(units))
        } else {
            Err(Refusal::parameter(name))
        }
    }

    /// Returns the value that one of the known codes stands for.
    fn coded<T: Copy>(
        &self,
        name: &'static str,
        known: &[(&str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let found = known.iter().find(|(code, _)| *code == text);
        let (_, value) = found.ok_or_else(|| Refusal::parameter(name))?;
        Ok(Some(*value))
    }
}

/// What an order may be held back by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Manual,
    Stop,
    Trailing,
    Oco,
}

/// The form of a new order, as far as it can be understood by itself.
pub(super) struct Ticket {
    pub(super) market: i64,
    pub(super) identifier: String,
    pub(super) side: Side,
    pub(super) volume: i64,
    pub(super) open_volume: Option<i64>,
    pub(super) valid_until: Option<Date>,
    pub(super) extended_hours: bool,
    pub(super) currency: Option<String>,
    pub(super) reference: Option<String>,
    price: Option<Fixed>,
    trigger_value: Option<Fixed>,
    trigger_condition: Option<Comparison>,
    target_value: Option<Fixed>,
    /// None for `NORMAL`: it is guessed.
    kind: Option<Kind>,
    condition: Option<Condition>,
}

impl Ticket {
    pub(super) fn read(form: &Form) -> Result<Self, Refusal> {
        let needed = |name: &'static str| form.get(name).ok_or_else(|| Refusal::parameter(name));
        let market = needed("market_id")?.parse();
        let kinds = Kind::ALL.map(|kind| (kind.code(), Some(kind)));
        let kinds = [&kinds[..], &[("NORMAL", None)]].concat();
        let date = form.get("valid_until").map(Date::parse);
        let reference = form.get("reference");
        if reference.is_some_and(|text| text.len() > LONGEST_REFERENCE) {
            return Err(Refusal::parameter("reference"));
        }
        Ok(Self {
            market: market.map_err(|_| Refusal::parameter("market_id"))?,
            identifier: needed("identifier")?.to_owned(),
            side: form
                .coded("side", &[("BUY", Side::Buy), ("SELL", Side::Sell)])?
                .ok_or(Refusal::parameter("side"))?,
            volume: form.units("volume")?.ok_or(Refusal::parameter("volume"))?,
            open_volume: form.units("open_volume")?,
            valid_until: match date {
                Some(None) => return Err(Refusal::parameter("valid_until")),
                date => date.flatten(),
            },
            extended_hours: form
                .coded("extended_hours", &[("true", true), ("false", false)])?
                .unwrap_or(false),
            currency: form.get("currency").map(str::to_owned),
            reference: reference.map(str::to_owned),
            price: form.positive("price")?,
            trigger_value: form.positive("trigger_value")?,
            trigger_condition: form.coded(
                "trigger_condition",
                &[("<=", Comparison::AtMost), (">=", Comparison::AtLeast)],
            )?,
            target_value: form.number("target_value")?,
            kind: form.coded("order_type", &kinds)?.flatten(),
            condition: form.coded(
                "activation_condition",
                &[
                    ("MANUAL", Condition::Manual),
                    ("STOP_ACTPRICE", Condition::Stop),
                    ("STOP_ACTPRICE_PERC", Condition::Trailing),
                    ("OCO_STOP_ACTPRICE", Condition::Oco),
                ],
            )?,
        })
    }

    /// Returns the order type, the limit and the rule that are meant. `last`
    /// is what a trailing stop begins with.
    pub(super) fn meaning(
        &self,
        pairing: Pairing,
        sign: TargetSign,
        last: Fixed,
    ) -> Result<(Kind, Fixed, Option<Rule>), Verdict> {
        let (kind, condition) = self.pair(pairing)?;
        let plain = matches!(kind, Kind::Limit);
        if self.open_volume.is_some() && !plain {
            return Err(Verdict::forbidden("open_volume"));
        }
        if self.valid_until.is_some() && kind.is_immediate() {
            return Err(Verdict::forbidden("valid_until"));
        }
        let price = match (self.price, condition) {
            (None, Some(Condition::Trailing)) => Fixed::ZERO,
            (Some(_), Some(Condition::Trailing)) => return Err(Verdict::forbidden("price")),
            (price, _) => price.ok_or(Verdict::missing("price"))?,
        };
        let rule = match condition {
            None => None,
            Some(Condition::Manual) => Some(Rule::Manual),
            Some(Condition::Stop) => Some(Rule::Stop(self.trigger()?)),
            Some(Condition::Trailing) => Some(self.trailing(sign, last)?),
            Some(Condition::Oco) => Some(Rule::Oco {
                trigger: self.trigger()?,
                target: self.target()?,
                fired: false,
            }),
        };
        Ok((kind, price, rule))
    }

    /// Finds the order type to the condition, or the other way round.
    fn pair(&self, pairing: Pairing) -> Result<(Kind, Option<Condition>), Verdict> {
        let kind_of = |condition| match condition {
            Condition::Manual => Kind::Limit,
            Condition::Stop => Kind::StopLimit,
            Condition::Trailing => Kind::StopTrailing,
            Condition::Oco => Kind::OneCancelsOther,
        };
        let condition_of = |kind| match kind {
            Kind::Limit | Kind::FillAndKill | Kind::FillOrKill => None,
            Kind::StopLimit => Some(Condition::Stop),
            Kind::StopTrailing => Some(Condition::Trailing),
            Kind::OneCancelsOther => Some(Condition::Oco),
        };
        let lenient = pairing == Pairing::Lenient;
        match (self.kind, self.condition) {
            (None, None) => {
                let condition = self.guess();
                Ok((condition.map_or(Kind::Limit, kind_of), condition))
            }
            (None, Some(condition)) => Ok((kind_of(condition), Some(condition))),
            (Some(kind), None) if lenient || condition_of(kind).is_none() => {
                Ok((kind, condition_of(kind)))
            }
            (Some(kind), Some(condition)) if kind == kind_of(condition) => {
                Ok((kind, Some(condition)))
            }
            (Some(Kind::Limit), Some(condition)) if lenient => {
                Ok((kind_of(condition), Some(condition)))
            }
            _ => Err(Verdict::ORDER_TYPE),
        }
    }

    /// Guesses what a `NORMAL` order without a condition is meant to be.
    fn guess(&self) -> Option<Condition> {
        self.trigger_value.and(self.trigger_condition)?;
        match (self.price, self.target_value) {
            (Some(_), Some(_)) => Some(Condition::Oco),
            (Some(_), None) => Some(Condition::Stop),
            (None, Some(_)) => Some(Condition::Trailing),
            (None, None) => None,
        }
    }

    fn trigger(&self) -> Result<Trigger, Verdict> {
        Ok(Trigger {
            value: self
                .trigger_value
                .ok_or(Verdict::missing("trigger_value"))?,
            when: self
                .trigger_condition
                .ok_or(Verdict::missing("trigger_condition"))?,
        })
    }

    fn target(&self) -> Result<Fixed, Verdict> {
        self.target_value.ok_or(Verdict::missing("target_value"))
    }

    /// A trailing stop sells after a fall, or buys after a rise.
    fn trailing(&self, sign: TargetSign, last: Fixed) -> Result<Rule, Verdict> {
        let (trigger, target) = (self.trigger()?, self.target()?);
        let (when, away) = match self.side {
            Side::Buy => (Comparison::AtLeast, target),
            Side::Sell => (Comparison::AtMost, -target),
        };
        let target = match sign {
            TargetSign::Signed => target,
            TargetSign::Distance if target < Fixed::ZERO => return Err(Verdict::TRIGGER),
            TargetSign::Distance => away,
        };
        let percents = Fixed::from_units(1)..Fixed::from_units(100);
        let sane = Fixed::from_units(-100)..=Fixed::from_units(100);
        if trigger.when != when || !percents.contains(&trigger.value) || !sane.contains(&target) {
            return Err(Verdict::TRIGGER);
        }
        Ok(Rule::Trailing {
            trigger,
            target,
            best: last,
        })
    }
}
