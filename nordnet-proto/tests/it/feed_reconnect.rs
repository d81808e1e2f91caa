//! Losses, gaps, and how long a feed waits before it tries again.

use nordnet_proto::{Cause, DisconnectReason, Event, Failure, TlsCause};

use crate::feed_sim::{Asks, HEARTBEAT, KEY, account, market, millis, price, secs};

fn reason<M>(event: &Event<M>) -> &DisconnectReason {
    match event {
        Event::Disconnected(disconnected) => &disconnected.reason,
        _ => panic!("no loss"),
    }
}

#[test]
fn a_gap_is_told_before_the_first_message_after_it() {
    let mut sim = market();
    sim.subscribe(&price("101"));
    let mut sim = sim.live();
    let lost_at = sim.now;
    sim.eof();
    sim.reconnect();
    sim.input(HEARTBEAT);
    let events = sim.events();
    assert_eq!(reason(&events[0]), &DisconnectReason::ServerClosed);
    let Event::Connected {
        after_gap: Some(gap),
    } = &events[1]
    else {
        panic!("{events:?}")
    };
    assert_eq!((gap.since, gap.length), (lost_at, sim.now - lost_at));
    assert_eq!(gap.without_full_tick, 1);
    assert!(matches!(events[2], Event::Message(_)));
    assert_eq!(sim.feed.counters().gaps, 1);
    assert_eq!(sim.feed.counters().gap_time, sim.now - lost_at);
}

#[test]
fn a_gap_lasts_until_a_connection_is_proven() {
    let mut sim = market().live();
    let lost_at = sim.now;
    sim.eof();
    for _ in 0..3 {
        sim.reconnect();
        sim.write();
        sim.eof();
    }
    sim.reconnect();
    sim.write();
    let gaps = sim.events();
    let last = gaps.iter().rev().find_map(|event| match event {
        Event::Connected { after_gap } => *after_gap,
        _ => None,
    });
    assert_eq!(last.unwrap().since, lost_at);
    assert_eq!(sim.feed.counters().gaps, 1);
}

#[test]
fn waits_grow_to_the_cap_and_begin_anew_after_health() {
    let mut sim = market();
    sim.login(KEY);
    for round in 0..12 {
        let before = sim.now;
        assert!(matches!(sim.asks(), Asks::Connect(..)));
        let refused = Failure::before_sending(Cause::Connect, "refused");
        sim.disconnected(Some(refused));
        let Event::Disconnected(lost) = sim.event() else {
            panic!()
        };
        let wait = lost.retry_at.unwrap() - before;
        let ceiling = millis(500 << round.min(6)).min(secs(30));
        assert!(
            wait <= ceiling && wait >= ceiling / 10,
            "{wait:?} in round {round}"
        );
        assert_eq!(sim.feed.poll_timeout(), lost.retry_at);
        sim.pass(wait);
    }
    sim.connect();
    sim.write();
    for _ in 0..13 {
        sim.input(HEARTBEAT);
        sim.pass(secs(5));
    }
    sim.events();
    sim.bytes(b"");
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert!(lost.retry_at.unwrap() - sim.now <= millis(500));
}

#[test]
fn a_wrong_certificate_is_told_each_time_and_tried_slowly() {
    let mut sim = market();
    sim.login(KEY);
    for _ in 0..5 {
        let before = sim.now;
        let failure = Failure::before_sending(Cause::Tls(TlsCause::Name), "pub.next.nordnet.se");
        assert!(matches!(sim.asks(), Asks::Connect(..)));
        sim.disconnected(Some(failure.clone()));
        let Event::Disconnected(lost) = sim.event() else {
            panic!()
        };
        assert_eq!(lost.reason, DisconnectReason::Failed(failure));
        assert!(lost.retry_at.unwrap() - before >= secs(3));
        sim.pass(lost.retry_at.unwrap() - before);
    }
}

#[test]
fn being_displaced_again_and_again_is_told_and_tried_slowly() {
    let mut sim = account().live();
    for round in 1..=4 {
        sim.pass(secs(2));
        sim.bytes(b"");
        let Event::Disconnected(lost) = sim.events().pop().unwrap() else {
            panic!()
        };
        assert_eq!(
            lost.reason == DisconnectReason::Displaced,
            round >= 3,
            "round {round}"
        );
        if round >= 3 {
            assert!(lost.retry_at.unwrap() - sim.now >= secs(3));
        }
        sim.reconnect();
        sim.write();
        sim.input(HEARTBEAT);
        sim.events();
    }
    sim.pass(secs(11));
    sim.bytes(b"");
    assert_eq!(reason(&sim.event()), &DisconnectReason::ServerClosed);
}

#[test]
fn a_public_feed_is_not_displaced() {
    let mut sim = market().live();
    for _ in 0..5 {
        sim.bytes(b"");
        assert_eq!(
            reason(sim.events().last().unwrap()),
            &DisconnectReason::ServerClosed
        );
        sim.reconnect();
        sim.write();
        sim.input(HEARTBEAT);
        sim.events();
    }
}

/// A rival that is back before the first heartbeat leaves no time to be proven.
#[test]
fn being_displaced_right_after_each_login_is_told_too() {
    let mut sim = account().up();
    let mut reasons = Vec::new();
    for _ in 0..6 {
        sim.eof();
        for event in sim.events() {
            if let Event::Disconnected(lost) = event {
                reasons.push(lost.reason);
            }
        }
        sim.reconnect();
        sim.write();
    }
    assert_eq!(reasons[0], DisconnectReason::ClosedAfterLogin);
    assert_eq!(reasons[5], DisconnectReason::Displaced);
}
