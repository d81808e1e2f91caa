//! The wanted subscriptions, and how the wire follows them.

use nordnet_proto::{
    Event, IndicatorId, MarketMessage, NewsSourceId, Public, Subscription, SubscriptionState,
    TradableId,
};

use crate::feed_sim::{HEARTBEAT, KEY, Sim, depth, market, price, secs};

fn tick(kind: &str, identifier: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"data\":{{\"i\":\"{identifier}\",\"m\":11}}}}\n")
}

fn refusal(identifier: &str, message: &str) -> String {
    format!(
        "{{\"type\":\"err\",\"data\":{{\"msg\":\"{message}\",\"cmd\":{{\"cmd\":\"subscribe\",\
         \"args\":{{\"i\":\"{identifier}\",\"m\":11,\"t\":\"price\"}}}}}}}}\n"
    )
}

fn is_full(event: &Event<MarketMessage>) -> bool {
    match event {
        Event::Message(MarketMessage::Price(tick)) => tick.is_full(),
        Event::Message(MarketMessage::Depth(tick)) => tick.is_full(),
        Event::Message(MarketMessage::TradingStatus(tick)) => tick.is_full(),
        Event::Message(MarketMessage::Indicator(tick)) => tick.is_full(),
        other => panic!("no tick: {other:?}"),
    }
}

fn state(sim: &Sim<Public>, subscription: &Subscription) -> Option<SubscriptionState> {
    sim.feed
        .subscriptions()
        .find(|(it, _)| *it == subscription)
        .map(|(_, state)| state)
}

#[test]
fn a_subscription_goes_from_waiting_to_flowing() {
    let mut sim = market();
    sim.subscribe(&price("101"));
    assert_eq!(state(&sim, &price("101")), Some(SubscriptionState::Waiting));
    let mut sim = sim.live();
    assert_eq!(state(&sim, &price("101")), Some(SubscriptionState::Sent));
    sim.input(&tick("price", "101"));
    sim.events();
    assert_eq!(state(&sim, &price("101")), Some(SubscriptionState::Flowing));
    sim.unsubscribe(&price("101"));
    assert_eq!(state(&sim, &price("101")), None);
}

#[test]
fn what_is_undone_offline_is_never_sent() {
    let mut sim = market();
    sim.subscribe(&price("1"));
    sim.subscribe(&price("2"));
    sim.unsubscribe(&price("1"));
    sim.unsubscribe(&price("3"));
    assert!(matches!(sim.event(), Event::Unsubscribed(it) if it == price("1")));
    let mut sim = sim.up();
    let lines = sim.lines();
    assert_eq!(lines.len(), 2);
    assert!(lines[1].contains("\"i\":\"2\""));
}

#[test]
fn asking_twice_sends_once() {
    let mut sim = market().live();
    sim.lines();
    sim.subscribe(&price("1"));
    sim.subscribe(&price("1"));
    assert_eq!(sim.lines().len(), 1);
    sim.subscribe(&price("1"));
    assert!(sim.lines().is_empty());
}

#[test]
fn what_waits_for_its_turn_can_still_be_undone() {
    let mut sim = market().live();
    for number in 0..200 {
        sim.subscribe(&price(&number.to_string()));
    }
    sim.write();
    let sent = sim.written.len();
    sim.unsubscribe(&price("199"));
    sim.unsubscribe(&price("0"));
    sim.subscribe(&price("0"));
    sim.unsubscribe(&price("1"));
    sim.pass(secs(5));
    let later: Vec<_> = sim.written[sent..]
        .iter()
        .map(|(_, line)| line.as_str())
        .collect();
    assert!(
        !later
            .iter()
            .any(|line| line.contains("\"199\"") || line.contains("\"0\""))
    );
    assert_eq!(
        later
            .iter()
            .filter(|line| line.contains("unsubscribe"))
            .count(),
        1
    );
}

#[test]
fn quick_changes_of_mind_end_as_wanted() {
    let mut sim = market().live();
    sim.lines();
    for round in 0..7 {
        sim.subscribe(&price("1"));
        if round % 2 == 0 {
            sim.write();
        }
        sim.unsubscribe(&price("1"));
        if round % 3 == 0 {
            sim.write();
        }
    }
    sim.subscribe(&price("1"));
    sim.write();
    let balance: i32 = sim.written.iter().fold(0, |balance, (_, line)| {
        let next = balance + if line.contains("unsubscribe") { -1 } else { 1 };
        assert!((0..=1).contains(&next), "never twice in a row");
        next
    });
    assert_eq!(balance, 1);
}

#[test]
fn everything_wanted_is_sent_again_after_a_reconnect() {
    let mut sim = market();
    for subscription in [price("9"), depth("5"), price("1")] {
        sim.subscribe(&subscription);
    }
    let mut sim = sim.live();
    let first = sim.lines();
    sim.unsubscribe(&depth("5"));
    sim.subscribe(&price("7"));
    sim.lines();
    sim.eof();
    sim.subscribe(&price("8"));
    sim.reconnect();
    let again = sim.lines();
    assert_eq!(again.len(), 5);
    assert_eq!(again[..2], first[..2]);
    for (line, identifier) in again[1..].iter().zip(["9", "1", "7", "8"]) {
        assert!(line.contains(&format!("\"i\":\"{identifier}\"")), "{line}");
    }
}

#[test]
fn the_first_tick_of_each_subscription_is_full() {
    let id = TradableId::new(11, "101");
    let mut sim = market();
    for subscription in [
        price("101"),
        price("102"),
        depth("101"),
        Subscription::TradingStatus(id.clone()),
        Subscription::Indicator(IndicatorId::new("SSE", "OMXS30")),
        Subscription::Trade(id),
        Subscription::News(NewsSourceId::new(2)),
    ] {
        sim.subscribe(&subscription);
    }
    let mut sim = sim.live();
    let indicator = "{\"type\":\"indicator\",\"data\":{\"i\":\"OMXS30\",\"m\":\"SSE\"}}\n";
    let ticks = [
        tick("price", "101"),
        tick("price", "102"),
        tick("depth", "101"),
    ];
    let ticks = ticks
        .into_iter()
        .chain([tick("trading_status", "101"), indicator.into()]);
    for line in ticks.collect::<Vec<_>>() {
        for full in [true, false, false] {
            sim.input(&line);
            assert_eq!(is_full(&sim.event()), full, "{line}");
        }
    }
    sim.input(&tick("price", "999"));
    assert!(!is_full(&sim.event()), "of what was not subscribed to");
    sim.eof();
    sim.reconnect();
    sim.write();
    sim.events();
    sim.input(&tick("price", "101"));
    assert!(is_full(&sim.event()), "again on the next connection");
}

#[test]
fn subscribing_anew_makes_the_next_tick_full() {
    let mut sim = market().live();
    for _ in 0..2 {
        sim.subscribe(&price("1"));
        sim.write();
        sim.input(&tick("price", "1"));
        assert!(is_full(&sim.event()));
        sim.unsubscribe(&price("1"));
        sim.write();
        assert!(matches!(sim.event(), Event::Unsubscribed(_)));
        sim.input(&tick("price", "1"));
        assert!(!is_full(&sim.event()), "a late tick");
    }
}

#[test]
fn a_refusal_is_found_however_the_server_echoes_the_command() {
    let command = r#"{ "args": {"m":"11", "t":"price", "i":"2", "x":null}, "cmd":"subscribe" }"#;
    let quoted = serde_json::to_string(command).unwrap();
    for echo in [command, quoted.as_str()] {
        let mut sim = market();
        sim.subscribe(&price("2"));
        let mut sim = sim.live();
        for _ in 0..2 {
            sim.pass(secs(4));
            sim.input(&format!(
                "{{\"data\":{{\"cmd\":{echo},\"msg\":\"no\"}},\"type\":\"err\"}}\n"
            ));
        }
        let events = sim.events();
        assert!(
            matches!(events[..], [Event::Error { .. }, Event::Refused { .. }]),
            "{echo}: {events:?}"
        );
    }
}

#[test]
fn a_complaint_about_the_rate_sends_again_what_shows_no_effect() {
    let mut sim = market();
    for number in 0..5 {
        sim.subscribe(&price(&number.to_string()));
    }
    let mut sim = sim.live();
    sim.input(&tick("price", "0"));
    sim.unsubscribe(&price("1"));
    sim.lines();
    sim.input(&refusal("4", "Too many commands"));
    sim.input(&refusal("3", "Too many commands"));
    let events = sim.events();
    assert!(
        matches!(events[2..], [Event::Error { .. }, Event::Error { .. }]),
        "{events:?}"
    );
    assert!(sim.lines().is_empty(), "not at once");
    sim.pass(secs(1));
    let again = sim.lines();
    assert_eq!(again.len(), 4, "{again:?}");
    assert_eq!(
        again
            .iter()
            .filter(|line| line.contains("\"unsubscribe\""))
            .count(),
        1
    );
    assert!(
        !again.iter().any(|line| line.contains("\"i\":\"0\"")),
        "it has its tick"
    );
    assert_eq!(sim.feed.counters().resent, 4);
}

#[test]
fn complaints_about_the_rate_without_end_do_not_become_a_loop() {
    let mut sim = market();
    sim.subscribe(&price("1"));
    let mut sim = sim.live();
    for _ in 0..300 {
        sim.input(&refusal("1", "rate limit exceeded"));
        sim.pass(secs(1));
    }
    assert!(
        sim.written.len() < 30,
        "{} commands in 300 s",
        sim.written.len()
    );
}

#[test]
fn what_was_sent_long_ago_is_not_sent_again() {
    let mut sim = market();
    sim.subscribe(&price("1"));
    let mut sim = sim.live();
    for _ in 0..6 {
        sim.pass(secs(5));
        sim.input(HEARTBEAT);
    }
    sim.lines();
    sim.input("{\"type\":\"err\",\"data\":{\"msg\":\"Too many commands\"}}\n");
    sim.pass(secs(2));
    assert!(sim.lines().is_empty());
}

#[test]
fn a_change_on_a_closed_feed_is_ignored() {
    let mut sim = market();
    sim.login(KEY);
    sim.feed.close(sim.now);
    sim.subscribe(&price("1"));
    assert_eq!(sim.feed.subscriptions().count(), 0);
}
