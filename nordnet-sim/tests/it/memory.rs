//! The server without sockets: time that is paused, and how connections end.

use std::io::ErrorKind;
use std::time::Duration;

use nordnet_sim::{Answer, Channel, Cut, Feeds, InMemory, MemoryStream, Place, Server};
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
async fn doors_close_and_handshakes_stall_in_memory_too() {
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
