//! The example `watch`.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nordnet_sim::{Cut, Feeds};
use serde_json::Value;
use tokio::time::timeout;

use self::watch::lines::Lines;
use self::watch::table::{Table, WIDTH, cut};
use crate::support::{builder, server};

#[allow(dead_code, reason = "its `main` is not called here")]
#[path = "../../examples/watch/main.rs"]
mod watch;

/// Longer than any step takes that succeeds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Output that can be looked at while it grows.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Is ready once the text is as wanted.
    async fn shows(&self, wanted: impl Fn(&str) -> bool) {
        while !wanted(&self.text()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn writes_an_object_a_line_and_marks_a_gap_until_it_is_mended() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let keys = ["11:101", "XSTO:VOLV B"].map(|key| key.parse().unwrap());
    let paper = Paper::default();
    let scene = async {
        let live = |text: &str| text.matches("\"live\"").count();
        paper.shows(|text| live(text) >= 4).await;
        server.control().cut_feeds(Feeds::Public, Cut::Clean);
        paper.shows(|text| text.contains("stale: ")).await;
        let seen = live(&paper.text());
        paper.shows(|text| live(text) >= seen + 2).await;
    };
    let mut lines = Lines::new(paper.clone());
    let watched = watch::watch(&nordnet, keys.into(), &mut lines, scene);
    timeout(PATIENCE, watched).await.unwrap().unwrap();

    let text = paper.text();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["symbol"], "ERIC B");
    assert_eq!(lines[1]["tradable"], "11:366");
    let mut before = &Value::Null;
    for line in &lines {
        assert_ne!(line, before, "no line is written twice");
        before = line;
        if let (Some(bid), Some(ask)) = (line["bid"].as_f64(), line["ask"].as_f64()) {
            assert!(bid < ask, "{line}");
        }
    }
    let last = lines.iter().rfind(|line| line["state"] == "live").unwrap();
    assert!(last["last"].is_number(), "{last}");
}

#[tokio::test]
async fn paints_a_table_over_itself() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let keys = ["11:101", "XSTO:HM B"].map(|key| key.parse().unwrap());
    let paper = Paper::default();
    // A header, two quotes, a book of five levels, a note, and two lines between.
    const UP: &str = "\x1b[11A";
    let scene = paper.shows(|text| text.matches(UP).count() >= 4);
    let mut table = Table::new(paper.clone());
    let watched = watch::watch(&nordnet, keys.into(), &mut table, scene);
    timeout(PATIENCE, watched).await.unwrap().unwrap();

    let text = paper.text();
    let frames: Vec<&str> = text.split(UP).collect();
    for frame in &frames {
        assert_eq!(frame.lines().count(), 11, "{frame:?}");
    }
    let last = frames.last().unwrap();
    let row = |symbol: &str| last.lines().find(|line| line.contains(symbol)).unwrap();
    for symbol in ["ERIC B", "HM B"] {
        let row: Vec<_> = row(symbol).split_whitespace().collect();
        assert!(row.len() >= 10, "bid, ask, last and the rest: {row:?}");
        assert!(!row.contains(&"-"), "{row:?}");
    }
}

#[tokio::test]
async fn notes_what_a_server_says_within_its_line() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let keys = vec!["11:101".parse().unwrap()];
    let paper = Paper::default();
    // As above, with one quote.
    const UP: &str = "\x1b[10A";
    let complaint = format!(
        r#"{{"type":"err","data":{{"msg":"odd\n\u001b[2Jwords {}"}}}}"#,
        "å".repeat(200)
    );
    let scene = async {
        paper.shows(|text| text.matches(UP).count() >= 2).await;
        server.control().inject(Feeds::Public, &complaint);
        paper.shows(|text| text.contains("complains: odd")).await;
        server.control().inject(Feeds::Public, "[1]");
        paper.shows(|text| text.contains("malformed line")).await;
    };
    let mut table = Table::new(paper.clone());
    let watched = watch::watch(&nordnet, keys, &mut table, scene);
    timeout(PATIENCE, watched).await.unwrap().unwrap();

    let text = paper.text();
    for frame in text.split(UP) {
        assert_eq!(frame.lines().count(), 10, "{frame:?}");
        for line in frame.lines() {
            let line = line.trim_start_matches('\r').trim_start_matches("\x1b[2K");
            assert!(line.chars().count() <= WIDTH, "{line:?}");
            assert!(!line.contains('\x1b'), "{line:?}");
        }
    }
    assert!(
        text.contains("odd  [2Jwords åå"),
        "as much as fits is shown"
    );
}

#[test]
fn a_line_is_cut_where_it_would_be_broken() {
    let whole = "å".repeat(WIDTH);
    assert_eq!(cut(&whole), whole);
    assert_eq!(cut(&(whole.clone() + "x")), whole);
    assert_eq!(cut(&"株".repeat(WIDTH)), "株".repeat(WIDTH / 2));
    assert_eq!(cut(""), "");
}

#[tokio::test]
async fn says_what_is_not_listed() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let keys = vec!["XSTO:NO SUCH".parse().unwrap()];
    let mut table = Table::new(Vec::new());
    let watched = watch::watch(&nordnet, keys, &mut table, std::future::pending());
    let error = timeout(PATIENCE, watched).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "nothing is listed as XSTO:NO SUCH");
}
