//! Tradables: trading days, order types and executions of one market.

use serde::{Deserialize, Serialize};

use super::reads::{reads, reads_some};
use super::{MarketTrade, OrderType, TradeCount};
use crate::endpoint::{Endpoint, Target};
use crate::id::{Identifier, MarketId, TradableId};
use crate::response::List;
use crate::time::{Date, Timestamp};

reads_some! {
    /// `GET /tradables/info/{tradables}`: trading days and order types. Those
    /// that do not exist are left out; the list is empty if none does.
    ///
    /// ```
    /// use nordnet_proto::api::{GetTradableInfo, OrderType};
    /// use nordnet_proto::{Endpoint, HttpResponse, TradableId};
    ///
    /// let answer = HttpResponse::new(
    ///     r#"[{"market_id":11,"identifier":"101","iceberg":true,"calendar":[],
    ///          "order_types":[{"type":"LIMIT","name":"Limit"}]}]"#.into(),
    /// );
    /// let found = GetTradableInfo::of(TradableId::new(11, "101")).settle(Ok(answer))?;
    /// assert!(found[0].takes_icebergs);
    /// assert_eq!(found[0].order_types[0].code, OrderType::Limit);
    /// # Ok::<(), nordnet_proto::Error>(())
    /// ```
    GetTradableInfo of TradableId, "get_tradable_info" => TradableInfo, "tradables"/"info", tradables
}

/// `GET /tradables/trades/{tradables}`: today's executions on a market, by
/// anyone. Empty if there are none; their order is not documented.
#[derive(Clone, Debug)]
pub struct ListTradableTrades {
    tradables: Vec<TradableId>,
    count: TradeCount,
}

impl ListTradableTrades {
    /// Lists the latest five executions of one tradable.
    pub fn of(tradable: impl Into<TradableId>) -> Self {
        Self::of_all([tradable])
    }

    /// Lists the latest five executions of each tradable. No tradable at all
    /// is an error when the call is sent.
    pub fn of_all(tradables: impl IntoIterator<Item = impl Into<TradableId>>) -> Self {
        Self {
            tradables: tradables.into_iter().map(Into::into).collect(),
            count: TradeCount::default(),
        }
    }

    /// Lists another number of executions.
    #[must_use]
    pub const fn count(mut self, count: TradeCount) -> Self {
        self.count = count;
        self
    }
}

impl Endpoint for ListTradableTrades {
    reads!("list_tradable_trades" => List<TradableTrades>);

    fn target(&self, target: &mut Target) {
        target
            .segment("tradables")
            .segment("trades")
            .tradables(&self.tradables)
            .query_optional("count", self.count.to_query());
    }
}

reads_some! {
    /// `GET /tradables/validation/suitability/{tradables}`: whether the
    /// customer may trade them.
    ///
    /// Refused with a 403 to a session that belongs to no customer.
    CheckTradableSuitability of TradableId, "check_tradable_suitability" => TradableEligibility,
        "tradables"/"validation"/"suitability", tradables
}

/// Trading days and order types of a tradable; schema `TradableInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub calendar: List<CalendarDay>,
    /// The order types that it takes.
    pub order_types: List<NamedOrderType>,
}

impl TradableInfo {
    /// The key that is quoted and ordered.
    #[must_use]
    pub fn id(&self) -> TradableId {
        TradableId {
            market: self.market,
            identifier: self.identifier.clone(),
        }
    }
}

/// One trading day; schema `CalendarDay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NamedOrderType {
    /// The code.
    #[serde(rename = "type")]
    pub code: OrderType,
    /// The name in the language of the request.
    pub name: String,
}

/// Today's executions on one market; schema `TradablePublicTrades`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TradableTrades {
    /// The market.
    #[serde(rename = "market_id")]
    pub market: MarketId,
    /// The identifier within the market.
    pub identifier: Identifier,
    /// The executions.
    pub trades: List<MarketTrade>,
}

/// Whether the customer may trade a tradable; schema `TradableEligibility`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TradableEligibility {
    /// The market.
    #[serde(rename = "market_id")]
    pub market: MarketId,
    /// The identifier within the market.
    pub identifier: Identifier,
    /// Whether the customer may.
    pub eligible: bool,
}
