//! The server without sockets: time that is paused, and how connections end.

use std::io::ErrorKind;
use std::time::Duration;

use nordnet_sim::{
    Answer, Channel, CommandLimits, Cut, Feeds, InMemory, MemoryStream, Place, Server,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

fn start() -> InMemory {
    Server::builder().rate(0.0).start_in_memory().unwrap()
}

/// Asks for the status and reads to the end.
async fn ask(server: &InMemory) -> (Vec<u8>, std::io::Result<usize>) {
    let mut stream = server.connect(Channel::Rest).await.unwrap();
    let request = b"GET /api/2 HTTP/1.1\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).await;
    (answer, end)
}

#[tokio::test(start_paused = true)]
async fn an_hour_passes_in_an_instant() {
    let server = start();
    let late = Answer::ordinary().late(Duration::from_secs(3600));
    server.control().respond("*", 1, late).unwrap();
    let began = Instant::now();
    let (answer, end) = ask(&server).await;
    assert!(end.is_ok() && answer.starts_with(b"HTTP/1.1 200"));
    assert_eq!(began.elapsed().as_secs(), 3600);
}

#[tokio::test(start_paused = true)]
async fn connections_end_as_they_do_over_tls() {
    let server = start();
    for (cut, kind) in [
        (Cut::Clean, None),
        (Cut::Abrupt, Some(ErrorKind::UnexpectedEof)),
        (Cut::Reset, Some(ErrorKind::ConnectionReset)),
    ] {
        let torn = Answer::ordinary().cut_at(Place::Byte(20), cut);
        server.control().respond("*", 1, torn).unwrap();
        let (answer, end) = ask(&server).await;
        assert_eq!(answer.len(), 20, "{cut:?}");
        assert_eq!(end.err().map(|error| error.kind()), kind, "{cut:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_and_stalled_handshakes_work_in_memory_too() {
    let server = start();
    let control = server.control();
    control.refuse_connections(Channel::Public, Duration::from_secs(5));
    let refused = server.connect(Channel::Public).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(server.connect(Channel::Public).await.is_ok());

    control.stall_handshakes(Channel::Rest, 1);
    let connect = server.connect(Channel::Rest);
    assert!(timeout(Duration::from_secs(60), connect).await.is_err());
    assert!(server.connect(Channel::Rest).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_does_not_log_in_is_closed() {
    let server = start();
    let mut feed: MemoryStream = server.connect(Channel::Public).await.unwrap();
    let began = Instant::now();
    assert_eq!(feed.read(&mut [0; 16]).await.unwrap(), 0);
    assert_eq!(began.elapsed().as_secs(), 10);
    server.control().cut_feeds(Feeds::All, Cut::Clean);
    assert_eq!(server.control().counters().public_connections, 1);
}

#[tokio::test(start_paused = true)]
async fn the_control_ports_words_work_without_it() {
    let server = start();
    let control = server.control();
    control
        .post("respond", r#"{"operation":"*","status":503}"#)
        .unwrap();
    assert!(ask(&server).await.0.starts_with(b"HTTP/1.1 503"));
    assert!(control.get("counters").unwrap().contains(r#""requests":1"#));
    let refused = control.post("respnd", "{}").unwrap_err().to_string();
    assert!(refused.contains("unknown path"), "{refused}");
    assert!(control.get("nothing").is_err());
}

/// Logs in and returns the session key.
async fn log_in(server: &InMemory) -> String {
    let post = async |path: &str, body: Value| {
        let mut stream = server.connect(Channel::Rest).await.unwrap();
        let (body, mut reply) = (body.to_string(), String::new());
        let request = format!(
            "POST /api/2/login/{path} HTTP/1.1\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_to_string(&mut reply).await.unwrap();
        let (_, body) = reply.split_once("\r\n\r\n").unwrap();
        serde_json::from_str::<Value>(body).unwrap()
    };
    let api_key = server.api_key();
    let start = post("start", json!({ "api_key": api_key })).await;
    let keys = server.key_pair().unwrap();
    let signature = keys.sign(start["challenge"].as_str().unwrap());
    let verify = json!({ "api_key": api_key, "service": "NEXTAPI", "signature": signature });
    let session = post("verify", verify).await;
    session["session_key"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_market_in_a_hurry_goes_as_fast_as_its_readers() {
    let server = Server::builder()
        .instruments(300)
        .rate(10_000.0)
        .command_limits(CommandLimits {
            per_second: 1000,
            ..CommandLimits::default()
        })
        .start_in_memory()
        .unwrap();
    let key = log_in(&server).await;
    let mut feed = server.connect(Channel::Public).await.unwrap();
    let login = json!({ "cmd": "login", "args": { "session_key": key, "service": "NEXTAPI" } });
    feed.write_all(format!("{login}\n").as_bytes())
        .await
        .unwrap();
    for tradable in server.control().tradables() {
        let (market, identifier) = tradable.split_once(':').unwrap();
        let args = json!({ "t": "price", "m": market.parse::<i64>().unwrap(), "i": identifier });
        let command = json!({ "cmd": "subscribe", "args": args });
        feed.write_all(format!("{command}\n").as_bytes())
            .await
            .unwrap();
    }

    // In this time there would be far more than is kept for a reader.
    let mut buffer = vec![0; 64 * 1024];
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        for _ in 0..20 {
            assert!(feed.read(&mut buffer).await.unwrap() > 0);
        }
    }
    // One that does not read at all is sent away.
    let gone = async {
        while !server.control().connections().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), gone).await.unwrap();
}
