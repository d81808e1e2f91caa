use std::time::Duration;

use nordnet_sim::{Answer, Config, Cut, Dialect, Exchange, FeedKind, KeyPair, Request, Response};
use serde_json::{Value, json};

use crate::world::{INSURANCE, ISK, World, parsed};

#[test]
fn the_status_needs_no_session() {
    let mut world = World::still();
    for path in ["/api/2", "/api/2/"] {
        let response = world.response(&Request::new("GET", path));
        let expected = r#"{"message":"","system_running":true,"timestamp":1773738000000,"valid_version":true}"#;
        assert_eq!(String::from_utf8(response.body).unwrap(), expected);
    }
}

#[test]
fn own_capital_is_cash_and_holdings() {
    let mut world = World::still();
    assert_eq!(world.money(ISK, "own_capital"), "100000.0");
    assert_eq!(world.money(ISK, "trading_power"), "100000.0");
    assert_eq!(
        world.call("GET", &format!("/accounts/{ISK}/positions")),
        (204, Value::Null)
    );

    let cents = |text: String| -> i64 {
        let (units, fraction) = text.split_once('.').unwrap();
        format!("{units}{fraction:0<2}").parse().unwrap()
    };
    let positions = world.get(&format!("/accounts/{INSURANCE}/positions"));
    let values = positions.as_array().unwrap().iter();
    let values: i64 = values
        .map(|one| cents(one["market_value_acc"]["value"].to_string()))
        .sum();
    assert_eq!(cents(world.money(INSURANCE, "full_marketvalue")), values);
    assert_eq!(
        cents(world.money(INSURANCE, "own_capital")),
        values + 25_000_000
    );
    let currencies: Vec<_> = positions
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["acq_price"]["currency"])
        .collect();
    assert_eq!(currencies, ["SEK", "SEK", "NOK", "DKK"]);
}

#[test]
fn accounts_are_named_by_number_or_id_and_listed() {
    let mut world = World::still();
    for path in ["60012345,2", "1%2C60012399", "1,2,60012345"] {
        let infos = world.get(&format!("/accounts/{path}/info"));
        let numbers: Vec<_> = infos
            .as_array()
            .unwrap()
            .iter()
            .map(|info| &info["accno"])
            .collect();
        assert_eq!(numbers, [60_012_345, 60_012_399], "{path}");
    }
    assert_eq!(
        world.call("GET", "/accounts/60012410/info"),
        (403, Value::Null),
        "blocked"
    );
    assert_eq!(world.call("GET", "/accounts/1,60012410/positions").0, 403);
    assert_eq!(
        world.call("GET", "/accounts/77/orders").1["code"],
        "ACCOUNT_NOT_FOUND"
    );
    assert_eq!(world.call("GET", "/accounts/me/trades").0, 400);
}

#[test]
fn texts_follow_the_language_and_codes_do_not() {
    let mut world = World::still();
    let request = world.authorised(Request::new("GET", "/api/2/accounts/77/trades"));
    let (_, swedish) = parsed(&world.response(&request));
    let (_, english) = parsed(&world.response(&request.with_header("Accept-Language", "en")));
    assert_eq!(
        swedish,
        json!({ "code": "ACCOUNT_NOT_FOUND", "message": "Kontot finns inte" })
    );
    assert_eq!(
        english,
        json!({ "code": "ACCOUNT_NOT_FOUND", "message": "No such account" })
    );
}

#[test]
fn instruments_are_found_by_both_keys() {
    let mut world = World::still();
    let by_tradable = world.get("/instruments/lookup/market_id_identifier/11%3A101,11:366");
    assert_eq!(by_tradable[0]["instrument_id"], 16_100_101);
    assert_eq!(by_tradable[1]["symbol"], "VOLV B");
    let by_isin = world.get("/instruments/lookup/isin_code_currency_market_id/SE0000108656:SEK:11");
    assert_eq!(by_isin[0], by_tradable[0]);
    assert_eq!(world.get("/instruments/16100101,1")[0], by_tradable[0]);

    let lookup = "/instruments/lookup";
    for (path, status) in [
        ("market_id_identifier/11:999999", 204),
        ("isin_code_currency_market_id/SE0000108656:NOK:11", 204),
        ("market_id_identifier/101", 400),
        ("isin_code_currency_market_id/SE0000108656", 400),
        ("symbol/ERIC", 400),
    ] {
        assert_eq!(
            world.call("GET", &format!("{lookup}/{path}")).0,
            status,
            "{path}"
        );
    }
}

#[test]
fn tick_tables_are_those_that_listings_name() {
    let mut world = World::still();
    let table = &world.get("/tick_sizes/5012")[0];
    assert_eq!(
        table["ticks"][9].to_string(),
        json!({ "from_price": 50.0, "to_price": 99.98, "tick": 0.02, "decimals": 2 }).to_string()
    );
    let known: Vec<Value> = world.get("/tick_sizes").as_array().unwrap().clone();
    for instrument in world
        .get("/instruments/16100101,16100366,18101301,17601158")
        .as_array()
        .unwrap()
    {
        let id = &instrument["tradables"][0]["tick_size_id"];
        assert!(known.iter().any(|table| table["tick_size_id"] == *id));
    }
    assert_eq!(world.call("GET", "/tick_sizes/1").0, 204);
}

#[test]
fn unknown_paths_are_not_found() {
    let mut world = World::still();
    for (method, path) in [
        ("GET", "/nowhere"),
        ("POST", "/accounts"),
        ("GET", "/accounts/1/everything"),
    ] {
        assert_eq!(world.call(method, path).1["code"], "NOT_FOUND", "{path}");
    }
}

#[test]
fn parameters_that_nobody_knows_are_ignored() {
    let mut world = World::still();
    for path in [
        "/markets/11",
        "/accounts",
        "/instrument_search/query/stocklist",
    ] {
        let plain = world.get(path);
        assert_eq!(world.get(&format!("{path}?colour=red&size")), plain);
    }
}

#[test]
fn only_json_is_on_offer() {
    let mut world = World::still();
    let status = |world: &mut World, accept: &str| {
        let request = Request::new("GET", "/api/2").with_header("accept", accept);
        world.response(&request).status
    };
    assert_eq!(status(&mut world, "text/html, application/json;q=0.9"), 200);
    assert_eq!(status(&mut world, "*/*"), 200);
    assert_eq!(status(&mut world, "text/html"), 406);
}

#[test]
fn scripted_answers_come_in_turn_and_once() {
    let mut world = World::still();
    let answer = Answer::status(503).header("retry-after", "1").body("down");
    let response = Response {
        status: 503,
        headers: vec![("retry-after".to_owned(), "1".to_owned())],
        body: b"down".to_vec(),
    };
    world.exchange.respond("list_accounts", 2, &answer).unwrap();
    world
        .exchange
        .respond("*", 1, &Answer::lost(Cut::Clean).unprocessed())
        .unwrap();
    let request = world.authorised(Request::new("GET", "/api/2/accounts"));
    assert_eq!(world.request(&request).response, Some(response.clone()));
    assert_eq!(world.request(&request).response, Some(response));
    assert_eq!(world.request(&request).response, None);
    assert_eq!(world.response(&request).status, 200);
    assert!(
        world
            .exchange
            .respond("list_everything", 1, &Answer::lost(Cut::Clean))
            .is_err()
    );
}

#[test]
fn the_audit_knows_requests_but_no_secrets() {
    let mut world = World::still();
    world.get("/accounts");
    world.form("POST", &format!("/accounts/{ISK}/orders"), "market_id=11");
    let audit = world.exchange.audit();
    let names: Vec<_> = audit.iter().map(|entry| entry.operation.unwrap()).collect();
    assert_eq!(
        names,
        [
            "start_login",
            "verify_login",
            "list_accounts",
            "place_order"
        ]
    );
    assert_eq!(audit[2].epoch, Some(1));
    assert_eq!(audit[2].key_suffix.as_deref(), Some(&world.session[32..]));
    assert_eq!(
        (audit[3].body.as_deref(), audit[3].status),
        (Some("market_id=11"), Some(400))
    );
    assert!(!format!("{audit:?}").contains(&world.session));
    assert!(audit[1].body.is_none());
}

#[test]
fn every_dialect_says_the_same() {
    for switch in Dialect::KNOWN {
        for (value, _) in switch.values {
            let dialect = format!("{}={value}", switch.name);
            let mut world = World::with(|config| config.dialect = dialect.parse().unwrap());
            let public = world.feed(FeedKind::Public);
            let private = world.feed(FeedKind::Private);
            world.subscribe(public, r#"{"t":"price","m":11,"i":"101"}"#);
            let form = "market_id=11&identifier=101&side=BUY&volume=7&order_type=LIMIT&price=87";
            let (_, reply) = world.form("POST", &format!("/accounts/{ISK}/orders"), form);
            assert_eq!(reply["order_id"], 430_518_872, "{dialect}");
            world.pass(Duration::from_secs(3));
            let tick = world.messages(public).remove(0);
            assert_eq!(tick["data"]["last"].as_f64(), Some(86.52), "{dialect}");
            let trades = world.messages(private);
            let trade = trades
                .iter()
                .find(|one| one["type"] == "trade")
                .expect(&dialect);
            assert_eq!(trade["data"]["accno"], 60_012_345, "{dialect}");
            let info = world.get(&format!("/accounts/{ISK}/info"));
            assert!(
                info[0]["account_sum"]["value"].as_f64().unwrap() < 99_500.0,
                "{dialect}"
            );
        }
    }
}

#[test]
fn random_faults_follow_their_probability_and_the_seed() {
    let run = || {
        let mut config = Config::new(7, KeyPair::from_seed(&[3; 32]).public());
        config.faults = "503=0.3,lost=0.1".parse().unwrap();
        let mut exchange = Exchange::new(config);
        let mut ask = || exchange.handle_request(&Request::new("GET", "/api/2"), Duration::ZERO);
        (0..300)
            .map(|_| ask().response.map(|one| one.status))
            .collect::<Vec<_>>()
    };
    let statuses = run();
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert!(
        (60..120).contains(&count(Some(503))),
        "{}",
        count(Some(503))
    );
    assert!((5..50).contains(&count(None)));
    assert_eq!(statuses, run());
}
