//! Changing an order.

use http::Method;

use super::entry::{check_price, check_volume};
use super::{Action, Intent, InvalidOrder, MAX_BODY, OrderCall, Outcome, Reference, outcome};
use crate::api::Amount;
use crate::endpoint::{Body, Endpoint, Form, InSession, Safety, Target, Trade};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{AccountNumber, IntoAccountNumber, OrderId};
use crate::request::HttpResponse;

/// `PUT /accounts/{accid}/orders/{order_id}`: a new price or volume of an
/// order, the shown part of an iceberg included. What is left out stays.
///
/// Never repeated by itself: it could overwrite a newer change. Whether the
/// volume counts units that are already executed is not documented.
///
/// ```
/// use nordnet_proto::{AccountNumber, Config, Country, ModifyOrder, OrderId, SessionKey, to_request};
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let (order, account) = (OrderId::new(430518872), AccountNumber::new(60012345));
/// let call = ModifyOrder::price(order, "86.60 SEK".parse()?, account)?;
/// let (request, _) = to_request(call, &config, &key)?;
/// assert_eq!(request.method(), "PUT");
/// assert_eq!(request.body().as_bytes(), b"price=86.60&currency=SEK");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a change does nothing unless it is sent"]
pub struct ModifyOrder {
    account: AccountNumber,
    order_id: OrderId,
    price: Option<Amount>,
    volume: Option<u64>,
    visible_volume: Option<u64>,
    handle: Option<Reference>,
}

impl ModifyOrder {
    /// Changes the limit price of one unit.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder`] if the price is not above zero.
    pub fn price(
        order_id: OrderId,
        price: Amount,
        account: impl IntoAccountNumber,
    ) -> Result<Self, InvalidOrder> {
        Self::new(order_id, Some(price), None, account)
    }

    /// Changes the number of units.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder`] if the volume is not above zero.
    pub fn volume(
        order_id: OrderId,
        volume: u64,
        account: impl IntoAccountNumber,
    ) -> Result<Self, InvalidOrder> {
        Self::new(order_id, None, Some(volume), account)
    }

    /// Changes the limit price, the number of units, or both.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder`] if neither is given, or one is not above zero.
    pub fn new(
        order_id: OrderId,
        price: Option<Amount>,
        volume: Option<u64>,
        account: impl IntoAccountNumber,
    ) -> Result<Self, InvalidOrder> {
        if price.is_none() && volume.is_none() {
            return Err(InvalidOrder::NothingToChange);
        }
        price.as_ref().map_or(Ok(()), check_price)?;
        volume.map_or(Ok(()), check_volume)?;
        Ok(Self {
            account: account.into_account_number(),
            order_id,
            price,
            volume,
            visible_volume: None,
            handle: None,
        })
    }

    /// Changes only how many units of an iceberg are shown.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder::VisibleVolume`] if it is nothing.
    pub fn visible_volume(
        order_id: OrderId,
        shown: u64,
        account: impl IntoAccountNumber,
    ) -> Result<Self, InvalidOrder> {
        let change = Self {
            account: account.into_account_number(),
            order_id,
            price: None,
            volume: None,
            visible_volume: None,
            handle: None,
        };
        change.showing(shown)
    }

    /// Changes also how many units of an iceberg are shown.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder::VisibleVolume`] if it is nothing, or more than the new
    /// volume.
    pub fn showing(mut self, shown: u64) -> Result<Self, InvalidOrder> {
        let most = self.volume.unwrap_or(i64::MAX.unsigned_abs());
        if !(1..=most).contains(&shown) {
            return Err(InvalidOrder::VisibleVolume);
        }
        self.visible_volume = Some(shown);
        Ok(self)
    }

    /// Gives the call a handle of your own, to ask for its outcome with. It
    /// never goes on the wire.
    pub fn with_reference(mut self, handle: Reference) -> Self {
        self.handle = Some(handle);
        self
    }
}

impl Endpoint for ModifyOrder {
    const OPERATION: &'static str = "modify_order";
    const METHOD: Method = Method::PUT;
    const SAFETY: Safety = Safety::OnceOnly;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = InSession;
    type Access = Trade;
    type Response = Outcome;

    fn target(&self, target: &mut Target) {
        target.segment("accounts").segment(self.account);
        target.segment("orders").segment(self.order_id);
    }

    fn body(&self) -> Body {
        let mut form = Form::new();
        form.optional("price", self.price.as_ref().map(|price| price.value))
            .optional("currency", self.price.as_ref().map(|price| &price.currency))
            .optional("volume", self.volume)
            .optional("open_volume", self.visible_volume);
        Body::Form(form)
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<Outcome, Error> {
        outcome::settle(self.intent(), answer)
    }
}

impl OrderCall for ModifyOrder {
    fn stamp(&mut self, next: &mut dyn FnMut() -> Reference) {
        self.handle.get_or_insert_with(next);
    }

    fn intent(&self) -> Intent {
        let action = Action::Modify {
            order_id: self.order_id,
            price: self.price.clone(),
            volume: self.volume,
            visible_volume: self.visible_volume,
        };
        Intent::new(self.handle.as_ref(), self.account, action)
    }
}
