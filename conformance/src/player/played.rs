//! The feeds of the async and the blocking client, as a scenario uses them.

use std::pin::Pin;
use std::time::Instant;

use nordnet_driver::{AccountFeed, Client, FeedHandle, MarketFeed, Runtime, blocking};
use nordnet_proto::feed::{Counters, SubscriptionState};
use nordnet_proto::{
    AccountMessage, Error, Event, FeedConfig, MarketMessage, Public, Subscription, Trading,
};

use super::before;
use crate::runner::Face;

type Next<'a, M> = Pin<Box<dyn Future<Output = Option<Option<Event<M>>>> + 'a>>;

/// What every feed can do.
pub(crate) trait PlayedFeed<M> {
    /// The next event; `None` if none came by that time.
    fn next_before<'a>(&'a mut self, at: Instant, runtime: &'a dyn Runtime) -> Next<'a, M>;
    fn close(&mut self);
    fn counters(&self) -> &Counters;
}

/// What the feed of market data can do.
pub(crate) trait PlayedMarketFeed: PlayedFeed<MarketMessage> {
    fn subscribe(&mut self, subscription: Subscription);
    fn unsubscribe(&mut self, subscription: &Subscription);
    fn subscriptions(&self) -> Vec<(&Subscription, SubscriptionState)>;
    fn handle(&self) -> FeedHandle<Public>;
}

macro_rules! played {
    ($feed:ty, $message:ty, |$this:ident, $at:ident, $runtime:ident| $next:expr) => {
        impl PlayedFeed<$message> for $feed {
            fn next_before<'a>(
                &'a mut self,
                $at: Instant,
                $runtime: &'a dyn Runtime,
            ) -> Next<'a, $message> {
                let $this = self;
                Box::pin($next)
            }

            fn close(&mut self) {
                <$feed>::close(self);
            }

            fn counters(&self) -> &Counters {
                <$feed>::counters(self)
            }
        }
    };
}

macro_rules! played_market {
    ($feed:ty) => {
        impl PlayedMarketFeed for $feed {
            fn subscribe(&mut self, subscription: Subscription) {
                <$feed>::subscribe(self, subscription);
            }

            fn unsubscribe(&mut self, subscription: &Subscription) {
                <$feed>::unsubscribe(self, subscription);
            }

            fn subscriptions(&self) -> Vec<(&Subscription, SubscriptionState)> {
                <$feed>::subscriptions(self).collect()
            }

            fn handle(&self) -> FeedHandle<Public> {
                <$feed>::handle(self)
            }
        }
    };
}

played!(MarketFeed, MarketMessage, |feed, at, runtime| before(
    runtime,
    at,
    feed.next()
));
played!(AccountFeed, AccountMessage, |feed, at, runtime| before(
    runtime,
    at,
    feed.next()
));
played!(
    blocking::MarketFeed,
    MarketMessage,
    |feed, at, _runtime| async move { feed.next_before(at).ok() }
);
played!(
    blocking::AccountFeed,
    AccountMessage,
    |feed, at, _runtime| async move { feed.next_before(at).ok() }
);
played_market!(MarketFeed);
played_market!(blocking::MarketFeed);

/// Opens the feed of market data.
pub(crate) fn open_market(
    client: &Client<Trading>,
    face: Face,
    config: FeedConfig,
) -> Result<Box<dyn PlayedMarketFeed>, Error> {
    Ok(match face {
        Face::Async => Box::new(client.market_feed_with(config)?),
        Face::Blocking => {
            Box::new(blocking::Client::from(client.clone()).market_feed_with(config)?)
        }
    })
}

/// Opens the feed of own orders and trades.
pub(crate) fn open_account(
    client: &Client<Trading>,
    face: Face,
    config: FeedConfig,
) -> Result<Box<dyn PlayedFeed<AccountMessage>>, Error> {
    Ok(match face {
        Face::Async => Box::new(client.account_feed_with(config)?),
        Face::Blocking => {
            Box::new(blocking::Client::from(client.clone()).account_feed_with(config)?)
        }
    })
}
