//! Sending held orders to the market.

use http::Method;

use super::MAX_BODY;
use crate::answer::{self, List};
use crate::api::OrderReply;
use crate::endpoint::{Endpoint, InSession, Safety, Target, Trade};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{AccountNumber, OrderId};
use crate::request::HttpResponse;

/// `PUT /accounts/{accid}/orders/{order_id}/activate`: sends orders to the
/// market that are held at Nordnet. There is no way back.
///
/// Each order has a verdict of its own; see [`OrderReply::is_ok`].
///
/// # Errors
///
/// [`Error::Lost`] and [`Error::Unavailable`] leave open whether the orders are
/// live now. The call may be made again: twice has the same effect.
#[derive(Clone, Debug)]
#[must_use = "an activation does nothing unless it is sent"]
pub struct ActivateOrders {
    account: AccountNumber,
    orders: Vec<OrderId>,
}

impl ActivateOrders {
    /// Activates orders of one account. No order at all is an error when the
    /// call is sent.
    pub fn new(
        orders: impl IntoIterator<Item = impl Into<OrderId>>,
        account: impl Into<AccountNumber>,
    ) -> Self {
        Self {
            account: account.into(),
            orders: orders.into_iter().map(Into::into).collect(),
        }
    }
}

impl Endpoint for ActivateOrders {
    const OPERATION: &'static str = "activate_orders";
    const METHOD: Method = Method::PUT;
    const SAFETY: Safety = Safety::Idempotent;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = InSession;
    type Access = Trade;
    type Response = List<OrderReply>;

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("orders")
            .list(&self.orders)
            .segment("activate");
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<OrderReply>, Error> {
        answer::object(Self::OPERATION, answer)
    }
}
