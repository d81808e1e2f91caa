//! What the server says on each feed.

use super::account::OrderUpdate;
use super::counters::Counters;
use super::decode::{Decoded, Envelope};
use super::depth::DepthTick;
use super::malformed::Malformed;
use super::server_error::ServerError;
use super::tick::{IndicatorTick, PriceTick};
use super::trade::{News, PublicTrade, TradingStatus};
use crate::api::Fill;

/// A message on the public feed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MarketMessage {
    /// A price changed.
    Price(PriceTick),
    /// The order book changed.
    Depth(DepthTick),
    /// A trade on the market.
    Trade(PublicTrade),
    /// A tradable opened, closed or halted.
    TradingStatus(TradingStatus),
    /// The value of an index changed.
    Indicator(IndicatorTick),
    /// A news item.
    News(Box<News>),
    /// Nothing else happened for five seconds.
    Heartbeat,
    /// A message of a type that this version does not know.
    Unknown(Box<Unknown>),
}

/// A message on the private feed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountMessage {
    /// An own order changed.
    Order(Box<OrderUpdate>),
    /// An own order was executed, in whole or in part.
    Fill(Box<Fill>),
    /// Nothing else happened for five seconds.
    Heartbeat,
    /// A message of a type that this version does not know.
    Unknown(Box<Unknown>),
}

/// A message of a type that this version does not know, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unknown {
    /// The type.
    pub kind: String,
    /// The whole line, which is valid JSON.
    pub raw: String,
}

impl MarketMessage {
    /// Reads one line of the public feed, without its line feed.
    ///
    /// No tick is marked full: only a [`Feed`](crate::Feed) knows what was
    /// subscribed to when.
    ///
    /// # Errors
    ///
    /// [`Malformed`] says why the line makes no sense.
    pub fn decode(line: &[u8]) -> Result<Decoded<Self>, Malformed> {
        let envelope = Envelope::read(line)?;
        Ok(Decoded::Message(match envelope.kind.as_ref() {
            "price" => Self::Price(envelope.members()?),
            "depth" => Self::Depth(envelope.members()?),
            "trade" => Self::Trade(envelope.members()?),
            "trading_status" => Self::TradingStatus(envelope.members()?),
            "indicator" => Self::Indicator(envelope.members()?),
            "news" => Self::News(Box::new(envelope.members()?)),
            "heartbeat" => Self::Heartbeat,
            "err" => return Ok(Decoded::Error(Box::new(ServerError::read(envelope.data)))),
            _ => Self::Unknown(Unknown::new(&envelope)),
        }))
    }

    pub(super) const fn count(&self, counters: &mut Counters) {
        let count = match self {
            Self::Price(_) => &mut counters.prices,
            Self::Depth(_) => &mut counters.depths,
            Self::Trade(_) => &mut counters.trades,
            Self::TradingStatus(_) => &mut counters.trading_statuses,
            Self::Indicator(_) => &mut counters.indicators,
            Self::News(_) => &mut counters.news,
            Self::Heartbeat => &mut counters.heartbeats,
            Self::Unknown(_) => &mut counters.unknown,
        };
        *count += 1;
    }
}

impl AccountMessage {
    /// Reads one line of the private feed, without its line feed.
    ///
    /// # Errors
    ///
    /// [`Malformed`] says why the line makes no sense.
    pub fn decode(line: &[u8]) -> Result<Decoded<Self>, Malformed> {
        let envelope = Envelope::read(line)?;
        Ok(Decoded::Message(match envelope.kind.as_ref() {
            "order" => Self::Order(Box::new(envelope.data()?)),
            "trade" => Self::Fill(Box::new(envelope.data()?)),
            "heartbeat" => Self::Heartbeat,
            "err" => return Ok(Decoded::Error(Box::new(ServerError::read(envelope.data)))),
            _ => Self::Unknown(Unknown::new(&envelope)),
        }))
    }

    pub(super) const fn count(&self, counters: &mut Counters) {
        let count = match self {
            Self::Order(_) => &mut counters.orders,
            Self::Fill(_) => &mut counters.fills,
            Self::Heartbeat => &mut counters.heartbeats,
            Self::Unknown(_) => &mut counters.unknown,
        };
        *count += 1;
    }
}

impl Unknown {
    fn new(envelope: &Envelope<'_>) -> Box<Self> {
        Box::new(Self {
            kind: envelope.kind.clone().into_owned(),
            raw: envelope.line.into(),
        })
    }
}
