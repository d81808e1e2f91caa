use std::time::Duration;

use nordnet_sim::{Answer, Cut, Request};
use serde_json::{Value, json};

use crate::world::{FORM, INSURANCE, ISK, fixed, modify, orders, place, placed, quoted};

#[test]
fn an_order_can_be_changed_until_it_is_gone() {
    let mut world = quoted();
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=86.40");
    world.pass(Duration::from_secs(1));
    let (_, reply) = modify(&mut world, id, "price=86.42&currency=SEK&volume=20");
    assert_eq!(
        (&reply["result_code"], &reply["action_state"]),
        (&json!("OK"), &json!("MOD_PEND"))
    );
    assert_eq!(
        orders(&mut world, "")[0]["price"]["value"].to_string(),
        "86.4",
        "not confirmed yet"
    );
    world.pass(Duration::from_secs(1));
    let order = orders(&mut world, "").remove(0);
    assert_eq!(order["action_state"], "MOD_CONF");
    assert_eq!(
        (order["price"]["value"].to_string(), &order["volume"]),
        ("86.42".to_owned(), &json!(20.0))
    );

    assert_eq!(
        modify(&mut world, id, "price=86.44").0,
        400,
        "a price needs its currency"
    );
    assert_eq!(modify(&mut world, id, "").0, 400);
    assert_eq!(
        modify(&mut world, 1, "volume=5").1["code"],
        "ORDER_NOT_FOUND"
    );
    let path = format!("/accounts/{ISK}/orders/{id}");
    let (_, reply) = world.call("DELETE", &path);
    assert_eq!(
        (&reply["result_code"], &reply["action_state"]),
        (&json!("OK"), &json!("DEL_PEND"))
    );
    world.pass(Duration::from_secs(1));
    let order = orders(&mut world, "?deleted=true").remove(0);
    assert_eq!(
        (&order["order_state"], &order["action_state"]),
        (&json!("DELETED"), &json!("DEL_CONF"))
    );
    assert_eq!(orders(&mut world, ""), [] as [Value; 0]);
    assert_eq!(
        modify(&mut world, id, "volume=5").1["result_code"],
        "ORDER_NOT_ACTIVE"
    );
    assert_eq!(
        world.call("DELETE", &path).1["result_code"],
        "ORDER_NOT_ACTIVE"
    );
    assert_eq!(
        world.call("DELETE", &format!("/accounts/{ISK}/orders/1")).1["result_code"],
        "ORDER_NOT_FOUND"
    );
    assert_eq!(world.money(ISK, "trading_power"), "100000.0");
}

#[test]
fn a_held_order_waits_for_its_activation() {
    let mut world = quoted();
    let id = placed(
        &mut world,
        ISK,
        "side=BUY&volume=10&price=87&activation_condition=MANUAL",
    );
    world.pass(Duration::from_secs(5));
    let order = orders(&mut world, "").remove(0);
    assert_eq!(
        (&order["order_state"], &order["action_state"]),
        (&json!("LOCAL"), &json!("INS_STOP"))
    );
    assert_eq!(order["activation_condition"], json!({ "type": "MANUAL" }));
    let path = format!("/accounts/{ISK}/orders/{id},7/activate");
    let (_, verdicts) = world.call("PUT", &path);
    assert_eq!(verdicts[0]["action_state"], "INS_PEND");
    assert_eq!(verdicts[1]["result_code"], "ORDER_NOT_FOUND");
    world.pass(Duration::from_secs(2));
    assert_eq!(world.exchange.orders()[0].traded_volume, 10);
    assert_eq!(
        world.call("PUT", &path).1[0]["result_code"],
        "ORDER_NOT_INACTIVE"
    );
}

#[test]
fn impossible_orders_are_refused_inside_200() {
    let mut world = quoted();
    for (account, form, code) in [
        (
            ISK,
            "side=BUY&volume=1156&price=86.52",
            "NOT_ENOUGH_TRADING_POWER",
        ),
        (ISK, "side=SELL&volume=1&price=86.52", "NOT_ENOUGH_HOLDINGS"),
        (
            INSURANCE,
            "side=SELL&volume=1001&price=90",
            "NOT_ENOUGH_HOLDINGS",
        ),
        (ISK, "side=BUY&volume=1&price=86.53", "INVALID_PRICE"),
        (
            ISK,
            "side=BUY&volume=1&price=86.50&valid_until=2026-03-21",
            "INVALID_VALIDITY",
        ),
        (
            ISK,
            "side=BUY&volume=10&price=86.50&open_volume=11",
            "INVALID_OPEN_VOLUME",
        ),
        (ISK, "side=BUY&volume=1", "FIELD_MISSING"),
        (
            ISK,
            "side=BUY&volume=1&price=86.50&extended_hours=true",
            "EXTENDED_HOURS_NOT_SUPPORTED",
        ),
        (
            ISK,
            "side=BUY&volume=1&price=86.50&activation_condition=STOP_ACTPRICE",
            "INVALID_ORDER_TYPE",
        ),
    ] {
        let reply = place(&mut world, account, form);
        assert_eq!(
            (&reply["result_code"], &reply["order_id"]),
            (&json!(code), &json!(0)),
            "{form}"
        );
        assert!(reply.get("action_state").is_none());
    }
    let path = format!("/accounts/{ISK}/orders");
    for (form, code) in [
        (
            "market_id=15&identifier=1102&side=BUY&volume=15&order_type=LIMIT&price=60",
            "INVALID_VOLUME",
        ),
        (
            "market_id=11&identifier=none&side=BUY&volume=1&order_type=LIMIT&price=60",
            "INVALID_TRADABLE",
        ),
        (
            "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=60&currency=NOK",
            "INVALID_CURRENCY",
        ),
    ] {
        assert_eq!(
            world.form("POST", &path, form).1["result_code"],
            code,
            "{form}"
        );
    }
    assert!(world.exchange.orders().is_empty());
}

#[test]
fn senseless_orders_are_bad_requests() {
    let mut world = quoted();
    let path = format!("/accounts/{ISK}/orders");
    for form in [
        "identifier=101&side=BUY&volume=1&order_type=LIMIT&price=60",
        "market_id=11&side=BUY&volume=1&order_type=LIMIT&price=60",
        "market_id=11&identifier=101&side=buy&volume=1&order_type=LIMIT&price=60",
        "market_id=11&identifier=101&side=BUY&volume=0&order_type=LIMIT&price=60",
        "market_id=11&identifier=101&side=BUY&volume=1.5&order_type=LIMIT&price=60",
        "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=-1",
        "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=6e1",
        "market_id=11&identifier=101&side=BUY&volume=1&order_type=GUESS&price=60",
        "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=60&valid_until=soon",
    ] {
        let (status, body) = world.form("POST", &path, form);
        assert_eq!(
            (status, &body["code"]),
            (400, &json!("INVALID_PARAMETER")),
            "{form}"
        );
    }
    let json = Request::new("POST", &format!("/api/2{path}")).with_body("application/json", "{}");
    let json = world.authorised(json);
    assert_eq!(world.response(&json).status, 400);
}

#[test]
fn open_orders_bind_power_and_holdings() {
    let mut world = quoted();
    placed(&mut world, ISK, "side=BUY&volume=1000&price=86.40");
    let second = place(&mut world, ISK, "side=BUY&volume=1000&price=86.40");
    assert_eq!(second["result_code"], "NOT_ENOUGH_TRADING_POWER");
    placed(&mut world, INSURANCE, "side=SELL&volume=600&price=90");
    let second = place(&mut world, INSURANCE, "side=SELL&volume=600&price=90");
    assert_eq!(second["result_code"], "NOT_ENOUGH_HOLDINGS");
    world.pass(Duration::from_secs(1));
    let crossing = place(&mut world, INSURANCE, "side=SELL&volume=1&price=86.40");
    assert_eq!(crossing["result_code"], "OWN_ORDER_IN_THE_WAY");
}

#[test]
fn a_date_of_the_calendar_is_read_back_as_a_time() {
    let mut world = quoted();
    placed(
        &mut world,
        ISK,
        "side=BUY&volume=1&price=80&valid_until=2026-03-20",
    );
    placed(
        &mut world,
        ISK,
        "side=BUY&volume=1&price=80&valid_until=2026-03-17",
    );
    let orders = orders(&mut world, "");
    assert_eq!(
        orders[0]["validity"],
        json!({ "type": "UNTIL_DATE", "valid_until": 1_774_024_200_000_i64 })
    );
    assert_eq!(orders[1]["validity"], json!({ "type": "DAY" }));
}

#[test]
fn an_order_exists_though_its_reply_was_lost() {
    let mut world = quoted();
    world
        .exchange
        .respond("place_order", 1, &Answer::lost(Cut::Clean))
        .unwrap();
    let form = "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=86.4&reference=lost-1";
    let request =
        Request::new("POST", &format!("/api/2/accounts/{ISK}/orders")).with_body(FORM, form);
    let request = world.authorised(request);
    assert_eq!(world.request(&request).response, None);
    assert_eq!(orders(&mut world, "")[0]["reference"], "lost-1");
}

#[test]
fn whatever_is_lowered_keeps_its_place_and_nothing_else_does() {
    for (change, first) in [
        ("volume=5", 0),
        ("volume=20", 1),
        ("price=86.44&currency=SEK&volume=5", 0),
        ("price=86.42&currency=SEK", 1),
    ] {
        let mut world = quoted();
        let ids = [0, 1].map(|_| {
            let id = placed(&mut world, ISK, "side=BUY&volume=10&price=86.44");
            world.pass(Duration::from_secs(1));
            id
        });
        modify(&mut world, ids[0], change);
        world.pass(Duration::from_secs(1));
        let (bid, ask) = (Some(fixed("86.30")), Some(fixed("86.32")));
        let now = world.now;
        world.exchange.set_quote("11:101", bid, ask, now).unwrap();
        let trades = world.get(&format!("/accounts/{ISK}/trades"));
        assert_eq!(trades[0]["order_id"], ids[first], "{change}");
    }
}

#[test]
fn a_cancel_that_comes_too_late_has_failed() {
    let mut world = quoted();
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=87");
    // Confirmed, and traded with others, but not told yet.
    world.pass(Duration::from_millis(100));
    assert_eq!(world.exchange.orders()[0].traded_volume, 0);
    let (_, reply) = world.call("DELETE", &format!("/accounts/{ISK}/orders/{id}"));
    assert_eq!(reply["action_state"], "DEL_PEND");
    world.pass(Duration::from_secs(1));
    let order = &world.exchange.orders()[0];
    assert_eq!(
        (order.order_state, order.action_state),
        ("DELETED", "DEL_FAIL")
    );
    assert_eq!(order.traded_volume, 10);
}

#[test]
fn an_order_that_would_meet_an_own_one_on_the_market_fails() {
    let mut world = quoted();
    // A stop that is held does not stand in anybody's way.
    let stop = "market_id=11&identifier=101&side=SELL&volume=10&order_type=STOP_LIMIT&price=86\
        &activation_condition=STOP_ACTPRICE&trigger_condition=%3C%3D&trigger_value=86.40";
    let (_, reply) = world.form("POST", &format!("/accounts/{INSURANCE}/orders"), stop);
    assert_eq!(reply["result_code"], "OK");
    placed(&mut world, ISK, "side=BUY&volume=10&price=86.30");
    world.pass(Duration::from_secs(1));
    world
        .exchange
        .set_price("11:101", fixed("86.40"), world.now)
        .unwrap();
    world.pass(Duration::from_secs(1));
    let order = &world.exchange.orders()[0];
    assert_eq!(
        (order.order_state, order.action_state),
        ("DELETED", "INS_FAIL")
    );
}

/// The entry and the change are confirmed only after the cancellation was asked for.
#[test]
fn a_pending_cancellation_is_not_overwritten_by_what_came_before_it() {
    for changes in [
        &[][..],
        &["price=86.42&currency=SEK"],
        &["volume=5", "volume=4"],
    ] {
        let mut world = quoted();
        let id = placed(&mut world, ISK, "side=BUY&volume=10&price=86.40");
        for change in changes {
            world.pass(Duration::from_millis(10));
            assert_eq!(modify(&mut world, id, change).1["result_code"], "OK");
        }
        world.pass(Duration::from_millis(10));
        world.call("DELETE", &format!("/accounts/{ISK}/orders/{id}"));
        let mut seen = vec![world.exchange.orders()[0].action_state];
        for _ in 0..200 {
            world.pass(Duration::from_millis(5));
            seen.push(world.exchange.orders()[0].action_state);
        }
        seen.dedup();
        assert_eq!(seen, ["DEL_PEND", "DEL_CONF"], "{changes:?}");
    }
}

#[test]
fn a_refusal_of_the_market_ends_a_pending_cancellation() {
    let mut world = quoted();
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=86.40");
    world.exchange.reject_orders(1);
    world.call("DELETE", &format!("/accounts/{ISK}/orders/{id}"));
    world.pass(Duration::from_secs(1));
    let order = &world.exchange.orders()[0];
    assert_eq!(
        (order.order_state, order.action_state),
        ("DELETED", "INS_FAIL")
    );
}
