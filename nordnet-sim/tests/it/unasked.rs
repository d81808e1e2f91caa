//! Replies that nobody asked for: early ones, stray ones, floods of interim ones.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use nordnet_sim::{Answer, Channel, MemoryStream, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Client, ControlPort, connect, line, port, read_response, serves_well};

const ACCEPTED: &str =
    r#"{"order_id":1,"result_code":"OK","order_state":"ON_MARKET","action_state":"INS_CONF"}"#;

#[test]
fn an_early_reply_is_there_before_the_request_is_sent() {
    for plain in [false, true] {
        let server = Server::builder().rate(0.0).plain(plain).start().unwrap();
        let mut client = Client::login(&server);
        let mut control = ControlPort::of(&server);
        let plan = r#"{"operation":"place_order","early":true}"#;
        assert_eq!(control.post("/respond", plan).0, 200);
        client.reconnect();
        let early = read_response(client.rest()).unwrap();
        assert_eq!(early, (200, ACCEPTED.to_owned()), "plain: {plain}");
        assert!(server.control().orders().is_empty());

        // The order takes effect and has no reply of its own.
        client.send_buy("r").unwrap();
        client.send_get("/accounts").unwrap();
        assert!(read_response(client.rest()).unwrap().1.contains("accno"));
        let orders = server.control().orders();
        assert_eq!(orders[0].reference.as_deref(), Some("r"));
        let audit = server.control().audit();
        let placed = audit
            .iter()
            .find(|one| one.operation == Some("place_order"));
        assert!(placed.is_some_and(|one| one.processed && one.status.is_none()));
    }
}

#[test]
fn an_early_reply_may_be_another_and_later_and_the_request_dropped() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut client = Client::login(&server);
    let mut control = ControlPort::of(&server);
    let plan =
        r#"{"operation":"*","early":true,"ms":100,"processed":false,"status":503,"body":"no"}"#;
    assert_eq!(control.post("/respond", plan).0, 200);
    client.reconnect();
    let began = Instant::now();
    client.send_buy("r").unwrap();
    let early = read_response(client.rest()).unwrap();
    assert_eq!(early, (503, "no".to_owned()));
    assert!(began.elapsed() >= Duration::from_millis(90));
    assert_eq!(client.get("/accounts").unwrap().0, 200);
    assert!(server.control().orders().is_empty());

    // One that is larger than TLS takes ahead of its handshake is whole too.
    let plan = r#"{"operation":"*","early":true,"padding":300000}"#;
    assert_eq!(control.post("/respond", plan).0, 200);
    client.reconnect();
    let (_, body) = read_response(client.rest()).unwrap();
    assert_eq!(body.len(), ACCEPTED.len() + 300_000);
    assert_eq!(
        control
            .post("/respond", r#"{"operation":"dance","early":true}"#)
            .0,
        400
    );
}

#[test]
fn a_stray_reply_follows_the_ordinary_one() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut client = Client::login(&server);
    let mut control = ControlPort::of(&server);
    for (plan, body) in [
        (r#""stray_ms":20"#, ACCEPTED),
        (r#""stray_ms":20,"stray":{"code":"X"}"#, r#"{"code":"X"}"#),
    ] {
        let plan = format!(r#"{{"operation":"list_accounts",{plan}}}"#);
        assert_eq!(control.post("/respond", &plan).0, 200);
        assert!(client.get("/accounts").unwrap().1.contains("accno"));
        let began = Instant::now();
        let stray = read_response(client.rest()).unwrap();
        assert_eq!(stray, (200, body.to_owned()));
        assert!(began.elapsed() >= Duration::from_millis(10));
        // What comes next is answered as ever.
        assert!(client.get("/accounts").unwrap().1.contains("accno"));
    }
}

#[test]
fn interim_replies_flood_the_client_as_long_as_it_reads() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut client = Client::login(&server);
    let mut control = ControlPort::of(&server);
    let flood = r#"{"operation":"*","interim":103,"interim_times":5000,"interim_bytes":50}"#;
    assert_eq!(control.post("/respond", flood).0, 200);
    client.send_get("/accounts").unwrap();
    for _ in 0..5000 {
        let head = client.head().unwrap();
        assert_eq!(head[0], "HTTP/1.1 103 Early Hints");
        assert_eq!(head[1].len(), "link: ".len() + 50);
    }
    assert_eq!(read_response(client.rest()).unwrap().0, 200);

    let endless = format!(
        r#"{{"operation":"*","interim":103,"interim_times":{}}}"#,
        u64::MAX
    );
    assert_eq!(control.post("/respond", &endless).0, 200);
    client.send_get("/accounts").unwrap();
    let mut read = vec![0; 4 << 20];
    client.rest().read_exact(&mut read).unwrap();
    assert!(read.starts_with(b"HTTP/1.1 103"));
    client.reconnect();
    serves_well(&server);
}

#[test]
fn unasked_replies_that_are_planned_are_taken_back() {
    let server = Server::builder().rate(0.0).start().unwrap();
    server
        .control()
        .answer_early("*", 3, &Answer::ordinary())
        .unwrap();
    server.control().reset();
    let mut rest = connect(port(server.rest_url()), server.ca_der()).unwrap();
    rest.get_mut()
        .write_all(b"GET /api/2 HTTP/1.1\r\n\r\n")
        .unwrap();
    assert_eq!(line(&mut rest).unwrap(), "HTTP/1.1 200 OK");
    assert!(!line(&mut rest).unwrap().is_empty());
}

/// Reads what is there, up to an instant of silence.
async fn read_all(stream: &mut MemoryStream) -> String {
    let mut bytes = Vec::new();
    let silence = Duration::from_secs(1);
    let mut buffer = [0; 4096];
    while let Ok(read) = tokio::time::timeout(silence, stream.read(&mut buffer)).await {
        let count = read.unwrap();
        assert!(count > 0, "it has ended");
        bytes.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(start_paused = true)]
async fn unasked_replies_come_in_memory_too() {
    let server = Server::builder().rate(0.0).start_in_memory().unwrap();
    let control = server.control();
    let status = b"GET /api/2 HTTP/1.1\r\n\r\n";
    let early = r#"{"operation":"place_order","early":true}"#;
    control.post("respond", early).unwrap();
    let mut stream = server.connect(Channel::Rest).await.unwrap();
    assert!(read_all(&mut stream).await.ends_with(ACCEPTED));
    stream.write_all(status).await.unwrap();
    assert_eq!(read_all(&mut stream).await, "");
    assert_eq!(control.audit().len(), 1);

    let stray = r#"{"operation":"*","stray_ms":700}"#;
    control.post("respond", stray).unwrap();
    stream.write_all(status).await.unwrap();
    let both = read_all(&mut stream).await;
    assert!(
        both.ends_with(ACCEPTED) && both.matches("HTTP/1.1 200").count() == 2,
        "{both}"
    );

    // It comes at its time also if there is another request before.
    control.post("respond", stray).unwrap();
    stream.write_all(&status.repeat(2)).await.unwrap();
    let all = read_all(&mut stream).await;
    assert!(
        all.ends_with(ACCEPTED) && all.matches("HTTP/1.1 200").count() == 3,
        "{all}"
    );

    let flood = r#"{"operation":"*","interim":103,"interim_times":100}"#;
    control.post("respond", flood).unwrap();
    stream.write_all(status).await.unwrap();
    assert_eq!(
        read_all(&mut stream).await.matches("HTTP/1.1 103").count(),
        100
    );
}
