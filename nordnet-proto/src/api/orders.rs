//! Orders and own executions.

mod codes;
mod fill;
mod order;
mod reply;

pub use codes::{
    ActionState, ActivationKind, OrderState, OrderType, PriceCondition, ResultCode, Side,
    TriggerCondition, ValidityKind, VolumeCondition,
};
pub use fill::{Fill, FillKey, FillKeyError};
pub use order::{ActivationCondition, Order, Validity};
pub use reply::OrderReply;

use super::reads::reads;
use crate::answer::List;
use crate::endpoint::{Endpoint, Target};
use crate::id::{AccountNumber, IntoAccountNumber};

/// `GET /accounts/{accid}/orders`: the orders of accounts. Empty if there are
/// none; their order is not documented.
#[derive(Clone, Debug)]
pub struct ListOrders {
    accounts: Vec<AccountNumber>,
    deleted: bool,
}

impl ListOrders {
    /// Lists the orders of an account that are not deleted.
    #[must_use]
    pub fn of(account: impl IntoAccountNumber) -> Self {
        Self::of_all([account])
    }

    /// Lists the orders of some accounts that are not deleted. No account at
    /// all is an error when the call is sent.
    pub fn of_all(accounts: impl IntoIterator<Item = impl IntoAccountNumber>) -> Self {
        Self {
            accounts: accounts
                .into_iter()
                .map(IntoAccountNumber::into_account_number)
                .collect(),
            deleted: false,
        }
    }

    /// Lists orders that were deleted today too.
    #[must_use]
    pub const fn include_deleted(mut self) -> Self {
        self.deleted = true;
        self
    }
}

impl Endpoint for ListOrders {
    reads!("list_orders" => List<Order>);

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .list(&self.accounts)
            .segment("orders");
        if self.deleted {
            target.query("deleted", true);
        }
    }
}
