//! What the simulation has to know of each feed.

use std::time::Instant;

use nordnet_proto::market::Market;
use nordnet_proto::{
    AccountMessage, Decoded, Event, Feed, Kind, LoggedIn, Malformed, MarketMessage, Private,
    Public, Server, Subscription, SubscriptionState,
};

/// The time that marks a full tick of the simulated server.
pub(crate) const FULL: i64 = 7000;

pub(crate) trait SimKind: Kind {
    fn parse(line: &[u8]) -> Result<Decoded<Self::Message>, Malformed>;

    fn host(login: &LoggedIn) -> &Server;

    /// Whether what the feed told is what a line says, the marking of full
    /// ticks aside.
    fn same(told: &Self::Message, line: &Self::Message) -> bool;

    /// Of a tick: its subscription, and whether the feed and the server call
    /// it full.
    fn fullness(message: &Self::Message) -> Option<(Subscription, bool, bool)>;

    fn is_unknown(message: &Self::Message) -> bool;

    fn want(feed: &mut Feed<Self>, subscription: &Subscription, wanted: bool, now: Instant);

    /// What is wanted, and where it stands.
    fn states(feed: &Feed<Self>) -> Vec<(Subscription, SubscriptionState)>;

    /// Tells a market.
    fn merge(market: &mut Market, event: &Event<Self::Message>, now: Instant);
}

impl SimKind for Public {
    fn parse(line: &[u8]) -> Result<Decoded<MarketMessage>, Malformed> {
        MarketMessage::decode(line)
    }

    fn host(login: &LoggedIn) -> &Server {
        &login.public_feed
    }

    fn same(told: &MarketMessage, line: &MarketMessage) -> bool {
        use MarketMessage::{Depth, Indicator, Price, TradingStatus};
        match (told, line) {
            (Price(told), Price(line)) if told.is_full() => *told == line.clone().into_full(),
            (Depth(told), Depth(line)) if told.is_full() => *told == line.clone().into_full(),
            (TradingStatus(told), TradingStatus(line)) if told.is_full() => {
                *told == line.clone().into_full()
            }
            (Indicator(told), Indicator(line)) if told.is_full() => {
                *told == line.clone().into_full()
            }
            (told, line) => told == line,
        }
    }

    fn fullness(message: &MarketMessage) -> Option<(Subscription, bool, bool)> {
        let (subscription, told, time) = match message {
            MarketMessage::Price(tick) => (
                Subscription::Price(tick.tradable().clone()),
                tick.is_full(),
                tick.tick_timestamp(),
            ),
            MarketMessage::Depth(tick) => (
                Subscription::Depth(tick.tradable().clone()),
                tick.is_full(),
                tick.tick_timestamp(),
            ),
            MarketMessage::TradingStatus(tick) => (
                Subscription::TradingStatus(tick.tradable().clone()),
                tick.is_full(),
                tick.tick_timestamp(),
            ),
            MarketMessage::Indicator(tick) => (
                Subscription::Indicator(tick.indicator().clone()),
                tick.is_full(),
                tick.tick_timestamp(),
            ),
            _ => return None,
        };
        let full = time.value().is_some_and(|time| time.as_millis() == FULL);
        Some((subscription, told, full))
    }

    fn is_unknown(message: &MarketMessage) -> bool {
        matches!(message, MarketMessage::Unknown(_))
    }

    fn want(feed: &mut Feed<Self>, subscription: &Subscription, wanted: bool, now: Instant) {
        if wanted {
            feed.subscribe(subscription.clone(), now);
        } else {
            feed.unsubscribe(subscription, now);
        }
    }

    fn states(feed: &Feed<Self>) -> Vec<(Subscription, SubscriptionState)> {
        let states = feed.subscriptions();
        states.map(|(it, state)| (it.clone(), state)).collect()
    }

    fn merge(market: &mut Market, event: &Event<MarketMessage>, now: Instant) {
        market.handle_event(event, now);
    }
}

impl SimKind for Private {
    fn parse(line: &[u8]) -> Result<Decoded<AccountMessage>, Malformed> {
        AccountMessage::decode(line)
    }

    fn host(login: &LoggedIn) -> &Server {
        &login.private_feed
    }

    fn same(told: &AccountMessage, line: &AccountMessage) -> bool {
        told == line
    }

    fn fullness(_: &AccountMessage) -> Option<(Subscription, bool, bool)> {
        None
    }

    fn is_unknown(message: &AccountMessage) -> bool {
        matches!(message, AccountMessage::Unknown(_))
    }

    fn want(_: &mut Feed<Self>, _: &Subscription, _: bool, _: Instant) {}

    fn states(_: &Feed<Self>) -> Vec<(Subscription, SubscriptionState)> {
        Vec::new()
    }

    fn merge(_: &mut Market, _: &Event<AccountMessage>, _: Instant) {}
}
