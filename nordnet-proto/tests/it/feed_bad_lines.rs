//! Bytes that are no lines of JSON, class by class.

use nordnet_proto::{DisconnectReason, Event, FeedConfig, MalformedReason, MarketMessage, Public};

use crate::feed_bad_input::{fine, malformed, not_json};
use crate::feed_sim::{HEARTBEAT, Sim, market};

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
