//! Sessions that a feed or the REST API does not accept.

use std::time::Duration;

use nordnet_proto::{
    CloseReason, DisconnectReason, Epoch, Event, FeedConfig, FeedState, LoginError, Public,
};

use crate::feed_sim::{Asks, HEARTBEAT, KEY, Sim, account, market, millis, secs};

const REJECTED: &str = "{\"type\":\"err\",\"data\":{\"msg\":\"Invalid session\",\"cmd\":{\"cmd\":\"login\",\"args\":{\"session_key\":\"f9458a35aa-CANARY\"}}}}\n";

#[test]
fn a_rejected_login_has_the_key_checked_at_once() {
    let mut sim = market().up();
    sim.input(REJECTED);
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert_eq!(
        lost.reason,
        DisconnectReason::LoginRejected("Invalid session".into())
    );
    assert_eq!(sim.asks(), Asks::Disconnect);
    sim.disconnected(None);
    assert_eq!(sim.asks(), Asks::Login(Some(Epoch::FIRST)));
    assert_eq!(sim.feed.state(), FeedState::AwaitLogin);
}

#[test]
fn a_rejection_followed_by_the_end_of_the_stream_is_one_loss() {
    let mut sim = market().up();
    sim.input(REJECTED);
    sim.bytes(b"");
    sim.disconnected(None);
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert!(matches!(lost.reason, DisconnectReason::LoginRejected(_)));
    assert_eq!(sim.asks(), Asks::Login(Some(Epoch::FIRST)));
}

#[test]
fn an_unclear_complaint_before_any_message_is_about_the_login() {
    for data in [
        "{\"msg\":\"no\"}",
        "{}",
        "7",
        "{\"msg\":\"no\",\"cmd\":\"login\"}",
    ] {
        let mut sim = market().up();
        sim.input(&format!("{{\"type\":\"err\",\"data\":{data}}}\n"));
        let Event::Disconnected(lost) = sim.event() else {
            panic!("{data}")
        };
        assert!(
            matches!(lost.reason, DisconnectReason::LoginRejected(_)),
            "{data}"
        );
    }
}

#[test]
fn an_unclear_complaint_after_a_message_is_just_told() {
    let mut sim = market().live();
    sim.input("{\"type\":\"err\",\"data\":{\"msg\":\"no\"}}\n");
    assert!(matches!(sim.event(), Event::Error { command: None, .. }));
    sim.input(REJECTED);
    assert!(
        matches!(sim.event(), Event::Disconnected(_)),
        "a named login is a login at any time"
    );
}

/// Lets the feed reject the next login with a key that REST accepts, as many
/// seconds after the last one.
fn rejects(sim: &mut Sim<Public>, after: u64) {
    sim.reconnect();
    sim.write();
    sim.now += secs(after);
    sim.input(REJECTED);
    assert!(matches!(sim.events().last(), Some(Event::Disconnected(_))));
    sim.disconnected(None);
    assert_eq!(sim.asks(), Asks::Login(Some(Epoch::FIRST)));
    sim.login(KEY);
}

fn is_refused(sim: &mut Sim<Public>) -> bool {
    let refused = CloseReason::FeedRefused("Invalid session".into());
    match sim.events().as_slice() {
        [] => false,
        [Event::Closed(reason)] => *reason == refused,
        other => panic!("{other:?}"),
    }
}

/// Rejects a login every few seconds and says after how many times and how long
/// the feed has closed.
fn rejected_until_it_closes(sim: &mut Sim<Public>, every: u64) -> (u32, Duration) {
    let mut first = None;
    for count in 1..1000 {
        rejects(sim, every);
        let first = *first.get_or_insert(sim.now);
        if is_refused(sim) {
            return (count, sim.now - first);
        }
    }
    panic!("it never closes");
}

#[test]
fn rejections_of_an_accepted_key_end_the_feed_after_three_minutes() {
    let mut sim = market();
    sim.login(KEY);
    let (count, lasted) = rejected_until_it_closes(&mut sim, 0);
    assert!(count > 5, "{count} rejections");
    // The next one comes within the longest wait.
    assert!(
        lasted >= secs(180) && lasted <= secs(210),
        "{lasted:?} from the first to the last"
    );
}

#[test]
fn rejections_of_an_accepted_key_end_the_feed_at_the_third_one_at_the_soonest() {
    let mut config = FeedConfig::default();
    config.silence = secs(1000);
    let mut sim = Sim::new(config);
    sim.login(KEY);
    let (count, _) = rejected_until_it_closes(&mut sim, 400);
    assert_eq!(count, 3);
}

#[test]
fn a_hiccup_of_rejections_does_not_end_the_feed() {
    let mut sim = market();
    sim.login(KEY);
    for _ in 0..5 {
        rejects(&mut sim, 0);
        assert!(!is_refused(&mut sim));
    }
    sim.reconnect();
    sim.write();
    sim.input(HEARTBEAT);
    assert_eq!(
        sim.feed.state(),
        FeedState::Unproven,
        "until it is asked for"
    );
    sim.events();
    assert_eq!(sim.feed.state(), FeedState::Live);
    // The next ones are counted, and timed, from the beginning.
    sim.eof();
    sim.now += secs(300);
    for _ in 0..3 {
        sim.renew();
        rejects(&mut sim, 0);
        sim.events();
    }
    assert_ne!(sim.feed.state(), FeedState::Closed);
}

#[test]
fn how_long_a_key_is_rejected_until_the_feed_closes_can_be_set() {
    let mut config = FeedConfig::default();
    config.rejected_for = Duration::ZERO;
    let mut sim = Sim::new(config);
    sim.login(KEY);
    let (count, lasted) = rejected_until_it_closes(&mut sim, 0);
    assert_eq!(count, 3);
    assert!(lasted < secs(10), "{lasted:?}");
}

#[test]
fn an_unclear_complaint_counts_as_a_rejection_and_closes_no_sooner() {
    let mut sim = market();
    sim.login(KEY);
    for _ in 0..4 {
        sim.reconnect();
        sim.write();
        sim.input("{\"type\":\"err\",\"data\":{\"msg\":\"Temporary problem\"}}\n");
        sim.events();
        sim.disconnected(None);
        sim.login(KEY);
    }
    assert_ne!(sim.feed.state(), FeedState::Closed);
}

#[test]
fn another_key_or_a_message_starts_the_count_anew() {
    let mut sim = market();
    sim.login(KEY);
    for round in 0..9 {
        sim.reconnect();
        sim.write();
        if round % 2 == 1 {
            sim.input(HEARTBEAT);
        }
        sim.input(&REJECTED.replace(KEY, "other"));
        sim.events();
        sim.disconnected(None);
        sim.login(if round < 3 { "other" } else { KEY });
        assert_ne!(sim.feed.state(), FeedState::Closed, "round {round}");
    }
}

#[test]
fn rejections_do_not_become_a_tight_loop() {
    let mut sim = market();
    sim.login(KEY);
    for round in 0..20 {
        sim.reconnect();
        sim.write();
        sim.input(REJECTED);
        sim.events();
        sim.disconnected(None);
        sim.login(&format!("key {round}"));
    }
    assert!(sim.now - sim.base > secs(30), "{:?}", sim.now - sim.base);
}

#[test]
fn the_end_straight_after_the_login_backs_off_and_checks_the_key() {
    let mut sim = market().up();
    sim.eof();
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert_eq!(lost.reason, DisconnectReason::ClosedAfterLogin);
    assert_eq!(sim.asks(), Asks::Nothing);
    assert_eq!(sim.feed.state(), FeedState::Backoff);
    sim.pass(millis(500));
    assert_eq!(sim.asks(), Asks::Login(Some(Epoch::FIRST)));
    sim.login(KEY);
    assert!(matches!(sim.asks(), Asks::Connect(..)));
}

#[test]
fn the_end_straight_after_the_login_never_ends_the_feed() {
    let mut sim = market();
    sim.login(KEY);
    for _ in 0..50 {
        sim.reconnect();
        sim.write();
        sim.eof();
    }
    assert_ne!(sim.feed.state(), FeedState::Closed);
    let mut within_a_minute = 0;
    for (first, start) in sim.connects.iter().enumerate() {
        let end = *start + secs(60);
        let count = sim.connects[first..].iter().filter(|at| **at < end).count();
        within_a_minute = within_a_minute.max(count);
    }
    assert!(
        within_a_minute <= 30,
        "{within_a_minute} connects within a minute"
    );
}

#[test]
fn a_mute_connection_has_the_key_checked() {
    let mut sim = market().up();
    sim.pass(secs(15));
    assert!(matches!(sim.event(), Event::Disconnected(_)));
    sim.disconnected(None);
    sim.pass(millis(500));
    assert_eq!(sim.asks(), Asks::Login(Some(Epoch::FIRST)));
}

#[test]
fn a_newer_session_needs_no_check_of_the_old_one() {
    let mut sim = market().up();
    sim.login("newer");
    sim.eof();
    sim.events();
    sim.pass(millis(500));
    assert!(matches!(sim.asks(), Asks::Connect(..)));
    sim.connect();
    assert!(sim.lines().pop().unwrap().contains("newer"));
}

#[test]
fn a_newer_session_in_mid_stream_is_used_at_the_next_connect() {
    let mut sim = market().live();
    sim.login("newer");
    assert_eq!(sim.asks(), Asks::Nothing);
    assert_eq!(sim.feed.state(), FeedState::Live);
    sim.lines();
    sim.eof();
    sim.reconnect();
    assert!(sim.lines()[0].contains("\"session_key\":\"newer\""));
}

#[test]
fn a_login_refused_by_rest_ends_the_feed() {
    let mut sim = account();
    sim.login_fails(LoginError::LoggedOut);
    let Event::Closed(reason) = sim.event() else {
        panic!()
    };
    assert_eq!(reason, CloseReason::LoginRefused(LoginError::LoggedOut));
    assert_eq!(sim.asks(), Asks::Nothing);
}

#[test]
fn another_login_error_is_told_and_waited_out() {
    let mut sim = account();
    sim.login_fails(LoginError::OutOfTime);
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert_eq!(
        lost.reason,
        DisconnectReason::LoginFailed(LoginError::OutOfTime)
    );
    assert_eq!(sim.asks(), Asks::Nothing);
    assert_eq!(sim.feed.poll_timeout(), lost.retry_at);
    sim.pass(millis(500));
    assert_eq!(sim.asks(), Asks::Login(None));
}

#[test]
fn a_login_error_that_names_a_wait_is_waited_out_in_full() {
    let mut sim = account();
    sim.login_fails(LoginError::RateLimited { wait: secs(77) });
    let Event::Disconnected(lost) = sim.event() else {
        panic!()
    };
    assert_eq!(lost.retry_at, Some(sim.now + secs(77)));
    sim.pass(millis(76_999));
    assert_eq!(sim.asks(), Asks::Nothing);
    sim.pass(millis(1));
    assert_eq!(sim.asks(), Asks::Login(None));
}

#[test]
fn a_failed_check_keeps_the_suspicion() {
    let mut sim = market().up();
    sim.input(REJECTED);
    sim.events();
    sim.disconnected(None);
    sim.login_fails(LoginError::OutOfTime);
    sim.events();
    sim.pass(secs(2));
    assert_eq!(sim.asks(), Asks::Login(Some(Epoch::FIRST)));
}

#[test]
fn login_errors_that_nobody_asked_for_are_ignored() {
    let mut sim = market().live();
    sim.login_fails(LoginError::LoggedOut);
    assert!(sim.events().is_empty());
    assert_eq!(sim.feed.state(), FeedState::Live);
}

/// A call that found the session expired has renewed it: the feed does not try
/// the old key first.
#[test]
fn asks_for_the_session_of_the_day_before_each_connect() {
    let mut sim = market().live();
    sim.lines();
    sim.bytes(b"");
    sim.feed
        .handle_disconnected(sim.attempt.unwrap(), None, sim.now);
    sim.events();
    let due = sim.feed.poll_timeout().unwrap();
    sim.now = due;
    sim.feed.handle_timeout(due);
    assert_eq!(sim.asks(), Asks::Login(None));
    sim.login("renewed");
    sim.connect();
    sim.write();
    assert!(sim.lines()[0].contains("renewed"));
}
