//! What an order call is about to ask of the exchange.

use std::fmt;

use serde::Serialize;

use super::{Reference, Terms};
use crate::api::{Amount, Side};
use crate::id::{AccountNumber, OrderId, TradableId};

/// What an order call asks for, known before its first byte leaves.
///
/// Holds no secret; fit for a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Intent {
    /// The handle of the call.
    pub reference: Reference,
    /// The account.
    pub account: AccountNumber,
    /// What is asked for.
    pub action: Action,
}

/// What an order call asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Action {
    /// A new order.
    Place {
        /// What to trade.
        tradable: TradableId,
        /// The direction.
        side: Side,
        /// How many units.
        volume: u64,
        /// At what price, and under which conditions.
        terms: Terms,
    },
    /// A change of an order; what is `None` stays.
    Modify {
        /// The order.
        order_id: OrderId,
        /// The new limit price.
        price: Option<Amount>,
        /// The new volume.
        volume: Option<u64>,
        /// The new visible volume of an iceberg.
        visible_volume: Option<u64>,
    },
    /// A cancellation of an order.
    Cancel {
        /// The order.
        order_id: OrderId,
    },
    /// An activation of orders that are held at Nordnet.
    Activate {
        /// The orders.
        orders: Vec<OrderId>,
    },
}

impl Intent {
    pub(super) fn new(
        reference: Option<&Reference>,
        account: AccountNumber,
        action: Action,
    ) -> Self {
        Self {
            reference: reference.cloned().unwrap_or_else(Reference::missing),
            account,
            action,
        }
    }
}

impl Intent {
    /// Whether it is a new order that could not be found again.
    pub(crate) fn is_nameless(&self) -> bool {
        matches!(self.action, Action::Place { .. }) && self.reference.is_missing()
    }

    /// The order that is to be changed or cancelled.
    pub(super) const fn order_id(&self) -> Option<OrderId> {
        match self.action {
            Action::Modify { order_id, .. } | Action::Cancel { order_id } => Some(order_id),
            Action::Place { .. } | Action::Activate { .. } => None,
        }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.action, f)?;
        write!(f, " in account {} ({})", self.account, self.reference)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place {
                tradable,
                side,
                volume,
                terms,
            } => {
                write!(f, "{side} {volume} {tradable} {terms}")
            }
            Self::Modify {
                order_id,
                price,
                volume,
                visible_volume,
            } => {
                write!(f, "change order {order_id}")?;
                if let Some(price) = price {
                    write!(f, " to limit {price}")?;
                }
                if let Some(volume) = volume {
                    write!(f, " to volume {volume}")?;
                }
                if let Some(volume) = visible_volume {
                    write!(f, " to visible volume {volume}")?;
                }
                Ok(())
            }
            Self::Cancel { order_id } => write!(f, "cancel order {order_id}"),
            Self::Activate { orders } => {
                f.write_str("activate")?;
                for (index, order_id) in orders.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "," };
                    write!(f, "{separator} order {order_id}")?;
                }
                Ok(())
            }
        }
    }
}
