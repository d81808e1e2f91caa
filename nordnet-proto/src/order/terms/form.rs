//! Terms as the fields of a form, and what is checked before.

use super::{FillAndKill, FillOrKill, Limit, OneCancelsOther, StopLimit, Terms, Trigger};
use crate::api::Amount;
use crate::decimal::Decimal;
use crate::endpoint::Form;
use crate::order::InvalidOrder;
use crate::order::entry::{check_price, check_volume};

impl Terms {
    /// Checks what no type can: numbers that are above zero, and currencies
    /// that are one.
    pub(in crate::order) fn check(&self, volume: u64) -> Result<(), InvalidOrder> {
        check_volume(volume)?;
        match self {
            Self::Limit(Limit { price, showing, .. }) => match showing {
                Some(shown) if !(1..=volume).contains(shown) => Err(InvalidOrder::VisibleVolume),
                _ => check_prices([price]),
            },
            Self::FillAndKill(FillAndKill { price }) | Self::FillOrKill(FillOrKill { price }) => {
                check_prices([price])
            }
            Self::StopLimit(StopLimit { trigger, price }) => check_prices([price, &trigger.price]),
            Self::TrailingStop(stop) if stop.percent < Decimal::from(1) => {
                Err(InvalidOrder::Trigger)
            }
            Self::TrailingStop(_) => Ok(()),
            Self::OneCancelsOther(OneCancelsOther {
                price,
                trigger,
                stop_price,
            }) => check_prices([price, &trigger.price, stop_price]),
        }
    }

    pub(in crate::order) fn write(&self, form: &mut Form) {
        let price = self.price();
        form.field("order_type", self.order_type())
            .optional("price", price.map(|price| price.value))
            .optional("currency", price.map(|price| &price.currency))
            .optional("activation_condition", self.activation());
        match self {
            Self::Limit(limit) => {
                form.optional("valid_until", limit.until)
                    .optional("open_volume", limit.showing)
                    .optional("extended_hours", limit.extended_hours.then_some(true));
            }
            Self::FillAndKill(_) | Self::FillOrKill(_) => {}
            Self::StopLimit(stop) => stop.trigger.write(form),
            Self::TrailingStop(stop) => {
                form.field("trigger_condition", stop.condition)
                    .field("trigger_value", stop.percent)
                    .field("target_value", stop.target_percent);
            }
            Self::OneCancelsOther(oco) => {
                oco.trigger.write(form);
                form.field("target_value", oco.stop_price.value);
            }
        }
    }
}

impl Trigger {
    fn write(&self, form: &mut Form) {
        form.field("trigger_condition", self.condition)
            .field("trigger_value", self.price.value);
    }
}

/// Checks each price, and that all are in one currency.
fn check_prices<const N: usize>(prices: [&Amount; N]) -> Result<(), InvalidOrder> {
    for price in prices {
        check_price(price)?;
    }
    if prices
        .iter()
        .any(|price| price.currency != prices[0].currency)
    {
        return Err(InvalidOrder::UnlikeCurrencies);
    }
    Ok(())
}
