//! What was unsubscribed is forgotten, at the right time and for good.

use nordnet_proto::market::{Market, QuoteState};
use nordnet_proto::{FeedConfig, MarketMessage, Public, Quote, Subscription, TradableId};

use crate::feed_sim::{HEARTBEAT, Sim, market, market_message, millis, price, secs};

/// A feed, and a market that is told all that the feed tells.
pub(crate) struct Desk {
    pub(crate) sim: Sim<Public>,
    pub(crate) market: Market,
}

pub(crate) fn tick(id: &str, members: &str) -> String {
    format!("{{\"type\":\"price\",\"data\":{{\"i\":\"{id}\",\"m\":11{members}}}}}\n")
}

impl Desk {
    /// Each of these with its full tick.
    pub(crate) fn live(sim: Sim<Public>, ids: &[&str]) -> Self {
        let mut desk = Self {
            sim,
            market: Market::new(),
        };
        for id in ids {
            desk.sim.subscribe(&price(id));
        }
        desk.sim = desk.sim.up();
        for id in ids {
            desk.tell(id, ",\"bid\":86,\"ask\":87");
            assert!(desk.quote(id).is_live());
        }
        desk.sim.lines();
        desk
    }

    pub(crate) fn tell(&mut self, id: &str, members: &str) {
        self.sim.input(&tick(id, members));
        self.listen();
    }

    pub(crate) fn listen(&mut self) {
        let now = self.sim.now;
        for event in self.sim.events() {
            self.market.handle_event(&event, now);
        }
    }

    pub(crate) fn quote(&self, id: &str) -> Quote {
        self.market.quote(&TradableId::new(11, id), self.sim.now)
    }

    pub(crate) fn rows(&self) -> usize {
        self.market.quotes(self.sim.now).count()
    }
}

pub(crate) fn bid(quote: &Quote) -> Option<String> {
    quote.bid().map(|bid| bid.to_string())
}

#[test]
fn what_is_wanted_again_at_once_stays_live_or_becomes_it() {
    let mut desk = Desk::live(market(), &["1", "2"]);
    desk.sim.unsubscribe(&price("1"));
    desk.sim.unsubscribe(&price("2"));
    desk.sim.subscribe(&price("1"));
    desk.sim.subscribe(&price("2"));
    desk.sim.pass(millis(10));
    desk.listen();
    let lines = desk.sim.lines().concat();
    assert!(lines.contains("\"1\"") && !lines.contains("\"2\""));
    assert_eq!(desk.quote("1").state(), QuoteState::Waiting);
    desk.tell("2", ",\"bid\":90");
    assert!(desk.quote("2").is_live());
    assert_eq!(bid(&desk.quote("2")).as_deref(), Some("90"));
    assert!(desk.quote("2").ask().is_some(), "nothing was forgotten");
    desk.tell("1", ",\"bid\":91");
    assert!(desk.quote("1").is_live());
}

#[test]
fn what_the_pacing_holds_back_is_not_forgotten_before() {
    let mut config = FeedConfig::default();
    config.commands_per_second = 2;
    let mut desk = Desk::live(Sim::new(config), &["1"]);
    desk.sim.unsubscribe(&price("1"));
    desk.listen();
    desk.tell("1", ",\"bid\":90");
    assert!(desk.quote("1").is_live(), "it still comes");
    desk.sim.subscribe(&price("1"));
    desk.sim.pass(secs(2));
    desk.tell("1", ",\"bid\":91");
    assert!(desk.quote("1").is_live());
    assert!(desk.sim.lines().is_empty());
}

/// Subscriptions of 2 and 3 are unanswered, and the next command has to wait for
/// its turn.
fn with_two_unanswered(live: &[&str]) -> Desk {
    let mut config = FeedConfig::default();
    config.commands_per_second = 2;
    let mut desk = Desk::live(Sim::new(config), live);
    desk.sim.pass(secs(1));
    desk.sim.subscribe(&price("2"));
    desk.sim.subscribe(&price("3"));
    desk.sim.write();
    desk
}

#[test]
fn a_full_tick_after_the_user_has_lost_interest_does_not_stay() {
    let mut desk = with_two_unanswered(&["1"]);
    // It is unanswered, and its end has to wait for its turn.
    desk.sim.unsubscribe(&price("2"));
    desk.tell("2", ",\"bid\":86");
    desk.sim.pass(secs(2));
    desk.listen();
    desk.tell("2", ",\"bid\":87");
    assert_eq!(desk.quote("2").state(), QuoteState::Waiting);
    assert_eq!(desk.rows(), 1);
}

#[test]
fn a_change_of_mind_after_a_full_tick_keeps_it() {
    let mut desk = with_two_unanswered(&[]);
    desk.sim.unsubscribe(&price("2"));
    desk.tell("2", ",\"bid\":86");
    desk.sim.subscribe(&price("2"));
    desk.sim.pass(secs(2));
    desk.tell("2", ",\"ask\":87");
    assert!(desk.quote("2").is_live(), "no second full tick will come");
    assert_eq!(bid(&desk.quote("2")).as_deref(), Some("86"));
}

#[test]
fn ticks_under_way_do_not_bring_back_what_was_forgotten() {
    let mut desk = Desk::live(market(), &["1", "a name longer than words"]);
    for id in ["1", "a name longer than words"] {
        desk.sim.unsubscribe(&price(id));
        desk.sim.write();
        desk.listen();
        assert_eq!(bid(&desk.quote(id)), None);
        for _ in 0..20 {
            desk.sim.pass(secs(10));
            desk.sim.input(HEARTBEAT);
            desk.tell(id, ",\"bid\":90");
            assert_eq!(desk.quote(id).state(), QuoteState::Waiting);
            assert_eq!(bid(&desk.quote(id)), None);
        }
    }
    assert_eq!(desk.rows(), 0);
    desk.sim.subscribe(&price("1"));
    desk.sim.write();
    desk.tell("1", ",\"bid\":91");
    desk.tell("1", ",\"ask\":92");
    assert!(desk.quote("1").is_live());
    assert_eq!(bid(&desk.quote("1")).as_deref(), Some("91"));
    assert!(desk.quote("1").ask().is_some());
}

#[test]
fn what_is_given_up_offline_is_forgotten_at_once() {
    let mut desk = Desk::live(market(), &["1", "2"]);
    desk.sim.eof();
    desk.listen();
    desk.sim.unsubscribe(&price("1"));
    desk.listen();
    assert_eq!(desk.quote("1").state(), QuoteState::Waiting);
    assert_eq!(desk.rows(), 1);
    desk.sim.unsubscribe(&price("2"));
    desk.sim.subscribe(&price("2"));
    desk.listen();
    assert_eq!(bid(&desk.quote("2")).as_deref(), Some("86"));
}

/// Without a feed, nobody says which tick is the first.
#[test]
fn a_delta_of_what_was_not_forgotten_waits_for_its_full_tick() {
    let now = market().now;
    let full = |message| match message {
        MarketMessage::Price(tick) => MarketMessage::Price(tick.into_full()),
        other => other,
    };
    let message = |id: &str| market_message(tick(id, ",\"bid\":86").trim_end());
    let subscription: Subscription = price("1");
    let id = TradableId::new(11, "1");
    let mut market = Market::new();
    market.merge(&message("1"), now);
    assert_eq!(bid(&market.quote(&id, now)).as_deref(), Some("86"));
    market.forget(&subscription);
    market.merge(&message("1"), now);
    market.merge(&message("2"), now);
    assert_eq!(bid(&market.quote(&id, now)), None);
    assert_eq!(market.quotes(now).count(), 1);
    market.merge(&full(message("1")), now);
    assert!(market.quote(&id, now).is_live());

    market.forget(&subscription);
    let later = now + secs(60);
    market.merge(&message("1"), later);
    let quote = market.quote(&id, later);
    assert_eq!(quote.state(), QuoteState::Waiting);
    assert_eq!(bid(&quote).as_deref(), Some("86"), "remembered no more");
}
