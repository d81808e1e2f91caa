//! Cancelling an order.

use http::Method;

use super::{Action, Intent, MAX_BODY, OrderCall, Outcome, Reference, outcome};
use crate::endpoint::{Endpoint, InSession, Lane, Safety, Target, Trade};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{AccountNumber, IntoAccountNumber, OrderId};
use crate::request::HttpResponse;

/// `DELETE /accounts/{accid}/orders/{order_id}`: takes an order back.
///
/// Accepted is a request, not an end: fills may arrive until
/// [`ActionState::DeleteConfirmed`](crate::api::ActionState::DeleteConfirmed).
/// An order that is gone already gives a rejection that
/// [says so](super::Rejection::is_already_gone).
///
/// ```
/// use nordnet_proto::{
///     AccountNumber, CancelOrder, Config, Country, HttpResponse, OrderId, Outcome, SessionKey,
///     to_request,
/// };
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let call = CancelOrder::new(OrderId::new(430518872), AccountNumber::new(60012345));
/// let (request, sent) = to_request(call, &config, &key)?;
/// assert_eq!(request.method(), "DELETE");
///
/// let mut answer = HttpResponse::new(r#"{"code":"ORDER_NOT_FOUND"}"#.into());
/// *answer.status_mut() = http::StatusCode::NOT_FOUND;
/// match sent.settle(Ok(answer))? {
///     Outcome::Rejected(rejection) => assert!(rejection.is_already_gone()),
///     outcome => panic!("{outcome:?}"),
/// }
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a cancellation does nothing unless it is sent"]
pub struct CancelOrder {
    account: AccountNumber,
    order_id: OrderId,
    handle: Option<Reference>,
}

impl CancelOrder {
    /// Cancels what is left of an order.
    pub fn new(order_id: OrderId, account: impl IntoAccountNumber) -> Self {
        Self {
            account: account.into_account_number(),
            order_id,
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

impl Endpoint for CancelOrder {
    const OPERATION: &'static str = "cancel_order";
    const METHOD: Method = Method::DELETE;
    const SAFETY: Safety = Safety::Idempotent;
    const LANE: Lane = Lane::Cancel;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = InSession;
    type Access = Trade;
    type Response = Outcome;

    fn target(&self, target: &mut Target) {
        target.segment("accounts").segment(self.account);
        target.segment("orders").segment(self.order_id);
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<Outcome, Error> {
        outcome::settle(self.intent(), answer)
    }
}

impl OrderCall for CancelOrder {
    fn stamp(&mut self, next: &mut dyn FnMut() -> Reference) {
        self.handle.get_or_insert_with(next);
    }

    fn intent(&self) -> Intent {
        let action = Action::Cancel {
            order_id: self.order_id,
        };
        Intent::new(self.handle.as_ref(), self.account, action)
    }
}
