//! Orders and verdicts as they are read.

use serde::{Deserialize, Serialize};

use super::codes::{
    ActionState, ActivationKind, OrderState, OrderType, PriceCondition, Side, TriggerCondition,
    ValidityKind, VolumeCondition,
};
use crate::api::Amount;
use crate::decimal::Decimal;
use crate::id::{AccountId, AccountNumber, OrderId, TradableId};
use crate::time::Timestamp;
use crate::volume::Volume;

/// One order with its current state; schema `Order`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// Nordnet's number of the order.
    pub order_id: OrderId,
    /// The account.
    #[serde(rename = "accno")]
    pub account: AccountNumber,
    /// The index of the account in this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accid: Option<AccountId>,
    /// What is ordered.
    pub tradable: TradableId,
    /// The direction.
    pub side: Side,
    /// The type.
    pub order_type: OrderType,
    /// The limit price.
    pub price: Amount,
    /// How the price binds.
    pub price_condition: PriceCondition,
    /// Units asked for.
    pub volume: Volume,
    /// Whether part fills are allowed.
    pub volume_condition: VolumeCondition,
    /// Units executed so far.
    pub traded_volume: Volume,
    /// Icebergs only: units shown on the market.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_volume: Option<Volume>,
    /// How long it lives.
    pub validity: Validity,
    /// What holds it back; absent on plain orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation_condition: Option<ActivationCondition>,
    /// Where it stands.
    #[serde(rename = "order_state")]
    pub state: OrderState,
    /// How far the latest request on it has come.
    pub action_state: ActionState,
    /// When it last changed.
    pub modified: Timestamp,
    /// The text given at entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Order {
    /// Whether the whole volume has been executed.
    ///
    /// No state says so: the volumes do.
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.volume.is_positive() && self.traded_volume >= self.volume
    }
}

/// How long an order lives; schema `Validity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Validity {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: ValidityKind,
    /// When it lapses; only with [`ValidityKind::UntilDate`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// What holds an order back; schema `ActivationCondition`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ActivationCondition {
    /// The kind of rule.
    #[serde(rename = "type")]
    pub kind: ActivationKind,
    /// The trigger: a price, or percentage points for
    /// [`ActivationKind::StopPercent`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_value: Option<Decimal>,
    /// How the market price is compared with the trigger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_condition: Option<TriggerCondition>,
    /// The price that the percentages apply to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trailing_value: Option<Decimal>,
}
