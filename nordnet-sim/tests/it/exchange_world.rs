use std::collections::BTreeSet;
use std::time::Duration;

use nordnet_sim::{Config, FeedKind};
use serde_json::{Value, json};

use crate::world::{World, fixed};

const CUSTODY: &str = "60012428";

#[test]
fn what_is_listed_names_markets_and_tick_tables_that_there_are() {
    let mut world = World::still();
    let ids = |world: &mut World, path: &str, member: &str| -> BTreeSet<i64> {
        let list = world.get(path);
        let ids = list.as_array().unwrap().iter();
        ids.map(|one| one[member].as_i64().unwrap()).collect()
    };
    let markets = ids(&mut world, "/markets", "market_id");
    let tables = ids(&mut world, "/tick_sizes", "tick_size_id");
    let types: BTreeSet<_> = [
        "ESH", "ETF", "CER", "MFL", "MFS", "UTL", "UTS", "WAR", "OPT",
    ]
    .into();
    let mut found = BTreeSet::new();
    let mut countries = BTreeSet::new();
    for letter in ["a", "e", "i", "o", "u", "s"] {
        let query = format!("/main_search?query={letter}&search_space=INSTRUMENTS&limit=1000");
        for group in world.get(&query).as_array().unwrap() {
            let rows = group["results"].as_array().unwrap().iter();
            for row in rows.filter(|row| row.get("market_info").is_some()) {
                assert!(markets.contains(&row["market_info"]["market_id"].as_i64().unwrap()));
                assert!(tables.contains(&row["market_info"]["tick_size_id"].as_i64().unwrap()));
                found.insert(row["instrument_type"].as_str().unwrap().to_owned());
                countries.insert(row["exchange_country"].as_str().unwrap().to_owned());
            }
        }
    }
    assert!(found.iter().eq(types.iter()), "{found:?}");
    assert!(countries.iter().eq(["DK", "FI", "NO", "SE"].iter()));
    assert!(Config::known_instruments() >= 56);
}

#[test]
fn some_things_cannot_be_traded() {
    let mut world = World::still();
    let share = &world.get("/instruments/16100911")[0];
    assert!(share.get("tradables").is_none());
    let fund = &world.get("/instruments/lookup/market_id_identifier/900:7120")[0];
    assert_eq!(fund["tradables"][0]["lot_size"], 0.0001);
    let info = &world.get("/tradables/info/900:7120")[0];
    assert_eq!(
        (&info["calendar"], &info["order_types"]),
        (&json!([]), &json!([]))
    );

    let option = "18:310820";
    let eligible = world.get(&format!(
        "/tradables/validation/suitability/11:101,{option},900:7120"
    ));
    let eligible: Vec<_> = eligible
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["eligible"])
        .collect();
    assert_eq!(eligible, [true, false, false]);
    for (tradable, verdict) in [(option, "NOT_SUITABLE"), ("900:7120", "INVALID_TRADABLE")] {
        let (market, identifier) = tradable.split_once(':').unwrap();
        let form = format!(
            "market_id={market}&identifier={identifier}&side=BUY&volume=1&order_type=LIMIT&price=4"
        );
        let (_, reply) = world.form("POST", &format!("/accounts/{CUSTODY}/orders"), &form);
        assert_eq!(reply["result_code"], verdict);
    }
}

#[test]
fn the_same_security_is_told_apart_by_currency_and_market() {
    let mut world = World::still();
    let lookup = "/instruments/lookup/isin_code_currency_market_id/FI4000297767";
    assert_eq!(
        world.get(&format!("{lookup}:SEK:11"))[0]["symbol"],
        "NDA SE"
    );
    assert_eq!(
        world.get(&format!("{lookup}:EUR:24"))[0]["symbol"],
        "NDA FI"
    );
    assert_eq!(world.call("GET", &format!("{lookup}:SEK:24")).0, 204);
}

#[test]
fn a_share_on_two_markets_is_one_holding() {
    let mut world = World::with(|config| config.rate = 10.0);
    let share = world.get("/instruments/lookup/market_id_identifier/30:8841");
    assert_eq!(share, world.get("/instruments/16100101"));
    let tradables = share[0]["tradables"].as_array().unwrap().iter();
    let markets: Vec<_> = tradables.map(|one| &one["market_id"]).collect();
    assert_eq!(markets, [11, 30]);
    let rows = world.get("/instrument_search/query/stocklist?free_text_search=ericsson");
    assert_eq!(rows["rows"], 2);
    assert_eq!(
        rows["results"][0]["instrument_info"],
        rows["results"][1]["instrument_info"]
    );
    let hits =
        world.get("/main_search?query=ericsson&search_space=INSTRUMENTS&instrument_group=EQUITY");
    assert_eq!(hits[0]["total"], 1);

    let orders = format!("/accounts/{CUSTODY}/orders");
    let buy = "market_id=30&identifier=8841&side=BUY&volume=10&order_type=LIMIT&price=95";
    let sell = |market: &str, volume| {
        format!("market_id={market}&side=SELL&volume={volume}&order_type=LIMIT&price=80")
    };
    assert_eq!(world.form("POST", &orders, buy).1["result_code"], "OK");
    world.pass(Duration::from_secs(5));
    let held = |world: &mut World| {
        let positions = world.get(&format!("/accounts/{CUSTODY}/positions"));
        let positions = positions.as_array().unwrap().clone();
        let one = positions
            .iter()
            .find(|one| one["instrument"]["symbol"] == "ERIC B");
        one.map(|one| one["qty"].clone())
    };
    assert_eq!(held(&mut world), Some(json!(10.0)));
    let (_, reply) = world.form("POST", &orders, &sell("30&identifier=8841", 10));
    assert_eq!(reply["result_code"], "OK");
    let (_, reply) = world.form("POST", &orders, &sell("11&identifier=101", 1));
    assert_eq!(
        reply["result_code"], "NOT_ENOUGH_HOLDINGS",
        "all of it is offered"
    );
    world.pass(Duration::from_secs(5));
    assert_eq!(held(&mut world), None);
    let trades = &world.get("/instruments/16100101/trades?count=all")[0]["trades"];
    let trades = trades.as_array().unwrap();
    assert!(trades.iter().any(|one| one["market_id"] == 30));
    assert!(trades.is_sorted_by_key(|one| one["trade_timestamp"].as_i64()));
}

#[test]
fn derivatives_and_indices_follow_what_they_are_made_of() {
    let mut world = World::with(|config| config.rate = 10.0);
    let bid = |world: &mut World, identifier: &str| {
        let page = world.get("/instrument_search/query/minifuturelist");
        let rows = page["results"].as_array().unwrap().clone();
        let row = rows
            .iter()
            .find(|row| row["market_info"]["identifier"] == identifier);
        row.unwrap()["price_info"]["last"]["price"]
            .as_f64()
            .unwrap()
    };
    world.pass(Duration::from_secs(2));
    let before = bid(&mut world, "240771");
    world
        .exchange
        .set_price("11:101", fixed("96"), world.now)
        .unwrap();
    world.pass(Duration::from_secs(5));
    let after = bid(&mut world, "240771");
    // Ten of it are one share.
    assert!((after - before - 0.95).abs() < 0.2, "{before} {after}");

    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"indicator","m":"OSE","i":"OSEBX"}"#);
    world.subscribe(feed, r#"{"t":"indicator","m":"SSE","i":"OMXS30"}"#);
    let full = world.messages(feed);
    assert_eq!(full[0]["data"]["delayed"], 15);
    assert!(full[1]["data"].get("delayed").is_none());
    let level = full[1]["data"]["last"].as_f64().unwrap();
    for share in ["11:101", "11:366", "11:992", "11:281"] {
        let half = if share == "11:366" { "158" } else { "40" };
        world
            .exchange
            .set_price(share, fixed(half), world.now)
            .unwrap();
    }
    world.pass(Duration::from_secs(2));
    let told = world.messages(feed);
    let told = told
        .iter()
        .rev()
        .find(|one| one["data"]["i"] == "OMXS30")
        .unwrap();
    assert!(
        told["data"]["last"].as_f64().unwrap() < level * 0.95,
        "{told}"
    );
}

#[test]
fn the_day_of_a_derivative_is_that_of_its_underlying() {
    let mut world = World::still();
    let mut price = |list: &str, text: &str, member: &str| {
        let page = world.get(&format!(
            "/instrument_search/query/{list}?free_text_search={text}"
        ));
        let cell = &page["results"][0]["price_info"][member]["price"];
        (cell.as_f64().unwrap() * 100.0).round() as i64
    };
    let names = ["open", "high", "low", "close"];
    let share = names.map(|name| price("stocklist", "ericsson", name));
    let long = names.map(|name| price("minifuturelist", "ericb", name));
    let short = names.map(|name| price("unlimitedturbolist", "turbo+s+ericb", name));
    assert_eq!(long, share.map(|price| (price - 7124) / 10));
    let [open, high, low, close] = share.map(|price| (9480 - price) / 10);
    assert_eq!(short, [open, low, high, close]);
}

#[test]
fn delayed_prices_say_so() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"price","m":12,"i":"128450"}"#);
    assert_eq!(world.messages(feed)[0]["data"]["delayed"], 15);
    let page = world.get("/instrument_search/query/stocklist?free_text_search=paradox");
    assert_eq!(page["results"][0]["price_info"]["realtime"], false);
}

#[test]
fn trades_of_the_feed_are_those_of_rest() {
    let mut world = World::with(|config| config.rate = 10.0);
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"trade","m":11,"i":"992"}"#);
    world.pass(Duration::from_secs(30));
    let told: Vec<Value> = world.messages(feed);
    assert!(told.len() > 20);
    let trades = world.get("/tradables/trades/11:992?count=all")[0]["trades"].clone();
    let trades = trades.as_array().unwrap();
    assert_eq!(trades.len(), told.len());
    for (one, told) in trades.iter().zip(&told) {
        for member in [
            "trade_id",
            "price",
            "volume",
            "trade_timestamp",
            "broker_buying",
        ] {
            assert_eq!(one[member], told["data"][member]);
        }
    }
    let same = world.get("/instruments/16100992/trades");
    assert_eq!(
        same[0]["trades"].as_array().unwrap(),
        &trades[trades.len() - 5..]
    );
    assert_eq!(
        world.get("/tradables/trades/11:992?count=0")[0]["trades"],
        json!([])
    );
}

#[test]
fn news_of_both_sources_are_one_store() {
    let mut world = World::still();
    assert_eq!(world.get("/news"), json!([]));
    let sources = world.get("/news_sources");
    let sources: Vec<_> = sources
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["source_id"].as_i64().unwrap())
        .collect();
    let feed = world.feed(FeedKind::Public);
    for source in &sources {
        world.subscribe(feed, &format!(r#"{{"t":"news","s":{source}}}"#));
    }
    world.subscribe(feed, r#"{"t":"news","s":3}"#);
    assert_eq!(world.messages(feed)[0]["type"], "err");
    world.pass(Duration::from_secs(1700));
    let told = world.messages(feed);
    let told: Vec<_> = told
        .iter()
        .filter(|one| one["type"] == "news")
        .map(|one| &one["data"])
        .collect();
    let languages: BTreeSet<_> = told
        .iter()
        .map(|one| one["lang"].as_str().unwrap())
        .collect();
    assert_eq!(languages, BTreeSet::from(["da", "en", "fi", "no", "sv"]));
    for source in sources {
        assert!(told.iter().filter(|one| one["source_id"] == source).count() > 5);
    }
    for one in told.into_iter().take(8) {
        let id = &one["news_id"];
        let article = &world.get(&format!("/news/{id}"))[0];
        for member in ["source_id", "timestamp", "headline", "lang", "type"] {
            assert_eq!(article[member], one[member]);
        }
        assert_eq!(article.get("instruments"), one.get("instruments"));
        let headline = one["headline"].as_str().unwrap().replace(' ', "+");
        let found = world.get(&format!(
            "/main_search?query={headline}&search_space=NEWS&limit=50"
        ));
        let hits = found[0]["results"].as_array().unwrap();
        let hit = hits
            .iter()
            .find(|hit| hit["external_news_id"] == *id)
            .unwrap();
        assert_eq!(hit["views"], 1, "it was read once");
        assert_eq!(hit["news_id"].as_str().unwrap().len(), 36);
    }
}

#[test]
fn ledgers_add_up_to_the_account() {
    let mut world = World::still();
    let ledgers = |world: &mut World| world.get(&format!("/accounts/{CUSTODY}/ledgers"));
    let sum = |ledgers: &Value, currency: &str| {
        let all = ledgers["ledgers"].as_array().unwrap();
        let one = all.iter().find(|one| one["currency"] == currency).unwrap();
        one["account_sum"]["value"].as_f64().unwrap()
    };
    let before = ledgers(&mut world);
    assert_eq!(
        before["total"]["value"],
        world.get(&format!("/accounts/{CUSTODY}/info"))[0]["account_sum"]["value"]
    );
    let form =
        "market_id=24&identifier=1520&side=BUY&volume=100&order_type=LIMIT&price=4.40&currency=EUR";
    let (_, reply) = world.form("POST", &format!("/accounts/{CUSTODY}/orders"), form);
    assert_eq!(reply["result_code"], "OK");
    world.pass(Duration::from_secs(3));
    let trades = world.get(&format!("/accounts/{CUSTODY}/trades"));
    let paid: f64 = trades
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["price"]["value"].as_f64().unwrap() * one["volume"].as_f64().unwrap())
        .sum();
    assert!(paid > 400.0);
    let after = ledgers(&mut world);
    assert!((sum(&before, "EUR") - sum(&after, "EUR") - paid).abs() < 0.01);
    assert_eq!(sum(&before, "SEK"), sum(&after, "SEK"));
    let info = world.get(&format!("/accounts/{CUSTODY}/info"));
    assert_eq!(after["total"]["value"], info[0]["account_sum"]["value"]);
}

#[test]
fn credit_accounts_are_listed_on_request() {
    let mut world = World::still();
    let count = |world: &mut World, path: &str| world.get(path).as_array().unwrap().len();
    assert_eq!(count(&mut world, "/accounts"), 5);
    assert_eq!(
        count(&mut world, "/accounts?include_credit_accounts=true"),
        6
    );
    let returns = format!("/accounts/{CUSTODY}/returns/transactions/today");
    assert_eq!(count(&mut world, &returns), 2);
    assert_eq!(
        count(
            &mut world,
            &format!("{returns}?include_credit_account=false")
        ),
        1
    );
    let info = &world.get(&format!("/accounts/{CUSTODY}/info"))[0];
    assert_eq!(info, &world.get(&format!("/accounts/{CUSTODY}")));
    let value = |member: &str| info[member]["value"].as_f64().unwrap();
    assert_eq!(
        value("equity"),
        value("own_capital") + value("credit_account_sum")
    );
}

#[test]
fn there_may_be_fewer_listings_or_many_more() {
    for count in [0, 1, 16, Config::known_instruments() + 5] {
        let mut world = World::with(|config| config.instruments = count);
        world.pass(Duration::from_secs(30));
        let page = world.get("/instrument_search/query/stocklist?limit=1000");
        assert_eq!(page["total_hits"].as_i64().unwrap() > 0, count > 0);
        world.get("/accounts/60012399,60012428/info");
        world.get("/main_search?query=isk");
        world.get("/instrument_search/attributes");
    }
}
