//! Tick tables: which prices an order may have.

use http::Method;
use serde::Deserialize;

use crate::answer::{self, List};
use crate::decimal::Decimal;
use crate::endpoint::{Endpoint, InSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::id::TickSizeId;
use crate::request::HttpResponse;

/// `GET /tick_sizes` and `GET /tick_sizes/{tick_size_id}`: tick tables.
#[derive(Clone, Debug, Default)]
pub struct ListTickSizes {
    ids: Vec<TickSizeId>,
}

impl ListTickSizes {
    /// Lists all tables.
    #[must_use]
    pub const fn all() -> Self {
        Self { ids: Vec::new() }
    }

    /// Lists some tables; all of them if none is named.
    pub fn of(ids: impl IntoIterator<Item = TickSizeId>) -> Self {
        Self {
            ids: ids.into_iter().collect(),
        }
    }
}

impl Endpoint for ListTickSizes {
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = InSession;
    type Access = Observe;
    type Response = List<TickSizeTable>;

    fn target(&self, target: &mut Target) {
        target.segment("tick_sizes");
        if !self.ids.is_empty() {
            target.list(&self.ids);
        }
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<List<TickSizeTable>, Error> {
        answer::list(answer)
    }
}

/// The ticks of a range of prices each; schema `TicksizeTable`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TickSizeTable {
    /// The number of the table.
    #[serde(rename = "tick_size_id")]
    pub id: TickSizeId,
    /// The ranges.
    #[serde(rename = "ticks", default, deserialize_with = "answer::or_default")]
    pub intervals: Vec<TickSizeInterval>,
}

/// The tick of one range of prices; schema `TicksizeInterval`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TickSizeInterval {
    /// The lower end.
    pub from_price: Decimal,
    /// The upper end; whether it belongs to the range is not documented.
    pub to_price: Decimal,
    /// The step between prices.
    pub tick: Decimal,
    /// Places after the point.
    pub decimals: i64,
}

impl TickSizeTable {
    /// The tick that holds at a price: that of the last range which begins at
    /// or below it. `None` below all ranges.
    ///
    /// ```
    /// use nordnet_proto::api::TickSizeTable;
    ///
    /// let table: TickSizeTable = serde_json::from_str(r#"{"tick_size_id":5012,"ticks":[
    ///     {"from_price":0.0,"to_price":49.99,"tick":0.01,"decimals":2},
    ///     {"from_price":50.0,"to_price":99.98,"tick":0.02,"decimals":2}]}"#)?;
    /// assert_eq!(table.tick_at("86.52".parse()?), Some("0.02".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tick_at(&self, price: Decimal) -> Option<Decimal> {
        self.intervals
            .iter()
            .filter(|interval| interval.from_price <= price)
            .max_by_key(|interval| interval.from_price)
            .map(|interval| interval.tick)
    }
}
