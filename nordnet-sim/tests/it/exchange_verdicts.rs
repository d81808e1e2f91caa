//! What the reference leaves open about orders, with every answer.

use std::time::Duration;

use nordnet_sim::Request;
use serde_json::json;

use crate::desk::with;
use crate::world::{FORM, ISK, modify, orders, parsed, placed};

#[test]
fn refusals_come_as_replies_or_as_errors() {
    let mut world = with("refusals=error");
    let path = format!("/accounts/{ISK}/orders");
    let form = "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT";
    let request = Request::new("POST", &format!("/api/2{path}")).with_body(FORM, form);
    let request = world.authorised(request);
    let (status, swedish) = parsed(&world.response(&request));
    let expected = json!({ "code": "FIELD_MISSING", "message": "Ett fält saknas: price" });
    assert_eq!((status, swedish), (400, expected));
    let (_, english) = parsed(&world.response(&request.with_header("Accept-Language", "en")));
    assert_eq!(english["message"], "A field is missing: price");

    for form in [
        "price=86.53",
        "price=80&currency=NOK",
        "price=80&valid_until=2026-03-21",
    ] {
        let form = format!("market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&{form}");
        assert_eq!(world.form("POST", &path, &form).0, 400, "{form}");
    }
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=80");
    assert_eq!(modify(&mut world, id, "side=SELL").0, 400);
    assert_eq!(
        world.call("DELETE", &format!("{path}/1")).1["code"],
        "ORDER_NOT_FOUND"
    );
    // Each of several orders has a verdict of its own.
    let (status, verdicts) = world.call("PUT", &format!("{path}/{id},1/activate"));
    assert_eq!(status, 200);
    assert_eq!(verdicts[0]["result_code"], "ORDER_NOT_INACTIVE");
    assert_eq!(verdicts[0]["order_state"], "ON_MARKET");
    assert_eq!(verdicts[1]["result_code"], "ORDER_NOT_FOUND");
}

#[test]
fn a_changed_volume_counts_what_is_executed_or_does_not() {
    for (dialect, total) in [("changed_volume=total", 8), ("changed_volume=left", 12)] {
        let mut world = with(dialect);
        let id = placed(&mut world, ISK, "side=BUY&volume=10&price=80");
        world.pass(Duration::from_secs(1));
        let now = world.now;
        world.exchange.fill_order(id, 4, now).unwrap();
        modify(&mut world, id, "volume=8");
        world.pass(Duration::from_secs(1));
        let order = &world.exchange.orders()[0];
        assert_eq!((order.volume, order.traded_volume), (total, 4), "{dialect}");
        assert_eq!(order.action_state, "MOD_CONF");
    }
}

#[test]
fn an_empty_change_is_refused_or_changes_nothing() {
    let mut world = with("empty_change=ok");
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=80");
    world.pass(Duration::from_secs(1));
    let (status, reply) = modify(&mut world, id, "");
    assert_eq!((status, &reply["action_state"]), (200, &json!("INS_CONF")));
}

#[test]
fn a_repeated_cancel_is_refused_or_fine() {
    for (dialect, code) in [
        ("repeated_cancel=refused", "ORDER_NOT_ACTIVE"),
        ("repeated_cancel=ok", "OK"),
    ] {
        let mut world = with(dialect);
        let id = placed(&mut world, ISK, "side=BUY&volume=10&price=80");
        let path = format!("/accounts/{ISK}/orders/{id}");
        world.call("DELETE", &path);
        assert_eq!(
            world.call("DELETE", &path).1["result_code"],
            code,
            "{dialect}"
        );
        assert_eq!(
            modify(&mut world, id, "volume=5").1["result_code"],
            "ORDER_LOCKED"
        );
        world.pass(Duration::from_secs(1));
        let (_, reply) = world.call("DELETE", &path);
        assert_eq!(reply["result_code"], code);
        assert_eq!(reply["order_state"], "DELETED");
    }
}

#[test]
fn lists_begin_with_the_oldest_or_the_newest() {
    for (dialect, references) in [("lists=oldest", ["a", "b"]), ("lists=newest", ["b", "a"])] {
        let mut world = with(dialect);
        for reference in ["a", "b"] {
            let form = format!("side=BUY&volume=1&price=80&reference={reference}");
            placed(&mut world, ISK, &form);
        }
        let listed = orders(&mut world, "");
        let listed: Vec<_> = listed.iter().map(|one| &one["reference"]).collect();
        assert_eq!(listed, references);
    }
}

#[test]
fn today_begins_at_midnight_in_stockholm_or_in_utc() {
    for (dialect, at_midnight) in [("today=stockholm", 204), ("today=utc", 200)] {
        let mut world = with(dialect);
        let id = placed(&mut world, ISK, "side=BUY&volume=1&price=87");
        world.pass(Duration::from_secs(2));
        let record = &world.exchange.orders()[0];
        assert_eq!((record.order_id, record.traded_volume), (id, 1));
        // Half past midnight in Stockholm is half past eleven in UTC.
        let by = Duration::from_secs(14 * 3600 + 1800);
        world.exchange.jump_clock(by, world.now);
        let path = format!("/accounts/{ISK}/trades");
        assert_eq!(world.call("GET", &path).0, at_midnight, "{dialect}");
        world
            .exchange
            .jump_clock(Duration::from_secs(3600), world.now);
        assert_eq!(world.call("GET", &path).0, 204);
    }
}
