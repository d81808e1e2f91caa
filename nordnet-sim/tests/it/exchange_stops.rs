//! Orders that are held back: stops, trailing stops, OCO and manual ones.

use std::time::Duration;

use nordnet_sim::FeedKind;
use serde_json::json;

use crate::desk::{
    OCO, SECOND, STOP, TRAILING, enter, is, order, set_price, standing, verdict, with,
};
use crate::world::{INSURANCE, ISK, quoted};

#[test]
fn a_stop_is_held_until_the_last_price_meets_its_trigger() {
    let mut world = quoted();
    let feed = world.feed(FeedKind::Private);
    let id = enter(&mut world, INSURANCE, STOP);
    let held = order(&mut world, id);
    assert_eq!(
        held["activation_condition"],
        json!({ "type": "STOP_ACTPRICE", "trigger_value": 86.3, "trigger_condition": "<=" })
    );
    assert_eq!(held["price"]["value"], json!(86.0));
    set_price(&mut world, "86.32");
    world.pass(SECOND);
    assert_eq!(standing(&mut world, id), is("LOCAL", "INS_STOP", 0));
    set_price(&mut world, "86.30");
    assert_eq!(standing(&mut world, id), is("ON_MARKET", "INS_PEND", 0));
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, id), is("DELETED", "INS_CONF", 10));
    let messages = world.messages(feed);
    let told = messages.iter().filter(|one| one["type"] == "order");
    let told: Vec<_> = told
        .map(|one| one["data"]["action_state"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        ["INS_STOP", "INS_PEND", "INS_CONF", "INS_CONF", "INS_CONF"]
    );

    // One whose trigger is met already does not wait.
    let id = enter(&mut world, INSURANCE, STOP);
    assert_eq!(standing(&mut world, id), is("ON_MARKET", "INS_PEND", 0));
}

#[test]
fn a_stop_to_buy_fires_on_the_way_up_and_binds_its_limit() {
    let mut world = quoted();
    let form = "side=BUY&volume=100&order_type=STOP_LIMIT&activation_condition=STOP_ACTPRICE\
        &trigger_condition=%3E%3D&trigger_value=87&price=87.2";
    let id = enter(&mut world, ISK, form);
    assert_eq!(world.money(ISK, "buy_orders_value"), "8720.0");
    set_price(&mut world, "86.98");
    assert_eq!(standing(&mut world, id), is("LOCAL", "INS_STOP", 0));
    set_price(&mut world, "87");
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, id), is("DELETED", "INS_CONF", 100));
    assert_eq!(world.money(ISK, "account_sum"), "91298.0", "at 87.02");
}

#[test]
fn a_trailing_stop_follows_the_best_price_and_sells_below_it() {
    for (dialect, target) in [("", "-6"), ("target_sign=distance", "6")] {
        let mut world = with(dialect);
        let form = format!("{TRAILING}&target_value={target}");
        let id = enter(&mut world, INSURANCE, &form);
        let trails = |trailing: f64| {
            json!({
                "type": "STOP_ACTPRICE_PERC",
                "trailing_value": trailing,
                "trigger_value": 5.0,
                "trigger_condition": "<=",
            })
        };
        let held = order(&mut world, id);
        assert_eq!(held["activation_condition"], trails(86.52));
        assert_eq!(held["price"]["value"], json!(0.0));
        let feed = world.feed(FeedKind::Private);
        set_price(&mut world, "90");
        assert_eq!(
            world.messages(feed)[0]["data"]["activation_condition"],
            trails(90.0)
        );
        set_price(&mut world, "85.52");
        assert_eq!(standing(&mut world, id), is("LOCAL", "INS_STOP", 0));
        assert_eq!(order(&mut world, id)["activation_condition"], trails(90.0));
        // Five percent below 90, and the limit six percent.
        set_price(&mut world, "85.5");
        assert_eq!(standing(&mut world, id), is("ON_MARKET", "INS_PEND", 0));
        assert_eq!(order(&mut world, id)["price"]["value"], json!(84.6));
        world.pass(2 * SECOND);
        assert_eq!(standing(&mut world, id), is("DELETED", "INS_CONF", 10));
    }
}

#[test]
fn a_trailing_stop_to_buy_binds_what_it_would_cost_now() {
    let mut world = quoted();
    let form = "side=BUY&volume=100&order_type=STOP_TRAILING\
        &activation_condition=STOP_ACTPRICE_PERC&trigger_condition=%3E%3D&trigger_value=2&target_value=3";
    let id = enter(&mut world, ISK, form);
    // 86.52 and three percent is 89.1156, and the next step 89.12.
    assert_eq!(world.money(ISK, "buy_orders_value"), "8912.0");
    set_price(&mut world, "80");
    assert_eq!(world.money(ISK, "buy_orders_value"), "8240.0");
    set_price(&mut world, "81.6");
    assert_eq!(order(&mut world, id)["price"]["value"], json!(82.4));
}

#[test]
fn trailing_stops_have_sensible_percentages() {
    let mut world = quoted();
    let base = TRAILING.trim_end_matches('5');
    for (form, code) in [
        (format!("{base}0.99&target_value=-6"), "INVALID_TRIGGER"),
        (format!("{base}100&target_value=-6"), "INVALID_TRIGGER"),
        (format!("{base}5&target_value=-101"), "INVALID_TRIGGER"),
        (format!("{base}5"), "FIELD_MISSING"),
        (
            format!("{base}5&target_value=-6&price=80"),
            "FIELD_NOT_ALLOWED",
        ),
        (
            format!("{base}5&target_value=-6").replace("%3C%3D", "%3E%3D"),
            "INVALID_TRIGGER",
        ),
    ] {
        assert_eq!(verdict(&mut world, INSURANCE, &form), code, "{form}");
    }
    let mut distance = with("target_sign=distance");
    let form = format!("{TRAILING}&target_value=-6");
    assert_eq!(verdict(&mut distance, INSURANCE, &form), "INVALID_TRIGGER");
    let id = enter(&mut world, INSURANCE, &form);
    let path = format!("/accounts/{INSURANCE}/orders/{id}");
    let (_, reply) = world.form("PUT", &path, "price=80&currency=SEK");
    assert_eq!(reply["result_code"], "FIELD_NOT_ALLOWED");
}

#[test]
fn an_oco_order_rests_at_its_price_and_moves_when_its_stop_fires() {
    let mut world = quoted();
    let id = enter(&mut world, INSURANCE, OCO);
    world.pass(SECOND);
    let resting = order(&mut world, id);
    assert_eq!(
        (&resting["order_type"], &resting["price"]["value"]),
        (&json!("OCO"), &json!(88.0))
    );
    assert_eq!(
        resting["activation_condition"],
        json!({ "type": "OCO_STOP_ACTPRICE", "trigger_value": 86.0, "trigger_condition": "<=" })
    );
    let now = world.now;
    world.exchange.fill_order(id, 30, now).unwrap();
    set_price(&mut world, "86");
    assert_eq!(standing(&mut world, id), is("ON_MARKET", "MOD_PEND", 30));
    world.pass(Duration::from_millis(80));
    assert_eq!(standing(&mut world, id), is("ON_MARKET", "MOD_PUSH", 30));
    assert_eq!(order(&mut world, id)["price"]["value"], json!(85.9));
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, id), is("DELETED", "MOD_PUSH", 100));
    let trades = world.get(&format!("/accounts/{INSURANCE}/trades"));
    let prices: Vec<_> = trades
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["price"]["value"].to_string())
        .collect();
    assert_eq!(prices, ["88.0", "86.0", "86.0"]);
}

#[test]
fn an_oco_order_that_is_filled_has_no_stop_any_more() {
    let mut world = quoted();
    let id = enter(&mut world, INSURANCE, OCO);
    world.pass(SECOND);
    set_price(&mut world, "88");
    assert_eq!(standing(&mut world, id), is("DELETED", "INS_CONF", 100));
    set_price(&mut world, "85");
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, id), is("DELETED", "INS_CONF", 100));
    let (_, reply) = world.call("DELETE", &format!("/accounts/{INSURANCE}/orders/{id}"));
    assert_eq!(reply["result_code"], "ORDER_NOT_ACTIVE");
}

#[test]
fn an_oco_order_to_buy_binds_the_dearer_leg() {
    let mut world = quoted();
    let form = "side=BUY&volume=100&order_type=OCO&activation_condition=OCO_STOP_ACTPRICE\
        &price=85&trigger_condition=%3E%3D&trigger_value=88&target_value=88.5";
    enter(&mut world, ISK, form);
    assert_eq!(world.money(ISK, "buy_orders_value"), "8850.0");
    let dear = form.replace("volume=100", "volume=1100");
    assert_eq!(verdict(&mut world, ISK, &dear), "NOT_ENOUGH_TRADING_POWER");
}

#[test]
fn what_is_held_is_changed_activated_and_taken_back_at_once() {
    let mut world = quoted();
    let id = enter(&mut world, INSURANCE, STOP);
    let path = format!("/accounts/{INSURANCE}/orders/{id}");
    let (_, reply) = world.form("PUT", &path, "price=85.9&currency=SEK&volume=20");
    let expected = json!({
        "order_id": id,
        "result_code": "OK",
        "order_state": "LOCAL",
        "action_state": "MOD_CONF",
    });
    assert_eq!(reply, expected);
    assert_eq!(order(&mut world, id)["volume"], json!(20.0));
    let (_, reply) = world.form("PUT", &path, "trigger_value=85");
    assert_eq!(reply["result_code"], "FIELD_NOT_ALLOWED");
    let other = enter(&mut world, INSURANCE, STOP);
    let (_, verdicts) = world.call("PUT", &format!("{path},{other}/activate"));
    let states: Vec<_> = verdicts
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["action_state"])
        .collect();
    assert_eq!(states, ["INS_PEND", "INS_PEND"]);

    let third = enter(&mut world, INSURANCE, STOP);
    let (_, reply) = world.call("DELETE", &format!("/accounts/{INSURANCE}/orders/{third}"));
    assert_eq!(
        (&reply["order_state"], &reply["action_state"]),
        (&json!("DELETED"), &json!("DEL_CONF"))
    );
    set_price(&mut world, "86");
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, third), is("DELETED", "DEL_CONF", 0));
}
