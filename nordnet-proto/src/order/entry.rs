//! Entering an order.

use std::fmt;

use http::Method;

use super::{Action, Intent, IntoTerms, MAX_BODY, OrderCall, Outcome, Reference, Terms, outcome};
use crate::api::{Amount, Side};
use crate::endpoint::{Body, Endpoint, Form, InSession, Safety, Target, Trade};
use crate::error::Error;
use crate::error_traits::error_traits;
use crate::failure::Failure;
use crate::id::{AccountNumber, IntoAccountNumber, TradableId};
use crate::request::HttpResponse;

/// `POST /accounts/{accid}/orders`: a new order.
///
/// Not `Clone`, and consumed by sending: one value, one order. A price makes it
/// a limit order for today; the other order types are [`Terms`]. Nothing
/// cancels it when the program ends.
///
/// ```
/// use nordnet_proto::api::Amount;
/// use nordnet_proto::order::Reference;
/// use nordnet_proto::{
///     AccountNumber, Config, Country, HttpResponse, Outcome, PlaceOrder, SessionKey, TradableId,
///     to_request,
/// };
///
/// # let (config, key) = (Config::new(Country::Sweden), SessionKey::new("5d1f7c0e"));
/// let account = AccountNumber::new(60012345);
/// let ericsson = TradableId::new(11, "101");
/// let limit: Amount = "86.52 SEK".parse()?;
/// let order = PlaceOrder::buy(100, ericsson, limit, account)?;
///
/// // An `Operation` gives it a reference; without one it is yours to choose.
/// let order = order.with_reference(Reference::new("rebalance-17")?);
/// let (request, sent) = to_request(order, &config, &key)?;
/// assert_eq!(request.uri().path(), "/api/2/accounts/60012345/orders");
///
/// let answer = HttpResponse::new(
///     r#"{"order_id":430518872,"result_code":"OK","order_state":"ON_MARKET"}"#.into(),
/// );
/// let Outcome::Accepted(accepted) = sent.settle(Ok(answer))? else {
///     panic!("the answer says that it is accepted");
/// };
/// assert_eq!(accepted.order_id.get(), 430518872);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What an order type does not take cannot be written:
///
/// ```compile_fail,E0599
/// # use nordnet_proto::{api::Amount, order::FillAndKill};
/// # fn never(price: Amount, date: nordnet_proto::Date) {
/// let order = FillAndKill::at(price).until(date);
/// # }
/// ```
///
/// It cannot be kept to be sent again:
///
/// ```compile_fail,E0599
/// # fn twice(order: nordnet_proto::PlaceOrder) {
/// let again = order.clone();
/// # }
/// ```
///
/// ```compile_fail,E0382
/// # use nordnet_proto::{Operation, PlaceOrder};
/// # fn twice(order: PlaceOrder) {
/// let first = Operation::new(order);
/// let second = Operation::new(order);
/// # }
/// ```
#[derive(Debug)]
#[must_use = "an order does nothing unless it is sent"]
pub struct PlaceOrder {
    account: AccountNumber,
    tradable: TradableId,
    side: Side,
    volume: u64,
    terms: Terms,
    reference: Option<Reference>,
}

impl PlaceOrder {
    /// Buys a number of units at a price per unit or below, or on other terms.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder`] names what is wrong: a volume or a price that is not
    /// above zero, for instance.
    pub fn buy(
        volume: u64,
        tradable: TradableId,
        terms: impl IntoTerms,
        account: impl IntoAccountNumber,
    ) -> Result<Self, InvalidOrder> {
        Self::new(
            Side::Buy,
            volume,
            tradable,
            terms.into_terms(),
            account.into_account_number(),
        )
    }

    /// Sells a number of units at a price per unit or above, or on other terms.
    ///
    /// # Errors
    ///
    /// As [`PlaceOrder::buy`].
    pub fn sell(
        volume: u64,
        tradable: TradableId,
        terms: impl IntoTerms,
        account: impl IntoAccountNumber,
    ) -> Result<Self, InvalidOrder> {
        Self::new(
            Side::Sell,
            volume,
            tradable,
            terms.into_terms(),
            account.into_account_number(),
        )
    }

    /// Gives the order a reference of your own, unique among your orders, or
    /// one from [`Session::new_reference`](crate::Session::new_reference). An
    /// operation stamps one on an order without.
    pub fn with_reference(mut self, reference: Reference) -> Self {
        self.reference = Some(reference);
        self
    }

    fn new(
        side: Side,
        volume: u64,
        tradable: TradableId,
        terms: Terms,
        account: AccountNumber,
    ) -> Result<Self, InvalidOrder> {
        terms.check(volume)?;
        if !tradable.is_key() {
            return Err(InvalidOrder::Tradable);
        }
        Ok(Self {
            account,
            tradable,
            side,
            volume,
            terms,
            reference: None,
        })
    }
}

/// The wire has signed 64-bit volumes.
pub(super) fn check_volume(volume: u64) -> Result<(), InvalidOrder> {
    match i64::try_from(volume) {
        Ok(1..) => Ok(()),
        _ => Err(InvalidOrder::Volume),
    }
}

pub(super) fn check_price(price: &Amount) -> Result<(), InvalidOrder> {
    if price.currency.as_str().is_empty() {
        return Err(InvalidOrder::Currency);
    }
    if price.value.is_positive() {
        Ok(())
    } else {
        Err(InvalidOrder::Price)
    }
}

impl Endpoint for PlaceOrder {
    const OPERATION: &'static str = "place_order";
    const METHOD: Method = Method::POST;
    const SAFETY: Safety = Safety::OnceOnly;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = InSession;
    type Access = Trade;
    type Response = Outcome;

    fn target(&self, target: &mut Target) {
        target
            .segment("accounts")
            .segment(self.account)
            .segment("orders");
    }

    fn body(&self) -> Body {
        let mut form = Form::new();
        form.field("market_id", self.tradable.market)
            .field("identifier", &self.tradable.identifier)
            .field("side", &self.side)
            .field("volume", self.volume);
        self.terms.write(&mut form);
        form.optional("reference", self.reference.as_ref());
        Body::Form(form)
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<Outcome, Error> {
        outcome::settle(self.intent(), answer)
    }
}

impl OrderCall for PlaceOrder {
    fn stamp(&mut self, next: &mut dyn FnMut() -> Reference) {
        self.reference.get_or_insert_with(next);
    }

    fn intent(&self) -> Intent {
        let action = Action::Place {
            tradable: self.tradable.clone(),
            side: self.side.clone(),
            volume: self.volume,
            terms: self.terms.clone(),
        };
        Intent::new(self.reference.as_ref(), self.account, action)
    }
}

/// A rule that an order breaks, known before anything is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidOrder {
    /// The volume is zero, or larger than the wire takes.
    Volume,
    /// The price is not above zero.
    Price,
    /// The price has no currency.
    Currency,
    /// The visible volume is nothing or more than the whole.
    VisibleVolume,
    /// The prices of the order are in different currencies.
    UnlikeCurrencies,
    /// The trigger of a trailing stop is less than one percent.
    Trigger,
    /// What is to be traded has no identifier, or a market below zero.
    Tradable,
    /// The reference is not 1 to 50 printable ASCII characters, or spaces only.
    Reference,
    /// The order has no reference: nobody stamps one on a request that is sent
    /// by other means than an operation.
    NoReference,
    /// Another order of this client with this reference was accepted, or is not
    /// settled.
    ReferenceInUse,
    /// The change holds nothing to change.
    NothingToChange,
}

impl fmt::Display for InvalidOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Volume => "the volume of an order has to be above zero",
            Self::Price => "the price of an order has to be above zero",
            Self::Currency => "the price of an order needs a currency",
            Self::VisibleVolume => "the visible volume has to be from 1 to the whole volume",
            Self::UnlikeCurrencies => "the prices of an order have to be in one currency",
            Self::Trigger => "a trailing stop has to be triggered by one percent or more",
            Self::Tradable => "an order needs a market and an identifier to trade",
            Self::Reference => "a reference is 1 to 50 printable ASCII characters, not spaces only",
            Self::NoReference => "an order needs a reference to be found again by",
            Self::ReferenceInUse => "another order has this reference, and is live or not settled",
            Self::NothingToChange => "a change needs a new price or a new volume",
        })
    }
}

error_traits!(InvalidOrder);
