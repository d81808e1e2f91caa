//! Events and spans of `tracing`: each step is there, and no secret.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use nordnet_sim::{Answer, Cut, Feeds, Server};
use nordnet_tokio::api::ListAccounts;
use nordnet_tokio::proto::NewsSourceId;
use nordnet_tokio::{Event, Subscription, TradableId};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::support::{builder, ericsson, resting_order, server, trader, until};

/// A text of the server, which must not be in a log.
const CANARY: &str = "canary-4711";

#[tokio::test]
async fn emits_every_event_and_no_secret() {
    let seen = Seen::default();
    let writer = seen.clone();
    // With a single subscriber, a span that another test's thread meets first stays
    // disabled; a second one prevents that.
    let _second = tracing_subscriber::registry().set_default();
    let _guard = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .without_time()
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .set_default();
    let server = server();
    let control = server.control();
    let said = format!(r#"{{"code":"{CANARY}","message":"{CANARY} 60012345"}}"#);
    let refusal = |status| Answer::status(status).body(said.clone());

    let nordnet = trader(&server).await;
    let key = nordnet.session().await.unwrap().key.expose().to_owned();
    let mut feed = nordnet.market_feed().unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    // Nothing answers to this one before a complaint comes.
    feed.subscribe(Subscription::News(NewsSourceId::new(2)));
    feed.subscribe(Subscription::Price(TradableId::new(11, "no-such")));
    until(&mut feed, |event| {
        matches!(event, Event::Refused { .. }).then_some(())
    })
    .await;
    for line in [
        format!(r#"{{"type":"{CANARY}","#),
        format!(r#"{{"type":"err","data":{{"msg":"{CANARY}: too many requests"}}}}"#),
        format!(r#"{{"type":"err","data":{{"msg":"{CANARY}"}}}}"#),
    ] {
        control.inject(Feeds::Public, &line);
    }
    control.cut_feeds(Feeds::Public, Cut::Clean);
    until(&mut feed, |event| match event {
        Event::Connected { after_gap } => after_gap,
        _ => None,
    })
    .await;
    feed.close();
    while feed.next().await.is_some() {}

    control.expire_sessions();
    control.respond("list_accounts", 1, refusal(503)).unwrap();
    nordnet.send(ListAccounts::new()).await.unwrap();
    control
        .respond("list_accounts", 1, Answer::lost(Cut::Reset))
        .unwrap();
    nordnet.send(ListAccounts::new()).await.unwrap();
    control.respond("list_accounts", 1, refusal(403)).unwrap();
    nordnet.send(ListAccounts::new()).await.unwrap_err();
    let answers = [refusal(400), Answer::lost(Cut::Clean), refusal(429)];
    for (number, answer) in answers.into_iter().enumerate() {
        control.respond("place_order", 1, answer).unwrap();
        let order = resting_order(&format!("note-{number}"));
        let _ = nordnet.send(order).await;
    }
    control.respond("start_login", 1, refusal(503)).unwrap();
    builder(&server).login().await.unwrap();
    let stranger = Server::builder().seed(3).start().unwrap();
    let distrustful = builder(&server).trust_only(stranger.ca_pem().unwrap());
    distrustful.login().await.unwrap_err();
    control.refuse_logins(true);
    let secret = server.private_key().unwrap();
    builder(&server).login().await.unwrap_err();

    let text = seen.text();
    for name in EXPECTED {
        let is_there = text
            .lines()
            .any(|line| line.contains(&format!(" nordnet: {name}")));
        assert!(is_there, "no {name}:\n{text}");
    }
    for line in text.lines().filter(|line| !line.contains(" close ")) {
        let fields = line
            .split([' ', '{', '}'])
            .filter_map(|word| word.split_once('='));
        for (field, _) in fields {
            assert!(FIELDS.contains(&field), "{field} is in a log:\n{line}");
        }
    }
    let key_line = secret.lines().nth(1).unwrap();
    for secret in [CANARY, "60012345", &key, server.api_key(), key_line] {
        assert!(!text.contains(secret), "{secret} is shown:\n{text}");
    }
    for line in [
        r#" INFO connection{feed="MarketFeed" attempt=2}: nordnet: close"#,
        r#"DEBUG call{operation="list_accounts"}:login: nordnet: login_begun"#,
        r#"ERROR call{operation="place_order"}: nordnet: outcome_unknown operation="place_order" attempt=1 about=note-1 "#,
    ] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
}

const EXPECTED: [&str; 25] = [
    "login_begun",
    "login_waits",
    "login_failed",
    "login_ended",
    "login_refused",
    "call_sent",
    "call_answered",
    "call_retried",
    "call_waits",
    "call_lost",
    "call_failed",
    "cool_down",
    "order_rejected",
    "outcome_unknown",
    "feed_connecting",
    "feed_connected",
    "feed_begun",
    "feed_live",
    "feed_refused",
    "feed_malformed",
    "feed_resends",
    "feed_complaint",
    "feed_lost",
    "feed_gap",
    "feed_closed",
];

/// The fields that events and spans may have.
const FIELDS: [&str; 8] = [
    "operation",
    "feed",
    "attempt",
    "about",
    "status",
    "why",
    "took_ms",
    "wait_ms",
];

/// Keeps the text of a log.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
