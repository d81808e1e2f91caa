//! The event that says that the login was accepted.

use nordnet_proto::{
    AccountMessage, Event, FeedState, Kind, MarketMessage, Output, Private, Public,
};

use crate::feed_sim::{Asks, HEARTBEAT, KEY, Sim, account, market, price, secs};

/// The next event, without any help; whether the feed called itself proven then.
fn next<K: Kind>(sim: &mut Sim<K>) -> Option<(Event<K::Message>, bool)> {
    let Some(Output::Event(event)) = sim.feed.poll_output() else {
        return None;
    };
    Some((event, sim.feed.is_proven()))
}

/// The names of all events that wait.
fn names<K: Kind>(sim: &mut Sim<K>) -> Vec<&'static str> {
    std::iter::from_fn(|| next(sim))
        .map(|(event, proven)| match event {
            Event::Connected { .. } if !proven => "connected",
            Event::Live { .. } if proven => "live",
            Event::Message(_) if proven => "message",
            Event::Malformed(_) => "malformed",
            Event::Error { .. } => "error",
            Event::Refused { .. } => "refused",
            Event::Unsubscribed(_) => "unsubscribed",
            Event::Disconnected(_) if !proven => "disconnected",
            other => panic!("{other:?}, proven: {proven}"),
        })
        .collect()
}

#[test]
fn the_first_message_is_announced_once_and_directly_before_its_own_event() {
    let tick = "{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11}}\n";
    let unknown = "{\"type\":\"brand_new\",\"data\":{}}\n";
    for first in [HEARTBEAT, tick, unknown] {
        let mut sim = market();
        sim.subscribe(&price("1"));
        sim.login(KEY);
        sim.connect();
        sim.write();
        assert_eq!(names(&mut sim), ["connected"]);
        sim.input(first);
        sim.input(tick);
        assert_eq!(names(&mut sim), ["live", "message", "message"], "{first}");
        sim.input(tick);
        assert_eq!(names(&mut sim), ["message"]);
        assert_eq!(sim.feed.counters().messages(), 3, "none is counted twice");
    }
}

#[test]
fn the_first_tick_is_full_behind_the_announcement() {
    let mut sim = market();
    sim.subscribe(&price("1"));
    let mut sim = sim.up();
    sim.input("{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11}}\n");
    assert!(matches!(next(&mut sim), Some((Event::Live { .. }, true))));
    let Some((Event::Message(MarketMessage::Price(tick)), _)) = next(&mut sim) else {
        panic!("no tick");
    };
    assert!(tick.is_full());
}

#[test]
fn each_connection_is_announced_with_its_gap() {
    let mut sim = market().up();
    sim.input(HEARTBEAT);
    let Some((Event::Live { after_gap: None }, _)) = next(&mut sim) else {
        panic!("the first time has no gap");
    };
    sim.subscribe(&price("1"));
    sim.now += secs(5);
    let lost = sim.now;
    sim.eof();
    sim.reconnect();
    sim.write();
    sim.events();
    sim.now += secs(4);
    sim.input(HEARTBEAT);
    let Some((Event::Live { after_gap }, _)) = next(&mut sim) else {
        panic!("not live");
    };
    let gap = after_gap.expect("a gap");
    assert_eq!((gap.since, gap.length), (lost, sim.now - lost));
    assert!(gap.length >= secs(4));
    assert_eq!(gap.without_full_tick, 1);
    assert_eq!(sim.feed.counters().gap_time, gap.length);
}

#[test]
fn errors_and_malformed_lines_prove_nothing() {
    let refusal = "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":{\"cmd\":\"subscribe\",\"args\":{\"t\":\"price\",\"m\":11,\"i\":\"1\"}}}}\n";
    let mut sim = market();
    sim.subscribe(&price("1"));
    let mut sim = sim.up();
    for (line, name) in [
        ("HTTP/1.1 400 Bad Request\r\n", "malformed"),
        ("{\"type\":\"price\",\"data\":{\"i\":\"9\"}}\n", "malformed"),
        (refusal, "error"),
    ] {
        sim.input(line);
        assert_eq!(names(&mut sim), [name]);
        assert_eq!(sim.feed.state(), FeedState::Unproven, "{line}");
    }
    sim.input("\r\n");
    assert_eq!(names(&mut sim), [""; 0]);
    sim.input(HEARTBEAT);
    assert_eq!(names(&mut sim), ["live", "message"]);
}

#[test]
fn a_rejected_login_is_never_live() {
    let mut sim = market().up();
    sim.input("{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":\"login\"}}\n");
    sim.input(HEARTBEAT);
    assert_eq!(names(&mut sim), ["disconnected"]);
}

#[test]
fn a_message_before_the_end_of_the_stream_is_announced() {
    let mut sim = market();
    sim.login(KEY);
    sim.connect();
    sim.input(HEARTBEAT);
    sim.bytes(b"");
    let all = ["connected", "live", "message", "disconnected"];
    assert_eq!(names(&mut sim), all);
}

#[test]
fn closing_between_the_announcement_and_its_message_drops_the_message() {
    let mut sim = market().up();
    sim.input(HEARTBEAT);
    assert!(matches!(next(&mut sim), Some((Event::Live { .. }, _))));
    sim.feed.close(sim.now);
    assert_eq!(sim.asks(), Asks::Disconnect);
    assert_eq!(sim.feed.counters().heartbeats, 0);
}

/// A server with fills: it sends those that happen after it has read the login.
struct Fills {
    all: Vec<u64>,
    logged_in: bool,
}

impl Fills {
    fn fill(&mut self, sim: &mut Sim<Private>) {
        let id = self.all.len() as u64 + 1;
        self.all.push(id);
        if self.logged_in {
            sim.input(&format!(
                "{{\"type\":\"trade\",\"data\":{{\"order_id\":{id},\"accno\":1,\"accid\":1,\"tradetime\":1,\"trade_id\":\"{id}\",\"tradable\":{{\"market_id\":11,\"identifier\":\"1\"}},\"price\":{{\"value\":1.5,\"currency\":\"SEK\"}},\"volume\":1,\"side\":\"BUY\"}}}}\n"
            ));
        }
    }
}

/// Which fills a program knows of that reads them at the first event that is
/// asked for, where one fill happens at each moment of two connections.
fn known(reads_at: fn(&Event<AccountMessage>) -> bool) -> (usize, usize) {
    let mut sim = account();
    let mut server = Fills {
        all: Vec::new(),
        logged_in: false,
    };
    let mut known = std::collections::BTreeSet::new();
    let mut see = |sim: &mut Sim<Private>, server: &Fills| {
        while let Some((event, _)) = next(sim) {
            match &event {
                Event::Message(AccountMessage::Fill(fill)) => {
                    known.insert(fill.order_id.get().unsigned_abs());
                }
                Event::Malformed(malformed) => panic!("{malformed:?}"),
                _ => {}
            }
            if reads_at(&event) {
                known.extend(&server.all);
            }
        }
    };
    sim.login(KEY);
    for connection in 0..2 {
        if connection > 0 {
            server.logged_in = false;
            sim.eof();
            see(&mut sim, &server);
        }
        server.fill(&mut sim);
        sim.reconnect();
        server.fill(&mut sim);
        sim.write();
        see(&mut sim, &server);
        // The login is written and told as such, and still under way.
        server.fill(&mut sim);
        see(&mut sim, &server);
        // Read, but nothing has been sent since.
        server.logged_in = true;
        see(&mut sim, &server);
        if connection == 0 {
            sim.input(HEARTBEAT);
        }
        server.fill(&mut sim);
        see(&mut sim, &server);
        server.fill(&mut sim);
        see(&mut sim, &server);
    }
    (known.len(), server.all.len())
}

#[test]
fn a_read_at_the_first_message_misses_no_fill_and_a_read_at_the_login_does() {
    let (known_at_live, all) = known(|event| matches!(event, Event::Live { .. }));
    assert_eq!(known_at_live, all);
    let (known_at_login, all) = known(|event| matches!(event, Event::Connected { .. }));
    assert!(known_at_login < all, "so the test can see a miss");
}

#[test]
fn both_kinds_of_feed_are_announced() {
    let mut sim: Sim<Public> = market().up();
    sim.input(HEARTBEAT);
    assert_eq!(names(&mut sim), ["live", "message"]);
    let mut sim = account().up();
    sim.input(HEARTBEAT);
    assert_eq!(names(&mut sim), ["live", "message"]);
}
