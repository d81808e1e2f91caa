//! Feeds over real TLS.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use nordnet_sim::{Control, Cut, Feeds, Server};
use nordnet_smol::feed::{DisconnectReason, Reconnect};
use nordnet_smol::{Event, FeedConfig, MarketFeed, MarketMessage, Smol, Subscription};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use smol::Timer;
use smol::stream::StreamExt as _;

use crate::support::{ericsson, in_time, server, trader, until};

/// What goes wrong, and which reason the feed has to report.
#[derive(Clone, Copy, Debug)]
enum Fault {
    CutWithoutNotice,
    CutInGoodOrder,
    Stall,
    LongLine,
}

impl Fault {
    const ALL: [Self; 4] = [
        Self::CutWithoutNotice,
        Self::CutInGoodOrder,
        Self::Stall,
        Self::LongLine,
    ];

    fn happen(self, control: &Control) {
        match self {
            Self::CutWithoutNotice => control.cut_feeds(Feeds::Public, Cut::Abrupt),
            Self::CutInGoodOrder => control.cut_feeds(Feeds::Public, Cut::Clean),
            Self::Stall => control.stall_feeds(Feeds::Public, Duration::from_secs(60)),
            Self::LongLine => control.inject(Feeds::Public, &"x".repeat(10_000)),
        }
    }

    fn explains(self, reason: &DisconnectReason) -> bool {
        match self {
            Self::Stall => matches!(reason, DisconnectReason::Silent(_)),
            Self::LongLine => matches!(reason, DisconnectReason::LineTooLong(_)),
            Self::CutWithoutNotice | Self::CutInGoodOrder => matches!(
                reason,
                DisconnectReason::ServerClosed | DisconnectReason::Failed(_)
            ),
        }
    }
}

#[test]
fn reconnects_after_every_fault_and_reports_each_gap_first() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        let mut config = FeedConfig::default();
        config.silence = Duration::from_millis(700);
        config.max_line = 8_000;
        config.backoff_first = Duration::from_millis(50);
        config.backoff_cap = Duration::from_millis(50);
        let mut feed = nordnet.market_feed_with(config).unwrap();
        feed.subscribe(Subscription::Price(ericsson()));
        assert!(next_price(&mut feed).await, "the first tick is full");

        let faults = Fault::ALL.into_iter().cycle().take(20);
        for fault in faults.clone() {
            fault.happen(&server.control());
            comes_back(&mut feed, fault).await;
        }
        let losses = faults.count() as u64;
        let counters = feed.counters();
        assert_eq!((counters.losses, counters.gaps), (losses, losses));
        assert_eq!(
            server.control().counters().logins,
            1,
            "the session was never in doubt"
        );
    });
}

/// After what was on its way: the loss, then the connection with its gap, and
/// only then messages, the first of them full.
async fn comes_back(feed: &mut MarketFeed, fault: Fault) {
    let reason = until(feed, |event| match event {
        Event::Message(_) => None,
        Event::Disconnected(lost) => Some(lost.reason),
        other => panic!("{fault:?}: {other:?} before the loss"),
    })
    .await;
    assert!(fault.explains(&reason), "{fault:?}: {reason}");
    let gap = until(feed, |event| match event {
        Event::Connected { after_gap } => Some(after_gap),
        Event::Message(_) => panic!("{fault:?}: a message before the gap was reported"),
        _ => None,
    })
    .await;
    assert_eq!(gap.expect("a gap goes with it").without_full_tick, 1);
    assert!(next_price(feed).await, "{fault:?}: the first tick is full");
}

/// Waits for a price, and says whether it was a full one.
async fn next_price(feed: &mut MarketFeed) -> bool {
    until(feed, |event| match event {
        Event::Message(MarketMessage::Price(tick)) => Some(tick.is_full()),
        _ => None,
    })
    .await
}

#[test]
fn a_handle_subscribes_and_closes_from_another_task() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        let mut feed = nordnet.market_feed().unwrap();
        let handle = feed.handle();
        let (seen, price) = smol::channel::bounded(1);
        let elsewhere = smol::spawn(async move {
            Timer::after(Duration::from_millis(50)).await;
            handle.subscribe(Subscription::Price(ericsson()));
            price.recv().await.unwrap();
            Timer::after(Duration::from_millis(50)).await;
            handle.close();
        });
        next_price(&mut feed).await;
        seen.send(()).await.unwrap();
        until(&mut feed, |event| {
            matches!(event, Event::Closed(_)).then_some(())
        })
        .await;
        elsewhere.await;
        assert!(feed.next().await.is_none(), "a closed feed stays closed");
    });
}

#[test]
fn a_standalone_feed_is_a_stream_that_ends() {
    smol::block_on(async {
        let server = server();
        let logged_in = trader(&server).await.session().await.unwrap();
        let mut config = FeedConfig::default();
        config.reconnect = Reconnect::Never;
        let tls = trusting(&server);
        let mut feed = MarketFeed::standalone_with_tls(Smol, logged_in, config, tls).unwrap();
        feed.subscribe(Subscription::Price(ericsson()));
        next_price(&mut feed).await;
        server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
        let last = in_time(pin!(feed).last()).await;
        assert!(matches!(last, Some(Event::Closed(_))), "{last:?}");
    });
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
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        let mut feed = nordnet.market_feed().unwrap();
        feed.subscribe(Subscription::Price(ericsson()));
        next_price(&mut feed).await;
        server.control().expire_sessions();
        server.control().cut_feeds(Feeds::All, Cut::Abrupt);
        until(&mut feed, |event| {
            matches!(event, Event::Disconnected(_)).then_some(())
        })
        .await;
        assert!(next_price(&mut feed).await, "back, with a full tick");
        assert_eq!(server.control().counters().logins, 2);
    });
}
