//! A customer's desk: orders of every type, and how they stand.

use std::time::Duration;

use nordnet_sim::FeedKind;
use serde_json::Value;

use crate::world::{INSURANCE, ISK, World, fixed};

pub(crate) const ERIC: &str = "11:101";
pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) const STOP: &str = "side=SELL&volume=10&order_type=STOP_LIMIT&activation_condition=STOP_ACTPRICE\
    &trigger_condition=%3C%3D&trigger_value=86.30&price=86";
pub(crate) const TRAILING: &str = "side=SELL&volume=10&order_type=STOP_TRAILING\
    &activation_condition=STOP_ACTPRICE_PERC&trigger_condition=%3C%3D&trigger_value=5";
pub(crate) const OCO: &str = "side=SELL&volume=100&order_type=OCO&activation_condition=OCO_STOP_ACTPRICE\
    &price=88&trigger_condition=%3C%3D&trigger_value=86&target_value=85.9";

pub(crate) fn with(dialect: &str) -> World {
    let mut world = World::with(|config| {
        config.rate = 0.0;
        config.dialect = dialect.parse().unwrap();
    });
    let (bid, ask) = (fixed("86.50"), fixed("86.52"));
    let quote = world
        .exchange
        .set_quote(ERIC, Some(bid), Some(ask), world.now);
    quote.unwrap();
    world
}

pub(crate) fn try_enter(world: &mut World, account: &str, form: &str) -> (u16, Value) {
    let form = format!("market_id=11&identifier=101&currency=SEK&{form}");
    world.form("POST", &format!("/accounts/{account}/orders"), &form)
}

pub(crate) fn enter(world: &mut World, account: &str, form: &str) -> i64 {
    let (_, reply) = try_enter(world, account, form);
    assert_eq!(reply["result_code"], "OK", "{form}: {reply}");
    reply["order_id"].as_i64().unwrap()
}

pub(crate) fn verdict(world: &mut World, account: &str, form: &str) -> String {
    let (_, reply) = try_enter(world, account, form);
    reply["result_code"].as_str().unwrap().to_owned()
}

pub(crate) fn set_price(world: &mut World, price: &str) {
    let now = world.now;
    world.exchange.set_price(ERIC, fixed(price), now).unwrap();
}

pub(crate) fn order(world: &mut World, id: i64) -> Value {
    let path = format!("/accounts/{ISK},{INSURANCE}/orders?deleted=true");
    let orders = world.get(&path);
    let mut orders = orders.as_array().unwrap().iter();
    orders
        .find(|order| order["order_id"] == id)
        .unwrap()
        .clone()
}

/// State, action, and what was traded.
pub(crate) fn standing(world: &mut World, id: i64) -> (String, String, i64) {
    let order = order(world, id);
    let text = |name: &str| order[name].as_str().unwrap().to_owned();
    let traded = order["traded_volume"].as_f64().unwrap() as i64;
    (text("order_state"), text("action_state"), traded)
}

pub(crate) fn is(state: &str, action: &str, traded: i64) -> (String, String, i64) {
    (state.to_owned(), action.to_owned(), traded)
}

/// The full book of five levels.
pub(crate) fn depth(world: &mut World) -> Value {
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"depth","m":11,"i":"101"}"#);
    world.messages(feed).remove(0)["data"].clone()
}
