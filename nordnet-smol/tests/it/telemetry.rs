//! Events and spans of `tracing`, from every thread.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use nordnet_smol::Outcome;
use nordnet_smol::api::ListAccounts;
use tracing_subscriber::filter::LevelFilter;

use crate::support::{in_time, resting_order, server, trader};

#[test]
fn emits_events_of_calls_logins_and_feeds() {
    let seen = Seen::default();
    let writer = seen.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        nordnet.send(ListAccounts::new()).await.unwrap();
        let placed = nordnet.send(resting_order("note-1")).await;
        assert!(matches!(placed, Ok(Outcome::Accepted(_))));
        let mut feed = nordnet.market_feed().unwrap();
        in_time(feed.next()).await;
    });
    let text = String::from_utf8(seen.0.lock().unwrap().clone()).unwrap();
    for line in [
        "login: nordnet: login_ended",
        r#"call{operation="list_accounts"}: nordnet: call_answered"#,
        r#"call{operation="place_order"}: nordnet: call_answered"#,
        r#"nordnet: feed_begun feed="MarketFeed""#,
    ] {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
