//! What a test does to the world, and how the world then looks over the API.

use std::time::Duration;

use nordnet_sim::{ControlError, FeedKind, Moment};
use serde_json::{Value, json};

use crate::world::{ISK, World, fixed, orders, placed, quoted};

const OPENING: i64 = 1_773_738_000_000;

fn account(world: &World) -> nordnet_sim::AccountRecord {
    world.exchange.accounts().swap_remove(0)
}

#[test]
fn cash_and_holdings_can_be_set() {
    let mut world = World::still();
    let now = world.now;
    let exchange = &mut world.exchange;
    exchange
        .set_cash(60_012_345, fixed("5000.50"), "SEK", now)
        .unwrap();
    exchange
        .set_cash(60_012_345, fixed("10"), "EUR", now)
        .unwrap();
    exchange
        .set_position(60_012_345, "11:101", 200, now)
        .unwrap();
    let record = account(&world);
    assert_eq!(
        record.cash,
        [("SEK", fixed("5000.5")), ("EUR", fixed("10"))]
    );
    assert_eq!(record.holdings, [("11:101".to_owned(), 200)]);
    assert_eq!(world.money(ISK, "account_sum"), "5110.32");
    let positions = world.get(&format!("/accounts/{ISK}/positions"));
    assert_eq!(positions[0]["qty"], json!(200.0));
    assert_eq!(
        positions[0]["acq_price"]["value"],
        json!(86.52),
        "the last price"
    );
    placed(&mut world, ISK, "side=SELL&volume=200&price=99");

    world
        .exchange
        .set_position(60_012_345, "11:101", 0, now)
        .unwrap();
    assert!(account(&world).holdings.is_empty());
    for (error, result) in [
        (
            ControlError::UnknownAccount,
            world.exchange.set_cash(1, fixed("1"), "SEK", now),
        ),
        (
            ControlError::UnknownCurrency,
            world.exchange.set_cash(60_012_345, fixed("1"), "XXX", now),
        ),
        (
            ControlError::UnknownTradable,
            world.exchange.set_position(60_012_345, "11:0", 1, now),
        ),
        (
            ControlError::UnknownOrder,
            world.exchange.remove_order(7, now),
        ),
        (
            ControlError::UnknownSource,
            world.exchange.publish_news(99, "x", None, now),
        ),
        (
            ControlError::UnknownMarket,
            world.exchange.jump_clock_to(Moment::Open(99), now),
        ),
        (
            ControlError::InvalidTime,
            world.exchange.jump_clock_to(Moment::At(OPENING - 1), now),
        ),
    ] {
        assert_eq!(result, Err(error));
    }
}

/// The action states that the private feed has told of orders.
fn actions(messages: &[Value]) -> Vec<&str> {
    let orders = messages.iter().filter(|one| one["type"] == "order");
    orders
        .map(|one| one["data"]["action_state"].as_str().unwrap())
        .collect()
}

#[test]
fn the_market_can_refuse_and_remove_orders() {
    let mut world = quoted();
    let feed = world.feed(FeedKind::Private);
    world.exchange.reject_orders(1);
    for _ in 0..2 {
        placed(&mut world, ISK, "side=BUY&volume=10&price=80");
        world.pass(Duration::from_millis(200));
    }
    let messages = world.messages(feed);
    assert_eq!(
        actions(&messages),
        ["INS_PEND", "INS_FAIL", "INS_PEND", "INS_CONF"]
    );
    assert_eq!(messages[1]["data"]["order_state"], "DELETED");
    let left = orders(&mut world, "");
    assert_eq!(left.len(), 1);
    let id = left[0]["order_id"].as_i64().unwrap();
    world.exchange.remove_order(id, world.now).unwrap();
    let messages = world.messages(feed);
    assert_eq!(actions(&messages), ["DEL_PUSH"]);
    assert_eq!(messages[0]["data"]["order_state"], "DELETED");
    assert!(world.exchange.remove_order(id, world.now).is_err());
    world.exchange.reject_orders(5);
    world.exchange.reset(world.now);
    placed(&mut world, ISK, "side=BUY&volume=10&price=80");
    world.pass(Duration::from_millis(200));
    assert_eq!(actions(&world.messages(feed)), ["INS_PEND", "INS_CONF"]);
}

#[test]
fn news_can_be_published() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"news","s":2}"#);
    let headline = "Ericsson \"vinner\" order";
    world
        .exchange
        .publish_news(2, headline, Some("11:101"), world.now)
        .unwrap();
    world
        .exchange
        .publish_news(7, "elsewhere", None, world.now)
        .unwrap();
    let messages = world.messages(feed);
    assert_eq!(messages.len(), 1);
    let data = &messages[0]["data"];
    assert_eq!(
        (&data["headline"], &data["instruments"]),
        (&json!(headline), &json!([16_100_101]))
    );
    let article = world.get(&format!("/news/{}", data["news_id"]));
    assert_eq!(article[0]["headline"], headline);
    assert!(article[0].get("body").is_none());
}

#[test]
fn the_clock_can_jump_to_what_comes_next() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"trading_status","m":11,"i":"101"}"#);
    assert_eq!(world.exchange.time(), OPENING);
    let hour = 3_600_000;
    let (close, open) = (OPENING + 15 * hour / 2, OPENING + 23 * hour);
    for (moment, at) in [
        (Moment::At(OPENING + 5), OPENING + 5),
        (Moment::NextPhase(11), close - 5 * 60_000),
        (Moment::Close(11), close),
        (Moment::Open(11), open),
        (Moment::Open(11), open + 24 * hour),
    ] {
        world.exchange.jump_clock_to(moment, world.now).unwrap();
        assert_eq!(world.exchange.time(), at, "{moment:?}");
    }
    let told = world.messages(feed).len();
    assert!(told >= 4, "{told} changes of the status");
}
