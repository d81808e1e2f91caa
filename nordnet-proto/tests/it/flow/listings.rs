//! Listings are found by each kind of key, in few calls, and once.

use std::sync::Arc;
use std::time::Duration;

use nordnet_proto::api::Side;
use nordnet_proto::flow::{FindListings, Listing, ListingKey, NotListed, NotListedReason};
use nordnet_proto::{Error, TradableId};

use super::World;

/// Number, ticker, ISIN, and where it trades: market, MIC, identifier.
type Row = (
    i64,
    &'static str,
    &'static str,
    &'static [(i64, &'static str, &'static str)],
);

const WORLD: [Row; 5] = [
    (
        1,
        "ERIC B",
        "SE0000108656",
        &[(30, "CEUX", "8841"), (11, "XSTO", "101")],
    ),
    (2, "VOLV B", "SE0000115446", &[(11, "XSTO", "366")]),
    (3, "TWIN", "US0378331005", &[(11, "XSTO", "7")]),
    (4, "TWIN", "GB0002634946", &[(11, "XSTO", "8")]),
    (5, "GONE", "FI0009000681", &[(11, "XSTO", "9")]),
];

fn instrument(row: &Row) -> String {
    let (id, symbol, isin, tradables) = row;
    let tradables: Vec<_> = tradables
        .iter()
        .enumerate()
        .map(|(index, (market, mic, identifier))| {
            let order = 10 - index;
            format!(
                r#"{{"market_id":{market},"identifier":"{identifier}","mic":"{mic}","tick_size_id":5012,"lot_size":1.0,"price_unit":"SEK","display_order":{order}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"instrument_id":{id},"symbol":"{symbol}","name":"","currency":"SEK","instrument_type":"ESH","isin_code":"{isin}","tradables":[{}]}}"#,
        tradables.join(",")
    )
}

/// Answers as the reference says, but refuses whole calls for one bad key. The
/// search over everything knows no ISINs.
fn server(asked: &str) -> (u16, String) {
    let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
    let segments: Vec<_> = path.split('/').collect();
    let list = |found: Vec<String>| (200, format!("[{}]", found.join(",")));
    match *segments {
        ["main_search"] => {
            let text = query.split(['=', '&']).nth(1).unwrap().replace("%20", " ");
            let hits: Vec<_> = WORLD
                .iter()
                .filter(|row| row.1.contains(&text))
                .map(|row| format!(r#"{{"display_name":"","instrument_id":{}}}"#, row.0))
                .collect();
            if hits.is_empty() {
                return (404, String::new());
            }
            list(vec![format!(
                r#"{{"display_group_type":"EQUITY","display_group_description":"","results":[{{"display_name":"an index","instrument_id":0}},{}]}}"#,
                hits.join(",")
            )])
        }
        ["instrument_search", ..] => {
            let hits = WORLD.iter().filter(|row| query.contains(row.2));
            let hits: Vec<_> = hits
                .map(|row| format!(r#"{{"instrument_info":{{"instrument_id":{}}}}}"#, row.0))
                .collect();
            (200, format!(r#"{{"results":[{}]}}"#, hits.join(",")))
        }
        ["instruments", "lookup", "market_id_identifier", keys] => {
            let found = keys.split(',').map(|key| {
                WORLD.iter().find(|row| {
                    let mut tradables = row.3.iter();
                    tradables.any(|(market, _, identifier)| key == format!("{market}:{identifier}"))
                })
            });
            match found.collect::<Option<Vec<_>>>() {
                Some(rows) => list(rows.into_iter().map(instrument).collect()),
                None => (400, r#"{"code":"INVALID_PARAMETER"}"#.into()),
            }
        }
        ["instruments", ids] => {
            let ids: Vec<i64> = ids.split(',').map(|id| id.parse().unwrap()).collect();
            let found = WORLD.iter().filter(|row| ids.contains(&row.0));
            list(found.map(instrument).collect())
        }
        ["tradables", "info", keys] => {
            // Nothing is told of one of them.
            let keys = keys.split(',').filter(|key| *key != "11:9");
            let found = keys.map(|key| {
                let (market, identifier) = key.split_once(':').unwrap();
                format!(
                    r#"{{"market_id":{market},"identifier":"{identifier}","iceberg":true,"calendar":[],"order_types":[{{"type":"LIMIT","name":"Limit"}}]}}"#
                )
            });
            list(found.collect())
        }
        ["tick_sizes", "5012"] => list(vec![
            r#"{"tick_size_id":5012,"ticks":[{"from_price":0,"to_price":99,"tick":0.02,"decimals":2}]}"#.into(),
        ]),
        _ => panic!("{asked}"),
    }
}

fn keys(texts: &[&str]) -> Vec<ListingKey> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn find(world: &mut World, texts: &[&str]) -> Vec<Result<Arc<Listing>, NotListed>> {
    world
        .run(FindListings::of_all(keys(texts)), server)
        .unwrap()
}

/// One error of each kind.
pub(crate) fn not_listed() -> Vec<NotListed> {
    let found = find(&mut World::new(), &["11:404", "XSTO:TWIN", "11:9"]);
    found.into_iter().map(|found| found.unwrap_err()).collect()
}

#[test]
fn each_kind_of_key_is_found_in_as_few_calls_as_it_takes() {
    let mut world = World::new();
    let found = find(
        &mut world,
        &["11:101", "XSTO:VOLV B", "SE0000108656", "11:101"],
    );
    let ids: Vec<_> = found
        .iter()
        .map(|found| found.as_ref().unwrap().id())
        .collect();
    // The ISIN means the market that is shown first.
    let expected =
        ["11:101", "11:366", "11:101", "11:101"].map(|id| id.parse::<TradableId>().unwrap());
    assert_eq!(ids, expected);
    assert_eq!(
        world.asked,
        [
            "main_search?query=VOLV%20B&search_space=INSTRUMENTS&limit=25",
            "main_search?query=SE0000108656&search_space=INSTRUMENTS&limit=25",
            "instrument_search/query/stocklist?attribute_groups=INSTRUMENT_INFO&free_text_search=SE0000108656&limit=25",
            "instruments/lookup/market_id_identifier/11:101",
            "instruments/1,2",
            "tradables/info/11:101,11:366",
            "tick_sizes/5012",
        ]
    );
    let ericsson = found[0].as_ref().unwrap();
    assert_eq!(
        (ericsson.symbol(), ericsson.price_unit()),
        ("ERIC B", "SEK")
    );
    assert_eq!(ericsson.currency().as_str(), "SEK");
    assert_eq!(ericsson.order_types()[0].name, "Limit");
    let price = "86.53".parse().unwrap();
    assert!(!ericsson.is_on_tick(price));
    assert_eq!(ericsson.round(price, &Side::Buy), "86.52".parse().ok());
}

#[test]
fn what_a_client_has_found_is_not_asked_for_within_an_hour() {
    let mut world = World::new();
    find(&mut world, &["XSTO:ERIC B", "11:366"]);
    let again = find(&mut world, &["XSTO:ERIC B", "11:101", "11:366"]);
    assert!(again.iter().all(Result::is_ok));
    assert_eq!(world.asked, [""; 0]);
    find(&mut world, &["11:366", "11:7"]);
    assert_eq!(
        world.asked[0],
        "instruments/lookup/market_id_identifier/11:7"
    );
    world.pass(Duration::from_secs(3600));
    find(&mut world, &["11:366"]);
    assert_eq!(world.asked.len(), 3);
}

#[test]
fn a_key_without_a_listing_says_why_and_does_not_lose_the_others() {
    let mut world = World::new();
    let found = find(
        &mut world,
        &["11:101", "11:404", "XSTO:TWIN", "11:9", "CEUX:VOLV B"],
    );
    let reasons: Vec<_> = found
        .iter()
        .map(|found| found.as_ref().err().map(|not| not.reason.clone()))
        .collect();
    let twins = ["11:7", "11:8"].map(|id| id.parse().unwrap());
    assert_eq!(
        reasons,
        [
            None,
            Some(NotListedReason::Unknown),
            Some(NotListedReason::Ambiguous(twins.to_vec())),
            Some(NotListedReason::NotTraded),
            Some(NotListedReason::Unknown),
        ]
    );
    let error = Error::from(found[2].clone().unwrap_err());
    assert_eq!(
        error.to_string(),
        "XSTO:TWIN is more than one instrument; name one of 11:7, 11:8"
    );
}

#[test]
fn many_keys_go_in_calls_that_are_not_too_long() {
    let mut world = World::new();
    let many = (0..120).map(|number| TradableId::new(11, format!("{number:03}")));
    let found = world.run(FindListings::of_all(many), |asked| {
        assert!(asked.len() < 1000);
        (204, String::new())
    });
    assert_eq!(
        found.unwrap().iter().filter(|found| found.is_err()).count(),
        120
    );
    assert_eq!(world.asked.len(), 3);
    let none = FindListings::of_all(Vec::<ListingKey>::new());
    assert!(
        world
            .run(none, |asked| panic!("{asked}"))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_failure_ends_the_flow() {
    let mut world = World::new();
    let failed = world.run(FindListings::of_all(keys(&["11:101"])), |_| {
        (503, String::new())
    });
    assert!(matches!(failed, Err(Error::Unavailable { .. })));
    assert_eq!(world.asked.len(), 1);
}
