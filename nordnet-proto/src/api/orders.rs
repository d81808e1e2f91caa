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
use crate::endpoint::{Endpoint, Target};
use crate::id::{AccountNumber, IntoAccountNumber};
use crate::response::List;

/// `GET /accounts/{accid}/orders`: the orders of accounts. Empty if there are
/// none; their order is not documented.
///
/// ```
/// use nordnet_proto::api::{ListOrders, Order};
/// use nordnet_proto::{AccountNumber, Config, Country, List, SessionKey, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let call = ListOrders::of(AccountNumber::new(60012345)).include_deleted();
/// let (request, _) = to_request(call, &config, &key)?;
/// assert_eq!(
///     request.uri().path_and_query().unwrap(),
///     "/api/2/accounts/60012345/orders?deleted=true"
/// );
///
/// // From the response, the order that carries a reference:
/// fn find<'a>(orders: &'a List<Order>, reference: &str) -> Option<&'a Order> {
///     orders.iter().find(|order| order.reference.as_deref() == Some(reference))
/// }
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
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
