//! Feeds over real TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_core::Stream as _;
use nordnet_sim::{Cut, Feeds};
use nordnet_tokio::feed::Reconnect;
use nordnet_tokio::{Event, FeedConfig, MarketFeed, MarketMessage, Subscription, Tokio};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{interval, sleep, timeout};

use crate::support::{ericsson, server, trader, until};

#[tokio::test]
async fn the_first_tick_is_full_and_the_others_are_changes() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut feed = nordnet.market_feed().unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    let mut full = Vec::new();
    while full.len() < 5 {
        full.push(next_price(&mut feed).await);
    }
    assert_eq!(full, [true, false, false, false, false]);
}

async fn next_price(feed: &mut MarketFeed) -> bool {
    until(feed, |event| match event {
        Event::Message(MarketMessage::Price(tick)) => Some(tick.is_full()),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn reports_a_lost_connection_before_the_next_tick_and_subscribes_again() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut feed = nordnet.market_feed().unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    next_price(&mut feed).await;

    server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
    let is_first = until(&mut feed, |event| match event {
        Event::Disconnected(_) => Some(true),
        Event::Message(_) => None,
        _ => Some(false),
    })
    .await;
    assert!(is_first, "the loss comes first");
    let gap = until(&mut feed, |event| match event {
        Event::Connected { after_gap } => Some(after_gap),
        Event::Message(_) => panic!("a message before the gap was reported"),
        _ => None,
    })
    .await;
    assert!(gap.is_some());
    assert!(
        next_price(&mut feed).await,
        "the first tick after a gap is full"
    );
}

/// A connection that takes longer to open than the other branch of a `select!` takes
/// must not be begun again each time.
#[tokio::test]
async fn a_slow_connection_opens_beside_a_fast_ticker_in_a_select() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut logged_in = nordnet.session().await.unwrap();
    let (port, connects) = slow_proxy(logged_in.public_feed.port, Duration::from_millis(200)).await;
    logged_in.public_feed.port = port;

    let tls = trusting(&server);
    let config = FeedConfig::default();
    let mut feed = MarketFeed::standalone_with_tls(Tokio, logged_in, config, tls).unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    let mut ticker = interval(Duration::from_millis(20));
    let mut prices = 0;
    let watch = async {
        while prices < 3 {
            tokio::select! {
                event = feed.next() => {
                    let event = event.expect("the feed ended");
                    prices += usize::from(matches!(event, Event::Message(MarketMessage::Price(_))));
                }
                _ = ticker.tick() => {}
            }
        }
    };
    timeout(Duration::from_secs(5), watch)
        .await
        .expect("no events beside the ticker");
    assert_eq!(connects.load(Ordering::SeqCst), 1);
}

/// Forwards connections to a local port, each after a pause.
async fn slow_proxy(to: u16, pause: Duration) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connects = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connects);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                sleep(pause).await;
                let mut far = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                let _ = copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    (port, connects)
}

fn trusting(server: &nordnet_sim::Server) -> rustls::ClientConfig {
    use rustls::pki_types::CertificateDer;
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from(server.ca_der().unwrap().to_vec()))
        .unwrap();
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[tokio::test]
async fn a_handle_subscribes_and_closes_from_another_task() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut feed = nordnet.market_feed().unwrap();
    let handle = feed.handle();
    let (seen, price) = oneshot::channel();
    tokio::spawn(async move {
        sleep(Duration::from_millis(50)).await;
        handle.subscribe(Subscription::Price(ericsson()));
        price.await.unwrap();
        sleep(Duration::from_millis(50)).await;
        handle.close();
    });
    next_price(&mut feed).await;
    seen.send(()).unwrap();
    until(&mut feed, |event| {
        matches!(event, Event::Closed(_)).then_some(())
    })
    .await;
    assert!(feed.next().await.is_none(), "a closed feed stays closed");
}

#[tokio::test]
async fn a_feed_is_a_stream_that_ends() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut config = FeedConfig::default();
    config.reconnect = Reconnect::Never;
    let mut feed = nordnet.market_feed_with(config).unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    next_price(&mut feed).await;
    server.control().cut_feeds(Feeds::Public, Cut::Abrupt);

    let mut last = None;
    let mut stream = std::pin::pin!(feed);
    while let Some(event) = timeout(
        Duration::from_secs(5),
        std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)),
    )
    .await
    .expect("the stream never ends")
    {
        last = Some(event);
    }
    assert!(matches!(last, Some(Event::Closed(_))), "{last:?}");
}

#[tokio::test]
async fn renews_an_expired_session_by_one_login_and_reconnects() {
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
}
