//! Market data that is delayed by a quarter of an hour.

use std::time::Duration;

use nordnet_sim::{ConnectionId, FeedKind};
use serde_json::{Value, json};

use crate::world::{ISK, World, fixed};

const PARADOX: &str = "12:128450";
const QUARTER: i64 = 15 * 60_000;
const ALMOST: Duration = Duration::from_secs(14 * 60 + 58);

fn subscribe(world: &mut World, kind: &str) -> ConnectionId {
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, &format!(r#"{{"t":"{kind}","m":12,"i":"128450"}}"#));
    feed
}

/// Everything that came but heartbeats, with the last value of a member.
fn told(world: &mut World, feed: ConnectionId, member: &str) -> (usize, Value) {
    let messages = world.messages(feed);
    let news = messages.iter().filter(|one| one["type"] != "heartbeat");
    let count = news.clone().count();
    let last = news.filter_map(|one| one["data"].get(member)).next_back();
    (count, last.cloned().unwrap_or_default())
}

fn searched(world: &mut World) -> Value {
    let path = "/instrument_search/query/stocklist?free_text_search=paradox";
    world.get(path)["results"][0]["price_info"].clone()
}

fn trades(world: &mut World) -> usize {
    let path = format!("/tradables/trades/{PARADOX}?count=all");
    world.get(&path)[0]["trades"].as_array().unwrap().len()
}

#[test]
fn what_happens_is_told_a_quarter_of_an_hour_later() {
    let mut world = World::still();
    let feeds =
        ["price", "depth", "trading_status", "trade"].map(|kind| subscribe(&mut world, kind));
    let full = world.messages(feeds[0])[0]["data"].clone();
    assert_eq!(full["delayed"], 15);
    world.pass(Duration::from_secs(5));
    let (before, traded) = (searched(&mut world), trades(&mut world));
    assert_eq!(
        (&before["last"]["price"], &before["realtime"]),
        (&full["last"], &json!(false))
    );
    for feed in feeds {
        told(&mut world, feed, "");
    }

    let now = world.now;
    world
        .exchange
        .set_price(PARADOX, fixed("150"), now)
        .unwrap();
    world.exchange.set_status(PARADOX, "X", now).unwrap();
    world.pass(ALMOST);
    for feed in feeds {
        assert_eq!(told(&mut world, feed, "").0, 0);
    }
    assert_eq!((searched(&mut world), trades(&mut world)), (before, traded));

    world.pass(Duration::from_secs(4));
    assert_eq!(told(&mut world, feeds[0], "last").1, 150.0);
    assert_eq!(told(&mut world, feeds[1], "bid1").1, 150.0);
    assert_eq!(told(&mut world, feeds[2], "status").1, "X");
    assert_eq!(told(&mut world, feeds[3], "price").1, 150.0);
    assert_eq!(searched(&mut world)["last"]["price"], 150.0);
    assert_eq!(trades(&mut world), traded + 1);
}

#[test]
fn orders_meet_the_market_of_now() {
    let mut world = World::still();
    let (public, private) = (
        subscribe(&mut world, "trade"),
        world.feed(FeedKind::Private),
    );
    let now = world.now;
    world
        .exchange
        .set_price(PARADOX, fixed("150"), now)
        .unwrap();
    world.pass(Duration::from_secs(5));
    told(&mut world, public, "");
    let form =
        "market_id=12&identifier=128450&side=BUY&volume=3&order_type=LIMIT&price=151&currency=SEK";
    world.form("POST", &format!("/accounts/{ISK}/orders"), form);
    world.pass(Duration::from_secs(5));
    let messages = world.messages(private);
    let fill = messages.iter().find(|one| one["type"] == "trade").unwrap();
    let (id, at) = (&fill["data"]["trade_id"], &fill["data"]["tradetime"]);
    assert_eq!(told(&mut world, public, "").0, 0);
    world.pass(ALMOST + Duration::from_secs(4));
    let messages = world.messages(public);
    let seen = messages.iter().find(|one| one["data"]["trade_id"] == *id);
    assert_eq!(seen.unwrap()["data"]["trade_timestamp"], *at);
}

#[test]
fn there_is_something_to_tell_from_the_beginning() {
    let mut world = World::with(|config| config.rate = 2.0);
    let opening = world.get("/")["timestamp"].as_i64().unwrap();
    let feed = subscribe(&mut world, "price");
    let trades = subscribe(&mut world, "trade");
    world.pass(Duration::from_secs(5 * 60));
    let messages = world.messages(feed);
    let prices: Vec<_> = messages
        .iter()
        .filter(|one| one["type"] == "price")
        .collect();
    assert!(prices.len() >= 4, "{}", prices.len());
    let first = &prices[0]["data"]["tick_timestamp"];
    assert_eq!(*first, opening - QUARTER);
    assert!(prices.iter().all(|one| {
        let at = one["data"]["tick_timestamp"].as_i64().unwrap_or_default();
        at <= opening - QUARTER + 5 * 60_000
    }));
    assert!(told(&mut world, trades, "").0 > 0);
    // From then on second by second.
    world.pass(Duration::from_secs(15 * 60));
    assert!(told(&mut world, feed, "").0 > 100);
}

#[test]
fn a_jump_over_night_shows_the_evening_before() {
    let mut world = World::still();
    let feed = subscribe(&mut world, "trading_status");
    let open = nordnet_sim::Moment::Open(12);
    world.exchange.jump_clock_to(open, world.now).unwrap();
    assert_ne!(told(&mut world, feed, "status").1, "R");
    world.pass(ALMOST);
    assert_eq!(told(&mut world, feed, "").0, 0);
    world.pass(Duration::from_secs(4));
    assert_eq!(told(&mut world, feed, "status").1, "R");
}
