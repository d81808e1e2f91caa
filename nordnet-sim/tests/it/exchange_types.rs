//! The order types: fill and kill, fill or kill, icebergs, and how types are named.

use std::time::Duration;

use serde_json::json;

use crate::desk::{
    ERIC, OCO, SECOND, STOP, TRAILING, depth, enter, is, order, set_price, standing, try_enter,
    verdict, with,
};
use crate::world::{INSURANCE, ISK, World, fixed, modify, quoted};

#[test]
fn fill_and_kill_trades_what_there_is_and_drops_the_rest() {
    let mut world = quoted();
    let offered = depth(&mut world)["ask_volume1"].as_i64().unwrap();
    let volume = offered + 50;
    let form = format!("side=BUY&volume={volume}&order_type=FAK&price=86.52");
    let id = enter(&mut world, INSURANCE, &form);
    assert_eq!(
        order(&mut world, id)["validity"],
        json!({ "type": "IMMEDIATE" })
    );
    assert_eq!(
        modify(&mut world, id, "volume=1").0,
        404,
        "of another account"
    );
    let path = format!("/accounts/{INSURANCE}/orders/{id}");
    let (_, reply) = world.form("PUT", &path, "volume=1");
    assert_eq!(reply["result_code"], "ORDER_LOCKED");
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, id), is("DELETED", "DEL_PUSH", offered));
    assert_eq!(depth(&mut world)["bid1"], json!(86.5), "nothing rests");
    let power = world.money(INSURANCE, "trading_power");
    assert_eq!(power, world.money(INSURANCE, "account_sum"));

    let id = enter(&mut world, ISK, "side=BUY&volume=5&order_type=FAK&price=80");
    world.pass(Duration::from_millis(80));
    assert_eq!(standing(&mut world, id), is("DELETED", "DEL_PUSH", 0));
}

#[test]
fn fill_or_kill_trades_all_or_nothing() {
    let mut world = quoted();
    let offered = depth(&mut world)["ask_volume1"].as_i64().unwrap();
    let form = |volume| format!("side=BUY&volume={volume}&order_type=FOK&price=86.52");
    let id = enter(&mut world, INSURANCE, &form(offered + 1));
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, id), is("DELETED", "DEL_PUSH", 0));
    assert_eq!(
        depth(&mut world)["ask_volume1"],
        offered,
        "nothing was taken"
    );
    let id = enter(&mut world, INSURANCE, &form(offered));
    assert_eq!(order(&mut world, id)["volume_condition"], "ALL_OR_NOTHING");
    world.pass(2 * SECOND);
    assert_eq!(standing(&mut world, id), is("DELETED", "INS_CONF", offered));
}

#[test]
fn an_iceberg_shows_one_part_after_the_other() {
    let mut world = quoted();
    let form = "side=SELL&volume=250&open_volume=100&order_type=LIMIT&price=86.51";
    assert_eq!(verdict(&mut world, INSURANCE, form), "INVALID_PRICE");
    let form = "side=SELL&volume=250&open_volume=100&order_type=LIMIT&price=87";
    let id = enter(&mut world, INSURANCE, form);
    world.pass(SECOND);
    assert_eq!(order(&mut world, id)["open_volume"], json!(100.0));
    let (bid, ask) = (fixed("86.90"), fixed("87.10"));
    let now = world.now;
    world
        .exchange
        .set_quote(ERIC, Some(bid), Some(ask), now)
        .unwrap();
    for (fill, shown) in [(60, 40), (40, 100), (130, 20)] {
        let now = world.now;
        world.exchange.fill_order(id, fill, now).unwrap();
        assert_eq!(depth(&mut world)["ask_volume1"], shown);
    }
    // Hidden volume trades like any other.
    set_price(&mut world, "87");
    assert_eq!(standing(&mut world, id), is("DELETED", "INS_CONF", 250));
}

#[test]
fn hidden_volume_is_for_limit_orders_where_the_venue_takes_it() {
    let mut world = quoted();
    let novo = "market_id=14&identifier=1158&side=SELL&volume=20&open_volume=10&order_type=LIMIT&price=500";
    let path = format!("/accounts/{INSURANCE}/orders");
    let (_, reply) = world.form("POST", &path, novo);
    assert_eq!(reply["result_code"], "ICEBERG_NOT_SUPPORTED");
    let iceberg = |tradable: &str, world: &mut World| {
        world.get(&format!("/tradables/info/{tradable}"))[0]["iceberg"].clone()
    };
    assert_eq!(iceberg("14:1158", &mut world), json!(false));
    assert_eq!(iceberg(ERIC, &mut world), json!(true));
    for form in [
        "side=BUY&volume=20&open_volume=10&order_type=FAK&price=86",
        &format!("{STOP}&open_volume=5"),
        &format!("{OCO}&open_volume=5"),
    ] {
        assert_eq!(verdict(&mut world, INSURANCE, form), "FIELD_NOT_ALLOWED");
    }
    let id = enter(
        &mut world,
        ISK,
        "side=BUY&volume=20&order_type=LIMIT&price=86",
    );
    world.pass(SECOND);
    assert_eq!(
        modify(&mut world, id, "open_volume=5").1["result_code"],
        "OK"
    );
    world.pass(SECOND);
    assert_eq!(order(&mut world, id)["open_volume"], json!(5.0));
}

#[test]
fn smart_orders_live_for_the_day_only() {
    let mut world = quoted();
    for form in [STOP, &format!("{TRAILING}&target_value=-6"), OCO] {
        let tomorrow = format!("{form}&valid_until=2026-03-18");
        assert_eq!(
            verdict(&mut world, INSURANCE, &tomorrow),
            "INVALID_VALIDITY"
        );
        let today = format!("{form}&valid_until=2026-03-17");
        assert_eq!(verdict(&mut world, INSURANCE, &today), "OK");
    }
    let fak = "side=BUY&volume=1&order_type=FAK&price=80&valid_until=2026-03-17";
    assert_eq!(verdict(&mut world, ISK, fak), "FIELD_NOT_ALLOWED");
}

#[test]
fn order_types_and_conditions_pair_strictly_or_leniently() {
    let stop = "trigger_condition=%3C%3D&trigger_value=86&price=85.9";
    for (form, strict, lenient) in [
        (
            format!("order_type=STOP_LIMIT&{stop}"),
            None,
            Some("STOP_LIMIT"),
        ),
        (
            format!("order_type=LIMIT&activation_condition=STOP_ACTPRICE&{stop}"),
            None,
            Some("STOP_LIMIT"),
        ),
        (
            format!("order_type=OCO&activation_condition=STOP_ACTPRICE&{stop}"),
            None,
            None,
        ),
        (
            "order_type=FAK&activation_condition=MANUAL&price=86".to_owned(),
            None,
            None,
        ),
        // What the server has to guess.
        (
            format!("activation_condition=STOP_ACTPRICE&{stop}"),
            Some("STOP_LIMIT"),
            Some("STOP_LIMIT"),
        ),
        (
            format!("order_type=NORMAL&{stop}"),
            Some("STOP_LIMIT"),
            Some("STOP_LIMIT"),
        ),
        (format!("{stop}&target_value=85"), Some("OCO"), Some("OCO")),
        (
            "trigger_condition=%3C%3D&trigger_value=5&target_value=-6".to_owned(),
            Some("STOP_TRAILING"),
            Some("STOP_TRAILING"),
        ),
        (
            "price=88&target_value=3".to_owned(),
            Some("LIMIT"),
            Some("LIMIT"),
        ),
    ] {
        for (dialect, expected) in [("", strict), ("pairing=lenient", lenient)] {
            let mut world = with(dialect);
            let form = format!("side=SELL&volume=10&{form}");
            let (_, reply) = try_enter(&mut world, INSURANCE, &form);
            match expected {
                None => assert_eq!(reply["result_code"], "INVALID_ORDER_TYPE", "{form}"),
                Some(kind) => {
                    let id = reply["order_id"].as_i64().unwrap();
                    assert_eq!(order(&mut world, id)["order_type"], kind, "{form}");
                }
            }
        }
    }
}

#[test]
fn every_order_type_is_listed_with_its_name() {
    let mut world = quoted();
    let info = world.get(&format!("/tradables/info/{ERIC}"));
    let types: Vec<_> = info[0]["order_types"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["type"])
        .collect();
    assert_eq!(
        types,
        ["LIMIT", "FAK", "FOK", "STOP_LIMIT", "STOP_TRAILING", "OCO"]
    );
}
