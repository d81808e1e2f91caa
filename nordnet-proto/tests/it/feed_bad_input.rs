//! Bad input, class by class.

use nordnet_proto::{
    AccountMessage, DisconnectReason, Event, FeedConfig, LineDecoder, LineTooLong, Malformed,
    MalformedReason, MarketMessage, Public,
};

use crate::feed_sim::{HEARTBEAT, KEY, Sim, account, market, millis, price};

/// The error of a line on the public feed, which must leave the next one be.
fn malformed(line: impl AsRef<[u8]>) -> Malformed {
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

fn not_json(line: impl AsRef<[u8]>) {
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
fn fine(line: impl AsRef<[u8]>) -> MarketMessage {
    let mut sim = market().live();
    sim.bytes(line.as_ref());
    sim.input("\n");
    match sim.event() {
        Event::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn b01_empty_lines_are_ignored() {
    let mut sim = market().live();
    sim.input("\n\n\r\n");
    sim.input(HEARTBEAT);
    assert_eq!(sim.events().len(), 1);
    assert_eq!(sim.feed.counters().empty_lines, 3);
}

#[test]
fn b02_a_carriage_return_before_the_line_feed_is_tolerated() {
    assert_eq!(fine("{\"type\":\"heartbeat\"}\r"), MarketMessage::Heartbeat);
}

#[test]
fn b03_a_lone_carriage_return_is_white_space_or_an_error() {
    assert_eq!(
        fine("{\"type\":\r\"heartbeat\"}\r\r"),
        MarketMessage::Heartbeat
    );
    not_json("{\"type\":\"heart\rbeat\"}");
}

#[test]
fn b04_a_nul_is_an_error() {
    not_json("{\"type\":\"heart\0beat\"}");
    not_json("{\"type\":\"heartbeat\"}\0");
}

#[test]
fn b05_a_byte_order_mark_is_an_error() {
    not_json("\u{feff}{\"type\":\"heartbeat\"}");
}

#[test]
fn b06_invalid_utf8_is_an_error_wherever_it_stands() {
    assert_eq!(malformed(b"\xff").reason, MalformedReason::NotUtf8);
    assert_eq!(
        malformed(b"{\"type\":\"heartbeat\",\"x\":\"\xe9\"}").reason,
        MalformedReason::NotUtf8
    );
}

#[test]
fn b07_overlong_forms_and_surrogates_are_invalid_utf8() {
    for bytes in [
        &b"\xc0\x80"[..],
        b"\xc1\xbf",
        b"\xe0\x80\xaf",
        b"\xed\xa0\x80",
        b"\xf5\x80\x80\x80",
    ] {
        let line = [b"{\"type\":\"", bytes, b"\"}"].concat();
        assert_eq!(malformed(line).reason, MalformedReason::NotUtf8);
    }
}

#[test]
fn b08_a_line_without_its_end_is_never_read() {
    let mut sim = market().live();
    sim.input("{\"type\":\"heartbeat\"}");
    sim.bytes(b"");
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert_eq!(lost.truncated, 20);
    assert!(
        lost.to_string()
            .contains("20 bytes of an unfinished line dropped"),
        "{lost}"
    );
}

#[test]
fn b09_a_line_may_have_the_length_of_the_limit_and_no_more() {
    let mut config = FeedConfig::default();
    config.max_line = 100;
    let padded = |length: usize| {
        let line = "{\"type\":\"heartbeat\"}";
        line.to_owned() + &" ".repeat(length - line.len())
    };
    let mut sim = Sim::<Public>::new(config.clone()).live();
    sim.input(&format!("{}\n", padded(100)));
    assert!(matches!(sim.event(), Event::Message(_)));
    for line in [format!("{}\n", padded(101)), padded(101), padded(100_000)] {
        let mut sim = Sim::<Public>::new(config.clone()).live();
        sim.input(HEARTBEAT);
        sim.input(&line);
        let events = sim.events();
        assert!(
            matches!(events[0], Event::Message(_)),
            "what came before counts"
        );
        let Event::Disconnected(lost) = &events[1] else {
            panic!("{events:?}")
        };
        assert_eq!(lost.reason, DisconnectReason::LineTooLong(100));
        sim.reconnect();
        sim.write();
        sim.input(HEARTBEAT);
        assert_eq!(sim.events().len(), 2, "up again, and reading");
    }
}

#[test]
fn b09_an_endless_line_takes_bounded_memory() {
    let mut sim = market().live();
    let mut pushed = 0;
    while sim.events().is_empty() {
        sim.bytes(&[b'x'; 16_384]);
        pushed += 16_384;
        assert!(pushed <= 2 * 1024 * 1024);
    }
    assert!(!format!("{:?}", sim.feed).contains("xxx"));
}

#[test]
fn b10_a_million_empty_lines_are_ignored() {
    let mut sim = market().live();
    for _ in 0..100 {
        sim.bytes(&[b'\n'; 10_000]);
        assert!(sim.events().is_empty());
    }
    assert_eq!(sim.feed.counters().empty_lines, 1_000_000);
}

#[test]
fn b11_two_objects_on_a_line_are_an_error() {
    not_json("{\"type\":\"heartbeat\"}{\"type\":\"heartbeat\"}");
    not_json("{\"type\":\"heartbeat\"} x");
}

#[test]
fn b12_a_line_feed_within_a_text_makes_two_bad_lines() {
    let mut sim = market().live();
    sim.input("{\"type\":\"heart\nbeat\"}\n");
    assert!(matches!(
        sim.events()[..],
        [Event::Malformed(_), Event::Malformed(_)]
    ));
}

#[test]
fn b13_json_other_than_an_object_with_a_type_is_an_error() {
    for line in ["[]", "\"price\"", "1", "null", "true"] {
        assert_eq!(
            malformed(line).reason,
            MalformedReason::NotAnObject,
            "{line}"
        );
    }
    for line in [
        "{}",
        "{\"type\":1}",
        "{\"type\":null}",
        "{\"type\":[\"price\"]}",
        "{\"Type\":\"price\"}",
    ] {
        assert_eq!(malformed(line).reason, MalformedReason::NoType, "{line}");
    }
    for line in [
        "{",
        "{\"type\":\"price\"",
        "{\"type\":\"price\",}",
        "{type:1}",
        " ",
        "x",
    ] {
        not_json(line);
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

#[test]
fn input_that_nobody_asks_for_is_bounded() {
    let mut sim = market().live();
    let attempt = sim.attempt.unwrap();
    for _ in 0..1000 {
        sim.feed
            .handle_input(attempt, HEARTBEAT.repeat(200).as_bytes(), sim.now);
    }
    let events = sim.events();
    let Some(Event::Disconnected(lost)) = events.last() else {
        panic!()
    };
    assert_eq!(lost.reason, DisconnectReason::Backlog(2 * 1024 * 1024));
    let bytes = (events.len() - 1) * HEARTBEAT.len();
    assert!(
        bytes > 2_000_000 && bytes <= 2 * 1024 * 1024,
        "what fitted is told: {bytes}"
    );
}

#[test]
fn no_secret_is_shown() {
    let cut_key = format!("{}{KEY}", "x".repeat(240));
    let lines = [
        format!("{{\"type\":\"{KEY}\",\"data\":{{\"k\":\"{KEY}\"}}}}"),
        format!("{{\"cmd\":\"login\",\"args\":{{\"session_key\":\"another\",\"x\":\"{KEY}\"}}"),
        format!("{{\"type\":\"price\",\"data\":\"{KEY}\"}}"),
        format!("{{\"type\":\"price\",\"data\":\"{cut_key}\"}}"),
        cut_key,
        format!("{{\"type\":\"err\",\"data\":{{\"msg\":\"bad {KEY}\",\"cmd\":\"x {KEY} y\"}}}}"),
        format!(
            "{{\"type\":\"err\",\"data\":{{\"msg\":\"bad {KEY}\",\"cmd\":{{\"cmd\":\"x\",\"args\":\"{KEY}\"}}}}}}"
        ),
        format!("{{\"type\":\"err\",\"data\":\"session_key {KEY}\"}}"),
        format!(
            "{{\"type\":\"err\",\"data\":{{\"msg\":\"bad {KEY}\",\"cmd\":\"{{\\\"cmd\\\":\\\"login\\\",\\\"args\\\":{{\\\"session_key\\\":\\\"{KEY}\"}}}}"
        ),
    ];
    for line in &lines {
        let mut sim = market();
        sim.subscribe(&price("1"));
        sim.login(KEY);
        sim.connect();
        let mut shown = format!("{:?}", sim.feed);
        sim.write();
        sim.input(HEARTBEAT);
        sim.input(line);
        sim.input("\n");
        shown += &format!("{:?}", sim.feed);
        for event in sim.events() {
            shown += &format!("{event:?}");
            match event {
                Event::Malformed(malformed) => {
                    shown += &String::from_utf8_lossy(&malformed.bytes);
                    shown += &malformed.to_string();
                }
                Event::Disconnected(lost) => shown += &lost.to_string(),
                _ => {}
            }
        }
        assert!(!shown.contains("f9458a35"), "{line}\n{shown}");
        assert!(!shown.contains("another"), "{line}\n{shown}");
    }
}

#[test]
fn a_key_that_needs_escapes_is_not_shown_either() {
    let mut sim = market();
    sim.login("a\"secret\\key");
    sim.connect();
    sim.write();
    sim.input("{\"type\":\"x\",\"data\":\"a\\\"secret\\\\key\"}\n");
    let shown = format!("{:?}", sim.events());
    assert!(
        shown.contains("***") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn the_line_decoder_alone_stops_at_too_long_a_line() {
    let mut lines = LineDecoder::new(4);
    lines.push(b"1234\n12345\n1\n");
    assert_eq!(lines.next_line(), Some(Ok(&b"1234"[..])));
    assert_eq!(lines.next_line(), Some(Err(LineTooLong { limit: 4 })));
    assert_eq!(lines.next_line(), None);
    lines.push(b"1\n");
    assert_eq!(lines.next_line(), None);
    lines.clear();
    lines.push(b"1\n2");
    assert_eq!(lines.next_line(), Some(Ok(&b"1"[..])));
    assert_eq!((lines.buffered(), lines.finish()), (1, 1));
}

#[test]
fn single_bytes_cost_no_more_than_whole_lines() {
    let mut lines = LineDecoder::new(1024 * 1024);
    for _ in 0..1_000_000 {
        lines.push(b"x");
        assert!(lines.next_line().is_none());
    }
    lines.push(b"\n");
    assert_eq!(lines.next_line().unwrap().unwrap().len(), 1_000_000);
}

#[test]
fn malformed_lines_do_not_prove_a_login() {
    let mut sim = account().up();
    sim.input("HTTP/1.1 400 Bad Request\r\n\r\n");
    assert!(matches!(sim.event(), Event::Malformed(_)));
    assert!(!sim.feed.is_proven());
    sim.pass(millis(1));
    sim.input("{\"type\":\"new\"}\n");
    let Event::Message(AccountMessage::Unknown(unknown)) = sim.event() else {
        panic!()
    };
    assert_eq!(unknown.kind, "new");
    assert!(sim.feed.is_proven());
}
