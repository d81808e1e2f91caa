//! The answers of the reference, and answers that differ from it.

use nordnet_proto::api::{
    AccountInfo, ActionState, ActivationKind, Amount, GetAccountInfo, GetStatus, GetTradableInfo,
    ListAccounts, ListFills, ListOrders, ListPositions, ListTickSizes, LookupInstruments, Order,
    OrderState, OrderType, PriceType, Side, Status, TouchSession, ValidityKind,
};
use nordnet_proto::{AccountNumber, Decimal, Endpoint, Error, List, Timestamp, TradableId};

use crate::driver::{World, answer, in_turn, response};

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

fn read<E: Endpoint>(endpoint: &E, body: &str) -> Result<E::Response, Error> {
    endpoint.settle(Ok(response(
        200,
        body,
        &[("content-type", "application/json")],
    )))
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn amount(text: &str) -> Amount {
    Amount::new(decimal(text), "SEK")
}

fn sek(value: &str) -> String {
    format!(r#"{{"value":{value},"currency":"SEK"}}"#)
}

#[test]
fn the_status() {
    let body =
        r#"{"message":"","system_running":true,"timestamp":1773738902500,"valid_version":true}"#;
    let status: Status = read(&GetStatus::new(), body).unwrap();
    assert_eq!(status.timestamp, Timestamp::from_millis(1_773_738_902_500));
    assert!(status.system_running && status.valid_version);
}

#[test]
fn accounts_with_and_without_what_is_optional() {
    let body = r#"[
        {"accid":1,"accno":60012345,"alias":"ISK aktier","atyid":41,"type":"Investeringssparkonto","default":true,"is_blocked":false},
        {"accid":2,"accno":60012399,"alias":"Gammal depå","atyid":1,"type":"Aktie- och fondkonto","default":false,"is_blocked":true,"blocked_reason":"Spärrat"},
        {"accno":60012410,"alias":"","type":"Kapitalförsäkring","default":false},
        {"accno":60012411,"accid":null,"alias":"","type":"","default":false,"is_blocked":null,"blocked_reason":null,"atyid":null,"new":{"a":[1]}}]"#;
    let accounts = read(&ListAccounts::new(), body).unwrap();
    assert!(accounts.skipped().is_empty(), "{:?}", accounts.skipped());
    assert_eq!(accounts.len(), 4);
    assert_eq!(accounts.preselected().unwrap().number, ACCOUNT);
    assert_eq!(accounts.open().count(), 3);
    assert_eq!(accounts[0].to_string(), "60012345 ISK aktier");
    assert_eq!(accounts[2].to_string(), "60012410");
    assert_eq!(accounts[1].blocked_reason.as_deref(), Some("Spärrat"));
}

fn info(account: i64) -> String {
    let amounts: String = [
        "account_sum",
        "full_marketvalue",
        "interest",
        "forward_sum",
        "future_sum",
        "unrealized_future_profit_loss",
        "own_capital",
        "own_capital_morning",
        "equity",
        "account_credit",
        "loan_limit",
        "pawn_value",
        "collateral",
        "buy_orders_value",
    ]
    .iter()
    .map(|name| format!(r#""{name}":{},"#, sek("0.0")))
    .collect();
    let reserved = [
        "corporate_actions",
        "fund_orders",
        "monthly_savings_exchange_traded",
        "other",
        "total",
    ]
    .map(|name| format!(r#""{name}":{}"#, sek("500.0")))
    .join(",");
    format!(
        r#"{{"accno":{account},"account_currency":"SEK","registration_date":"2019-02-11",{amounts}
        "trading_power":{},"reserved":{{{reserved}}}}}"#,
        sek("78950.75")
    )
}

#[test]
fn the_balances_of_the_account_that_was_asked_for() {
    let body = format!("[{},{}]", info(60012399), info(60012345));
    let info: AccountInfo = read(&GetAccountInfo::of(ACCOUNT), &body).unwrap();
    assert_eq!(info.account, ACCOUNT);
    assert_eq!(info.trading_power, amount("78950.75"));
    assert_eq!(info.trading_power.to_string(), "78950.75 SEK");
    assert_eq!(info.registration_date.unwrap().to_string(), "2019-02-11");
    assert_eq!(info.bonus_cash, None);

    for other in [
        "[]".to_owned(),
        format!("[{}]", self::info(60012399)),
        "[{}]".into(),
    ] {
        let result = read(&GetAccountInfo::of(ACCOUNT), &other);
        assert!(matches!(result, Err(Error::Unreadable(_))), "{other}");
    }
}

const ERICSSON: &str = r#"{"instrument_id":16100101,"symbol":"ERIC B","name":"Ericsson B","currency":"SEK","instrument_type":"ESH",
    "isin_code":"SE0000108656","pawn_percentage":85.0,"price_type":"monetary_amount","multiplier":1.0,"number_of_securities":3340000000.0,
    "tradables":[{"market_id":11,"identifier":"101","mic":"XSTO","tick_size_id":5012,"lot_size":1.0,"price_unit":"SEK","display_order":0}]}"#;

#[test]
fn instruments_and_positions() {
    let instruments = read(
        &LookupInstruments::by_tradable(TradableId::new(11, "101")),
        &format!("[{ERICSSON}]"),
    );
    let instrument = &instruments.unwrap()[0];
    assert_eq!(instrument.tradables[0].id(), TradableId::new(11, "101"));
    assert_eq!(
        instrument.number_of_securities.unwrap().to_string(),
        "3340000000.0"
    );
    assert_eq!(instrument.price_type, Some(PriceType::MonetaryAmount));

    let bare = r#"{"instrument_id":0,"symbol":"","name":"","currency":"SEK","instrument_type":"ESH","tradables":null,"underlyings":null,"price_type":"per_barrel","market_view":null}"#;
    let prices = [
        "acq_price",
        "acq_price_acc",
        "market_value",
        "market_value_acc",
        "morning_price",
    ]
    .map(|name| format!(r#""{name}":{}"#, sek("2.06845115E7")))
    .join(",");
    let position = |instrument: &str| {
        format!(
            r#"{{"accno":60012345,"instrument":{instrument},"qty":-1000.0,{prices},"pawn_percent":85,"margin_percent":0}}"#
        )
    };
    let body = format!("[{},{}]", position(ERICSSON), position(bare));
    let positions = read(&ListPositions::of(ACCOUNT), &body).unwrap();
    assert!(positions.skipped().is_empty(), "{:?}", positions.skipped());
    assert_eq!(positions[0].qty, (-1000).into());
    assert_eq!(positions[0].market_value, amount("20684511.5"));
    let odd = &positions[1].instrument;
    assert!(odd.tradables.is_empty() && odd.underlyings.is_empty());
    assert_eq!(odd.price_type.as_ref().unwrap().as_str(), "per_barrel");
}

fn order(more: &str) -> String {
    format!(
        r#"{{"accno":60012345,"tradable":{{"market_id":11,"identifier":"101"}},"side":"BUY","price_condition":"LIMIT",
        "volume_condition":"NORMAL","order_id":430518872,"price":{},"modified":1773738845233,{more}}}"#,
        sek("86.5")
    )
}

const LIMIT: &str = r#""order_type":"LIMIT","order_state":"ON_MARKET","action_state":"INS_CONF","volume":200.0,"traded_volume":120.0,"validity":{"type":"DAY"},"reference":"rebal-0317-a""#;

#[test]
fn orders_in_all_their_shapes() {
    let until = r#""order_type":"LIMIT","order_state":"LOCAL","action_state":"INS_STOP","volume":10,"traded_volume":10.0,"open_volume":5,"validity":{"type":"UNTIL_DATE","valid_until":1775088000000},"activation_condition":{"type":"MANUAL"}"#;
    let odd = r#""order_type":"PEGGED","order_state":"FROZEN","action_state":"INS_CONF","volume":1e3,"traded_volume":0,"validity":{"type":"FOREVER","valid_until":null},"activation_condition":null,"reference":null"#;
    let body = format!("[{},{},{}]", order(LIMIT), order(until), order(odd));
    let orders: List<Order> = read(&ListOrders::of(ACCOUNT), &body).unwrap();
    assert!(orders.skipped().is_empty(), "{:?}", orders.skipped());
    let [limit, until, odd] = &*orders else {
        panic!("{orders:?}");
    };
    assert_eq!(
        (&limit.side, &limit.state, &limit.action_state),
        (
            &Side::Buy,
            &OrderState::OnMarket,
            &ActionState::InsertConfirmed
        )
    );
    assert_eq!(limit.price, amount("86.50"));
    assert_eq!(limit.reference.as_deref(), Some("rebal-0317-a"));
    assert!(!limit.is_filled() && until.is_filled());
    assert_eq!(until.validity.kind, ValidityKind::UntilDate);
    assert_eq!(
        until.validity.valid_until.unwrap().to_string(),
        "2026-04-02T00:00:00.000Z"
    );
    assert_eq!(
        until.activation_condition.as_ref().unwrap().kind,
        ActivationKind::Manual
    );
    assert_eq!(odd.order_type, OrderType::from("PEGGED"));
    assert_eq!(odd.state.to_string(), "FROZEN");
    assert_eq!(odd.volume, 1000.into());
}

#[test]
fn one_bad_element_does_not_lose_the_others() {
    let bad = order(LIMIT).replace("\"side\":\"BUY\",", "");
    let twice = order(LIMIT).replace("\"side\":\"BUY\"", "\"side\":\"BUY\",\"side\":\"SELL\"");
    let inexact = order(LIMIT).replace("200.0", "1e400");
    let body = format!(
        "[{},null,{bad},{twice},{inexact},7,{}]",
        order(LIMIT),
        order(LIMIT)
    );
    let orders = read(&ListOrders::of(ACCOUNT), &body).unwrap();
    assert_eq!(orders.len(), 2);
    let skipped: Vec<_> = orders
        .skipped()
        .iter()
        .map(|unread| unread.index())
        .collect();
    assert_eq!(skipped, [1, 2, 3, 4, 5]);
    assert_eq!(orders.skipped()[0].json(), "null");
    assert!(
        orders.skipped()[1]
            .to_string()
            .starts_with("element 2, side: missing field `side`")
    );
}

#[test]
fn fills_tick_tables_and_trading_days() {
    let body = format!(
        r#"[{{"accid":1,"accno":60012345,"order_id":430518872,"side":"BUY","tradable":{{"market_id":11,"identifier":"101"}},"price":{},"volume":120.0,"tradetime":1773738845231,"trade_id":"A7-0009918","counterparty":"AVA"}},
        {{"accno":60012345,"order_id":430518110,"side":"SELL","tradable":{{"market_id":11,"identifier":"366"}},"price":{},"volume":50.0,"tradetime":1773734561007}}]"#,
        sek("86.5"),
        sek("316.2")
    );
    let fills = read(&ListFills::of(ACCOUNT), &body).unwrap();
    assert_eq!(fills[0].trade_id.as_ref().unwrap().as_str(), "A7-0009918");
    assert_eq!((&fills[1].trade_id, fills[1].volume), (&None, 50.into()));

    let body = r#"[{"tick_size_id":5012,"ticks":[{"from_price":0.0,"to_price":49.99,"tick":0.01,"decimals":2},{"from_price":50.0,"to_price":99.98,"tick":0.02,"decimals":2}]},{"tick_size_id":1,"ticks":null}]"#;
    let tables = read(&ListTickSizes::new(), body).unwrap();
    assert_eq!(tables[0].tick_at(decimal("49.99")), Some(decimal("0.01")));
    assert_eq!(tables[0].tick_at(decimal("50")), Some(decimal("0.02")));
    assert_eq!(tables[0].tick_at(decimal("-1")), None);
    assert_eq!(tables[1].tick_at(decimal("1")), None);

    let body = r#"[{"market_id":11,"identifier":"101","iceberg":true,"calendar":[{"date":"2026-03-17","open":1773734400000,"close":1773765000000}],"order_types":[{"type":"LIMIT","name":"Limit"},{"type":"X","name":""}]}]"#;
    let tradables = read(&GetTradableInfo::of(TradableId::new(11, "101")), body).unwrap();
    assert_eq!(
        tradables[0].calendar[0].open.to_string(),
        "2026-03-17T08:00:00.000Z"
    );
    assert_eq!(tradables[0].order_types[1].code, OrderType::from("X"));
}

#[test]
fn nothing_there_is_an_empty_list() {
    let none = || Ok(response(204, "", &[]));
    assert!(ListAccounts::new().settle(none()).unwrap().is_empty());
    assert!(
        ListPositions::of(ACCOUNT)
            .settle(none())
            .unwrap()
            .is_empty()
    );
    assert!(ListFills::of(ACCOUNT).settle(none()).unwrap().is_empty());
    assert!(ListOrders::of(ACCOUNT).settle(none()).unwrap().is_empty());
    assert!(ListTickSizes::new().settle(none()).unwrap().is_empty());
}

#[test]
fn refusals_come_with_and_without_a_body() {
    let refused = |status, body| match World::live()
        .run(ListAccounts::new(), in_turn([answer(status, body)]))
        .result
    {
        Err(Error::Refused(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(403, ""),
        "refused by the server (HTTP 403): the user or the account lacks the permission"
    );
    assert_eq!(
        refused(
            404,
            r#"{"code":"NEXT_ACCOUNT_NOT_FOUND","message":"Kontot finns inte","more":1}"#
        ),
        "refused by the server (HTTP 404, NEXT_ACCOUNT_NOT_FOUND): Kontot finns inte"
    );
    assert_eq!(refused(400, ""), "refused by the server (HTTP 400)");
}

#[test]
fn a_page_instead_of_json_is_named_without_its_content() {
    let page = response(200, "<html>secret</html>", &[("content-type", "text/html")]);
    let error = ListAccounts::new()
        .settle(Ok(page))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with(
        "unexpected answer to list_accounts (HTTP 200): expected value at line 1 column 1"
    ));
    assert!(error.ends_with("in 19 bytes of text/html"), "{error}");
}

#[test]
fn a_session_that_says_it_is_none_is_none() {
    assert!(read(&TouchSession::new(), r#"{"logged_in":true}"#).is_ok());
    let ended = read(&TouchSession::new(), r#"{"logged_in":false}"#);
    assert!(matches!(ended, Err(Error::SessionEnded)));
}

#[test]
fn money_keeps_every_digit() {
    for (json, text) in [
        ("86.5", "86.5"),
        ("86.50", "86.50"),
        ("0.1", "0.1"),
        ("1234567890123.456789", "1234567890123.456789"),
        ("-0.000001", "-0.000001"),
        ("1.0E7", "10000000"),
        ("\"12.30\"", "12.30"),
    ] {
        let amount: Amount = serde_json::from_str(&sek(json)).unwrap();
        assert_eq!(amount.value.to_string(), text);
        assert_eq!(
            serde_json::to_string(&amount).unwrap(),
            format!(r#"{{"value":"{text}","currency":"SEK"}}"#)
        );
    }
    for json in [
        "1e400",
        "null",
        "\"\"",
        "\"1,5\"",
        "[1]",
        "12345678901234567890.5",
    ] {
        assert!(
            serde_json::from_str::<Amount>(&sek(json)).is_err(),
            "{json}"
        );
    }
}
