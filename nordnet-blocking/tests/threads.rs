//! Dropping a client or a feed does not block and leaves no thread.
//!
//! A program of its own, since it counts the threads of the whole process.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "it/support.rs"]
#[allow(dead_code, reason = "it serves another program too")]
mod support;

use std::fs;
use std::net::TcpListener;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nordnet_blocking::api::ListAccounts;
use nordnet_blocking::proto::{LoggedIn, Server, SessionKey};
use nordnet_blocking::{Blocking, Event, FeedConfig, MarketFeed, Subscription};
use nordnet_sim::{Answer, Cut, Feeds};
use rustix::net::listen;

use support::{builder, ericsson, in_less, next_price, server, trader, until};

/// The longest that a drop may take, with room for a busy machine.
const MOST: Duration = Duration::from_millis(300);

/// Runs one test at a time, since each counts the threads of the process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The names of the threads of this crate.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let name = |task: fs::DirEntry| fs::read_to_string(task.path().join("comm")).ok();
    let names = tasks.filter_map(|task| name(task.unwrap()));
    let own = [
        "nordnet",
        "nordnet read",
        "nordnet write",
        "nordnet connect",
    ];
    names
        .map(|name| name.trim_end().to_owned())
        .filter(|name| own.contains(&&**name))
        .collect()
}

/// Waits for the last thread of this crate to end.
fn none_is_left() {
    let end = Instant::now() + Duration::from_secs(5);
    while !threads().is_empty() {
        assert!(Instant::now() < end, "{:?}", threads());
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn dropping_a_client_ends_its_keep_alive_and_its_connections() {
    let _alone = alone();
    let server = server();
    let nordnet = trader(&server);
    nordnet.send(ListAccounts::new()).unwrap();
    assert!(threads().contains(&"nordnet".into()));
    assert!(threads().contains(&"nordnet read".into()));
    in_less(MOST, || drop(nordnet));
    none_is_left();
}

#[test]
fn dropping_a_client_that_never_logged_in_leaves_no_thread() {
    let _alone = alone();
    let server = server();
    let nordnet = builder(&server).open().unwrap();
    in_less(MOST, || drop(nordnet));
    none_is_left();
}

#[test]
fn dropping_a_feed_ends_its_threads_while_they_read_or_wait() {
    let _alone = alone();
    let server = server();
    let nordnet = trader(&server);
    for flood in [false, true] {
        let mut feed = nordnet.market_feed().unwrap();
        feed.subscribe(Subscription::Price(ericsson()));
        next_price(&mut feed);
        if flood {
            // Until its thread waits for its data to be taken.
            let line = "{\"type\":\"unheard\",\"data\":{}}\n".repeat(10_000);
            server
                .control()
                .inject_bytes(Feeds::Public, line.as_bytes());
            thread::sleep(Duration::from_millis(100));
        } else {
            server
                .control()
                .stall_feeds(Feeds::All, Duration::from_secs(60));
        }
        in_less(MOST, || drop(feed));
    }
    drop(nordnet);
    none_is_left();
}

#[test]
fn lost_connections_leave_no_thread() {
    let _alone = alone();
    let server = server();
    let nordnet = trader(&server);
    let mut config = FeedConfig::default();
    config.backoff_first = Duration::from_millis(1);
    config.backoff_cap = Duration::from_millis(1);
    let mut feed = nordnet.market_feed_with(config).unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    let cuts = [Cut::Clean, Cut::Abrupt, Cut::Reset];
    for cut in cuts.into_iter().cycle().take(15) {
        next_price(&mut feed);
        server.control().cut_feeds(Feeds::Public, cut);
        until(&mut feed, |event| {
            matches!(event, Event::Disconnected(_)).then_some(())
        });
    }
    drop((feed, nordnet));
    none_is_left();
}

/// A listener that accepts no connection: its queue is full.
fn black_hole() -> (TcpListener, Vec<std::net::TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = |_| std::net::TcpStream::connect_timeout(&address, MOST).ok();
    let queued = (0..4).map_while(connect).collect();
    (listener, queued)
}

/// A feed that is connecting.
fn connecting(to: &TcpListener, limit: Duration) -> MarketFeed {
    let port = to.local_addr().unwrap().port();
    let server = Server::new("127.0.0.1", port, true);
    let logged_in = LoggedIn::new(SessionKey::new("key"), server.clone(), server);
    let mut config = FeedConfig::default();
    config.connect_deadline = limit;
    let mut feed = MarketFeed::standalone(Blocking, logged_in, config).unwrap();
    assert!(feed.next_within(MOST).is_err());
    feed
}

#[test]
fn dropping_a_feed_ends_a_handshake() {
    let _alone = alone();
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let feed = connecting(&mute, Duration::from_secs(60));
    assert!(!threads().is_empty());
    in_less(MOST, || drop(feed));
    none_is_left();
}

/// A connect of the system cannot be ended; its thread ends when its time is over.
#[test]
fn dropping_a_feed_that_connects_does_not_block() {
    let _alone = alone();
    let (hole, _queued) = black_hole();
    let feed = connecting(&hole, Duration::from_secs(2));
    assert!(!threads().is_empty());
    in_less(MOST, || drop(feed));
    none_is_left();
}

#[test]
fn dropping_a_client_does_not_end_a_call_of_another_thread() {
    let _alone = alone();
    let server = server();
    let nordnet = trader(&server);
    let slow = Answer::ordinary().late(Duration::from_millis(500));
    server.control().respond("list_accounts", 1, slow).unwrap();
    let other = nordnet.clone();
    let call = thread::spawn(move || other.send(ListAccounts::new()));
    while server.control().audit().is_empty() {
        thread::yield_now();
    }
    in_less(MOST, || drop(nordnet));
    assert!(!call.join().unwrap().unwrap().is_empty());
    none_is_left();
}

#[test]
fn a_feed_keeps_its_session_alive_without_the_client() {
    let _alone = alone();
    let server = server();
    let nordnet = trader(&server);
    let mut feed = nordnet.market_feed().unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    drop(nordnet);
    next_price(&mut feed);
    assert!(threads().contains(&"nordnet".into()));
    in_less(MOST, || drop(feed));
    none_is_left();
}
