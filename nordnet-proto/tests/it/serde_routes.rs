//! By which ways through serde the types of the API are read: from a text, from
//! a reader, and from a `Value`.

use std::fmt::Debug;

use nordnet_proto::api::{Amount, NumberText, Order};
use nordnet_proto::{Decimal, List, Volume};
use serde::de::DeserializeOwned;
use serde_json::{Value, from_reader, from_slice, from_str, from_value, json, to_string, to_value};

/// More digits than a binary float has.
const EXACT: &str = "900719925474099.3062";

fn order(price: &str) -> String {
    format!(
        r#"{{"accno":60012345,"tradable":{{"market_id":11,"identifier":"101"}},"side":"BUY",
            "order_type":"LIMIT","price_condition":"LIMIT","volume_condition":"NORMAL",
            "order_id":430518872,"order_state":"ON_MARKET","action_state":"INS_CONF",
            "price":{{"value":{price},"currency":"SEK"}},"volume":200.0,"traded_volume":120.0,
            "validity":{{"type":"DAY"}},"modified":1773738845233}}"#
    )
}

/// Reads a text by every way that keeps its digits.
fn read<T: DeserializeOwned + PartialEq + Debug>(text: &str) -> T {
    let value = from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(from_slice::<T>(text.as_bytes()).unwrap(), value);
    assert_eq!(from_reader::<_, T>(text.as_bytes()).unwrap(), value);
    value
}

#[test]
fn a_reader_is_as_good_as_a_text() {
    let exact: Decimal = EXACT.parse().unwrap();
    assert_eq!(read::<Decimal>(EXACT), exact);
    assert_eq!(read::<Volume>(EXACT).get(), exact);
    assert_eq!(
        read::<Amount>(&format!(r#"{{"value":{EXACT},"currency":"SEK"}}"#)).value,
        exact
    );
    assert_eq!(read::<NumberText>(" 0.10 ").as_str(), "0.10");
    assert_eq!(read::<NumberText>(r#""0,10\u0020%""#).as_str(), "0,10 %");
    assert_eq!(read::<Order>(&order(EXACT)).price.value, exact);

    let list = read::<List<Order>>(&format!("[{}, {{}}, {}]", order(EXACT), order("\"86.50\"")));
    let prices: Vec<_> = list
        .iter()
        .map(|order| order.price.value.to_string())
        .collect();
    assert_eq!(
        (prices, list.skipped_count()),
        (vec![EXACT.to_owned(), "86.50".into()], 1)
    );
}

#[test]
fn what_was_written_is_read_again_by_every_way() {
    let orders = read::<List<Order>>(&format!("[{}]", order(EXACT)));
    assert_eq!(read::<List<Order>>(&to_string(&orders).unwrap()), orders);
    let value = to_value(&orders).unwrap();
    assert_eq!(value[0]["price"]["value"], json!(EXACT), "not a float");
    assert_eq!(from_value::<List<Order>>(value).unwrap(), orders);
}

/// What a `Value` has made of a long number cannot be mended.
#[test]
fn a_value_gives_the_numbers_that_it_has() {
    let value: Value = from_str(r#"["86.50", 86.5, 200]"#).unwrap();
    let read: Vec<Decimal> = from_value(value).unwrap();
    let texts: Vec<_> = read.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["86.50", "86.5", "200"]);
    let rounded: Decimal = from_value(from_str(EXACT).unwrap()).unwrap();
    assert_ne!(rounded.to_string(), EXACT);
}

#[test]
fn what_is_no_number_is_refused_by_every_way() {
    for text in [
        "null",
        "true",
        "[1]",
        "{}",
        "\"\"",
        "\"1 000\"",
        "1e400",
        "--1",
    ] {
        let said = from_str::<Decimal>(text).unwrap_err().to_string();
        let by_reader = from_reader::<_, Decimal>(text.as_bytes());
        let by_value = from_str::<Value>(text).map(from_value::<Decimal>);
        assert!(by_reader.is_err(), "{text}");
        assert!(!matches!(by_value, Ok(Ok(_))), "{text}");
        assert!(!said.is_empty());
    }
    for text in ["1", "{}", "\"[]\"", "[1", "[1,]"] {
        assert!(
            from_reader::<_, List<i64>>(text.as_bytes()).is_err(),
            "{text}"
        );
    }
}

/// Better than a price that went through a float.
#[test]
fn below_flatten_it_is_an_error() {
    #[derive(serde::Deserialize)]
    struct Flat {
        #[serde(flatten)]
        _amount: Amount,
    }
    assert!(from_str::<Flat>(r#"{"value":86.50,"currency":"SEK"}"#).is_err());
}
