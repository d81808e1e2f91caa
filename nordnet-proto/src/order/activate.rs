//! Sending held orders to the market.

use http::Method;

use super::{MAX_BODY, outcome};
use crate::answer::{self, List};
use crate::api::OrderReply;
use crate::endpoint::{Endpoint, InSession, Safety, Target, Trade};
use crate::error::{Error, Unreadable};
use crate::failure::Failure;
use crate::id::{AccountNumber, OrderId};
use crate::request::HttpResponse;

/// `PUT /accounts/{accid}/orders/{order_id}/activate`: sends orders to the
/// market that are held at Nordnet. There is no way back.
///
/// Each order has a verdict of its own: [`OrderReply::is_ok`],
/// [`OrderReply::is_refused`], or neither. An order that is neither, or that has
/// no verdict, may be live: look at it. An activation creates no order and has no
/// reference, so it is not listed among the unresolved calls.
///
/// # Errors
///
/// [`Error::Lost`], [`Error::Unavailable`] and [`Error::Unreadable`] leave open
/// which of the orders are live now, if any: look at their
/// [`state`](crate::api::Order::state) with [`ListOrders`](crate::api::ListOrders).
/// `Lost` is also the end of a call that was repeated after a loss if any order
/// is refused then: what was activated by the lost attempt is refused by the
/// next one. For the same reason, a refusal of a call that you repeat yourself
/// does not say that an order is not live.
///
/// After all others nothing was activated.
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
        answer::object(Self::OPERATION, answer).map_err(|error| match error {
            Error::Refused(refusal) if !outcome::is_refusal(refusal.status) => {
                Error::Unreadable(Unreadable {
                    operation: Self::OPERATION,
                    status: refusal.status,
                    path: String::new(),
                    reason: "this status does not say whether an order is live now".into(),
                })
            }
            error => error,
        })
    }

    fn refusal(verdicts: &List<OrderReply>) -> Option<String> {
        let first = verdicts.iter().find(|verdict| !verdict.is_ok())?;
        let code = first.result_code.as_str();
        Some(format!("{code}; look at the state of the orders"))
    }
}
