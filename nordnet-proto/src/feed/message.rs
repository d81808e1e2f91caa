//! What the server says on each feed.

use std::fmt;

use super::account::OrderUpdate;
use super::command::Subscription;
use super::counters::Counters;
use super::decode::{self, Decoded, Envelope};
use super::depth::DepthTick;
use super::line::{LineDecoder, LineTooLong};
use super::malformed::Malformed;
use super::server_error::ServerError;
use super::tick::{IndicatorTick, PriceTick};
use super::trade::{News, PublicTrade, TradingStatus};
use crate::api::Fill;
use crate::error_traits::error_traits;

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

/// A line of a feed that cannot be read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadLine {
    /// It is too long, and what follows is lost.
    TooLong(LineTooLong),
    /// It makes no sense. The next line can be read.
    Malformed(Malformed),
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
    #[inline]
    pub fn decode(line: &[u8]) -> Result<Decoded<Self>, Malformed> {
        let mut message = Self::Heartbeat;
        if message
            .read_ahead(line)
            .is_some_and(|end| end as usize == line.len())
        {
            return Ok(Decoded::Message(message));
        }
        message.decoded(line)
    }

    /// What had to be subscribed to for this to come; `None` of a heartbeat and
    /// of what is not known.
    #[must_use]
    pub fn subscription(&self) -> Option<Subscription> {
        Some(match self {
            Self::Price(tick) => Subscription::Price(tick.tradable().clone()),
            Self::Depth(tick) => Subscription::Depth(tick.tradable().clone()),
            Self::Trade(trade) => Subscription::Trade(trade.tradable().clone()),
            Self::TradingStatus(tick) => Subscription::TradingStatus(tick.tradable().clone()),
            Self::Indicator(tick) => Subscription::Indicator(tick.indicator().clone()),
            Self::News(news) => Subscription::News(news.source),
            Self::Heartbeat | Self::Unknown(_) => return None,
        })
    }

    /// Reads the next line of the public feed; `None` if more bytes are needed.
    ///
    /// The same as [`LineDecoder::next_line`] and [`MarketMessage::decode`], except
    /// that empty lines are passed over; and faster, since most lines show their
    /// end when they are read.
    ///
    /// # Errors
    ///
    /// [`BadLine`] says what is wrong. Only after a line that is too long nothing
    /// follows.
    #[must_use]
    #[inline]
    pub fn next(lines: &mut LineDecoder) -> Option<Result<Decoded<Self>, BadLine>> {
        let mut message = Self::Heartbeat;
        if lines.read_ahead(|lines| message.read_ahead(lines)) {
            return Some(Ok(Decoded::Message(message)));
        }
        Self::next_slowly(lines)
    }

    #[inline(never)]
    fn next_slowly(lines: &mut LineDecoder) -> Option<Result<Decoded<Self>, BadLine>> {
        loop {
            return Some(match lines.next_line()? {
                Ok(b"") => continue,
                Ok(line) => Self::Heartbeat.decoded(line).map_err(BadLine::Malformed),
                Err(too_long) => Err(BadLine::TooLong(too_long)),
            });
        }
    }

    #[inline(never)]
    fn decoded(mut self, line: &[u8]) -> Result<Decoded<Self>, Malformed> {
        Ok(match self.read(line)? {
            None => Decoded::Message(self),
            Some(error) => Decoded::Error(error),
        })
    }

    /// Reads the first of several lines into a heartbeat, if it is written as
    /// most are; where that ends. If not, the message means nothing.
    ///
    /// It is made where it stands: to move one costs as much as to read two of
    /// its members.
    #[inline(always)]
    pub(super) fn read_ahead(&mut self, lines: &[u8]) -> Option<u32> {
        decode::tight(lines, self)
    }

    /// Reads any line, unless it is a complaint.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<Option<Box<ServerError>>, Malformed> {
        if decode::loose(line, self) {
            return Ok(None);
        }
        self.read_slowly(line)
    }

    #[inline(never)]
    fn read_slowly(&mut self, line: &[u8]) -> Result<Option<Box<ServerError>>, Malformed> {
        let envelope = Envelope::read(line)?;
        *self = match envelope.kind.as_ref() {
            "price" => Self::Price(envelope.members()?),
            "depth" => Self::Depth(envelope.members()?),
            "trade" => Self::Trade(envelope.members()?),
            "trading_status" => Self::TradingStatus(envelope.members()?),
            "indicator" => Self::Indicator(envelope.members()?),
            "news" => Self::News(Box::new(envelope.members()?)),
            "heartbeat" => Self::Heartbeat,
            "err" => return Ok(Some(Box::new(ServerError::read(envelope.data)))),
            _ => Self::Unknown(Unknown::new(&envelope)),
        };
        Ok(None)
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

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(too_long) => fmt::Display::fmt(too_long, f),
            Self::Malformed(malformed) => fmt::Display::fmt(malformed, f),
        }
    }
}

error_traits!(BadLine);
