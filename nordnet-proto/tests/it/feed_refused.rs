//! Subscriptions that the server refuses, or seems to refuse.

use nordnet_proto::{Event, FeedConfig, FeedState, Public, Subscription, SubscriptionState};

use crate::feed_sim::{HEARTBEAT, KEY, Sim, market, price, secs};

/// An error about the rate in words that no list has.
const TOO_MANY: &str = "F\u{f6}r m\u{e5}nga kommandon";

fn tick(id: &str) -> String {
    format!("{{\"type\":\"price\",\"data\":{{\"i\":\"{id}\",\"m\":11}}}}\n")
}

fn error(verb: &str, id: &str, message: &str) -> String {
    format!(
        "{{\"type\":\"err\",\"data\":{{\"msg\":\"{message}\",\"cmd\":{}}}}}\n",
        line(verb, id).trim_end()
    )
}

fn line(verb: &str, id: &str) -> String {
    format!("{{\"cmd\":\"{verb}\",\"args\":{{\"t\":\"price\",\"m\":11,\"i\":\"{id}\"}}}}\n")
}

fn refusal(id: &str) -> String {
    error("subscribe", id, "Unknown instrument")
}

fn state(sim: &Sim<Public>, subscription: &Subscription) -> Option<SubscriptionState> {
    let mut states = sim.feed.subscriptions();
    states
        .find(|(it, _)| *it == subscription)
        .map(|(_, state)| state)
}

/// Live, with these subscribed to.
fn subscribed(ids: &[&str]) -> Sim<Public> {
    let mut sim = market();
    for id in ids {
        sim.subscribe(&price(id));
    }
    let mut sim = sim.live();
    sim.lines();
    sim
}

#[test]
fn a_refused_subscription_is_sent_once_more_before_it_counts() {
    let mut sim = subscribed(&["1", "2"]);
    sim.input(&tick("1"));
    sim.events();
    sim.input(&refusal("2"));
    let Event::Error { message, command } = sim.event() else {
        panic!()
    };
    assert_eq!(message, "Unknown instrument");
    assert_eq!(command.as_deref(), Some(line("subscribe", "2").trim_end()));
    assert_eq!(state(&sim, &price("2")), Some(SubscriptionState::Waiting));
    assert!(sim.lines().is_empty(), "not at once");
    sim.pass(secs(3));
    assert_eq!(sim.lines(), [line("subscribe", "2")]);
    assert_eq!(state(&sim, &price("2")), Some(SubscriptionState::Sent));
    sim.input(&refusal("2"));
    let Event::Refused {
        subscription,
        message,
    } = sim.event()
    else {
        panic!()
    };
    assert_eq!(subscription, price("2"));
    assert_eq!(message, "Unknown instrument");
    assert_eq!(state(&sim, &price("2")), Some(SubscriptionState::Refused));
    assert_eq!(sim.feed.counters().refused, 1);
    assert_eq!(sim.feed.counters().resent, 1);
}

#[test]
fn what_counts_as_refused_is_not_sent_again_on_this_connection() {
    let mut sim = subscribed(&["2"]);
    for _ in 0..2 {
        sim.input(&refusal("2"));
        sim.pass(secs(3));
    }
    sim.lines();
    sim.events();
    for _ in 0..5 {
        sim.input(&refusal("2"));
        assert!(matches!(sim.event(), Event::Error { .. }));
        sim.pass(secs(5));
        sim.subscribe(&price("2"));
        assert!(sim.lines().is_empty());
    }
    sim.unsubscribe(&price("2"));
    sim.subscribe(&price("2"));
    assert_eq!(sim.lines().len(), 1, "a new wish is a new try");
    sim.eof();
    sim.reconnect();
    assert_eq!(sim.lines().len(), 2);
    sim.input(&refusal("2"));
    assert!(matches!(sim.events()[..], [.., Event::Error { .. }]));
    assert_eq!(sim.feed.counters().refused, 1);
}

#[test]
fn a_subscription_that_was_dropped_for_the_rate_in_other_words_comes_up() {
    let mut sim = subscribed(&["1"]);
    sim.input(&error("subscribe", "1", TOO_MANY));
    assert!(matches!(sim.event(), Event::Error { .. }));
    sim.pass(secs(3));
    assert_eq!(sim.lines(), [line("subscribe", "1")]);
    sim.input(&tick("1"));
    sim.event();
    assert_eq!(state(&sim, &price("1")), Some(SubscriptionState::Flowing));
    assert_eq!(sim.feed.counters().refused, 0);
}

#[test]
fn what_was_refused_once_is_sent_behind_all_else_and_slowly() {
    let mut config = FeedConfig::default();
    config.commands_per_second = 4;
    let mut sim = Sim::<Public>::new(config);
    for id in 0..20 {
        sim.subscribe(&price(&id.to_string()));
    }
    let mut sim = sim.live();
    sim.lines();
    for id in ["0", "1", "2"] {
        sim.input(&error("subscribe", id, TOO_MANY));
    }
    sim.pass(secs(30));
    let sent: Vec<_> = sim.written.drain(..).collect();
    let count = sent.len();
    assert!(count > 10, "{sent:?}");
    let retried: Vec<_> = ["0", "1", "2"]
        .map(|id| {
            sent.iter()
                .rposition(|(_, it)| *it == line("subscribe", id))
        })
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(retried, [count - 3, count - 2, count - 1]);
    for (at, _) in &sent[count - 3..] {
        let within = |it: &&(std::time::Instant, String)| it.0 <= *at && it.0 + secs(1) > *at;
        let rate = sent.iter().filter(within).count();
        assert!(rate <= 2, "{rate} commands in the second of a retry");
    }
}

#[test]
fn what_was_given_up_before_it_was_sent_once_more_is_not_sent() {
    let mut sim = subscribed(&["1"]);
    sim.input(&refusal("1"));
    sim.event();
    sim.unsubscribe(&price("1"));
    assert!(matches!(sim.event(), Event::Unsubscribed(_)));
    sim.pass(secs(10));
    assert!(sim.lines().is_empty());
    sim.subscribe(&price("1"));
    assert_eq!(sim.lines(), [line("subscribe", "1")], "and again at once");
}

#[test]
fn what_was_refused_while_it_was_given_up_is_sent_when_it_is_wanted_again() {
    let mut config = FeedConfig::default();
    config.commands_per_second = 2;
    let mut sim = Sim::<Public>::new(config);
    sim.subscribe(&price("1"));
    let mut sim = sim.live();
    sim.lines();
    sim.unsubscribe(&price("1"));
    assert!(sim.lines().is_empty(), "the rate is at its limit");
    sim.input(&refusal("1"));
    let events = sim.events();
    assert!(
        matches!(events[..], [Event::Error { .. }, Event::Unsubscribed(_)]),
        "the server has nothing of it: {events:?}"
    );
    sim.subscribe(&price("1"));
    assert_eq!(state(&sim, &price("1")), Some(SubscriptionState::Waiting));
    sim.pass(secs(2));
    assert_eq!(sim.lines(), [line("subscribe", "1")]);
}

#[test]
fn what_was_refused_and_has_ticks_all_the_same_begins_anew() {
    let refused = error("subscribe", "1", TOO_MANY);
    // Of two lives of the subscription, one has the error and the other the tick.
    for lines in [[&refused, &tick("1")], [&tick("1"), &refused]] {
        let mut sim = subscribed(&["1"]);
        sim.unsubscribe(&price("1"));
        sim.lines();
        sim.subscribe(&price("1"));
        sim.lines();
        for line in lines {
            sim.input(line);
        }
        sim.events();
        sim.pass(secs(5));
        assert_eq!(
            sim.lines(),
            [line("unsubscribe", "1"), line("subscribe", "1")],
            "which makes sure of a full tick"
        );
        sim.input(&refused);
        assert!(matches!(sim.event(), Event::Refused { .. }));
    }
}

#[test]
fn what_counts_as_refused_and_has_ticks_all_the_same_begins_anew_once() {
    let mut sim = subscribed(&["1"]);
    sim.unsubscribe(&price("1"));
    sim.lines();
    sim.subscribe(&price("1"));
    sim.lines();
    sim.events();
    sim.input(&error("subscribe", "1", TOO_MANY));
    sim.pass(secs(5));
    sim.lines();
    // About the subscribe before this one, and late.
    sim.input(&error("subscribe", "1", TOO_MANY));
    assert!(matches!(
        sim.events()[..],
        [Event::Error { .. }, Event::Refused { .. }]
    ));
    for round in 0..5 {
        sim.input(&tick("1"));
        sim.pass(secs(2));
        let expected = [line("unsubscribe", "1"), line("subscribe", "1")];
        let count = if round == 0 { 2 } else { 0 };
        assert_eq!(sim.lines(), expected[..count], "round {round}");
        sim.input(&error("subscribe", "1", TOO_MANY));
    }
    assert_eq!(state(&sim, &price("1")), Some(SubscriptionState::Refused));
}

#[test]
fn refusals_of_what_has_ticks_do_not_become_a_loop() {
    let mut sim = subscribed(&["1"]);
    for _ in 0..10 {
        sim.input(&tick("1"));
        sim.input(&refusal("1"));
        sim.pass(secs(5));
    }
    assert_eq!(sim.lines().len(), 2);
}

#[test]
fn a_refusal_at_a_high_rate_pauses_and_sends_again_what_followed() {
    let mut sim = market();
    for id in 0..90 {
        sim.subscribe(&price(&id.to_string()));
    }
    let mut sim = sim.live();
    sim.lines();
    for id in 0..40 {
        sim.input(&tick(&id.to_string()));
    }
    sim.events();
    // The rest was dropped, with one error.
    sim.input(&error("subscribe", "40", TOO_MANY));
    sim.event();
    sim.pass(secs(1));
    let again = sim.lines();
    assert_eq!(again.len(), 49, "{again:?}");
    assert!(!again.contains(&line("subscribe", "40")));
    sim.pass(secs(5));
    assert_eq!(sim.lines(), [line("subscribe", "40")]);
    assert_eq!(sim.feed.counters().resent, 50);
}

#[test]
fn refusals_do_not_slow_a_large_start_down_much() {
    let mut sim = market();
    for id in 0..2000 {
        sim.subscribe(&price(&id.to_string()));
    }
    let mut sim = sim.live();
    let (mut sent, mut refused) = (0, 0);
    let start = sim.now;
    while refused < 100 {
        assert!(
            sim.now < start + secs(150),
            "{sent} sent, {refused} refused"
        );
        for line in sim.lines() {
            let id = line.split('"').rev().nth(1).unwrap_or_default();
            let Ok(id) = id.parse::<u32>() else { continue };
            sent += 1;
            if id % 20 == 7 {
                sim.input(&refusal(&id.to_string()));
            } else {
                sim.input(&tick(&id.to_string()));
            }
        }
        let events = sim.events();
        refused += events
            .iter()
            .filter(|it| matches!(it, Event::Refused { .. }))
            .count();
        sim.pass(secs(1) / 10);
    }
    assert!(sent < 2500, "{sent} sent");
}

#[test]
fn an_error_that_names_nothing_at_a_high_rate_sends_all_again_once() {
    let mut sim = market();
    for id in 0..90 {
        sim.subscribe(&price(&id.to_string()));
    }
    let mut sim = sim.up();
    sim.lines();
    let unclear = format!("{{\"type\":\"err\",\"data\":{{\"msg\":\"{TOO_MANY}\"}}}}\n");
    sim.input(&unclear);
    assert!(
        matches!(sim.event(), Event::Error { .. }),
        "no rejected login"
    );
    assert_eq!(sim.feed.state(), FeedState::Unproven);
    sim.pass(secs(1));
    assert_eq!(sim.lines().len(), 90);
    sim.input(HEARTBEAT);
    for _ in 0..20 {
        sim.input(&unclear);
        sim.pass(secs(1));
        sim.input(HEARTBEAT);
    }
    assert!(sim.lines().is_empty(), "a guess does not become a loop");
}

#[test]
fn an_unclear_error_at_a_low_rate_rejects_the_login() {
    let mut sim = market();
    for id in 0..20 {
        sim.subscribe(&price(&id.to_string()));
    }
    sim.login(KEY);
    sim.connect();
    sim.write();
    sim.events();
    sim.input("{\"type\":\"err\",\"data\":{\"msg\":\"no\"}}\n");
    assert!(matches!(sim.event(), Event::Disconnected(_)));
}
