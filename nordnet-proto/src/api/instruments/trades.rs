//! Executions on the market, by anyone.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, ToSmolStr};

use crate::api::reads::reads;
use crate::decimal::Decimal;
use crate::endpoint::{Endpoint, Target};
use crate::id::{InstrumentId, MarketId, TradeId};
use crate::response::List;
use crate::time::Timestamp;
use crate::volume::Volume;

/// `GET /instruments/{instrument_id}/trades`: today's executions on all
/// markets of an instrument, by anyone. Empty if there are none; their order is
/// not documented.
///
/// ```
/// use nordnet_proto::InstrumentId;
/// use nordnet_proto::api::{ListInstrumentTrades, TradeCount};
///
/// let ericsson = InstrumentId::new(16100101);
/// let today = ListInstrumentTrades::of(ericsson).count(TradeCount::All);
/// # let _ = today;
/// ```
#[derive(Clone, Debug)]
pub struct ListInstrumentTrades {
    instruments: Vec<InstrumentId>,
    count: TradeCount,
}

impl ListInstrumentTrades {
    /// Lists the latest five executions of one instrument.
    pub fn of(instrument: impl Into<InstrumentId>) -> Self {
        Self::of_all([instrument])
    }

    /// Lists the latest five executions of each instrument. No instrument at
    /// all is an error when the call is sent.
    pub fn of_all(instruments: impl IntoIterator<Item = impl Into<InstrumentId>>) -> Self {
        Self {
            instruments: instruments.into_iter().map(Into::into).collect(),
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

impl Endpoint for ListInstrumentTrades {
    reads!("list_instrument_trades" => List<InstrumentTrades>);

    fn target(&self, target: &mut Target) {
        target
            .segment("instruments")
            .list(&self.instruments)
            .segment("trades")
            .query_optional("count", self.count.to_query());
    }
}

/// How many executions to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TradeCount {
    /// The latest five.
    #[default]
    Five,
    /// Up to so many of the latest.
    Latest(u32),
    /// All of today: the only way to get them all, since there are no pages.
    All,
}

impl TradeCount {
    /// The parameter, unless it is its default.
    pub(crate) fn to_query(self) -> Option<SmolStr> {
        match self {
            Self::Five | Self::Latest(5) => None,
            Self::Latest(count) => Some(count.to_smolstr()),
            Self::All => Some(SmolStr::new_static("all")),
        }
    }
}

/// Today's executions of one instrument; schema `InstrumentPublicTrades`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstrumentTrades {
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// The executions.
    pub trades: List<MarketTrade>,
}

/// One execution on a market, by anyone; schema `PublicTrade`.
///
/// The feed of market data tells of them as
/// [`PublicTrade`](crate::PublicTrade)s with other members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MarketTrade {
    /// The market.
    #[serde(rename = "market_id")]
    pub market: MarketId,
    /// The market's own id.
    pub trade_id: TradeId,
    /// The price of one unit, in the price unit of the tradable.
    pub price: Decimal,
    /// Units executed.
    pub volume: Volume,
    /// When it was executed.
    #[serde(rename = "trade_timestamp")]
    pub time: Timestamp,
    /// When it was told.
    #[serde(rename = "tick_timestamp")]
    pub tick_time: Timestamp,
    /// The member that bought; absent where that is not told.
    #[serde(rename = "broker_buying", skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    /// The member that sold; absent where that is not told.
    #[serde(rename = "broker_selling", skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// The market's own class of the execution.
    #[serde(rename = "trade_type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}
