//! What the feeds of a client do in a scenario.

use std::future::poll_fn;
use std::time::Duration;

use nordnet_proto::driver::{Client, FeedDriver};
use nordnet_proto::{
    Error, Event, FeedConfig, Kind, Public, Subscription, SubscriptionState, TradableId, Trading,
};
use nordnet_sim::Channel;

use super::{PATIENCE, Player, Seen, truth, unclear};
use crate::runner::Runner;
use crate::scenario::Trouble;
use crate::settings::{duration, parsed};
use crate::words::{self, Message};

impl<R: Runner> Player<R> {
    /// Does something with the feed of market data.
    pub(super) async fn market(&mut self, what: &str) -> Result<Seen, Trouble> {
        let mut feed = self.market.take();
        let subscribed = feed.as_mut().map(|feed| subscribe(feed, what));
        let seen = match subscribed.transpose()?.flatten() {
            Some(seen) => seen,
            None => {
                let open = Client::market_feed_with;
                self.feed(&mut feed, open, Channel::Public, what).await?
            }
        };
        self.market = feed;
        Ok(seen)
    }

    /// Does something with the feed of own orders and trades.
    pub(super) async fn account(&mut self, what: &str) -> Result<Seen, Trouble> {
        let mut feed = self.account.take();
        let open = Client::account_feed_with;
        let seen = self.feed(&mut feed, open, Channel::Private, what).await?;
        self.account = feed;
        Ok(seen)
    }

    /// Does what every feed can.
    async fn feed<K: Kind<Message: Message>>(
        &self,
        place: &mut Option<FeedDriver<R, K>>,
        open: impl Fn(&Client<R, Trading>, FeedConfig) -> Result<FeedDriver<R, K>, Error>,
        channel: Channel,
        what: &str,
    ) -> Result<Seen, Trouble> {
        match what {
            "open" => {
                let config = self.feed_config()?;
                match open(self.existing_client()?, config) {
                    Ok(feed) => *place = Some(feed),
                    Err(error) => return Ok(vec![words::error(&error)]),
                }
            }
            "drop" => *place = None,
            _ => {
                let feed = place.as_mut().ok_or_else(no_feed)?;
                return self.read(feed, channel, what).await;
            }
        }
        Ok(Seen::new())
    }

    async fn read<K: Kind<Message: Message>>(
        &self,
        feed: &mut FeedDriver<R, K>,
        channel: Channel,
        what: &str,
    ) -> Result<Seen, Trouble> {
        match what.split_once(' ').unwrap_or((what, "")) {
            ("next", count) => {
                let count = if count.is_empty() { 1 } else { parsed(count)? };
                let mut seen = Seen::new();
                for _ in 0..count {
                    seen.push(self.next(feed, PATIENCE).await.unwrap_or_else(nothing));
                }
                Ok(seen)
            }
            // How much comes before it, and how it is torn, is up to the
            // system's buffers.
            ("until", wanted) => loop {
                match self.next(feed, PATIENCE).await {
                    Some(seen) if seen.starts_with(wanted) => return Ok(vec![wanted.into()]),
                    Some(seen) if seen != END => {}
                    seen => return Ok(vec![seen.unwrap_or_else(nothing)]),
                }
            },
            ("quiet", time) => {
                let seen = self.next(feed, duration(time)?).await;
                Ok(seen.into_iter().collect())
            }
            ("settle", "") => {
                let mut seen = Seen::new();
                for _ in 0..MOST_LOOKS {
                    seen.extend(self.next(feed, MOMENT).await);
                    if truth::is_logged_in(&self.site.control, channel) {
                        return Ok(seen);
                    }
                }
                seen.push("the exchange knows of no login".into());
                Ok(seen)
            }
            ("close", "") => {
                feed.close();
                Ok(Seen::new())
            }
            ("counters", "") => Ok(vec![words::feed_counters(feed.counters())]),
            _ => Err(unclear()),
        }
    }

    /// The next event but for heartbeats, which come when they like.
    async fn next<K: Kind<Message: Message>>(
        &self,
        feed: &mut FeedDriver<R, K>,
        within: Duration,
    ) -> Option<String> {
        let next = async {
            loop {
                let event = poll_fn(|cx| feed.poll_event(cx)).await;
                match event {
                    None => return END.into(),
                    Some(Event::Message(message)) if message.is_heartbeat() => {}
                    Some(event) => return words::event(&event),
                }
            }
        };
        self.before(self.adapter.now() + within, next).await
    }

    fn feed_config(&self) -> Result<FeedConfig, Trouble> {
        let mut config = FeedConfig::default();
        self.settings.apply_to_feed(&mut config)?;
        Ok(config)
    }
}

/// How long, and how often, the exchange is asked again.
const MOMENT: Duration = Duration::from_millis(20);
const MOST_LOOKS: usize = 1000;

/// What is seen of a feed after its last event.
const END: &str = "the end";

fn nothing() -> String {
    "nothing comes".into()
}

fn no_feed() -> Trouble {
    Trouble::new("there is no such feed")
}

/// Does what only the feed of market data can, if this is such a step.
fn subscribe<R: Runner>(
    feed: &mut FeedDriver<R, Public>,
    what: &str,
) -> Result<Option<Seen>, Trouble> {
    match what.split_whitespace().collect::<Vec<_>>()[..] {
        ["subscribe", kind, of] => feed.subscribe(subscription(kind, of)?),
        ["unsubscribe", kind, of] => feed.unsubscribe(&subscription(kind, of)?),
        ["handle", "subscribe", kind, of] => feed.handle().subscribe(subscription(kind, of)?),
        ["handle", "unsubscribe", kind, of] => feed.handle().unsubscribe(subscription(kind, of)?),
        ["handle", "close"] => feed.handle().close(),
        ["subscriptions"] => {
            let state = |state| match state {
                SubscriptionState::Refused => "refused",
                _ => "wanted",
            };
            let all = feed.subscriptions();
            let all = all.map(|(of, now)| format!("{of}: {}", state(now)));
            return Ok(Some(all.collect()));
        }
        _ => return Ok(None),
    }
    Ok(Some(Seen::new()))
}

fn subscription(kind: &str, of: &str) -> Result<Subscription, Trouble> {
    let tradable = || -> Result<TradableId, Trouble> {
        let (market, identifier) = of.split_once(':').ok_or_else(unclear)?;
        Ok(TradableId::new(parsed::<i64>(market)?, identifier))
    };
    Ok(match kind {
        "price" => Subscription::Price(tradable()?),
        "depth" => Subscription::Depth(tradable()?),
        "trade" => Subscription::Trade(tradable()?),
        "trading_status" => Subscription::TradingStatus(tradable()?),
        "news" => Subscription::News(parsed(of)?),
        _ => return Err(unclear()),
    })
}
