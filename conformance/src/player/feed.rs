//! The steps of a client's feeds in a scenario.

use std::time::Duration;

use nordnet_proto::feed::SubscriptionState;
use nordnet_proto::{Event, FeedConfig, Subscription, TradableId};
use nordnet_sim::Channel;

use super::played::{PlayedFeed, PlayedMarketFeed, open_account, open_market};
use super::{PATIENCE, Player, Seen, truth, unclear};
use crate::settings::{duration, parsed};
use crate::trouble::Trouble;
use crate::words::{self, Message};

impl Player {
    /// Does a step of the feed of market data.
    pub(super) async fn market(&mut self, what: &str) -> Result<Seen, Trouble> {
        match what {
            "open" => {
                match open_market(self.existing_client()?, self.face(), self.feed_config()?) {
                    Ok(feed) => self.market = Some(feed),
                    Err(error) => return Ok(vec![words::error(&error)]),
                }
            }
            "drop" => self.market = None,
            _ => {
                let mut feed = self.market.take().ok_or_else(no_feed)?;
                let seen = match subscribe(&mut *feed, what)? {
                    Some(seen) => seen,
                    None => self.read(&mut *feed, Channel::Public, what).await?,
                };
                self.market = Some(feed);
                return Ok(seen);
            }
        }
        Ok(Seen::new())
    }

    /// Does a step of the feed of own orders and trades.
    pub(super) async fn account(&mut self, what: &str) -> Result<Seen, Trouble> {
        match what {
            "open" => match open_account(self.existing_client()?, self.face(), self.feed_config()?)
            {
                Ok(feed) => self.account = Some(feed),
                Err(error) => return Ok(vec![words::error(&error)]),
            },
            "drop" => self.account = None,
            _ => {
                let mut feed = self.account.take().ok_or_else(no_feed)?;
                let seen = self.read(&mut *feed, Channel::Private, what).await?;
                self.account = Some(feed);
                return Ok(seen);
            }
        }
        Ok(Seen::new())
    }

    async fn read<M: Message, F: PlayedFeed<M> + ?Sized>(
        &self,
        feed: &mut F,
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
            // How much comes before it, and where it is cut, depends on the buffers of
            // the system.
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

    /// The next event but for heartbeats, which come at any time.
    async fn next<M: Message, F: PlayedFeed<M> + ?Sized>(
        &self,
        feed: &mut F,
        within: Duration,
    ) -> Option<String> {
        let at = self.now() + within;
        loop {
            match feed.next_before(at, &*self.site.runner.runtime).await? {
                None => return Some(END.into()),
                Some(Event::Message(message)) if message.is_heartbeat() => {}
                Some(event) => return Some(words::event(&event)),
            }
        }
    }

    fn feed_config(&self) -> Result<FeedConfig, Trouble> {
        let mut config = FeedConfig::default();
        self.settings.apply_to_feed(&mut config)?;
        Ok(config)
    }
}

/// How long, and how many times at most, the exchange is looked at again.
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

/// Does a step that only the feed of market data has; `None` if it is another one.
fn subscribe(feed: &mut dyn PlayedMarketFeed, what: &str) -> Result<Option<Seen>, Trouble> {
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
            let all = feed.subscriptions().into_iter();
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
