//! Orders and own executions.

mod codes;
mod order;

use http::Method;

pub use codes::{
    ActionState, ActivationKind, OrderState, OrderType, PriceCondition, ResultCode, Side,
    TriggerCondition, ValidityKind, VolumeCondition,
};
pub use order::{ActivationCondition, Fill, Order, OrderReply, Validity};

use crate::answer::{self, List};
use crate::endpoint::{Endpoint, InSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::AccountNumber;
use crate::request::HttpResponse;

/// `GET /accounts/{accid}/orders`: the orders of an account.
#[derive(Clone, Debug)]
pub struct ListOrders {
    account: AccountNumber,
    deleted: bool,
}

impl ListOrders {
    /// Lists the orders of an account that are not deleted.
    #[must_use]
    pub fn of(account: impl Into<AccountNumber>) -> Self {
        Self {
            account: account.into(),
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
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = List<Order>;

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("orders");
        if self.deleted {
            target.query("deleted", true);
        }
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<Order>, Error> {
        answer::list(answer)
    }
}
