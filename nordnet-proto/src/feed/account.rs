//! Updates of own orders.

use serde::Deserialize;

use crate::api::{ActionState, OrderState, OrderType, PriceCondition, Side, VolumeCondition};
use crate::api::{ActivationCondition, Amount, Validity};
use crate::id::{AccountId, AccountNumber, OrderId, TradableId};
use crate::time::Timestamp;
use crate::volume::Volume;

/// A message of type `order` on the private feed: an own order changed.
///
/// The same order as [`Order`](crate::api::Order), but every member other than the
/// ids may be absent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct OrderUpdate {
    /// Nordnet's number of the order.
    pub order_id: OrderId,
    /// The account.
    #[serde(rename = "accno")]
    pub account: AccountNumber,
    /// The index of the account in this session.
    pub accid: Option<AccountId>,
    /// What is ordered.
    pub tradable: Option<TradableId>,
    /// The direction.
    pub side: Option<Side>,
    /// The type.
    pub order_type: Option<OrderType>,
    /// The limit price.
    pub price: Option<Amount>,
    /// How the price binds.
    pub price_condition: Option<PriceCondition>,
    /// Units asked for.
    pub volume: Option<Volume>,
    /// Whether part fills are allowed.
    pub volume_condition: Option<VolumeCondition>,
    /// Units executed so far.
    pub traded_volume: Option<Volume>,
    /// Icebergs only: units shown on the market.
    pub open_volume: Option<Volume>,
    /// How long it lives.
    pub validity: Option<Validity>,
    /// What holds it back.
    pub activation_condition: Option<ActivationCondition>,
    /// Where it stands.
    #[serde(rename = "order_state")]
    pub state: Option<OrderState>,
    /// How far the latest request on it has come.
    pub action_state: Option<ActionState>,
    /// When it last changed.
    pub modified: Option<Timestamp>,
    /// The text given at entry.
    pub reference: Option<String>,
}
