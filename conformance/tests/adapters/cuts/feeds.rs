//! Feeds: cut at any byte they reconnect, report the gap first, and never take a part
//! of a line for a line.

use std::time::{Duration, Instant};

use nordnet_proto::api::ActionState;
use nordnet_proto::{AccountMessage, Event, FeedConfig, MarketMessage, Subscription};
use nordnet_sim::{Channel, ConnectionRecord, OrderRecord};

use super::Verdict;
use super::case::{Case, Lengths, Strike};
use super::lane::{World, traffic};
use crate::adapter::{Adapter, Feed, with_own_client};
use crate::shared::ericsson;

/// How long a feed may take for anything.
const PATIENCE: Duration = Duration::from_secs(10);

/// A feed, and what it has reported of its connections.
struct Observed<M> {
    adapter: Adapter,
    feed: Feed<M>,
    up: bool,
    live: bool,
    connects: usize,
    losses: usize,
}

impl<M> Observed<M> {
    fn new(adapter: Adapter, feed: Feed<M>) -> Self {
        Self {
            adapter,
            feed,
            up: false,
            live: false,
            connects: 0,
            losses: 0,
        }
    }

    /// Waits for an event, and returns it if it is a message.
    fn next_within(&mut self, time: Duration) -> Result<Option<M>, String> {
        let Some(event) = self.feed.next_within(self.adapter, time) else {
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

    /// Waits for events until `done` returns `true`.
    fn next_until(&mut self, done: impl Fn(&Self, Option<M>) -> bool) -> Result<(), String> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let message = self.next_within(Duration::from_millis(10))?;
            if done(self, message) {
                return Ok(());
            }
        }
        Err(format!("up: {}, and nothing comes", self.up))
    }

    /// Returns `true` if a connection was lost, or could not be opened.
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

pub(super) fn market(world: &World, case: &Case) -> Verdict {
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
        1 if feed.was_lost() => "a failed connect, then a tick",
        1 => "a tick",
        _ => "a gap, then a full tick",
    })
}

/// A feed whose first tick has come.
fn subscribed(world: &World) -> Result<Observed<MarketMessage>, String> {
    let client = world.client.clone();
    let feed: Feed<_> = with_own_client!(world.adapter, client, {
        let mut feed = client.market_feed_with(config(world)).unwrap();
        feed.subscribe(Subscription::Price(ericsson()));
        Box::new(feed)
    });
    let mut feed = Observed::new(world.adapter, feed);
    feed.next_until(
        |_, message| matches!(message, Some(MarketMessage::Price(tick)) if tick.is_full()),
    )?;
    Ok(feed)
}

/// An order is placed as soon as the feed is up. The feed reports it, or a gap in which
/// it may have been.
pub(super) fn account(world: &mut World, case: &Case) -> Verdict {
    // Nothing more will come of earlier orders.
    world.await_confirmations();
    world.plan(case);
    let mut feed = account_feed(world);
    let mut unreported = 0;
    let end = Instant::now() + PATIENCE;
    while reports_an_order(world, &mut feed)?.is_none() {
        unreported += 1;
        if Instant::now() > end {
            return Err(format!("{unreported} orders, none of them reported").into());
        }
    }
    if feed.was_lost() != (case.strike() != Strike::Never) {
        return Err(format!("{} losses", feed.losses).into());
    }
    Ok(match (feed.connects, unreported) {
        (1, 0) if feed.was_lost() => "a failed connect, then an order",
        (1, 0) => "an order",
        (_, 0) => "a gap, then an order",
        _ => "an order, then a gap instead of its message",
    })
}

/// Waits until the feed has reported that an order was confirmed; `None` if the
/// connection was lost before.
fn reports_an_order(
    world: &mut World,
    feed: &mut Observed<AccountMessage>,
) -> Result<Option<OrderRecord>, String> {
    // A login has no response: only the exchange knows when it is done.
    feed.next_until(|feed, _| {
        let live = live(world, Channel::Private);
        feed.up && live.is_some_and(|live| live.epoch.is_some())
    })?;
    let losses = feed.losses;
    let order = world.place_undisturbed()?;
    feed.next_until(|feed, message| match message {
        Some(AccountMessage::Order(update)) => {
            update.reference.as_deref() == order.reference.as_deref()
                && update.action_state == Some(ActionState::InsertConfirmed)
        }
        _ => feed.losses > losses,
    })?;
    Ok(Some(order).filter(|_| feed.losses == losses))
}

fn account_feed(world: &World) -> Observed<AccountMessage> {
    let client = world.client.clone();
    let feed: Feed<_> = with_own_client!(
        world.adapter,
        client,
        Box::new(client.account_feed_with(config(world)).unwrap())
    );
    Observed::new(world.adapter, feed)
}

/// The latest connection to a feed.
fn live(world: &World, channel: Channel) -> Option<ConnectionRecord> {
    let open = world.control.connections();
    open.into_iter().rfind(|one| one.channel == channel)
}

fn config(world: &World) -> FeedConfig {
    let mut config = FeedConfig::default();
    config.backoff_first = Duration::from_millis(1);
    config.backoff_cap = Duration::from_millis(1);
    if let Some(patience) = world.setting.patience {
        config.silence = patience;
    }
    config
}

pub(super) fn market_lengths(world: &World) -> Lengths {
    let _feed = subscribed(world).unwrap();
    traffic(&world.control, Channel::Public)
}

pub(super) fn account_lengths(world: &mut World) -> Lengths {
    world.await_confirmations();
    let mut feed = account_feed(world);
    reports_an_order(world, &mut feed).unwrap().unwrap();
    traffic(&world.control, Channel::Private)
}
