//! Markets: where instruments trade.

use serde::{Deserialize, Serialize};

use super::reads::{reads_all, reads_some};
use crate::id::{CountryCode, MarketId};

reads_all! {
    /// `GET /markets`: all markets.
    ListMarkets, "list_markets" => MarketEntry, "markets"
}

reads_some! {
    /// `GET /markets/{market_id}`: some markets. Those that do not exist are
    /// left out; the list is empty if none does.
    ///
    /// ```
    /// use nordnet_proto::api::GetMarkets;
    /// use nordnet_proto::{Endpoint, HttpResponse, MarketId};
    ///
    /// let answer = HttpResponse::new(r#"[{"market_id":11,"name":"Nasdaq Stockholm","country":"SE"}]"#.into());
    /// let markets = GetMarkets::of(MarketId::new(11)).settle(Ok(answer))?;
    /// assert_eq!(markets[0].name, "Nasdaq Stockholm");
    /// # Ok::<(), nordnet_proto::Error>(())
    /// ```
    GetMarkets of MarketId, "get_markets" => MarketEntry, "markets", list
}

/// A market of the list; schema `Market`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MarketEntry {
    /// Its number.
    #[serde(rename = "market_id")]
    pub id: MarketId,
    /// Its name.
    pub name: String,
    /// Its country; absent of a market that is only virtual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
}
