//! Bounded memory and hidden secrets.

use nordnet_proto::{AccountMessage, DisconnectReason, Event, LineDecoder, LineTooLong};

use crate::feed_sim::{HEARTBEAT, KEY, account, market, millis, price};

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
