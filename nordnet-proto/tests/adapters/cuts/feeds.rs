//! Feeds: cut at any byte they come back, tell of the gap first, and never take
//! a part of a line for a line.

use std::future::poll_fn;
use std::time::{Duration, Instant};

use nordnet_proto::api::ActionState;
use nordnet_proto::driver::FeedDriver;
use nordnet_proto::{AccountMessage, Event, FeedConfig, Kind, MarketMessage, Subscription};
use nordnet_sim::{Channel, ConnectionRecord, OrderRecord};

use super::Verdict;
use super::case::{Case, Lengths, Strike};
use super::lane::{World, traffic};
use crate::shared::{Waits, ericsson};

/// How long a feed may take for anything.
const PATIENCE: Duration = Duration::from_secs(10);

/// A feed, and what it has told of its connections.
struct Heard<R: Waits, K: Kind> {
    feed: FeedDriver<R, K>,
    up: bool,
    live: bool,
    connects: usize,
    losses: usize,
}

impl<R: Waits, K: Kind> Heard<R, K> {
    fn new(feed: FeedDriver<R, K>) -> Self {
        Self {
            feed,
            up: false,
            live: false,
            connects: 0,
            losses: 0,
        }
    }

    /// Waits for an event; gives a message if it is one.
    fn hear(&mut self, within: Duration) -> Result<Option<K::Message>, String> {
        let next = poll_fn(|cx| self.feed.poll_event(cx));
        let Some(event) = R::in_time(within, next) else {
            return Ok(None);
        };
        match event {
            Some(Event::Message(message)) if self.live => return Ok(Some(message)),
            Some(Event::Live { after_gap })
                if self.up && !self.live && after_gap.is_some() == (self.connects > 1) =>
            {
                self.live = true;
            }
            Some(Event::Connected { after_gap })
                if !self.up && after_gap.is_some() == (self.connects > 0) =>
            {
                self.up = true;
                self.connects += 1;
            }
            Some(Event::Disconnected(_)) => {
                self.up = false;
                self.live = false;
                self.losses += 1;
            }
            other => return Err(format!("up: {}, then {}", self.up, word(&other))),
        }
        Ok(None)
    }

    /// Waits until something is true of what was told.
    fn hear_until(
        &mut self,
        done: impl Fn(&Self, Option<K::Message>) -> bool,
    ) -> Result<(), String> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let message = self.hear(Duration::from_millis(10))?;
            if done(self, message) {
                return Ok(());
            }
        }
        Err(format!("up: {}, and nothing comes", self.up))
    }

    /// Whether a connection was lost, or could not be had.
    fn was_lost(&self) -> bool {
        self.losses > 0
    }
}

fn word<M>(event: &Option<Event<M>>) -> String {
    match event {
        Some(Event::Message(_)) => "a message".into(),
        Some(Event::Connected { after_gap }) => format!("connected, gap: {after_gap:?}"),
        Some(Event::Live { after_gap }) => format!("live, gap: {after_gap:?}"),
        Some(Event::Malformed(malformed)) => format!("{malformed:?}"),
        Some(Event::Closed(reason)) => format!("closed: {reason}"),
        Some(_) => "a complaint of the server".into(),
        None => "the end".into(),
    }
}

pub(super) fn market<R: Waits>(world: &World<R>, case: &Case) -> Verdict {
    world.plan(case);
    let feed = subscribed(world)?;
    if feed.was_lost() != (case.strike() != Strike::Never) {
        return Err(format!("{} losses", feed.losses).into());
    }
    let live = live(world, Channel::Public).map(|live| live.subscriptions);
    if live.as_deref() != Some(&["price 11:101".to_owned()]) {
        return Err(format!("subscribed: {live:?}").into());
    }
    Ok(match feed.connects {
        1 if feed.was_lost() => "a try in vain, then a tick",
        1 => "a tick",
        _ => "a gap, then a full tick",
    })
}

/// A feed whose first tick has come.
fn subscribed<R: Waits>(world: &World<R>) -> Result<Heard<R, nordnet_proto::Public>, String> {
    let mut feed = world.client.market_feed_with(config(world)).unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    let mut feed = Heard::new(feed);
    feed.hear_until(
        |_, message| matches!(message, Some(MarketMessage::Price(tick)) if tick.is_full()),
    )?;
    Ok(feed)
}

/// An order is placed as soon as the feed is there. Either it is heard of, or a
/// gap is told in which it may have been.
pub(super) fn account<R: Waits>(world: &mut World<R>, case: &Case) -> Verdict {
    // Of earlier orders nothing is to come.
    world.await_confirmations();
    world.plan(case);
    let feed = world.client.account_feed_with(config(world)).unwrap();
    let mut feed = Heard::new(feed);
    let mut unheard = 0;
    let end = Instant::now() + PATIENCE;
    while hears_of_an_order(world, &mut feed)?.is_none() {
        unheard += 1;
        if Instant::now() > end {
            return Err(format!("{unheard} orders, none of them heard of").into());
        }
    }
    if feed.was_lost() != (case.strike() != Strike::Never) {
        return Err(format!("{} losses", feed.losses).into());
    }
    Ok(match (feed.connects, unheard) {
        (1, 0) if feed.was_lost() => "a try in vain, then an order",
        (1, 0) => "an order",
        (_, 0) => "a gap, then an order",
        _ => "an order, then a gap instead of its message",
    })
}

/// That it was sent and that it was confirmed; nothing if the connection was
/// lost before both.
fn hears_of_an_order<R: Waits>(
    world: &mut World<R>,
    feed: &mut Heard<R, nordnet_proto::Private>,
) -> Result<Option<OrderRecord>, String> {
    // A login is not answered: only the exchange knows when it is done.
    feed.hear_until(|feed, _| {
        let live = live(world, Channel::Private);
        feed.up && live.is_some_and(|live| live.epoch.is_some())
    })?;
    let losses = feed.losses;
    let order = world.place_undisturbed()?;
    feed.hear_until(|feed, message| match message {
        Some(AccountMessage::Order(update)) => {
            update.reference.as_deref() == order.reference.as_deref()
                && update.action_state == Some(ActionState::InsertConfirmed)
        }
        _ => feed.losses > losses,
    })?;
    Ok(Some(order).filter(|_| feed.losses == losses))
}

/// The latest connection to a feed.
fn live<R: Waits>(world: &World<R>, channel: Channel) -> Option<ConnectionRecord> {
    let open = world.control.connections();
    open.into_iter().rfind(|one| one.channel == channel)
}

fn config<R: Waits>(world: &World<R>) -> FeedConfig {
    let mut config = FeedConfig::default();
    config.backoff_first = Duration::from_millis(1);
    config.backoff_cap = Duration::from_millis(1);
    if let Some(patience) = world.setting.patience {
        config.silence = patience;
    }
    config
}

pub(super) fn market_lengths<R: Waits>(world: &World<R>) -> Lengths {
    let _feed = subscribed(world).unwrap();
    traffic(&world.control, Channel::Public)
}

pub(super) fn account_lengths<R: Waits>(world: &mut World<R>) -> Lengths {
    world.await_confirmations();
    let feed = world.client.account_feed_with(config(world)).unwrap();
    let mut feed = Heard::new(feed);
    hears_of_an_order(world, &mut feed).unwrap().unwrap();
    traffic(&world.control, Channel::Private)
}
