//! A hundred cuts, stalls and lines of garbage on a feed over real TLS.

use std::time::Duration;

use nordnet_sim::{Control, Cut, Feeds};
use nordnet_tokio::feed::DisconnectReason;
use nordnet_tokio::{Event, FeedConfig, MarketFeed, MarketMessage, Subscription};
use tokio::time::timeout;

use crate::support::{ericsson, server, trader};

/// How many times something goes wrong.
const FAULTS: usize = 100;

/// Longer than any step takes that succeeds.
const PATIENCE: Duration = Duration::from_secs(20);

/// What goes wrong, and which reason the feed has to report.
#[derive(Clone, Copy, Debug)]
enum Fault {
    CutWithoutNotice,
    CutInGoodOrder,
    Stall,
    LongLine,
    Garbage,
}

impl Fault {
    const ALL: [Self; 5] = [
        Self::CutWithoutNotice,
        Self::Garbage,
        Self::CutInGoodOrder,
        Self::LongLine,
        Self::Stall,
    ];

    fn happen(self, control: &Control) {
        match self {
            Self::CutWithoutNotice => control.cut_feeds(Feeds::Public, Cut::Abrupt),
            Self::CutInGoodOrder => control.cut_feeds(Feeds::Public, Cut::Clean),
            Self::Stall => control.stall_feeds(Feeds::Public, Duration::from_secs(60)),
            Self::LongLine => control.inject(Feeds::Public, &"x".repeat(10_000)),
            Self::Garbage => control.inject(Feeds::Public, "{\"type\":\"price\",\"data\":[1,\u{0}"),
        }
    }

    /// Whether the connection has to be given up.
    fn loses(self) -> bool {
        !matches!(self, Self::Garbage)
    }

    fn explains(self, reason: &DisconnectReason) -> bool {
        match self {
            Self::Stall => matches!(reason, DisconnectReason::Silent(_)),
            Self::LongLine => matches!(reason, DisconnectReason::LineTooLong(_)),
            Self::CutWithoutNotice | Self::CutInGoodOrder => matches!(
                reason,
                DisconnectReason::ServerClosed | DisconnectReason::Failed(_)
            ),
            Self::Garbage => false,
        }
    }
}

#[tokio::test]
async fn reconnects_after_a_hundred_faults_and_reports_each_gap_first() {
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

    let mut losses = 0;
    for fault in Fault::ALL.into_iter().cycle().take(FAULTS) {
        fault.happen(&server.control());
        if fault.loses() {
            losses += 1;
            comes_back(&mut feed, fault).await;
        } else {
            while !matches!(next(&mut feed).await, Event::Malformed(_)) {}
            assert!(!next_price(&mut feed).await, "the connection is still open");
        }
    }
    let counters = feed.counters();
    assert_eq!((counters.losses, counters.gaps), (losses, losses));
    assert_eq!(counters.malformed, FAULTS as u64 - losses);
    assert_eq!(
        server.control().counters().logins,
        1,
        "the session was never in doubt"
    );
}

/// After what was on its way: the loss, then the connection with its gap, and
/// only then messages, the first of them full.
async fn comes_back(feed: &mut MarketFeed, fault: Fault) {
    let reason = loop {
        match next(feed).await {
            Event::Message(_) => {}
            Event::Disconnected(lost) => break lost.reason,
            other => panic!("{fault:?}: {other:?} before the loss"),
        }
    };
    assert!(fault.explains(&reason), "{fault:?}: {reason}");
    loop {
        match next(feed).await {
            Event::Connected { after_gap } => {
                let gap = after_gap.expect("a gap goes with it");
                assert_eq!(gap.without_full_tick, 1);
                break;
            }
            Event::Message(_) => panic!("{fault:?}: a message before the gap was reported"),
            _ => {}
        }
    }
    assert!(
        next_price(feed).await,
        "{fault:?}: the first tick after a gap is full"
    );
}

async fn next(feed: &mut MarketFeed) -> Event<MarketMessage> {
    let event = timeout(PATIENCE, feed.next()).await.expect("nothing comes");
    event.expect("the feed ended")
}

/// Waits for a price, and says whether it was a full one.
async fn next_price(feed: &mut MarketFeed) -> bool {
    loop {
        if let Event::Message(MarketMessage::Price(tick)) = next(feed).await {
            return tick.is_full();
        }
    }
}
