//! When a feed says that a subscription brings no more.

use nordnet_proto::{Event, FeedConfig, MarketMessage, Public, Subscription};

use crate::feed_sim::{HEARTBEAT, KEY, Sim, depth, market, millis, price, secs};

const TOO_MANY: &str = "{\"type\":\"err\",\"data\":{\"msg\":\"Too many commands\"}}\n";

fn tick(id: &str) -> String {
    format!("{{\"type\":\"price\",\"data\":{{\"i\":\"{id}\",\"m\":11}}}}\n")
}

/// What has ended since the last look, other events aside.
fn ended(sim: &mut Sim<Public>) -> Vec<Subscription> {
    let events = sim.events().into_iter();
    let ended = events.filter_map(|event| match event {
        Event::Unsubscribed(subscription) => Some(subscription),
        _ => None,
    });
    ended.collect()
}

fn subscribed(ids: &[&str]) -> Sim<Public> {
    let mut sim = market();
    for id in ids {
        sim.subscribe(&price(id));
    }
    let mut sim = sim.live();
    for id in ids {
        sim.input(&tick(id));
    }
    sim.events();
    sim.lines();
    sim
}

#[test]
fn it_is_told_once_the_command_has_left() {
    let mut sim = subscribed(&["1"]);
    sim.unsubscribe(&price("1"));
    assert!(ended(&mut sim).is_empty());
    sim.write_some(10);
    assert!(ended(&mut sim).is_empty(), "a part of it");
    sim.write();
    assert_eq!(ended(&mut sim), [price("1")]);
    sim.unsubscribe(&price("1"));
    sim.pass(secs(5));
    assert!(ended(&mut sim).is_empty(), "once");
}

#[test]
fn it_comes_before_what_is_read_afterwards() {
    let mut sim = subscribed(&["1"]);
    sim.unsubscribe(&price("1"));
    sim.write();
    sim.subscribe(&price("1"));
    sim.write();
    sim.input(&tick("1"));
    let events = sim.events();
    match &events[..] {
        [
            Event::Unsubscribed(_),
            Event::Message(MarketMessage::Price(tick)),
        ] => assert!(tick.is_full()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_is_told_at_once_of_what_the_server_does_not_know() {
    let mut sim = market();
    sim.subscribe(&price("1"));
    sim.unsubscribe(&price("1"));
    sim.unsubscribe(&price("2"));
    assert_eq!(ended(&mut sim), [price("1")]);

    let mut sim = market();
    sim.subscribe(&price("1"));
    sim.unsubscribe(&price("1"));
    sim.subscribe(&price("1"));
    assert!(ended(&mut sim).is_empty(), "it is wanted again");

    let mut sim = sim.up();
    sim.input(
        "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":{\"cmd\":\"subscribe\",\
         \"args\":{\"t\":\"price\",\"m\":11,\"i\":\"1\"}}}}\n",
    );
    sim.events();
    sim.unsubscribe(&price("1"));
    assert_eq!(ended(&mut sim), [price("1")], "it was refused");
}

#[test]
fn it_is_not_told_of_what_is_wanted_again_before_the_command_is_made_ready() {
    let mut sim = subscribed(&["1", "2"]);
    sim.unsubscribe(&price("1"));
    sim.unsubscribe(&price("2"));
    sim.subscribe(&price("1"));
    sim.subscribe(&price("2"));
    sim.pass(secs(2));
    let lines = sim.lines();
    assert!(
        lines.iter().all(|line| !line.contains("\"2\"")),
        "{lines:?}"
    );
    assert_eq!(ended(&mut sim), [price("1")], "its command had its turn");
}

#[test]
fn it_is_not_told_while_the_command_of_an_earlier_life_waits_to_be_written() {
    let mut sim = subscribed(&["1"]);
    sim.unsubscribe(&price("1"));
    sim.subscribe(&price("1"));
    sim.unsubscribe(&price("1"));
    assert!(ended(&mut sim).is_empty());
    assert_eq!(sim.lines().len(), 1);
    assert_eq!(ended(&mut sim), [price("1")]);
}

#[test]
fn an_unsubscribe_that_was_dropped_is_sent_again_before_the_subscribe_behind_it() {
    let mut sim = subscribed(&["1"]);
    sim.unsubscribe(&price("1"));
    sim.lines();
    sim.subscribe(&price("1"));
    assert_eq!(sim.lines().len(), 1);
    let before = sim.feed.counters().resent;
    sim.input("{\"type\":\"err\",\"data\":{\"msg\":\"Too many commands\"}}\n");
    sim.events();
    assert_eq!(sim.feed.counters().resent - before, 2);
    let mut lines = Vec::new();
    for _ in 0..20 {
        sim.pass(secs(2));
        lines.extend(sim.lines());
    }
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line.contains("unsubscribe"))
        .collect();
    assert_eq!(kinds, [true, false], "{lines:?}");
}

#[test]
fn a_loss_ends_what_waits_for_its_turn() {
    let mut config = FeedConfig::default();
    config.commands_per_second = 3;
    let mut sim = Sim::<Public>::new(config);
    sim.subscribe(&price("1"));
    sim.subscribe(&price("2"));
    let mut sim = sim.up();
    sim.unsubscribe(&price("1"));
    sim.unsubscribe(&price("2"));
    sim.write();
    assert!(sim.events().is_empty(), "not before their turn");
    sim.bytes(b"");
    sim.asks();
    assert!(matches!(sim.next(), Some(Event::Disconnected(_))));
    assert_eq!(ended(&mut sim), [price("1"), price("2")]);
    sim.login(KEY);
}

#[test]
fn what_is_wanted_again_after_a_loss_has_not_ended() {
    let mut sim = subscribed(&["1", "2"]);
    sim.unsubscribe(&price("1"));
    sim.unsubscribe(&price("2"));
    sim.bytes(b"");
    // One by one, as a program reads.
    let event = sim.feed.poll_output();
    assert!(event.is_some());
    drop(event);
    sim.subscribe(&price("1"));
    assert_eq!(ended(&mut sim), [price("2")]);
}

#[test]
fn an_end_that_is_sent_again_is_told_once() {
    let mut sim = subscribed(&["1"]);
    sim.unsubscribe(&price("1"));
    sim.write();
    assert_eq!(ended(&mut sim), [price("1")]);
    sim.input(TOO_MANY);
    sim.events();
    sim.pass(secs(2));
    assert_eq!(sim.lines().len(), 2, "sent again");
    assert!(ended(&mut sim).is_empty());

    sim.input(TOO_MANY);
    sim.events();
    sim.subscribe(&price("1"));
    sim.pass(secs(3));
    assert!(ended(&mut sim).is_empty(), "it is wanted");
    sim.unsubscribe(&price("1"));
    sim.write();
    assert_eq!(ended(&mut sim), [price("1")]);
}

#[test]
fn the_end_of_the_feed_comes_last() {
    let mut sim = subscribed(&["1", "2"]);
    sim.unsubscribe(&price("1"));
    sim.feed.close(sim.now);
    sim.unsubscribe(&price("2"));
    sim.disconnected(None);
    let events = sim.events();
    assert!(
        matches!(&events[..], [Event::Unsubscribed(it), Event::Closed(_)] if *it == price("1")),
        "{events:?}"
    );
}

#[test]
fn any_number_of_changes_of_mind_takes_no_room() {
    let mut sim = market();
    let subscriptions = [price("1"), depth("1"), price("2")];
    for _ in 0..1000 {
        for subscription in &subscriptions {
            sim.subscribe(subscription);
            sim.unsubscribe(subscription);
        }
    }
    assert_eq!(ended(&mut sim).len(), subscriptions.len());
    let mut sim = sim.live();
    for _ in 0..50 {
        sim.subscribe(&price("1"));
        sim.write();
        sim.unsubscribe(&price("1"));
        sim.write();
        sim.now += millis(50);
        sim.input(HEARTBEAT);
    }
    assert_eq!(ended(&mut sim), [price("1")]);
}
