use std::time::Duration;

use nordnet_sim::{CommandLimits, Cut, FeedKind, Feeds};
use serde_json::{Value, json};

use crate::world::{ISK, World, fixed};

const PRICE: &str = r#"{"t":"price","m":11,"i":"101"}"#;

#[test]
fn the_first_tick_is_full_and_later_ones_hold_what_changed() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, PRICE);
    let text = world.text(feed);
    assert!(text.starts_with(r#"{"type":"price","data":{"i":"101","m":11,"id":16100101,"tick_timestamp":1773738000000,"trade_timestamp":"#), "{text}");
    let full: Value = serde_json::from_str(&text).unwrap();
    for member in [
        "bid",
        "bid_volume",
        "ask",
        "ask_volume",
        "last",
        "last_volume",
        "open",
        "high",
        "low",
        "close",
        "vwap",
        "turnover",
        "turnover_volume",
    ] {
        assert!(full["data"][member].is_number(), "{member}");
    }

    world.pass(Duration::from_secs(1));
    world
        .exchange
        .set_quote("11:101", None, Some(fixed("86.60")), world.now)
        .unwrap();
    let delta = world.messages(feed).remove(0);
    let delta = delta["data"].as_object().unwrap();
    assert_eq!(delta["bid"], Value::Null);
    assert_eq!(delta["bid_volume"], Value::Null);
    assert_eq!(delta["ask"], json!(86.6));
    assert_eq!(delta["tick_timestamp"], 1_773_738_001_000_i64);
    assert!(!delta.contains_key("last") && !delta.contains_key("close"));

    world
        .exchange
        .set_quote(
            "11:101",
            Some(fixed("86.58")),
            Some(fixed("86.60")),
            world.now,
        )
        .unwrap();
    let back = world.messages(feed).remove(0);
    assert_eq!(back["data"]["bid"], json!(86.58));
    assert!(back["data"].get("ask").is_none());
}

/// Merges deltas and compares with a fresh subscription now and then.
#[test]
fn merged_deltas_are_the_full_state() {
    let mut world = World::with(|config| {
        config.rate = 20.0;
        config.instruments = 16;
    });
    for kind in ["price", "depth"] {
        let (feed, other) = (world.feed(FeedKind::Public), world.feed(FeedKind::Public));
        let args = format!(r#"{{"t":"{kind}","m":11,"i":"101"}}"#);
        world.subscribe(feed, &args);
        let mut merged = serde_json::Map::new();
        let mut nulls = 0;
        for _ in 0..200 {
            world.pass(Duration::from_millis(700));
            for message in world.messages(feed) {
                for (name, value) in message["data"].as_object().unwrap() {
                    if value.is_null() {
                        nulls += 1;
                        assert!(merged.remove(name).is_some(), "{name} had no value to lose");
                    } else {
                        merged.insert(name.clone(), value.clone());
                    }
                }
            }
            world.text(other);
            world.subscribe(other, &args);
            let mut full = world.messages(other).remove(0)["data"]
                .as_object()
                .unwrap()
                .clone();
            // A change of the time alone is not told.
            full.remove("tick_timestamp");
            merged.remove("tick_timestamp");
            assert_eq!(merged, full);
        }
        assert!(nulls > 0, "no value was ever withdrawn");
    }
}

#[test]
fn all_kinds_of_subscriptions_bring_their_messages() {
    let mut world = World::with(|config| config.rate = 10.0);
    let feed = world.feed(FeedKind::Public);
    for args in [
        PRICE,
        r#"{"t":"depth","m":11,"i":"101"}"#,
        r#"{"t":"trade","m":11,"i":"101"}"#,
        r#"{"t":"trading_status","m":11,"i":"101"}"#,
        r#"{"t":"indicator","m":"SSE","i":"OMXS30"}"#,
        r#"{"t":"news","s":2}"#,
    ] {
        world.subscribe(feed, args);
    }
    world.pass(Duration::from_secs(60));
    let messages = world.messages(feed);
    let first = |kind: &str| &messages.iter().find(|one| one["type"] == kind).expect(kind)["data"];
    assert_eq!(first("trading_status")["status"], "R");
    assert_eq!(first("indicator")["m"], "SSE");
    assert!(first("depth")["bid5"].is_number() && first("depth")["ask_orders5"].is_i64());
    assert!(first("trade")["volume"].is_i64() && first("trade")["price"].is_f64());
    assert!(first("trade")["broker_buying"].is_string());
    assert_eq!(first("news")["source_id"], 2);
    assert!(first("price")["bid_volume"].is_i64());
}

#[test]
fn unsubscribing_ends_the_messages() {
    let mut world = World::with(|config| config.rate = 10.0);
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, PRICE);
    world.pass(Duration::from_secs(2));
    world.text(feed);
    world.send(
        feed,
        &format!("{{\"cmd\":\"unsubscribe\",\"args\":{PRICE}}}\r\n"),
    );
    world.pass(Duration::from_secs(4));
    assert_eq!(world.text(feed), "");
}

#[test]
fn repeated_subscriptions_bring_a_full_tick_or_nothing() {
    for (dialect, count) in [
        ("repeated_subscribe=full", 2),
        ("repeated_subscribe=ignored", 1),
    ] {
        let mut world = World::with(|config| {
            config.rate = 0.0;
            config.dialect = dialect.parse().unwrap();
        });
        let feed = world.feed(FeedKind::Public);
        world.subscribe(feed, PRICE);
        world.subscribe(feed, PRICE);
        assert_eq!(world.messages(feed).len(), count, "{dialect}");
    }
}

#[test]
fn heartbeats_come_after_five_seconds_of_silence() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Private);
    world.pass(Duration::from_millis(4_999));
    assert_eq!(world.text(feed), "");
    world.pass(Duration::from_millis(1));
    assert_eq!(world.text(feed), "{\"type\":\"heartbeat\",\"data\":{}}\n");
    world.pass(Duration::from_secs(2));
    world.exchange.inject(Feeds::Private, "{}", world.now);
    world.pass(Duration::from_secs(4));
    assert_eq!(world.text(feed), "{}\n");
    world.pass(Duration::from_secs(1));
    assert_eq!(world.messages(feed).len(), 1);
}

#[test]
fn bad_commands_are_told_with_the_command() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Public);
    for (line, echo) in [
        (
            r#"{"cmd":"subscribe","args":{"t":"price","m":11,"i":"0"}}"#,
            None,
        ),
        (
            r#"{ "cmd":"subscribe", "args":{"t":"price","m":"11","i":"101"}}"#,
            None,
        ),
        (
            r#"{"cmd":"subscribe","args":{"t":"indicator","m":11,"i":"OMXS30"}}"#,
            None,
        ),
        (
            r#"{"cmd":"subscribe","args":{"t":"colour","m":11,"i":"101"}}"#,
            None,
        ),
        (r#"{"cmd":"dance"}"#, None),
        (r"[1]", None),
        (r"not json", Some(r#""not json""#)),
    ] {
        world.send(feed, &format!("{line}\n"));
        let text = world.text(feed);
        assert!(
            text.starts_with(r#"{"type":"err","data":{"msg":""#),
            "{text}"
        );
        let end = format!(",\"cmd\":{}}}}}\n", echo.unwrap_or(line));
        assert!(text.ends_with(&end), "{text}");
    }
    assert!(!world.is_closed(feed));
    let private = world.feed(FeedKind::Private);
    world.subscribe(private, PRICE);
    assert_eq!(world.messages(private)[0]["type"], "err");
}

#[test]
fn a_feed_begins_with_a_login() {
    let mut world = World::still();
    let early = world.exchange.handle_connected(FeedKind::Public, world.now);
    world.subscribe(early, PRICE);
    assert_eq!(world.messages(early)[0]["type"], "err");
    assert!(world.is_closed(early));

    let wrong = world.exchange.handle_connected(FeedKind::Public, world.now);
    let login = r#"{"cmd":"login","args":{"session_key":"nobody","service":"NEXTAPI"}}"#;
    world.send(wrong, &format!("{login}\n"));
    assert!(
        world.text(wrong).contains(login),
        "the key is echoed, as a real server might"
    );
    assert!(world.is_closed(wrong));

    let silent = world.exchange.handle_connected(FeedKind::Public, world.now);
    world.pass(Duration::from_secs(10));
    assert!(world.is_closed(silent));
}

#[test]
fn lines_may_come_in_pieces_but_not_without_end() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Public);
    let line = format!("{{\"cmd\":\"subscribe\",\"args\":{PRICE}}}\n");
    for byte in line.split_inclusive(|_| true) {
        world.send(feed, byte);
    }
    assert_eq!(world.messages(feed)[0]["type"], "price");
    for _ in 0..9 {
        world.send(feed, &" ".repeat(8192));
    }
    assert!(world.is_closed(feed));
}

#[test]
fn too_many_commands_are_dropped_then_the_connection_is() {
    let mut world = World::with(|config| {
        config.rate = 0.0;
        config.command_limits = CommandLimits {
            per_second: 10,
            per_30_seconds: 25,
            closes_at: 2,
        };
    });
    let feed = world.feed(FeedKind::Public);
    let burst = |world: &mut World, count| {
        for _ in 0..count {
            world.subscribe(feed, PRICE);
        }
        let messages = world.messages(feed);
        let count = |kind: &str| messages.iter().filter(|one| one["type"] == kind).count();
        (count("price"), count("err"))
    };
    // The login was the first of ten.
    assert_eq!(burst(&mut world, 11), (9, 2));
    world.pass(Duration::from_secs(1));
    assert_eq!(burst(&mut world, 10), (10, 0));
    world.pass(Duration::from_secs(1));
    assert_eq!(burst(&mut world, 5), (3, 2), "25 in 30 seconds");
    world.pass(Duration::from_secs(30));
    assert_eq!(burst(&mut world, 12), (10, 2));
    assert!(!world.is_closed(feed));
    burst(&mut world, 30);
    assert!(world.is_closed(feed));
}

#[test]
fn a_second_private_feed_displaces_the_first() {
    let mut world = World::still();
    let (first, public) = (world.feed(FeedKind::Private), world.feed(FeedKind::Public));
    let second = world.feed(FeedKind::Private);
    assert!(world.is_closed(first));
    assert!(!world.is_closed(second) && !world.is_closed(public));
    world.session = world.login();
    let other = world.feed(FeedKind::Private);
    assert!(
        !world.is_closed(second),
        "another session has a feed of its own"
    );
    let form = "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=80";
    world.form("POST", &format!("/accounts/{ISK}/orders"), form);
    assert_eq!(world.messages(second), world.messages(other));
}

#[test]
fn a_stalled_feed_is_silent_and_catches_up() {
    let mut world = World::with(|config| config.rate = 5.0);
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, PRICE);
    world.text(feed);
    world
        .exchange
        .stall_feeds(Feeds::Public, Duration::from_secs(20), world.now);
    world.pass(Duration::from_millis(19_900));
    assert_eq!(world.text(feed), "");
    world.pass(Duration::from_millis(200));
    assert!(world.messages(feed).len() > 20);
}

#[test]
fn cuts_reach_the_kind_they_are_meant_for() {
    let mut world = World::still();
    let (public, private) = (world.feed(FeedKind::Public), world.feed(FeedKind::Private));
    world
        .exchange
        .cut_feeds(Feeds::Private, Cut::Clean, world.now);
    assert!(world.is_closed(private) && !world.is_closed(public));
    world.exchange.cut_feeds(Feeds::All, Cut::Abrupt, world.now);
    assert!(world.is_closed(public));
}

#[test]
fn feeds_can_be_cut_at_random() {
    let mut world = World::with(|config| config.faults = "cut=0.1".parse().unwrap());
    let mut lives = Vec::new();
    for _ in 0..40 {
        let feed = world.feed(FeedKind::Public);
        let mut seconds = 0;
        while !world.is_closed(feed) {
            world.pass(Duration::from_secs(1));
            seconds += 1;
        }
        lives.push(seconds);
    }
    let mean = lives.iter().sum::<u32>() as f64 / 40.0;
    assert!((5.0..20.0).contains(&mean), "{lives:?}");
}

#[test]
fn lean_order_events_have_the_shape_of_the_example() {
    let mut world = World::with(|config| config.dialect = "order_events=lean".parse().unwrap());
    let feed = world.feed(FeedKind::Private);
    let form =
        "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=80&reference=x";
    world.form("POST", &format!("/accounts/{ISK}/orders"), form);
    let expected = r#"{"type":"order","data":{"volume":1.0,"price":{"value":80.0,"currency":"SEK"},"volume_condition":"NORMAL","order_id":430518872,"reference":"x","tradable":{"market_id":11,"identifier":"101"},"validity":{"type":"DAY"},"accno":60012345,"accid":1,"side":"BUY","modified":1773738000000,"activation_condition":{"type":"NONE"},"order_state":"ON_MARKET","action_state":"INS_PEND","order_type":"LIMIT"}}"#;
    assert_eq!(world.text(feed).trim_end(), expected);
}
