use std::time::Duration;

use nordnet_sim::{FeedKind, Fixed};
use serde_json::json;

use crate::world::{INSURANCE, ISK, World, fixed, modify, orders, place, placed, quoted};

const ERIC: &str = "11:101";

#[test]
fn a_marketable_order_fills_in_two_parts() {
    let mut world = quoted();
    let feed = world.feed(FeedKind::Private);
    let reply = place(
        &mut world,
        ISK,
        "side=BUY&volume=100&price=87&reference=a%20b",
    );
    assert_eq!(
        reply,
        json!({
            "order_id": reply["order_id"],
            "result_code": "OK",
            "order_state": "ON_MARKET",
            "action_state": "INS_PEND",
        })
    );
    world.pass(Duration::from_secs(2));

    let told: Vec<_> = world
        .messages(feed)
        .into_iter()
        .filter(|message| message["type"] != "heartbeat")
        .map(|message| match message["type"].as_str().unwrap() {
            "trade" => format!(
                "trade {} at {}",
                message["data"]["volume"], message["data"]["price"]["value"]
            ),
            kind => {
                let data = &message["data"];
                assert_eq!(data["reference"], "a b");
                format!(
                    "{kind} {} {} {}",
                    data["order_state"], data["action_state"], data["traded_volume"]
                )
            }
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"order "ON_MARKET" "INS_PEND" 0.0"#,
            r#"order "ON_MARKET" "INS_CONF" 0.0"#,
            "trade 40.0 at 86.52",
            r#"order "ON_MARKET" "INS_CONF" 40.0"#,
            "trade 60.0 at 86.52",
            r#"order "DELETED" "INS_CONF" 100.0"#,
        ]
    );
    assert_eq!(world.money(ISK, "account_sum"), "91348.0");
    assert_eq!(world.money(ISK, "trading_power"), "91348.0");
    assert_eq!(world.money(ISK, "own_capital"), "100000.0");
    assert_eq!(
        world.get(&format!("/accounts/{ISK}/positions"))[0]["qty"],
        json!(100.0)
    );
    let trades = world.get(&format!("/accounts/{ISK}/trades?days=7"));
    assert_eq!(trades.as_array().unwrap().len(), 2);
}

#[test]
fn filled_orders_are_hidden_or_listed() {
    for (dialect, listed) in [("filled_orders=hidden", 0), ("filled_orders=listed", 1)] {
        let mut world = World::with(|config| {
            config.rate = 0.0;
            config.dialect = dialect.parse().unwrap();
        });
        placed(&mut world, ISK, "side=BUY&volume=100&price=87");
        world.pass(Duration::from_secs(2));
        assert_eq!(orders(&mut world, "").len(), listed, "{dialect}");
        let all = orders(&mut world, "?deleted=true");
        assert_eq!(all[0]["order_state"], "DELETED");
        assert_eq!(all[0]["traded_volume"], all[0]["volume"]);
    }
}

#[test]
fn a_resting_order_fills_at_its_price_when_the_market_comes() {
    let mut world = quoted();
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=86.40");
    world.pass(Duration::from_secs(60));
    assert_eq!(orders(&mut world, "")[0]["action_state"], "INS_CONF");
    assert_eq!(world.money(ISK, "buy_orders_value"), "864.0");
    assert_eq!(world.money(ISK, "trading_power"), "99136.0");

    world
        .exchange
        .set_quote(ERIC, Some(fixed("86.30")), Some(fixed("86.32")), world.now)
        .unwrap();
    assert_eq!(world.exchange.orders()[0].traded_volume, 10);
    let trades = world.get(&format!("/accounts/{ISK}/trades"));
    assert_eq!(trades[0]["order_id"], id);
    assert_eq!(trades[0]["price"]["value"].to_string(), "86.4");
}

#[test]
fn better_prices_trade_first_then_older_orders() {
    let mut world = quoted();
    let ids: Vec<_> = ["86.40", "86.44", "86.44"]
        .iter()
        .map(|price| {
            let id = placed(
                &mut world,
                ISK,
                &format!("side=BUY&volume=10&price={price}"),
            );
            world.pass(Duration::from_secs(1));
            id
        })
        .collect();
    world
        .exchange
        .set_quote(ERIC, Some(fixed("86.30")), Some(fixed("86.32")), world.now)
        .unwrap();
    let trades = world.get(&format!("/accounts/{ISK}/trades"));
    let order: Vec<_> = trades
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["order_id"].clone())
        .collect();
    assert_eq!(order, [ids[1], ids[2], ids[0]]);
}

#[test]
fn an_order_bigger_than_the_book_fills_what_there_is_and_rests() {
    let mut world = quoted();
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"depth","m":11,"i":"101"}"#);
    let depth = &world.messages(feed)[0]["data"];
    let offered = depth["ask_volume1"].as_i64().unwrap();
    let volume = offered + 50;
    let id = placed(
        &mut world,
        INSURANCE,
        &format!("side=BUY&volume={volume}&price=86.52"),
    );
    world.pass(Duration::from_secs(3));
    let order = world
        .exchange
        .orders()
        .into_iter()
        .find(|one| one.order_id == id)
        .unwrap();
    assert_eq!(
        (order.traded_volume, order.order_state),
        (offered, "ON_MARKET")
    );
    let last = world.messages(feed);
    let bid = last
        .iter()
        .rev()
        .find_map(|one| one["data"]["bid_volume1"].as_i64());
    assert_eq!(bid, Some(50), "what is left is the best bid");
}

#[test]
fn a_fill_can_be_faster_than_a_change() {
    let mut world = quoted();
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=86.40");
    world.pass(Duration::from_secs(1));
    world.exchange.fill_order(id, 8, world.now).unwrap();
    modify(&mut world, id, "volume=9");
    world.exchange.fill_order(id, 1, world.now).unwrap();
    world.pass(Duration::from_secs(1));
    assert_eq!(world.exchange.orders()[0].action_state, "MOD_FAIL");
    assert_eq!(world.exchange.orders()[0].volume, 10);

    world.call("DELETE", &format!("/accounts/{ISK}/orders/{id}"));
    world.exchange.fill_order(id, 1, world.now).unwrap();
    world.pass(Duration::from_secs(1));
    let order = &world.exchange.orders()[0];
    assert_eq!((order.traded_volume, order.order_state), (10, "DELETED"));
}

#[test]
fn trades_look_back_for_days() {
    let mut world = quoted();
    placed(&mut world, ISK, "side=BUY&volume=1&price=87");
    world.pass(Duration::from_secs(2));
    world
        .exchange
        .jump_clock(Duration::from_secs(2 * 86_400), world.now);
    let path = format!("/accounts/{ISK}/trades");
    assert_eq!(world.call("GET", &path).0, 204);
    assert_eq!(world.call("GET", &format!("{path}?days=1")).0, 204);
    assert_eq!(
        world
            .get(&format!("{path}?days=2"))
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(world.call("GET", &format!("{path}?days=8")).0, 400);
}

#[test]
fn foreign_trades_move_cash_at_the_exchange_rate() {
    let mut world = quoted();
    world
        .exchange
        .set_quote(
            "15:1301",
            Some(fixed("265")),
            Some(fixed("265.1")),
            world.now,
        )
        .unwrap();
    let form =
        "market_id=15&identifier=1301&side=SELL&volume=100&order_type=LIMIT&price=265&currency=NOK";
    let (_, reply) = world.form("POST", &format!("/accounts/{INSURANCE}/orders"), form);
    assert_eq!(reply["result_code"], "OK");
    world.pass(Duration::from_secs(2));
    // 250 000 + 40 x 265 x 0.985 + 60 x 265 x 0.985
    assert_eq!(world.money(INSURANCE, "account_sum"), "276102.5");
    let positions = world.get(&format!("/accounts/{INSURANCE}/positions"));
    let equinor = positions
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["instrument"]["symbol"] == "EQNR")
        .unwrap();
    assert_eq!(equinor["qty"], json!(200.0));
    assert_eq!(equinor["acq_price"]["value"], json!(271.2));
}

/// Trades at random for a long time; after each step the books must balance.
#[test]
fn the_books_balance_whatever_is_ordered() {
    let mut world = World::with(|config| config.rate = 10.0);
    let mut draw = 12_345_u64;
    let mut next = |below: u64| {
        draw = draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (draw >> 33) % below
    };
    for _ in 0..300 {
        let volume = 1 + next(200);
        let price = Fixed::from_ten_thousandths(863_000 + 200 * next(22) as i64);
        let side = if next(2) == 0 { "BUY" } else { "SELL" };
        place(
            &mut world,
            ISK,
            &format!("side={side}&volume={volume}&price={price}"),
        );
        let known = world.exchange.orders().len() as u64;
        if known > 0 {
            let id = 430_518_872 + next(known) as i64;
            match next(3) {
                0 => drop(world.call("DELETE", &format!("/accounts/{ISK}/orders/{id}"))),
                1 => drop(modify(&mut world, id, &format!("volume={}", 1 + next(200)))),
                _ => {}
            }
        }
        world.pass(Duration::from_millis(next(900)));
        balance(&mut world);
    }
    let traded: i64 = world
        .exchange
        .orders()
        .iter()
        .map(|order| order.traded_volume)
        .sum();
    assert!(traded > 1000, "only {traded} traded");
}

fn balance(world: &mut World) {
    let (_, trades) = world.call("GET", &format!("/accounts/{ISK}/trades"));
    let (mut cash, mut held) = (fixed("100000"), 0_i64);
    for trade in trades.as_array().into_iter().flatten() {
        let volume = trade["volume"].as_f64().unwrap() as i64;
        let value = fixed(&trade["price"]["value"].to_string()).times(volume);
        match trade["side"].as_str().unwrap() {
            "BUY" => (cash, held) = (cash - value, held + volume),
            _ => (cash, held) = (cash + value, held - volume),
        }
    }
    assert!(held >= 0, "sold more than held");
    assert_eq!(fixed(&world.money(ISK, "account_sum")), cash);
    assert!(fixed(&world.money(ISK, "trading_power")) >= Fixed::ZERO);
    let (_, positions) = world.call("GET", &format!("/accounts/{ISK}/positions"));
    let quantity = positions[0]["qty"].as_f64().unwrap_or(0.0) as i64;
    assert_eq!(quantity, held);
    for order in world.exchange.orders() {
        assert!(order.traded_volume <= order.volume);
        assert!(order.traded_volume < order.volume || order.order_state == "DELETED");
    }
}
