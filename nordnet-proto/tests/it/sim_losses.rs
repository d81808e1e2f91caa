//! Every way to lose a connection: the state it leads to, the event, its words.

use nordnet_proto::{
    Cause, DisconnectReason, Disconnected, Event, Failure, FeedConfig, FeedState, Kind, LoginError,
    Private, Public, TlsCause,
};

use crate::feed_sim::{HEARTBEAT, KEY, Sim, account, market, secs};

/// The one loss among the events, what it says and where the feed stands then.
fn loss<K: Kind>(sim: &mut Sim<K>) -> (Disconnected, String, FeedState) {
    let lost = sim.events().into_iter().find_map(|event| match event {
        Event::Disconnected(lost) => Some(lost),
        _ => None,
    });
    let lost = lost.expect("a loss is told");
    assert!(lost.retry_at.is_some(), "a further try comes");
    let words = lost.to_string();
    (lost, words, sim.feed.state())
}

fn fails_to_connect(cause: Cause) -> (Disconnected, String, FeedState) {
    let mut sim = market();
    sim.login(KEY);
    sim.asks();
    sim.disconnected(Some(Failure::before_sending(cause, "why")));
    loss(&mut sim)
}

#[test]
fn connections_that_do_not_come_up() {
    for (cause, words) in [
        (Cause::Resolve, "the host name could not be resolved: why"),
        (Cause::Connect, "could not connect: why"),
        (Cause::Timeout, "no answer in time: why"),
        (
            Cause::Tls(TlsCause::Name),
            "the server's certificate is for another name: why",
        ),
    ] {
        let (lost, said, state) = fails_to_connect(cause);
        assert_eq!((said.as_str(), state), (words, FeedState::Backoff));
        assert!(matches!(lost.reason, DisconnectReason::Failed(_)));
    }
    let mut sim = market();
    sim.login(KEY);
    sim.asks();
    sim.pass(secs(10));
    let (lost, words, state) = loss(&mut sim);
    assert_eq!(lost.reason, DisconnectReason::ConnectTimeout);
    assert_eq!(words, "could not connect in time");
    assert_eq!(state, FeedState::Backoff);
}

#[test]
fn connections_that_the_server_ends() {
    let mut sim = market().live();
    sim.bytes(b"");
    let (lost, words, state) = loss(&mut sim);
    assert_eq!(lost.reason, DisconnectReason::ServerClosed);
    assert_eq!(words, "the server closed the feed");
    assert_eq!(state, FeedState::Backoff);

    let mut sim = market().up();
    sim.bytes(b"");
    let (lost, words, state) = loss(&mut sim);
    assert_eq!(lost.reason, DisconnectReason::ClosedAfterLogin);
    assert_eq!(words, "the server closed the feed after the login");
    assert_eq!(state, FeedState::Backoff);

    let mut sim = market().live();
    let cause = Cause::Io(std::io::ErrorKind::ConnectionReset);
    sim.disconnected(Some(Failure::after_sending(cause, "")));
    let (_, words, state) = loss(&mut sim);
    assert_eq!(words, "connection error (connection reset)");
    assert_eq!(state, FeedState::Backoff);
}

#[test]
fn connections_that_go_quiet() {
    // Half-open, stalled, or a server without heartbeats: they look the same.
    let mut sim = market().live();
    sim.pass(secs(15));
    let (lost, words, state) = loss(&mut sim);
    assert_eq!(lost.reason, DisconnectReason::Silent(secs(15)));
    assert_eq!(words, "nothing received for 15 s");
    assert_eq!(state, FeedState::Backoff);

    let mut sim = market().live();
    for _ in 0..4 {
        sim.input("x");
        sim.pass(secs(10));
    }
    let (lost, words, state) = loss(&mut sim);
    assert_eq!(lost.reason, DisconnectReason::SlowLine(secs(30)));
    assert!(
        words.starts_with("a line was not whole after 30 s (3 bytes"),
        "{words}"
    );
    assert_eq!(state, FeedState::Backoff);
}

#[test]
fn connections_that_are_given_up() {
    let mut config = FeedConfig::default();
    config.max_line = 100;
    let mut sim = Sim::<Public>::new(config).live();
    sim.input(&"x".repeat(101));
    let (_, words, state) = loss(&mut sim);
    assert_eq!(words, "a line is longer than 100 bytes");
    assert_eq!(state, FeedState::Backoff);

    let mut sim = market().up();
    sim.input("{\"type\":\"err\",\"data\":{\"msg\":\"bad session\",\"cmd\":\"login\"}}\n");
    let (_, words, state) = loss(&mut sim);
    assert_eq!(words, "the feed rejected the login: bad session");
    assert_eq!(state, FeedState::AwaitLogin, "the key is checked");
}

#[test]
fn being_displaced() {
    let mut sim: Sim<Private> = account().live();
    for _ in 0..2 {
        sim.eof();
        sim.events();
        sim.reconnect();
        sim.write();
        sim.input(HEARTBEAT);
        sim.events();
    }
    sim.bytes(b"");
    let (lost, words, state) = loss(&mut sim);
    assert_eq!(lost.reason, DisconnectReason::Displaced);
    assert_eq!(
        words,
        "displaced again and again: does another program use the feed of this session?"
    );
    assert_eq!(state, FeedState::Backoff);
}

#[test]
fn logins_that_give_no_session() {
    let mut sim = market();
    sim.login_fails(LoginError::OutOfTime);
    let (_, words, state) = loss(&mut sim);
    assert_eq!(
        words,
        "not logged in: the login did not end within its deadline"
    );
    assert_eq!(state, FeedState::Backoff);
}
