use std::collections::BTreeSet;
use std::time::Duration;

use nordnet_sim::{Answer, Request, Response};
use serde_json::json;

use crate::schema::Reference;
use crate::world::{FORM, ISK, JSON, World, placed};

/// Members that no reply has, with the reason.
const NEVER_THERE: [(&str, &str); 5] = [
    // Orders have no trigger and hide nothing.
    ("ActivationCondition", "trailing_value"),
    ("ActivationCondition", "trigger_condition"),
    ("ActivationCondition", "trigger_value"),
    // Only indicators have one, and no search lists indicators in this form.
    ("InstrumentInfo", "display_name"),
    ("Order", "open_volume"),
];

#[rustfmt::skip]
/// Every operation that is answered with GET, with requests that bring values
/// for all members of the reply.
const READS: [(&str, &str); 57] = [
    ("get_system_status", "/"),
    ("list_accounts", "/accounts?include_credit_accounts=true"),
    ("list_accounts", "/accounts"),
    ("get_account", "/accounts/60012428"),
    ("get_account_info", "/accounts/60012345,60012428/info"),
    ("list_ledgers", "/accounts/60012428/ledgers"),
    ("list_ledgers", "/accounts/60012444/ledgers"),
    ("list_positions", "/accounts/60012345,60012399,60012428/positions"),
    ("list_positions", "/accounts/60012444/positions"),
    ("get_returns_today", "/accounts/60012428/returns/transactions/today"),
    ("get_returns_today", "/accounts/60012345/returns/transactions/today"),
    ("list_trades", "/accounts/60012345/trades"),
    ("list_orders", "/accounts/60012345,60012428/orders?deleted=true"),
    ("list_orders", "/accounts/60012399/orders"),
    ("get_instruments", "/instruments/16100101,16801204,16100911"),
    ("get_instruments", "/instruments/1"),
    ("lookup_instruments", "/instruments/lookup/market_id_identifier/13:240113,18:310820,11:4241,13:240771"),
    ("lookup_instruments", "/instruments/lookup/market_id_identifier/11:0"),
    ("list_instrument_types", "/instruments/types"),
    ("get_instrument_types", "/instruments/types/ESH,WAR"),
    ("get_instrument_types", "/instruments/types/XXX"),
    ("list_underlyings", "/instruments/underlyings/leverage/SEK"),
    ("list_underlyings", "/instruments/underlyings/option_pair/SEK"),
    ("list_underlyings", "/instruments/underlyings/leverage/USD"),
    ("check_instrument_suitability", "/instruments/validation/suitability/16100101,16801204"),
    ("check_instrument_suitability", "/instruments/validation/suitability/1"),
    ("list_leverages", "/instruments/16100101/leverages"),
    ("list_leverages", "/instruments/16100911/leverages"),
    ("get_leverage_filters", "/instruments/16100101/leverages/filters"),
    ("get_leverage_filters", "/instruments/16100911/leverages/filters"),
    ("list_instrument_trades", "/instruments/16100101,16801204/trades?count=all"),
    ("list_instrument_trades", "/instruments/1/trades"),
    ("search_attributes", "/instrument_search/attributes?expand=market_sub_id&minmax=pe"),
    ("search_attributes", "/instrument_search/attributes?entity_type=FUNDLIST"),
    ("search_stocks", "/instrument_search/query/stocklist?limit=500"),
    ("search_bull_bear", "/instrument_search/query/bullbearlist"),
    ("search_bull_bear", "/instrument_search/query/bullbearlist?free_text_search=eric"),
    ("search_bull_bear", "/instrument_search/query/bullbearlist?free_text_search=nothing"),
    ("search_mini_futures", "/instrument_search/query/minifuturelist"),
    ("search_mini_futures", "/instrument_search/query/minifuturelist?free_text_search=ericb"),
    ("search_unlimited_turbos", "/instrument_search/query/unlimitedturbolist"),
    ("search_unlimited_turbos", "/instrument_search/query/unlimitedturbolist?free_text_search=ericb"),
    ("search_option_pairs", "/instrument_search/query/optionlist/pairs?currency=SEK&expire_date=1781827200000&underlying_symbol=ERIC%20B"),
    ("search_main", "/main_search?query=er&limit=50"),
    ("search_main", "/main_search?query=o&limit=100"),
    ("search_main", "/main_search?query=eric&offset=90"),
    ("search_main", "/main_search?query=nothing+at+all"),
    ("get_tradable_info", "/tradables/info/11:101,900:7120"),
    ("list_tradable_trades", "/tradables/trades/11:101,900:7120?count=20"),
    ("check_tradable_suitability", "/tradables/validation/suitability/11:101,18:310820"),
    ("list_markets", "/markets"),
    ("get_markets", "/markets/11,900"),
    ("list_tick_sizes", "/tick_sizes"),
    ("get_tick_sizes", "/tick_sizes/5012"),
    ("list_countries", "/countries"),
    ("get_countries", "/countries/SE,FI"),
    ("search_news", "/news"),
];

#[rustfmt::skip]
/// Requests that are answered with an error or without content.
const FAILURES: [(&str, &str, u16); 26] = [
    ("get_account", "/accounts/me", 400),
    ("get_account", "/accounts/60012410", 403),
    ("get_account_info", "/accounts/60012410/info", 403),
    ("get_account_info", "/accounts/1/info?include_short_pos_margin=perhaps", 400),
    ("list_trades", "/accounts/77/trades", 404),
    ("list_trades", "/accounts/1/trades?days=8", 400),
    ("list_orders", "/accounts/1/orders?deleted=1", 400),
    ("get_instruments", "/instruments/abc", 400),
    ("lookup_instruments", "/instruments/lookup/symbol/ERIC", 400),
    ("list_underlyings", "/instruments/underlyings/future/SEK", 400),
    ("list_leverages", "/instruments/16100101/leverages?market_view=X", 400),
    ("list_leverages", "/instruments/16100101/leverages?expiration_date=soon", 400),
    ("get_leverage_filters", "/instruments/16100101/leverages/filters?issuer_id=x", 400),
    ("list_instrument_trades", "/instruments/16100101/trades?count=few", 400),
    ("search_attributes", "/instrument_search/attributes?attribute_group=DOCUMENT_INFO", 400),
    ("search_attributes", "/instrument_search/attributes?entity_type=LIST", 400),
    ("search_stocks", "/instrument_search/query/stocklist?limit=-1", 400),
    ("search_stocks", "/instrument_search/query/stocklist?sort_attribute=isin", 400),
    ("search_stocks", "/instrument_search/query/stocklist?apply_filters=pe", 400),
    ("search_mini_futures", "/instrument_search/query/minifuturelist?sort_order=up", 400),
    ("search_option_pairs", "/instrument_search/query/optionlist/pairs?currency=SEK", 400),
    ("search_main", "/main_search", 400),
    ("search_main", "/main_search?query=a&search_space=NOWHERE", 400),
    ("get_tradable_info", "/tradables/info/101", 400),
    ("get_markets", "/markets/SE", 400),
    ("get_news_articles", "/news/latest", 400),
];

/// A world in which something has happened.
fn lively(dialect: &str) -> World {
    let mut world = World::with(|config| {
        config.rate = 10.0;
        config.dialect = dialect.parse().unwrap();
    });
    world.pass(Duration::from_secs(30));
    world
}

/// Brings orders in every state, and trades.
fn trade(world: &mut World) {
    placed(world, ISK, "side=BUY&volume=10&price=95&reference=contract");
    placed(
        world,
        ISK,
        "side=BUY&volume=10&price=60&valid_until=2026-03-19",
    );
    placed(
        world,
        ISK,
        "side=BUY&volume=10&price=61&activation_condition=MANUAL",
    );
    world.pass(Duration::from_secs(3));
}

struct Contract {
    reference: Reference,
    served: BTreeSet<String>,
}

impl Contract {
    fn check(&mut self, name: &str, what: &str, response: &Response) {
        let verdict = self.reference.check(name, response.status, &response.body);
        assert_eq!(verdict, Ok(()), "{name} {what}");
        self.served.insert(name.to_owned());
    }

    fn read(&mut self, world: &mut World, name: &str, path: &str) -> u16 {
        let request = world.authorised(Request::new("GET", &format!("/api/2{path}")));
        let response = world.response(&request);
        self.check(name, path, &response);
        response.status
    }

    /// Checks a request with a form, or without a body.
    fn send(
        &mut self,
        world: &mut World,
        name: &str,
        method: &str,
        path: &str,
        form: &str,
    ) -> Response {
        let request = Request::new(method, &format!("/api/2{path}")).with_body(FORM, form);
        let response = world.response(&world.authorised(request));
        self.check(name, path, &response);
        response
    }
}

/// Calls every operation and checks each reply.
fn call_everything(dialect: &str) -> Contract {
    let mut world = lively(dialect);
    let mut contract = Contract {
        reference: Reference::read(&NEVER_THERE),
        served: BTreeSet::new(),
    };
    contract.reference.nulls = dialect.contains("absent=null");
    trade(&mut world);
    for (name, path) in READS {
        contract.read(&mut world, name, path);
    }
    let sources = [9_000_001, 9_000_003, 9_000_004, 9_000_010];
    let ids = sources.map(|id| id.to_string()).join(",");
    contract.read(&mut world, "get_news_articles", &format!("/news/{ids}"));
    contract.read(&mut world, "get_news_articles", "/news/1");
    let ignored = "/news/9000001?body_format=anything";
    contract.read(&mut world, "get_news_articles", ignored);
    contract.read(&mut world, "list_news_sources", "/news_sources");

    let orders = format!("/accounts/{ISK}/orders");
    let form = "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=60";
    let entry = contract.send(&mut world, "place_order", "POST", &orders, form);
    let id = json_of(&entry)["order_id"].as_i64().unwrap();
    let dear = "market_id=11&identifier=101&side=BUY&volume=9000&order_type=LIMIT&price=60";
    let refusal = contract.send(&mut world, "place_order", "POST", &orders, dear);
    assert_ne!(json_of(&refusal)["result_code"], "OK");
    let order = format!("{orders}/{id}");
    contract.send(&mut world, "modify_order", "PUT", &order, "volume=2");
    contract.send(
        &mut world,
        "modify_order",
        "PUT",
        &format!("{orders}/1"),
        "volume=2",
    );
    contract.send(
        &mut world,
        "activate_orders",
        "PUT",
        &format!("{order}/activate"),
        "",
    );
    contract.send(&mut world, "cancel_order", "DELETE", &order, "");
    login_and_out(&mut world, &mut contract);
    contract
}

fn login_and_out(world: &mut World, contract: &mut Contract) {
    let api_key = world.exchange.config().api_key.clone();
    let start = json!({ "api_key": api_key }).to_string();
    let start = Request::new("POST", "/api/2/login/start").with_body(JSON, &start);
    let response = world.response(&start);
    contract.check("start_login", "", &response);
    let signature = world
        .keys
        .sign(json_of(&response)["challenge"].as_str().unwrap());
    for service in ["ANOTHER", "NEXTAPI"] {
        let body = json!({ "api_key": api_key, "service": service, "signature": signature });
        let request =
            Request::new("POST", "/api/2/login/verify").with_body(JSON, &body.to_string());
        let response = world.response(&request);
        contract.check("verify_login", service, &response);
    }
    contract.send(world, "touch_session", "PUT", "/login", "");
    contract.send(world, "logout", "DELETE", "/login", "");
    let refused = contract.send(world, "touch_session", "PUT", "/login", "");
    assert_eq!(refused.status, 401);
}

fn json_of(response: &Response) -> serde_json::Value {
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn every_operation_is_served_as_described() {
    let contract = call_everything("");
    let operations = contract.reference.operations();
    assert_eq!(operations.len(), 45);
    for (.., name) in operations {
        assert!(contract.served.contains(&name), "{name} was not called");
    }
}

#[test]
fn every_operation_can_be_refused_and_nearly_all_need_a_session() {
    let mut world = World::still();
    let mut reference = Reference::read(&NEVER_THERE);
    for (method, path, name) in reference.operations() {
        let path = path
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        let request = Request::new(&method, &format!("/api/2{path}"));
        if !["get_system_status", "start_login", "verify_login"].contains(&name.as_str()) {
            let response = world.response(&request);
            assert_eq!(response.status, 401, "{name}");
            assert_eq!(reference.check(&name, 401, &response.body), Ok(()));
        }
        for status in [429, 503] {
            let body = r#"{"code":"BUSY"}"#;
            let answer = Answer::status(status).body(body);
            world.exchange.respond(&name, 1, &answer).unwrap();
            let response = world.response(&request);
            assert_eq!(response.status, status);
            assert_eq!(reference.check(&name, status, &response.body), Ok(()));
        }
    }
}

#[test]
fn every_member_that_is_described_has_a_value_somewhere() {
    let contract = call_everything("");
    let missing: BTreeSet<_> = contract.reference.members();
    let missing: Vec<_> = missing
        .difference(&contract.reference.seen)
        .map(|(schema, member)| (schema.as_str(), member.as_str()))
        .collect();
    assert_eq!(missing, NEVER_THERE);
}

#[test]
fn every_dialect_keeps_to_the_description() {
    for dialect in [
        "absent=null",
        "empty_lists=ok,error_codes=opaque",
        "numbers=plain,members=shuffled,tick_ranges=joined",
        "unknown_account=bad_request,accids=absent",
    ] {
        call_everything(dialect);
    }
}

#[test]
fn failures_have_the_status_and_the_body_that_are_described() {
    let mut world = lively("");
    let mut contract = Contract {
        reference: Reference::read(&NEVER_THERE),
        served: BTreeSet::new(),
    };
    for (name, path, status) in FAILURES {
        assert_eq!(contract.read(&mut world, name, path), status, "{path}");
    }
}
