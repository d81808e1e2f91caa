//! Lines that are JSON of the wrong kind, class by class.

use nordnet_proto::{Event, Malformed, MalformedReason, MarketMessage};

use crate::feed_sim::{HEARTBEAT, account, market};

/// The error of a line on the public feed, which must leave the next one be.
pub(crate) fn malformed(line: impl AsRef<[u8]>) -> Malformed {
    let mut sim = market().live();
    sim.bytes(line.as_ref());
    sim.input("\n");
    sim.input(HEARTBEAT);
    let mut events = sim.events();
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(matches!(
        events.pop(),
        Some(Event::Message(MarketMessage::Heartbeat))
    ));
    let Some(Event::Malformed(malformed)) = events.pop() else {
        panic!("{} is fine", line.as_ref().escape_ascii());
    };
    assert_eq!(sim.feed.counters().malformed, 1);
    malformed
}

pub(crate) fn not_json(line: impl AsRef<[u8]>) {
    let malformed = malformed(&line);
    assert!(
        matches!(malformed.reason, MalformedReason::NotJson(_)),
        "{malformed:?}"
    );
}

/// Data of a price tick that does not fit; how.
fn misfit(members: &str) -> String {
    let malformed = malformed(format!("{{\"type\":\"price\",\"data\":{{{members}}}}}"));
    assert_eq!(malformed.kind.as_deref(), Some("price"));
    match malformed.reason {
        MalformedReason::Data(detail) => detail,
        other => panic!("{other:?}"),
    }
}

/// What a fine line gives, among others.
pub(crate) fn fine(line: impl AsRef<[u8]>) -> MarketMessage {
    let mut sim = market().live();
    sim.bytes(line.as_ref());
    sim.input("\n");
    match sim.event() {
        Event::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn b14_depth_does_not_overflow_the_stack() {
    for depth in [127, 128, 100_000] {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let price = "\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":1";
        assert!(matches!(
            fine(format!("{{{price},\"x\":{nested}}}}}")),
            MarketMessage::Price(_)
        ));
        assert!(matches!(
            fine(format!("{{\"x\":{nested},{price}}}}}")),
            MarketMessage::Price(_)
        ));
        assert!(matches!(
            fine(format!("{{\"type\":\"x\",\"data\":{nested}}}")),
            MarketMessage::Unknown(_)
        ));
        misfit(&format!("\"i\":{nested},\"m\":1"));
        malformed(format!("{{\"type\":\"price\",\"data\":{nested}}}"));
        malformed("[".repeat(depth));
    }
}

#[test]
fn b15_members_twice_are_an_error() {
    assert_eq!(
        misfit("\"i\":\"1\",\"m\":1,\"bid\":1,\"bid\":1"),
        "bid occurs twice"
    );
    assert_eq!(
        misfit("\"i\":\"1\",\"m\":1,\"bid\":null,\"\\u0062id\":1"),
        "bid occurs twice"
    );
    assert_eq!(misfit("\"i\":\"1\",\"m\":1,\"i\":\"2\""), "i occurs twice");
    let twice = malformed("{\"type\":\"heartbeat\",\"data\":{},\"data\":{}}");
    assert_eq!(twice.reason, MalformedReason::Twice("data"));
    fine("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":1,\"x\":1,\"x\":2}}");
    let mut sim = account().live();
    sim.input("{\"type\":\"order\",\"data\":{\"order_id\":1,\"accno\":2,\"order_id\":3}}\n");
    assert!(matches!(sim.event(), Event::Malformed(_)));
}

#[test]
fn b16_a_wrong_type_is_told_by_its_member() {
    assert_eq!(misfit("\"i\":1,\"m\":1"), "i is not a text");
    assert_eq!(
        misfit("\"i\":\"1\",\"m\":\"1\""),
        "m is not a number that can be held exactly"
    );
    for value in ["\"1\"", "true", "[]", "{}"] {
        let detail = misfit(&format!("\"i\":\"1\",\"m\":1,\"bid\":{value}"));
        assert_eq!(detail, "bid is not a number that can be held exactly");
    }
    for line in [
        "{\"type\":\"price\",\"data\":[]}",
        "{\"type\":\"price\",\"data\":null}",
        "{\"type\":\"trade\",\"data\":{\"i\":\"1\",\"m\":1,\"trade_id\":5}}",
        "{\"type\":\"news\",\"data\":{\"news_id\":1,\"source_id\":2,\"instruments\":7}}",
        "{\"type\":\"depth\",\"data\":{\"i\":\"1\",\"m\":1,\"bid_orders1\":-1}}",
        "{\"type\":\"depth\",\"data\":{\"i\":\"1\",\"m\":1,\"bid_orders1\":4294967296}}",
    ] {
        assert!(
            matches!(malformed(line).reason, MalformedReason::Data(_)),
            "{line}"
        );
    }
}

#[test]
fn b17_a_missing_id_is_an_error() {
    assert_eq!(misfit("\"m\":1"), "i is missing");
    assert_eq!(misfit("\"i\":\"1\""), "m is missing");
    let missing = malformed("{\"type\":\"price\"}");
    assert_eq!(
        missing.reason,
        MalformedReason::Data("data is missing".into())
    );
    let mut sim = account().live();
    sim.input("{\"type\":\"order\",\"data\":{\"order_id\":1}}\n");
    let Event::Malformed(malformed) = sim.event() else {
        panic!()
    };
    assert!(malformed.to_string().contains("`accno`"), "{malformed}");
}

#[test]
fn b18_null_for_an_id_is_an_error() {
    assert_eq!(misfit("\"i\":null,\"m\":1"), "i is not a text");
    assert_eq!(
        misfit("\"i\":\"1\",\"m\":null"),
        "m is not a number that can be held exactly"
    );
}

#[test]
fn b19_unknown_codes_are_kept() {
    let status =
        fine("{\"type\":\"trading_status\",\"data\":{\"i\":\"1\",\"m\":1,\"status\":\"Ø\"}}");
    let MarketMessage::TradingStatus(status) = status else {
        panic!()
    };
    assert_eq!(status.status().value(), Some("Ø"));
}

#[test]
fn b20_whole_numbers_may_be_written_with_a_point() {
    fine(
        "{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11.0,\"delayed\":0.0,\"tick_timestamp\":1e3}}",
    );
    assert_eq!(misfit("\"i\":\"1\",\"m\":11.5"), "m is not a whole number");
}

#[test]
fn b21_numbers_at_the_edge_of_64_bits_are_exact_or_an_error() {
    let line = |number: &str| format!("\"i\":\"1\",\"m\":1,\"bid_volume\":{number}");
    for number in ["9223372036854775807", "-9223372036854775808"] {
        fine(format!(
            "{{\"type\":\"price\",\"data\":{{{}}}}}",
            line(number)
        ));
    }
    for number in [
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "1e30",
    ] {
        misfit(&line(number));
        misfit(&format!("\"i\":\"1\",\"m\":{number}"));
    }
}

#[test]
fn b22_numbers_beyond_any_use_are_an_error_and_minus_zero_is_zero() {
    for number in ["1e400", "1e-400", "1e99999999999999999999"] {
        misfit(&format!("\"i\":\"1\",\"m\":1,\"bid\":{number}"));
    }
    for number in [
        "NaN",
        "Infinity",
        "-Infinity",
        "-",
        "01",
        "1.",
        ".5",
        "+1",
        "0x1",
    ] {
        not_json(format!(
            "{{\"type\":\"price\",\"data\":{{\"i\":\"1\",\"m\":1,\"bid\":{number}}}}}"
        ));
    }
    fine("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":1,\"bid\":-0,\"ask\":-0.0}}");
}

#[test]
fn b23_too_many_digits_are_an_error_and_never_rounded() {
    misfit("\"i\":\"1\",\"m\":1,\"bid\":1.2345678901234567890123456");
    fine("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":1,\"bid\":1.0000000000000000000000000}}");
}

#[test]
fn b24_a_long_text_is_cut_where_it_is_shown() {
    let long = "x".repeat(900_000);
    let malformed = malformed(format!(
        "{{\"type\":\"price\",\"data\":{{\"i\":{{\"{long}\":1}},\"m\":1}}}}"
    ));
    assert_eq!(malformed.bytes.len(), 256);
    assert!(format!("{malformed:?} {malformed}").len() < 1000);
    let MarketMessage::Unknown(unknown) = fine(format!("{{\"type\":\"{long}\"}}")) else {
        panic!()
    };
    assert_eq!(unknown.kind.len(), 900_000);
}

#[test]
fn b25_long_arrays_are_read_or_ignored() {
    let long = format!("[{}1]", "1,".repeat(400_000));
    fine(format!(
        "{{\"type\":\"price\",\"data\":{{\"i\":\"1\",\"m\":1,\"x\":{long}}}}}"
    ));
    let news = fine(format!(
        "{{\"type\":\"news\",\"data\":{{\"news_id\":1,\"source_id\":2,\"instruments\":{long}}}}}"
    ));
    assert!(matches!(news, MarketMessage::News(news) if news.instruments.len() == 400_001));
}

#[test]
fn b26_lone_surrogates_are_an_error_where_they_are_read() {
    assert_eq!(misfit("\"i\":\"\\ud800\",\"m\":1"), "i is not a text");
    assert_eq!(
        malformed("{\"type\":\"\\udc00\"}").reason,
        MalformedReason::NoType
    );
    fine("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":1,\"x\":\"\\ud800\"}}");
}

#[test]
fn b27_the_type_may_stand_last_but_not_twice() {
    let tick = fine("{\"data\":{\"i\":\"1\",\"m\":1},\"type\":\"price\"}");
    assert!(matches!(tick, MarketMessage::Price(_)));
    let twice = malformed("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":1},\"type\":\"price\"}");
    assert_eq!(twice.reason, MalformedReason::Twice("type"));
}

#[test]
fn b28_control_characters_in_texts_are_an_error() {
    for byte in (0..0x20_u8).filter(|byte| *byte != b'\n') {
        let line = [
            b"{\"type\":\"price\",\"data\":{\"i\":\"",
            &[byte][..],
            b"\",\"m\":1}}",
        ]
        .concat();
        assert!(
            matches!(malformed(line).reason, MalformedReason::NotJson(_)),
            "{byte}"
        );
    }
}
