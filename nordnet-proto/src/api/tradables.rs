//! Tradables: trading days and order types.

use http::Method;
use serde::Deserialize;

use super::OrderType;
use crate::answer::{self, List};
use crate::endpoint::{Endpoint, InSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::{Identifier, MarketId, TradableId};
use crate::request::HttpResponse;
use crate::time::{Date, Timestamp};

/// `GET /tradables/info/{tradables}`: trading days and order types.
#[derive(Clone, Debug)]
pub struct GetTradableInfo {
    tradables: Vec<TradableId>,
}

impl GetTradableInfo {
    /// Asks about some tradables.
    pub fn of(tradables: impl IntoIterator<Item = TradableId>) -> Self {
        Self {
            tradables: tradables.into_iter().collect(),
        }
    }
}

impl Endpoint for GetTradableInfo {
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = List<TradableInfo>;

    fn target(&self, target: &mut Target) {
        target
            .segment("tradables")
            .segment("info")
            .list(&self.tradables);
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<TradableInfo>, Error> {
        answer::list(answer)
    }
}

/// Trading days and order types of a tradable; schema `TradableInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TradableInfo {
    /// The market.
    #[serde(rename = "market_id")]
    pub market: MarketId,
    /// The identifier within the market.
    pub identifier: Identifier,
    /// Whether an order may show a part of its volume only.
    #[serde(rename = "iceberg")]
    pub takes_icebergs: bool,
    /// The days until which an order may live.
    pub calendar: Vec<CalendarDay>,
    /// The order types that it takes.
    pub order_types: Vec<NamedOrderType>,
}

/// One trading day; schema `CalendarDay`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CalendarDay {
    /// The day.
    pub date: Date,
    /// When trading begins.
    pub open: Timestamp,
    /// When trading ends.
    pub close: Timestamp,
}

/// An order type with its name; schema `OrderType`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct NamedOrderType {
    /// The code.
    #[serde(rename = "type")]
    pub code: OrderType,
    /// The name in the language of the request.
    pub name: String,
}
