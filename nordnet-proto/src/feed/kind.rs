//! The two feeds, told apart by type.

use std::fmt;

use super::command::Subscription;
use super::config::{FeedConfig, GetState};
use super::counters::Counters;
use super::decode::Decoded;
use super::malformed::Malformed;
use super::message::{AccountMessage, MarketMessage, Unknown};
use super::server_error::ServerError;
use super::subscriptions::{DEPTH, INDICATOR, NEWS, PRICE, TRADE, TRADING_STATUS};
use crate::country::Server;
use crate::session_key::LoggedIn;

/// Which of the two feeds; [`Public`] or [`Private`].
pub trait Kind: sealed::Sealed {
    /// What the server says on it.
    type Message: Clone + fmt::Debug + PartialEq + Send + Sync + 'static;
}

/// The feed of market data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Public {}

/// The feed of own orders and trades. A session has one connection to it at
/// most. See [`AccountFeed`](crate::AccountFeed) for when to read what it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Private {}

impl Kind for Public {
    type Message = MarketMessage;
}

impl Kind for Private {
    type Message = AccountMessage;
}

pub(super) mod sealed {
    use super::{
        Counters, FeedConfig, GetState, LoggedIn, Malformed, Server, ServerError, Subscription,
        Unknown,
    };

    /// What the machine has to know about a feed.
    #[expect(unnameable_types, reason = "there are two feeds and no third")]
    pub trait Sealed: Sized {
        const NAME: &'static str;
        /// Whether a second connection pushes the first one out.
        const IS_EXCLUSIVE: bool;

        fn server(login: &LoggedIn) -> &Server;
        fn get_state(config: &FeedConfig) -> Option<GetState>;
        /// What a message is read into.
        fn heartbeat() -> Self::Message
        where
            Self: super::Kind;
        /// Reads the first of several lines into a heartbeat, if that is quickly
        /// done; where it ends.
        fn read_ahead(message: &mut Self::Message, lines: &[u8]) -> Option<u32>
        where
            Self: super::Kind;
        /// Reads any line, unless it is a complaint.
        fn read(
            message: &mut Self::Message,
            line: &[u8],
        ) -> Result<Option<Box<ServerError>>, Malformed>
        where
            Self: super::Kind;
        fn count(message: &Self::Message, counters: &mut Counters)
        where
            Self: super::Kind;
        /// The number of the type, if it can be subscribed to.
        fn number(message: &Self::Message) -> Option<usize>
        where
            Self: super::Kind;
        /// The subscription that a message belongs to.
        fn subscription(message: &Self::Message) -> Option<Subscription>
        where
            Self: super::Kind;
        /// Notes that a tick is the first of its subscription.
        fn mark_full(message: &mut Self::Message)
        where
            Self: super::Kind;
        fn unknown(message: &mut Self::Message) -> Option<&mut Unknown>
        where
            Self: super::Kind;
    }
}

impl sealed::Sealed for Public {
    const NAME: &'static str = "MarketFeed";
    const IS_EXCLUSIVE: bool = false;

    fn server(login: &LoggedIn) -> &Server {
        &login.public_feed
    }

    fn get_state(_: &FeedConfig) -> Option<GetState> {
        None
    }

    #[inline(always)]
    fn heartbeat() -> MarketMessage {
        MarketMessage::Heartbeat
    }

    #[inline(always)]
    fn read_ahead(message: &mut MarketMessage, lines: &[u8]) -> Option<u32> {
        message.read_ahead(lines)
    }

    fn read(
        message: &mut MarketMessage,
        line: &[u8],
    ) -> Result<Option<Box<ServerError>>, Malformed> {
        message.read(line)
    }

    fn count(message: &MarketMessage, counters: &mut Counters) {
        message.count(counters);
    }

    fn number(message: &MarketMessage) -> Option<usize> {
        Some(match message {
            MarketMessage::Price(_) => PRICE,
            MarketMessage::Depth(_) => DEPTH,
            MarketMessage::Trade(_) => TRADE,
            MarketMessage::TradingStatus(_) => TRADING_STATUS,
            MarketMessage::Indicator(_) => INDICATOR,
            MarketMessage::News(_) => NEWS,
            MarketMessage::Heartbeat | MarketMessage::Unknown(_) => return None,
        })
    }

    fn subscription(message: &MarketMessage) -> Option<Subscription> {
        message.subscription()
    }

    fn mark_full(message: &mut MarketMessage) {
        match message {
            MarketMessage::Price(tick) => tick.mark_full(),
            MarketMessage::Depth(tick) => tick.mark_full(),
            MarketMessage::TradingStatus(tick) => tick.mark_full(),
            MarketMessage::Indicator(tick) => tick.mark_full(),
            MarketMessage::Trade(_)
            | MarketMessage::News(_)
            | MarketMessage::Heartbeat
            | MarketMessage::Unknown(_) => {}
        }
    }

    fn unknown(message: &mut MarketMessage) -> Option<&mut Unknown> {
        match message {
            MarketMessage::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}

impl sealed::Sealed for Private {
    const NAME: &'static str = "AccountFeed";
    const IS_EXCLUSIVE: bool = true;

    fn server(login: &LoggedIn) -> &Server {
        &login.private_feed
    }

    fn get_state(config: &FeedConfig) -> Option<GetState> {
        config.get_state
    }

    fn heartbeat() -> AccountMessage {
        AccountMessage::Heartbeat
    }

    fn read_ahead(_: &mut AccountMessage, _: &[u8]) -> Option<u32> {
        None
    }

    fn read(
        message: &mut AccountMessage,
        line: &[u8],
    ) -> Result<Option<Box<ServerError>>, Malformed> {
        match AccountMessage::decode(line)? {
            Decoded::Message(read) => *message = read,
            Decoded::Error(error) => return Ok(Some(error)),
        }
        Ok(None)
    }

    fn count(message: &AccountMessage, counters: &mut Counters) {
        message.count(counters);
    }

    fn number(_: &AccountMessage) -> Option<usize> {
        None
    }

    fn subscription(_: &AccountMessage) -> Option<Subscription> {
        None
    }

    fn mark_full(_: &mut AccountMessage) {}

    fn unknown(message: &mut AccountMessage) -> Option<&mut Unknown> {
        match message {
            AccountMessage::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}
