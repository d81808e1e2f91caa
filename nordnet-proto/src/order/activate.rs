//! Sending held orders to the market.

use http::Method;

use super::{Action, Intent, MAX_BODY, OrderCall, Outcome, Reference, outcome};
use crate::endpoint::{Endpoint, InSession, Safety, Target, Trade};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{AccountNumber, IntoAccountNumber, OrderId};
use crate::request::HttpResponse;

/// `PUT /accounts/{accid}/orders/{order_id}/activate`: sends orders to the
/// market that are held at Nordnet. There is no way back.
///
/// Each order has a verdict of its own:
/// [`is_ok`](crate::api::OrderReply::is_ok),
/// [`is_refused`](crate::api::OrderReply::is_refused), or neither, which says that
/// it may be live. The call is accepted if one order or more were:
/// [`Accepted::verdicts`](super::Accepted::verdicts) has the verdict on each. It is
/// rejected if every order was refused, and unknown otherwise: if the answer was
/// lost, for example, or lacks the verdict on one of the orders.
///
/// The call may be repeated after a loss. What the lost attempt has activated is
/// refused by the next one, so a refusal after a loss is unknown, too: look at the
/// [`state`](crate::api::Order::state) of the orders with
/// [`ListOrders`](crate::api::ListOrders).
///
/// ```
/// use nordnet_proto::order::Limit;
/// use nordnet_proto::{
///     AccountNumber, ActivateOrders, Config, Country, OrderId, PlaceOrder, SessionKey, TradableId,
///     to_request,
/// };
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let account = AccountNumber::new(60012345);
/// let held = Limit::at("86.50 SEK".parse()?).held();
/// let order = PlaceOrder::buy(100, TradableId::new(11, "101"), held, account)?;
/// # let _ = order;
///
/// // Later, with the numbers that two such orders were accepted with:
/// let orders = [430518872, 430518901].map(OrderId::new);
/// let (request, _) = to_request(ActivateOrders::of_all(orders, account), &config, &key)?;
/// assert_eq!(
///     request.uri().path(),
///     "/api/2/accounts/60012345/orders/430518872,430518901/activate"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an activation does nothing unless it is sent"]
pub struct ActivateOrders {
    account: AccountNumber,
    orders: Vec<OrderId>,
    handle: Option<Reference>,
}

impl ActivateOrders {
    /// Activates one order.
    pub fn of(order_id: impl Into<OrderId>, account: impl IntoAccountNumber) -> Self {
        Self::of_all([order_id], account)
    }

    /// Activates several orders of one account. No order at all is an error
    /// when the call is sent.
    pub fn of_all(
        orders: impl IntoIterator<Item = impl Into<OrderId>>,
        account: impl IntoAccountNumber,
    ) -> Self {
        Self {
            account: account.into_account_number(),
            orders: orders.into_iter().map(Into::into).collect(),
            handle: None,
        }
    }

    /// Gives the call a handle of your own, to ask for its outcome with. It
    /// never goes on the wire.
    pub fn with_reference(mut self, handle: Reference) -> Self {
        self.handle = Some(handle);
        self
    }
}

impl Endpoint for ActivateOrders {
    const OPERATION: &'static str = "activate_orders";
    const METHOD: Method = Method::PUT;
    const SAFETY: Safety = Safety::Idempotent;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = InSession;
    type Access = Trade;
    type Response = Outcome;

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("orders")
            .list(&self.orders)
            .segment("activate");
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<Outcome, Error> {
        outcome::settle(self.intent(), answer)
    }
}

impl OrderCall for ActivateOrders {
    fn stamp(&mut self, next: &mut dyn FnMut() -> Reference) {
        self.handle.get_or_insert_with(next);
    }

    fn intent(&self) -> Intent {
        let orders = self.orders.clone();
        Intent::new(
            self.handle.as_ref(),
            self.account,
            Action::Activate { orders },
        )
    }

    fn refusal(outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Accepted(accepted) => {
                let refused = accepted.verdicts.iter().find(|verdict| !verdict.is_ok())?;
                Some(refused.result_code.as_str().into())
            }
            Outcome::Rejected(rejection) => Some(rejection.to_string()),
            Outcome::Unknown(_) => None,
        }
    }
}
