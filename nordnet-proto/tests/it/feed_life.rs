//! The life of a connection: coming up, loss, silence, reconnects, the end.

use nordnet_proto::{
    Cause, CloseReason, DisconnectReason, Event, Failure, FeedConfig, FeedState, MarketMessage,
    Private, Public, Reconnect,
};

use crate::feed_sim::{Asks, HEARTBEAT, KEY, Sim, account, market, millis, origin, secs, session};

fn reason<M>(event: &Event<M>) -> &DisconnectReason {
    match event {
        Event::Disconnected(disconnected) => &disconnected.reason,
        _ => panic!("no loss"),
    }
}

fn is_connected<M>(event: &Event<M>) -> bool {
    matches!(event, Event::Connected { .. })
}

fn reset() -> Failure {
    Failure::after_sending(
        Cause::Io(std::io::ErrorKind::ConnectionReset),
        "reset by peer",
    )
}

#[test]
fn comes_up_from_login_to_live() {
    let mut sim = market();
    assert_eq!(sim.feed.state(), FeedState::AwaitLogin);
    assert_eq!(sim.asks(), Asks::Login(None));
    assert_eq!(sim.feed.poll_timeout(), None);
    sim.login(KEY);
    assert_eq!(sim.feed.state(), FeedState::Connecting);
    let Asks::Connect(attempt, server, by) = sim.asks() else {
        panic!()
    };
    assert_eq!(server.hostname, "pub.next.nordnet.se");
    assert_eq!(
        (by, sim.feed.poll_timeout()),
        (sim.now + secs(10), Some(by))
    );
    sim.attempt = Some(attempt);
    sim.feed.handle_connected(attempt, sim.now);
    assert_eq!(sim.feed.state(), FeedState::Unproven);
    assert!(
        sim.events().is_empty(),
        "not up before the login is written"
    );
    assert_eq!(sim.lines().len(), 1);
    assert!(is_connected(&sim.event()));
    assert!(!sim.feed.is_proven());
    sim.input(HEARTBEAT);
    assert!(matches!(
        sim.event(),
        Event::Message(MarketMessage::Heartbeat)
    ));
    assert_eq!(sim.feed.state(), FeedState::Live);
    assert!(sim.feed.is_proven());
}

#[test]
fn the_private_feed_has_a_host_of_its_own() {
    let mut sim = account();
    sim.login(KEY);
    let Asks::Connect(_, server, _) = sim.asks() else {
        panic!()
    };
    assert_eq!(server.hostname, "priv.next.nordnet.se");
}

#[test]
fn standing_outputs_repeat_until_they_are_answered() {
    let mut sim = market();
    assert_eq!(sim.asks(), sim.asks());
    sim.login(KEY);
    let connect = sim.asks();
    assert!(matches!(connect, Asks::Connect(..)));
    assert_eq!(sim.asks(), connect);
    sim.connect();
    let bytes = sim.feed.transmit().to_vec();
    assert!(!bytes.is_empty());
    assert_eq!(sim.feed.transmit(), bytes);
    assert_eq!(sim.feed.poll_timeout(), sim.feed.poll_timeout());
    sim.write();
    sim.bytes(b"");
    assert_eq!(sim.asks(), Asks::Disconnect);
    assert_eq!(sim.asks(), Asks::Disconnect);
    sim.disconnected(None);
    assert_eq!(sim.asks(), Asks::Nothing);
}

#[test]
fn bytes_partly_written_stay() {
    let mut sim = market();
    sim.login(KEY);
    sim.connect();
    let all = sim.feed.transmit().to_vec();
    sim.write_some(10);
    assert_eq!(sim.feed.transmit(), &all[10..]);
    assert!(sim.events().is_empty());
    sim.write();
    assert!(is_connected(&sim.event()));
    assert_eq!(sim.feed.counters().bytes_sent, all.len() as u64);
}

#[test]
fn a_silent_connection_is_dropped_and_opened_again() {
    let mut sim = market().live();
    sim.pass(millis(14_999));
    assert!(sim.events().is_empty());
    sim.pass(millis(1));
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert_eq!(lost.reason, DisconnectReason::Silent(secs(15)));
    assert_eq!(sim.asks(), Asks::Disconnect);
    assert_eq!(sim.feed.poll_timeout(), None, "waits for the driver alone");
    sim.pass(secs(60));
    assert_eq!(sim.asks(), Asks::Disconnect);
    sim.disconnected(None);
    assert!(matches!(sim.asks(), Asks::Connect(..)));
}

#[test]
fn any_byte_keeps_a_connection_alive_but_a_line_has_to_end() {
    let mut sim = market().live();
    sim.input("{");
    for _ in 0..2 {
        sim.pass(secs(10));
        sim.input(" ");
    }
    assert!(sim.events().is_empty());
    sim.pass(secs(10));
    assert_eq!(reason(&sim.event()), &DisconnectReason::SlowLine(secs(30)));
}

#[test]
fn a_line_that_ends_starts_the_next_deadline() {
    let mut sim = market().live();
    for _ in 0..6 {
        sim.input("{\"type\":\"heart");
        sim.pass(secs(10));
        sim.input("beat\"}\n");
    }
    assert!(
        sim.events()
            .iter()
            .all(|event| matches!(event, Event::Message(_)))
    );
}

#[test]
fn connecting_has_a_deadline() {
    let mut sim = market();
    sim.login(KEY);
    sim.asks();
    sim.pass(secs(10));
    assert_eq!(reason(&sim.event()), &DisconnectReason::ConnectTimeout);
    assert_eq!(sim.asks(), Asks::Disconnect);
}

#[test]
fn an_attempt_that_nobody_took_up_needs_no_disconnect() {
    let mut sim = market();
    sim.login(KEY);
    sim.now += secs(10);
    sim.feed.handle_timeout(sim.now);
    assert_eq!(reason(&sim.event()), &DisconnectReason::ConnectTimeout);
    assert_eq!(sim.asks(), Asks::Nothing);
    sim.pass(secs(1));
    assert!(matches!(sim.asks(), Asks::Connect(..)));
}

#[test]
fn answers_to_old_attempts_change_nothing() {
    let mut sim = market().live();
    let old = sim.attempt.unwrap();
    sim.eof();
    sim.reconnect();
    sim.write();
    sim.events();
    let before = (
        sim.feed.state(),
        sim.feed.poll_timeout(),
        sim.feed.counters().clone(),
    );
    sim.feed.handle_connected(old, sim.now);
    sim.feed
        .handle_input(old, b"{\"type\":\"heartbeat\"}\n", sim.now);
    sim.feed.handle_input(old, b"", sim.now);
    sim.feed.handle_transmitted(old, 5, sim.now);
    sim.feed.handle_disconnected(old, Some(reset()), sim.now);
    assert!(sim.events().is_empty());
    assert_eq!(sim.asks(), Asks::Nothing);
    assert_eq!(
        before,
        (
            sim.feed.state(),
            sim.feed.poll_timeout(),
            sim.feed.counters().clone()
        )
    );
}

#[test]
fn a_connection_that_comes_up_while_it_is_given_up_stays_given_up() {
    let mut sim = market();
    sim.login(KEY);
    let Asks::Connect(attempt, ..) = sim.asks() else {
        panic!()
    };
    sim.pass(secs(10));
    sim.feed.handle_connected(attempt, sim.now);
    assert_eq!(sim.asks(), Asks::Disconnect);
    sim.feed
        .handle_input(attempt, HEARTBEAT.as_bytes(), sim.now);
    assert_eq!(sim.asks(), Asks::Disconnect);
    assert!(sim.feed.transmit().is_empty());
}

#[test]
fn never_asks_for_a_second_connection_before_the_first_is_gone() {
    let mut sim = account().live();
    sim.bytes(b"");
    for _ in 0..100 {
        assert_eq!(sim.asks(), Asks::Disconnect);
        sim.pass(secs(1));
    }
    sim.disconnected(None);
    assert!(matches!(sim.asks(), Asks::Connect(..)));
}

#[test]
fn what_came_before_the_loss_is_told_before_it() {
    let mut sim = market().live();
    sim.input(&HEARTBEAT.repeat(3));
    sim.input("{\"type\":\"hea");
    sim.disconnected(Some(reset()));
    let events = sim.events();
    assert_eq!(events.len(), 4);
    assert!(
        events[..3]
            .iter()
            .all(|event| matches!(event, Event::Message(_)))
    );
    let Event::Disconnected(lost) = &events[3] else {
        panic!()
    };
    assert_eq!(lost.reason, DisconnectReason::Failed(reset()));
    assert_eq!(lost.truncated, 12);
    assert_eq!(sim.feed.counters().truncated, 1);
    assert_eq!(sim.asks(), Asks::Nothing, "it is gone already");
}

#[test]
fn a_feed_that_must_not_reconnect_closes_after_the_first_loss() {
    let mut config = FeedConfig::default();
    config.reconnect = Reconnect::Never;
    let mut sim = Sim::<Public>::new(config).live();
    sim.bytes(b"");
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert_eq!(lost.retry_at, None);
    assert_eq!(sim.asks(), Asks::Disconnect);
    sim.disconnected(None);
    assert!(matches!(sim.event(), Event::Closed(CloseReason::Lost)));
    assert_silent(&mut sim);
}

#[test]
fn closing_disconnects_then_says_so_once() {
    let mut sim = account().live();
    sim.input(HEARTBEAT);
    sim.feed.close(sim.now);
    assert_eq!(sim.asks(), Asks::Disconnect);
    assert!(sim.events().is_empty());
    sim.feed.close(sim.now);
    sim.disconnected(None);
    assert!(matches!(sim.event(), Event::Closed(CloseReason::Asked)));
    assert_silent(&mut sim);
}

#[test]
fn closing_without_a_connection_says_so_at_once() {
    let mut sim = Sim::<Private>::new(FeedConfig::default());
    sim.feed.close(sim.now);
    assert!(matches!(sim.event(), Event::Closed(CloseReason::Asked)));
    assert_silent(&mut sim);
}

fn assert_silent<K: nordnet_proto::Kind>(sim: &mut Sim<K>) {
    for _ in 0..3 {
        sim.login("another");
        sim.now += secs(100);
        sim.feed.handle_timeout(sim.now);
        if let Some(attempt) = sim.attempt {
            sim.feed.handle_connected(attempt, sim.now);
            sim.feed
                .handle_input(attempt, HEARTBEAT.as_bytes(), sim.now);
            sim.feed.handle_disconnected(attempt, None, sim.now);
        }
        sim.feed.close(sim.now);
        assert_eq!(sim.asks(), Asks::Nothing);
        assert!(sim.events().is_empty());
        assert_eq!(sim.feed.poll_timeout(), None);
        assert!(sim.feed.transmit().is_empty());
        assert_eq!(sim.feed.state(), FeedState::Closed);
    }
}

#[test]
fn time_that_goes_backwards_counts_as_standing_still() {
    let mut sim = market().live();
    sim.pass(secs(10));
    let due = sim.feed.poll_timeout();
    sim.feed.handle_timeout(sim.base);
    assert_eq!(sim.feed.poll_timeout(), due);
    let attempt = sim.attempt.unwrap();
    sim.feed
        .handle_input(attempt, HEARTBEAT.as_bytes(), sim.base);
    assert_eq!(
        sim.feed.poll_timeout(),
        Some(sim.now + secs(15)),
        "counted from the latest time"
    );
    assert_eq!(sim.feed.last_input(), Some(sim.now));
}

#[test]
fn absurd_durations_do_not_overflow() {
    let mut config = FeedConfig::default();
    config.silence = std::time::Duration::MAX;
    config.connect_deadline = std::time::Duration::MAX;
    config.line_deadline = std::time::Duration::MAX;
    config.healthy_after = std::time::Duration::MAX;
    let mut sim = Sim::<Public>::new(config).live();
    sim.pass(secs(86_400));
    assert!(sim.events().is_empty());
}

#[test]
fn a_session_told_beforehand_is_used() {
    let mut feed = nordnet_proto::MarketFeed::new(FeedConfig::default(), [0; 16]);
    let now = origin();
    feed.handle_login(Ok(session(KEY)), now);
    assert_eq!(feed.state(), FeedState::Connecting);
}
