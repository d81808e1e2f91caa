//! What the simulation found, told step by step.

use nordnet_proto::{Event, FeedConfig, MarketMessage, Public};

use crate::feed_sim::{KEY, Sim, market, millis, price, secs};

const TOO_MANY: &str = "{\"type\":\"err\",\"data\":{\"msg\":\"Too many commands\"}}\n";

fn tick(id: &str) -> String {
    format!("{{\"type\":\"price\",\"data\":{{\"i\":\"{id}\",\"m\":11}}}}\n")
}

fn line(verb: &str, id: &str) -> String {
    format!("{{\"cmd\":\"{verb}\",\"args\":{{\"t\":\"price\",\"m\":11,\"i\":\"{id}\"}}}}\n")
}

fn subscribed(ids: &[&str]) -> Sim<Public> {
    let mut sim = market();
    for id in ids {
        sim.subscribe(&price(id));
    }
    let mut sim = sim.up();
    sim.lines();
    sim
}

fn is_full(event: Option<Event<MarketMessage>>) -> bool {
    match event {
        Some(Event::Message(MarketMessage::Price(tick))) => tick.is_full(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_goes_only_to_the_host_that_came_with_it() {
    let mut sim = market();
    sim.login(KEY);
    let before = sim.asks();
    let mut newer = crate::feed_sim::session("newer");
    newer.public_feed = nordnet_proto::Server::new("other.next.nordnet.se", 443, true);
    sim.feed.handle_login(Ok(newer), sim.now);
    assert_eq!(sim.asks(), before, "a standing output stays as it is");
    sim.connect();
    assert!(sim.lines()[0].contains(KEY));
    assert!(matches!(sim.next(), Some(Event::Connected { .. })));
    sim.knows("newer");
    sim.eof();
    sim.reconnect();
    assert!(sim.lines()[0].contains("newer"));
}

#[test]
fn what_may_have_been_dropped_is_ended_if_it_is_not_wanted_any_more() {
    let mut sim = subscribed(&["1"]);
    sim.input(TOO_MANY);
    sim.events();
    sim.unsubscribe(&price("1"));
    sim.pass(secs(2));
    assert_eq!(sim.lines(), [line("unsubscribe", "1")]);
}

#[test]
fn an_end_that_may_have_been_dropped_is_followed_by_a_new_beginning() {
    let mut sim = subscribed(&["1"]);
    sim.input(&tick("1"));
    sim.unsubscribe(&price("1"));
    sim.lines();
    sim.input(TOO_MANY);
    sim.events();
    sim.subscribe(&price("1"));
    sim.pass(secs(2));
    // A server that has it all the same may ignore a second beginning.
    assert_eq!(
        sim.lines(),
        [line("unsubscribe", "1"), line("subscribe", "1")]
    );
    sim.input(&tick("1"));
    assert!(is_full(sim.next()));
}

#[test]
fn a_tick_shows_that_a_subscription_was_not_dropped() {
    let mut sim = subscribed(&["1", "2"]);
    sim.input(TOO_MANY);
    sim.events();
    sim.input(&tick("1"));
    assert!(is_full(sim.next()), "the first since it was sent");
    sim.pass(secs(2));
    assert_eq!(sim.lines(), [line("subscribe", "2")]);
    sim.input(&tick("1"));
    assert!(!is_full(sim.next()));
}

#[test]
fn a_subscription_counts_from_when_it_was_written() {
    let mut sim = market().live();
    sim.lines();
    sim.subscribe(&price("1"));
    for _ in 0..4 {
        // The socket takes nothing for 40 seconds.
        sim.now += secs(10);
        sim.input(crate::feed_sim::HEARTBEAT);
        sim.events();
    }
    assert_eq!(sim.lines(), [line("subscribe", "1")]);
    sim.input(TOO_MANY);
    sim.pass(secs(2));
    assert_eq!(sim.lines(), [line("subscribe", "1")], "sent again");
}

#[test]
fn commands_written_in_part_count_from_then_on_the_next_connection_too() {
    let mut config = FeedConfig::default();
    config.commands_per_second = 3;
    config.backoff_first = millis(50);
    let mut sim = Sim::<Public>::new(config);
    for id in ["1", "2", "3", "4"] {
        sim.subscribe(&price(id));
    }
    sim.login(KEY);
    sim.connect();
    // The login and two subscriptions are ready; all but one byte leaves late.
    sim.now += millis(900);
    let count = sim.feed.transmit().len();
    sim.write_some(count - 1);
    let written = sim.now;
    sim.disconnected(None);
    sim.reconnect();
    let first = sim.now;
    assert!(first >= written + secs(1), "{:?} later", first - written);
}

#[test]
fn a_change_of_mind_about_what_may_have_been_dropped_is_sent() {
    let mut sim = market().live();
    sim.lines();
    sim.subscribe(&price("1"));
    sim.write();
    // The next command is ready and not written, so further ones wait.
    sim.subscribe(&price("2"));
    sim.unsubscribe(&price("1"));
    sim.input(TOO_MANY);
    sim.events();
    sim.subscribe(&price("1"));
    sim.pass(secs(2));
    assert!(
        sim.lines()
            .ends_with(&[line("subscribe", "1"), line("subscribe", "2")])
    );
}

#[test]
fn what_is_given_up_twice_before_its_command_is_written_has_one_end() {
    let mut sim = subscribed(&["1"]);
    sim.input(&tick("1"));
    sim.events();
    // The command is ready and not written when the server complains.
    sim.unsubscribe(&price("1"));
    sim.input(TOO_MANY);
    sim.events();
    sim.subscribe(&price("1"));
    sim.unsubscribe(&price("1"));
    sim.write();
    assert!(matches!(sim.event(), Event::Unsubscribed(_)));
    sim.pass(secs(5));
    sim.eof();
    let ends = sim.events();
    assert!(matches!(ends[..], [Event::Disconnected(_)]), "{ends:?}");
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
    assert!(sim.lines().is_empty(), "its unsubscribe waits for its turn");
    sim.input(&format!(
        "{{\"type\":\"err\",\"data\":{{\"msg\":\"no\",\"cmd\":{}}}}}\n",
        line("subscribe", "1").trim_end()
    ));
    sim.subscribe(&price("1"));
    sim.pass(secs(5));
    assert_eq!(sim.lines(), [line("subscribe", "1")]);
}
