//! Commands to the byte, and how fast they leave.

use std::time::{Duration, Instant};

use nordnet_proto::{
    Command, FeedConfig, GetState, IndicatorId, NewsSourceId, Private, SessionKey, Subscription,
    TradableId,
};
use serde_json::Value;

use crate::feed_sim::{HEARTBEAT, KEY, Sim, market, millis, price, secs};

fn encoded(command: &Command<'_>) -> String {
    let mut line = Vec::new();
    command.encode(&mut line);
    String::from_utf8(line).unwrap()
}

#[test]
fn commands_are_written_as_documented() {
    let id = TradableId::new(11, "101");
    let indicator = IndicatorId::new("SSE", "OMXS30");
    for (subscription, args) in [
        (
            Subscription::Price(id.clone()),
            r#"{"t":"price","m":11,"i":"101"}"#,
        ),
        (
            Subscription::Depth(id.clone()),
            r#"{"t":"depth","m":11,"i":"101"}"#,
        ),
        (
            Subscription::Trade(id.clone()),
            r#"{"t":"trade","m":11,"i":"101"}"#,
        ),
        (
            Subscription::TradingStatus(id),
            r#"{"t":"trading_status","m":11,"i":"101"}"#,
        ),
        (
            Subscription::Indicator(indicator),
            r#"{"t":"indicator","m":"SSE","i":"OMXS30"}"#,
        ),
        (
            Subscription::News(NewsSourceId::new(2)),
            r#"{"t":"news","s":2}"#,
        ),
        (
            Subscription::Price(TradableId::new(i64::MIN, "a\"b\\c\n\r\t\u{1}\u{1f}é€")),
            "{\"t\":\"price\",\"m\":-9223372036854775808,\"i\":\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001fé€\"}",
        ),
    ] {
        let line = encoded(&Command::Subscribe(&subscription));
        assert_eq!(line, format!("{{\"cmd\":\"subscribe\",\"args\":{args}}}\n"));
        let line = encoded(&Command::Unsubscribe(&subscription));
        assert_eq!(
            line,
            format!("{{\"cmd\":\"unsubscribe\",\"args\":{args}}}\n")
        );
    }
}

#[test]
fn logins_are_written_as_documented() {
    let key = SessionKey::new("f9458a35aa");
    let mut login = Command::Login {
        key: &key,
        service: "NEXTAPI",
        get_state: None,
    };
    assert_eq!(
        encoded(&login),
        "{\"cmd\":\"login\",\"args\":{\"session_key\":\"f9458a35aa\",\"service\":\"NEXTAPI\"}}\n",
    );
    if let Command::Login { get_state, .. } = &mut login {
        *get_state = Some(GetState {
            deleted_orders: true,
            days: 7,
        });
    }
    assert!(encoded(&login).ends_with(",\"get_state\":{\"deleted_orders\":true,\"days\":7}}}\n"));
}

#[test]
fn any_text_is_read_back_as_it_was() {
    for text in [
        "",
        "\"",
        "\\",
        "\u{0}\u{8}\u{c}",
        "\u{7f}\u{2028}",
        "ÅÄÖ 🦀",
        "</script>",
    ] {
        let subscription = Subscription::Price(TradableId::new(11, text));
        let line = encoded(&Command::Subscribe(&subscription));
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["args"]["i"], text);
        let key = SessionKey::new(text);
        let login = Command::Login {
            key: &key,
            service: text,
            get_state: None,
        };
        let read: Value = serde_json::from_str(&encoded(&login)).unwrap();
        assert_eq!(read["args"]["session_key"], text);
        assert_eq!(read["args"]["service"], text);
    }
}

#[test]
fn the_state_is_asked_for_on_the_private_feed_only() {
    let mut config = FeedConfig::default();
    config.get_state = Some(GetState {
        deleted_orders: false,
        days: 0,
    });
    let mut private = Sim::<Private>::new(config.clone());
    private.login(KEY);
    private.connect();
    assert!(private.lines()[0].contains("get_state"));
    let mut public = Sim::<nordnet_proto::Public>::new(config);
    public.login(KEY);
    public.connect();
    assert!(!public.lines()[0].contains("get_state"));
}

#[test]
fn subscribes_follow_the_login_without_waiting() {
    let mut sim = market();
    sim.subscribe(&price("2"));
    sim.subscribe(&price("1"));
    sim.login(KEY);
    sim.connect();
    let lines = sim.lines();
    assert!(lines[0].starts_with("{\"cmd\":\"login\""));
    assert!(
        lines[1].contains("\"i\":\"2\"") && lines[2].contains("\"i\":\"1\""),
        "in their order"
    );
    assert_eq!(sim.feed.counters().commands, 3);
}

/// The most commands in any window of this length.
fn most(written: &[(Instant, String)], window: Duration) -> usize {
    let count = |(first, (start, _)): (usize, &(Instant, String))| {
        written[first..]
            .iter()
            .take_while(|(at, _)| *at < *start + window)
            .count()
    };
    written.iter().enumerate().map(count).max().unwrap()
}

#[test]
fn no_window_holds_more_commands_than_allowed() {
    let mut sim = market();
    for number in 0..5000 {
        sim.subscribe(&price(&number.to_string()));
    }
    sim.login(KEY);
    sim.connect();
    for _ in 0..90 {
        sim.input(HEARTBEAT);
        sim.pass(secs(1));
    }
    assert_eq!(sim.written.len(), 5001);
    assert_eq!(most(&sim.written, secs(1)), 100);
    assert_eq!(most(&sim.written, secs(30)), 2000);
}

#[test]
fn windows_hold_over_reconnects_and_slow_writes() {
    let mut sim = market();
    for number in 0..4000 {
        sim.subscribe(&price(&number.to_string()));
    }
    sim.login(KEY);
    let mut random = 1_u64;
    for _ in 0..60 {
        sim.reconnect();
        for _ in 0..40 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let some = (random >> 33) as usize % 3000;
            sim.write_some(some.min(sim.feed.transmit().len()));
            sim.now += millis(random >> 56);
            sim.input(HEARTBEAT);
        }
        sim.write();
        sim.events();
        sim.eof();
    }
    assert!(sim.written.len() > 2000);
    assert!(most(&sim.written, secs(1)) <= 100);
    assert!(most(&sim.written, secs(30)) <= 2000);
}

#[test]
fn a_blocked_socket_does_not_let_a_burst_through_later() {
    let mut sim = market();
    for number in 0..300 {
        sim.subscribe(&price(&number.to_string()));
    }
    sim.login(KEY);
    sim.connect();
    sim.now += secs(5);
    sim.input(HEARTBEAT);
    sim.write();
    assert_eq!(sim.written.len(), 100);
    assert_eq!(sim.feed.poll_timeout(), Some(sim.now + secs(1)));
}

#[test]
fn limits_can_be_set() {
    let mut config = FeedConfig::default();
    config.commands_per_second = 0;
    let mut sim = Sim::new(config);
    sim.subscribe(&price("1"));
    sim.subscribe(&price("2"));
    let mut sim = sim.live();
    sim.pass(secs(3));
    assert_eq!(sim.written.len(), 3);
    assert_eq!(most(&sim.written, secs(1)), 1);
}
