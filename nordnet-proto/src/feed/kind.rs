//! The two feeds, told apart by type.

use std::fmt;

use super::command::Subscription;
use super::config::{FeedConfig, GetState};
use super::counters::Counters;
use super::decode::Decoded;
use super::malformed::Malformed;
use super::message::{AccountMessage, MarketMessage, Unknown};
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
/// most.
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
        Counters, Decoded, FeedConfig, GetState, LoggedIn, Malformed, Server, Subscription, Unknown,
    };

    /// What the machine has to know about a feed.
    #[expect(unnameable_types, reason = "there are two feeds and no third")]
    pub trait Sealed: Sized {
        const NAME: &'static str;
        /// Whether a second connection pushes the first one out.
        const IS_EXCLUSIVE: bool;

        fn server(login: &LoggedIn) -> &Server;
        fn get_state(config: &FeedConfig) -> Option<GetState>;
        fn decode(line: &[u8]) -> Result<Decoded<Self::Message>, Malformed>
        where
            Self: super::Kind;
        fn count(message: &Self::Message, counters: &mut Counters)
        where
            Self: super::Kind;
        /// Marks a tick full if it is the first after its subscription. For
        /// that it is given the number of the type and a way to make the
        /// subscription, which is seldom needed.
        fn mark(
            message: &mut Self::Message,
            is_first: impl FnOnce(usize, &dyn Fn() -> Subscription) -> bool,
        ) where
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

    fn decode(line: &[u8]) -> Result<Decoded<MarketMessage>, Malformed> {
        MarketMessage::decode(line)
    }

    fn count(message: &MarketMessage, counters: &mut Counters) {
        message.count(counters);
    }

    fn mark(
        message: &mut MarketMessage,
        is_first: impl FnOnce(usize, &dyn Fn() -> Subscription) -> bool,
    ) {
        match message {
            MarketMessage::Price(tick) => {
                if is_first(PRICE, &|| Subscription::Price(tick.tradable().clone())) {
                    tick.mark_full();
                }
            }
            MarketMessage::Depth(tick) => {
                if is_first(DEPTH, &|| Subscription::Depth(tick.tradable().clone())) {
                    tick.mark_full();
                }
            }
            MarketMessage::TradingStatus(tick) => {
                let subscription = || Subscription::TradingStatus(tick.tradable().clone());
                if is_first(TRADING_STATUS, &subscription) {
                    tick.mark_full();
                }
            }
            MarketMessage::Indicator(tick) => {
                if is_first(INDICATOR, &|| {
                    Subscription::Indicator(tick.indicator().clone())
                }) {
                    tick.mark_full();
                }
            }
            MarketMessage::Trade(trade) => {
                is_first(TRADE, &|| Subscription::Trade(trade.tradable().clone()));
            }
            MarketMessage::News(news) => {
                is_first(NEWS, &|| Subscription::News(news.source));
            }
            MarketMessage::Heartbeat | MarketMessage::Unknown(_) => {}
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

    fn decode(line: &[u8]) -> Result<Decoded<AccountMessage>, Malformed> {
        AccountMessage::decode(line)
    }

    fn count(message: &AccountMessage, counters: &mut Counters) {
        message.count(counters);
    }

    fn mark(_: &mut AccountMessage, _: impl FnOnce(usize, &dyn Fn() -> Subscription) -> bool) {}

    fn unknown(message: &mut AccountMessage) -> Option<&mut Unknown> {
        match message {
            AccountMessage::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }
}
