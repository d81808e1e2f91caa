//! What the feeds of a client do in a scenario.

use std::future::poll_fn;
use std::time::Duration;

use nordnet_proto::driver::FeedDriver;
use nordnet_proto::{Event, FeedConfig, Kind, Subscription, SubscriptionState, TradableId};
use nordnet_sim::Channel;

use super::{PATIENCE, Player, Seen, truth, unclear};
use crate::runner::Runner;
use crate::scenario::Trouble;
use crate::settings::{duration, parsed};
use crate::words::{self, Message};

impl<R: Runner> Player<R> {
    /// Does something with the feed of market data.
    pub(super) async fn market(&mut self, what: &str) -> Result<Seen, Trouble> {
        if what == "open" {
            let config = self.feed_config()?;
            let feed = self.existing_client()?.market_feed_with(config);
            return Ok(match feed {
                Ok(feed) => {
                    self.market = Some(feed);
                    Seen::new()
                }
                Err(error) => vec![words::error(&error)],
            });
        }
        let mut feed = self.market.take().ok_or_else(no_feed)?;
        match what.split_once(' ').unwrap_or((what, "")) {
            ("drop", "") => return Ok(Seen::new()),
            ("subscribe", to) => feed.subscribe(subscription(to)?),
            ("unsubscribe", from) => feed.unsubscribe(&subscription(from)?),
            ("handle", what) => match what.split_once(' ').unwrap_or((what, "")) {
                ("subscribe", to) => feed.handle().subscribe(subscription(to)?),
                ("unsubscribe", from) => feed.handle().unsubscribe(subscription(from)?),
                ("close", "") => feed.handle().close(),
                _ => return Err(unclear()),
            },
            ("subscriptions", "") => {
                let seen = feed.subscriptions().map(|(subscription, state)| {
                    let state = match state {
                        SubscriptionState::Refused => "refused",
                        _ => "wanted",
                    };
                    format!("{subscription}: {state}")
                });
                let seen = seen.collect();
                self.market = Some(feed);
                return Ok(seen);
            }
            _ => {
                let seen = self.any_feed(&mut feed, Channel::Public, what).await;
                self.market = Some(feed);
                return seen;
            }
        }
        self.market = Some(feed);
        Ok(Seen::new())
    }

    /// Does something with the feed of own orders and trades.
    pub(super) async fn account(&mut self, what: &str) -> Result<Seen, Trouble> {
        if what == "open" {
            let config = self.feed_config()?;
            let feed = self.existing_client()?.account_feed_with(config);
            return Ok(match feed {
                Ok(feed) => {
                    self.account = Some(feed);
                    Seen::new()
                }
                Err(error) => vec![words::error(&error)],
            });
        }
        let mut feed = self.account.take().ok_or_else(no_feed)?;
        if what == "drop" {
            return Ok(Seen::new());
        }
        let seen = self.any_feed(&mut feed, Channel::Private, what).await;
        self.account = Some(feed);
        seen
    }

    async fn any_feed<K: Kind<Message: Message>>(
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

/// Reads `price 11:101`.
fn subscription(text: &str) -> Result<Subscription, Trouble> {
    let (kind, of) = text.split_once(' ').ok_or_else(unclear)?;
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
