//! Feeds over real TLS.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use nordnet_blocking::feed::{DisconnectReason, Reconnect};
use nordnet_blocking::{Blocking, Elapsed, Event, FeedConfig, MarketFeed, Subscription};
use nordnet_sim::{Control, Cut, Feeds, Server};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;

use crate::support::{ericsson, in_less, next_price, server, trader, until};

/// What goes wrong, and which reason the feed has to report.
#[derive(Clone, Copy, Debug)]
enum Fault {
    CutWithoutNotice,
    CutInGoodOrder,
    Reset,
    Stall,
    LongLine,
}

impl Fault {
    const ALL: [Self; 5] = [
        Self::CutWithoutNotice,
        Self::CutInGoodOrder,
        Self::Reset,
        Self::Stall,
        Self::LongLine,
    ];

    fn happen(self, control: &Control) {
        match self {
            Self::CutWithoutNotice => control.cut_feeds(Feeds::Public, Cut::Abrupt),
            Self::CutInGoodOrder => control.cut_feeds(Feeds::Public, Cut::Clean),
            Self::Reset => control.cut_feeds(Feeds::Public, Cut::Reset),
            Self::Stall => control.stall_feeds(Feeds::Public, Duration::from_secs(60)),
            Self::LongLine => control.inject(Feeds::Public, &"x".repeat(10_000)),
        }
    }

    fn explains(self, reason: &DisconnectReason) -> bool {
        match self {
            Self::Stall => matches!(reason, DisconnectReason::Silent(_)),
            Self::LongLine => matches!(reason, DisconnectReason::LineTooLong(_)),
            Self::CutWithoutNotice | Self::CutInGoodOrder | Self::Reset => matches!(
                reason,
                DisconnectReason::ServerClosed | DisconnectReason::Failed(_)
            ),
        }
    }
}

#[test]
fn reconnects_after_every_fault_and_reports_each_gap_first() {
    let server = server();
    let nordnet = trader(&server);
    let mut config = FeedConfig::default();
    config.silence = Duration::from_millis(700);
    config.max_line = 8_000;
    config.backoff_first = Duration::from_millis(50);
    config.backoff_cap = Duration::from_millis(50);
    let mut feed = nordnet.market_feed_with(config).unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    assert!(next_price(&mut feed), "the first tick is full");

    let faults = Fault::ALL.into_iter().cycle().take(25);
    for fault in faults.clone() {
        fault.happen(&server.control());
        comes_back(&mut feed, fault);
    }
    let losses = faults.count() as u64;
    let counters = feed.counters();
    assert_eq!((counters.losses, counters.gaps), (losses, losses));
    assert_eq!(
        server.control().counters().logins,
        1,
        "the session was never in doubt"
    );
}

/// After what was on its way: the loss, then the connection with its gap, and
/// only then messages, the first of them full.
fn comes_back(feed: &mut MarketFeed, fault: Fault) {
    let reason = until(feed, |event| match event {
        Event::Message(_) => None,
        Event::Disconnected(lost) => Some(lost.reason),
        other => panic!("{fault:?}: {other:?} before the loss"),
    });
    assert!(fault.explains(&reason), "{fault:?}: {reason}");
    let gap = until(feed, |event| match event {
        Event::Connected { after_gap } => Some(after_gap),
        Event::Message(_) => panic!("{fault:?}: a message before the gap was reported"),
        _ => None,
    });
    assert_eq!(gap.expect("a gap goes with it").without_full_tick, 1);
    assert!(next_price(feed), "{fault:?}: the first tick is full");
}

#[test]
fn a_handle_subscribes_and_closes_while_the_feed_waits() {
    let server = server();
    let nordnet = trader(&server);
    let mut feed = nordnet.market_feed().unwrap();
    let handle = feed.handle();
    until(&mut feed, |event| {
        matches!(event, Event::Connected { .. }).then_some(())
    });
    // Without ticks only the thread can wake it.
    server
        .control()
        .stall_feeds(Feeds::All, Duration::from_millis(400));
    let (stalled, stall) = mpsc::channel();
    let elsewhere = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        handle.subscribe(Subscription::Price(ericsson()));
        stall.recv().unwrap();
        thread::sleep(Duration::from_millis(100));
        handle.close();
    });
    next_price(&mut feed);
    server
        .control()
        .stall_feeds(Feeds::All, Duration::from_secs(60));
    stalled.send(()).unwrap();
    let last = in_less(Duration::from_secs(5), || feed.by_ref().last());
    assert!(matches!(last, Some(Event::Closed(_))), "{last:?}");
    elsewhere.join().unwrap();
    assert!(feed.next().is_none(), "a closed feed stays closed");
}

#[test]
fn a_wait_for_an_event_ends_in_time() {
    let server = server();
    let nordnet = trader(&server);
    let mut feed = nordnet.market_feed().unwrap();
    // However short the waits are, the connection comes up.
    let connected = |feed: &mut MarketFeed| {
        let event = feed.next_within(Duration::from_micros(100));
        matches!(event, Ok(Some(Event::Connected { .. })))
    };
    in_less(Duration::from_secs(5), || while !connected(&mut feed) {});
    while feed.next_within(Duration::ZERO).is_ok() {}
    let wait = || feed.next_within(Duration::from_millis(50));
    assert_eq!(in_less(Duration::from_secs(3), wait).err(), Some(Elapsed));
    feed.subscribe(Subscription::Price(ericsson()));
    assert!(next_price(&mut feed));
}

#[test]
fn a_standalone_feed_is_an_iterator_that_ends() {
    let server = server();
    let logged_in = trader(&server).session().unwrap();
    let mut config = FeedConfig::default();
    config.reconnect = Reconnect::Never;
    let tls = trusting(&server);
    let mut feed = MarketFeed::standalone_with_tls(Blocking, logged_in, config, tls).unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    next_price(&mut feed);
    server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
    let last = in_less(Duration::from_secs(5), || feed.last());
    assert!(matches!(last, Some(Event::Closed(_))), "{last:?}");
}

/// TLS settings with a crypto provider of their own.
fn trusting(server: &Server) -> ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from(server.ca_der().unwrap().to_vec()))
        .unwrap();
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[test]
fn renews_an_expired_session_by_one_login_and_reconnects() {
    let server = server();
    let nordnet = trader(&server);
    let mut feed = nordnet.market_feed().unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    next_price(&mut feed);
    server.control().expire_sessions();
    server.control().cut_feeds(Feeds::All, Cut::Abrupt);
    until(&mut feed, |event| {
        matches!(event, Event::Disconnected(_)).then_some(())
    });
    assert!(next_price(&mut feed), "back, with a full tick");
    assert_eq!(server.control().counters().logins, 2);
}
