use nordnet_sim::Request;
use serde_json::Value;

use crate::world::{World, parsed};

const STOCKS: &str = "/instrument_search/query/stocklist";
const BULL_BEAR: &str = "/instrument_search/query/bullbearlist";

fn rows(page: &Value) -> &Vec<Value> {
    page["results"].as_array().unwrap()
}

/// Returns a member of each row's block.
fn column<'a>(page: &'a Value, block: &str, member: &str) -> Vec<&'a Value> {
    let cells = rows(page).iter().map(|row| &row[block][member]);
    cells.collect()
}

fn names(page: &Value) -> Vec<&str> {
    let names = column(page, "instrument_info", "name").into_iter();
    names.map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn pages_cover_the_whole_list_once() {
    let mut world = World::still();
    let all = world.get(&format!("{STOCKS}?limit=1000"));
    assert_eq!(all["total_hits"], rows(&all).len());
    let mut paged = Vec::new();
    loop {
        let page = world.get(&format!("{STOCKS}?limit=7&offset={}", paged.len()));
        assert_eq!(page["total_hits"], all["total_hits"]);
        assert_eq!(page["rows"], rows(&page).len());
        if rows(&page).is_empty() {
            break;
        }
        paged.extend(rows(&page).clone());
    }
    assert_eq!(&paged, rows(&all));
    assert!(names(&all).is_sorted_by_key(|name| name.to_owned()));
    assert_eq!(rows(&world.get(STOCKS)).len(), 50, "by default");
}

#[test]
fn rows_are_sorted_by_what_is_asked_and_those_without_it_come_last() {
    let mut world = World::still();
    for (order, descending) in [("asc", false), ("desc", true)] {
        let page = world.get(&format!(
            "{STOCKS}?limit=99&sort_attribute=pe&sort_order={order}"
        ));
        let ratios = column(&page, "key_ratios_info", "pe");
        let with: Vec<f64> = ratios.iter().map_while(|pe| pe.as_f64()).collect();
        assert!((20..ratios.len()).contains(&with.len()), "some lose money");
        assert!(ratios[with.len()..].iter().all(|pe| pe.is_null()));
        assert!(with.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }));
    }
}

#[test]
fn filters_combine_and_take_several_values() {
    let mut world = World::still();
    let page = world.get(&format!(
        "{STOCKS}?limit=99&apply_filters=exchange_country%3DNO,FI"
    ));
    let countries = column(&page, "exchange_info", "exchange_country");
    assert!(countries.iter().any(|one| *one == "NO") && countries.iter().any(|one| *one == "FI"));
    assert!(countries.iter().all(|one| *one == "NO" || *one == "FI"));
    let both = "apply_filters=nordnet_markets=true%7Cmarket_view=D";
    let page = world.get(&format!("{BULL_BEAR}?{both}"));
    assert_eq!(
        names(&page),
        ["BEAR ERIC X3 NORDNET", "BEAR OMX X5 NORDNET"]
    );
    assert!(page.get("underlying_instrument_id").is_none());
    let page = world.get(&format!("{BULL_BEAR}?{both}&free_text_search=eric"));
    assert_eq!(page["underlying_instrument_id"], 16_100_101);
}

#[test]
fn stocks_show_only_the_blocks_and_attributes_that_are_asked_for() {
    let mut world = World::still();
    let query = "limit=1&attribute_groups=MARKET_INFO,EXCHANGE_INFO&attributes=pe,name";
    let page = world.get(&format!("{STOCKS}?{query}"));
    let row = rows(&page)[0].as_object().unwrap();
    let blocks: Vec<_> = row.keys().map(String::as_str).collect();
    let expected = [
        "exchange_info",
        "instrument_info",
        "key_ratios_info",
        "market_info",
    ];
    assert_eq!(blocks, expected);
    assert_eq!(row["instrument_info"].as_object().unwrap().len(), 1);
    assert_eq!(row["market_info"].as_object().unwrap().len(), 4);
}

#[test]
fn searches_and_master_data_tell_of_the_same_things() {
    let mut world = World::still();
    for list in ["bullbearlist", "minifuturelist", "unlimitedturbolist"] {
        let page = world.get(&format!("/instrument_search/query/{list}"));
        for row in rows(&page) {
            let info = &row["instrument_info"];
            let master = &world.get(&format!("/instruments/{}", info["instrument_id"]))[0];
            assert_eq!(info["isin"], master["isin_code"]);
            assert_eq!(row["etp_info"]["market_view"], master["market_view"]);
            let tradable = &master["tradables"][0];
            for member in ["market_id", "identifier", "tick_size_id"] {
                assert_eq!(row["market_info"][member], tradable[member], "{info}");
            }
            let underlying = &row["etp_info"]["underlying_instrument_id"];
            if let Some(id) = underlying.as_i64() {
                assert_eq!(master["underlyings"][0]["instrument_id"], id);
                let leverages = world.get(&format!("/instruments/{id}/leverages"));
                assert!(leverages.as_array().unwrap().contains(master), "{info}");
            }
        }
    }
}

#[test]
fn an_option_chain_has_a_call_and_a_put_for_each_strike() {
    let mut world = World::still();
    let chain = "/instrument_search/query/optionlist/pairs?currency=SEK&underlying_symbol=ERIC+B";
    let page = world.get(&format!("{chain}&expire_date=1781827200000"));
    assert_eq!(page["total_hits"], 5);
    for pair in rows(&page) {
        let strike = &pair["strike_price"];
        for (side, letter) in [("call_option", 'F'), ("put_option", 'R')] {
            assert_eq!(&pair[side]["option_info"]["strike_price"], strike);
            let symbol = pair[side]["instrument_info"]["symbol"].as_str().unwrap();
            assert!(symbol.starts_with(&format!("ERICB6{letter}")), "{symbol}");
        }
    }
    let page = world.get(&format!("{chain}&expire_date=1781827200001"));
    assert_eq!((&page["rows"], rows(&page).len()), (&Value::from(0), 0));
}

#[test]
fn leverage_filters_are_what_is_left_to_choose() {
    let mut world = World::still();
    let filters = "/instruments/16100101/leverages/filters";
    let all = world.get(filters);
    let types = all["instrument_types"].as_array().unwrap().clone();
    let mut count = 0;
    for kind in types {
        let query = format!("instrument_type={}", kind.as_str().unwrap());
        let left = world.get(&format!("{filters}?{query}"));
        let found = world.get(&format!("/instruments/16100101/leverages?{query}"));
        assert_eq!(left["no_of_instruments"], found.as_array().unwrap().len());
        count += found.as_array().unwrap().len();
    }
    assert_eq!(all["no_of_instruments"], count);
    let left = world.get(&format!(
        "{filters}?market_view=D&issuer_id=310&currency=SEK"
    ));
    assert_eq!(left["expiration_dates"], Value::Array(Vec::new()));
    assert_eq!(left["market_view"], serde_json::json!(["D"]));
    assert_eq!(
        world
            .call("GET", "/instruments/16100101/leverages?currency=EUR")
            .0,
        204
    );
    assert_eq!(
        world.call("GET", "/instruments/0/leverages").0,
        204,
        "0 is no number"
    );
}

#[test]
fn attributes_say_what_can_be_done_with_them() {
    let mut world = World::still();
    let attributes = "/instrument_search/attributes";
    let find = |page: &Value, id: &str| {
        let all = page["attributes"].as_array().unwrap();
        all.iter().find(|one| one["id"] == id).cloned().unwrap()
    };
    let page = world.get(&format!("{attributes}?entity_type=STOCKLIST&minmax=pe"));
    let market = find(&page, "market_id");
    let values = market["filter_details"]["values"].as_array().unwrap();
    let counts: i64 = values
        .iter()
        .map(|one| one["count"].as_i64().unwrap())
        .sum();
    let stocks = world.get(STOCKS)["total_hits"].clone();
    assert_eq!(stocks, counts);
    assert_eq!(values[0]["name"], "Nasdaq Stockholm");
    let ratio = find(&page, "pe");
    assert!(ratio["min"].as_f64() < ratio["max"].as_f64());

    let segment = find(&page, "market_sub_id");
    assert_eq!(segment["filter_details"]["parent_filters"][0], "market_id");
    assert!(segment["filter_details"].get("values").is_none());
    let page = world.get(&format!("{attributes}?expand=market_sub_id"));
    let segment = find(&page, "market_sub_id");
    assert_eq!(
        segment["filter_details"]["values"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    let page = world.get(&format!(
        "{attributes}?only_sortable=true&only_filterable=true"
    ));
    let both = page["attributes"].as_array().unwrap();
    assert!(
        both.iter()
            .all(|one| one["sortable"] == true && one["filterable"] == true)
    );
    assert_eq!(page["attributes_count"], both.len());
    // What can filter does: each of its values finds as many as are counted.
    let page = world.get(&format!(
        "{attributes}?entity_type=BULLBEARLIST&attribute_group=ETP_INFO"
    ));
    for attribute in page["attributes"].as_array().unwrap() {
        let values = attribute["filter_details"]["values"].as_array();
        for value in values.into_iter().flatten() {
            let (id, chosen) = (
                attribute["id"].as_str().unwrap(),
                value["id"].as_str().unwrap(),
            );
            let hits = world.get(&format!("{BULL_BEAR}?apply_filters={id}={chosen}"));
            assert_eq!(hits["total_hits"], value["count"], "{id}={chosen}");
        }
    }
}

#[test]
fn the_main_search_looks_everywhere_it_is_told_to() {
    let mut world = World::still();
    let groups = |world: &mut World, query: &str| -> Vec<String> {
        let found = world.get(&format!("/main_search?{query}"));
        let groups = found.as_array().unwrap().iter();
        groups
            .map(|one| one["display_group_type"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        groups(&mut world, "query=ericsson"),
        ["EQUITY", "NEWS", "CMS", "BLOG", "PROFILE"]
    );
    assert_eq!(
        groups(&mut world, "query=ericsson&search_space=NEWS_CMS"),
        ["NEWS", "CMS"]
    );
    assert_eq!(
        groups(&mut world, "query=omx&search_space=INSTRUMENTS"),
        ["ETF", "PINV", "INDICATOR"]
    );
    assert_eq!(
        groups(
            &mut world,
            "query=OMX&search_space=INSTRUMENTS&instrument_group=ETF"
        ),
        ["ETF"]
    );
    let found = world.get(
        "/main_search?query=er&limit=2&offset=1&instrument_group=EQUITY&search_space=INSTRUMENTS",
    );
    assert_eq!(found[0]["results"].as_array().unwrap().len(), 2);
    assert!(found[0]["total"].as_i64().unwrap() > 3);
    assert_eq!(
        (&found[0]["limit"], &found[0]["offset"]),
        (&Value::from(2), &Value::from(1))
    );

    let row = &world.get("/main_search?query=ERICSSON")[0]["results"][0];
    assert_eq!(row["display_name_highlighted"], "<em>Ericsson</em> B");
    assert!(row["diff_pct_one_day"].is_string() && row["spread_pct"].is_number());
    for (query, status) in [("nothing", 404), ("ericsson&offset=50", 204), ("+", 400)] {
        assert_eq!(
            world.call("GET", &format!("/main_search?query={query}")).0,
            status
        );
    }
}

#[test]
fn names_are_in_the_language_that_is_asked_for() {
    let mut world = World::still();
    for (path, at, swedish, english) in [
        (
            "/accounts",
            "/0/type",
            "Investeringssparkonto",
            "Investment savings account",
        ),
        ("/countries/SE", "/0/name", "Sverige", "Sweden"),
        (
            "/markets/900",
            "/0/name",
            "Fondhandel (virtuell)",
            "Fund trading (virtual)",
        ),
        ("/instruments/types/ESH", "/0/name", "Aktie", "Share"),
        (
            "/main_search?query=brent",
            "/0/display_group_description",
            "Index och råvaror",
            "Indices and commodities",
        ),
        (
            "/instrument_search/query/minifuturelist",
            "/results/0/etp_info/direction",
            "Lång",
            "Long",
        ),
    ] {
        let request = world.authorised(Request::new("GET", &format!("/api/2{path}")));
        let mut say = |language: &str| {
            let request = request.clone().with_header("accept-language", language);
            parsed(&world.response(&request))
                .1
                .pointer(at)
                .cloned()
                .unwrap()
        };
        assert_eq!(say("sv-SE, en;q=0.5"), swedish, "{path}");
        assert_eq!(say("en"), english, "{path}");
        assert_eq!(say("fr"), swedish, "{path}: the session's language");
    }
}
