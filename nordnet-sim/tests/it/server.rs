use std::io::Write;
use std::time::{Duration, Instant};

use nordnet_sim::{KeyPair, Server};
use serde_json::{Value, json};

use crate::client::{
    Client, await_commands, command, connect, connect_with, exchange, message, port, subscribe,
};

#[test]
fn serves_rest_on_one_connection_over_tls() {
    let server = Server::builder().seed(3).start().unwrap();
    let mut client = Client::login(&server);
    assert_eq!(client.get("").unwrap().0, 200);
    let (status, body) = client.get("/accounts/60012345/info").unwrap();
    assert_eq!(status, 200);
    assert!(body.contains(r#""own_capital":{"value":100000.0,"currency":"SEK"}"#));
    assert_eq!(
        client.get("/accounts/60012345/orders").unwrap(),
        (204, String::new())
    );
    assert_eq!(
        client.get("/accounts/60012410/orders").unwrap(),
        (403, String::new())
    );
    let counters = server.control().counters();
    assert_eq!(
        (counters.login_starts, counters.logins, counters.requests),
        (1, 1, 6)
    );
}

#[test]
fn feeds_tell_ticks_and_fills() {
    let server = Server::builder().rate(0.0).speed(20.0).start().unwrap();
    let control = server.control();
    control
        .set_quote("11:101", Some("86.50"), Some("86.52"))
        .unwrap();
    let mut client = Client::login(&server);
    let mut private = client.feed(server.private_feed());
    let mut public = client.feed(server.public_feed());
    subscribe(&mut public, "price");
    assert_eq!(message(&mut public)["data"]["bid"], json!(86.5));
    control.set_quote("11:101", None, Some("86.54")).unwrap();
    assert_eq!(message(&mut public)["data"]["bid"], Value::Null);

    await_commands(&server, 3);
    let (_, reply) = client.buy(100, "86.54", "mine").unwrap();
    let reply: Value = serde_json::from_str(&reply).unwrap();
    let mut filled = 0;
    while filled < 100 {
        let message = message(&mut private);
        if message["type"] == "trade" {
            assert_eq!(message["data"]["order_id"], reply["order_id"]);
            filled += message["data"]["volume"].as_f64().unwrap() as i64;
        }
    }
    let orders = control.orders();
    assert_eq!(
        (orders[0].traded_volume, orders[0].order_state),
        (100, "DELETED")
    );
    assert_eq!(orders[0].reference.as_deref(), Some("mine"));
}

#[test]
fn takes_both_versions_of_tls_and_only_its_own_authority() {
    let server = Server::builder().start().unwrap();
    let other = Server::builder().start().unwrap();
    let rest = port(server.rest_url());
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut connection = connect_with(rest, server.ca_der(), &[version]).unwrap();
        assert_eq!(
            exchange(&mut connection, "GET", "/api/2", &[], "")
                .unwrap()
                .0,
            200
        );
    }
    assert!(connect(rest, other.ca_der()).is_err());
    let pem = server.ca_pem().unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn serves_without_tls_if_asked() {
    let server = Server::builder().plain(true).start().unwrap();
    assert!(server.rest_url().starts_with("http://127.0.0.1:"));
    assert!(server.ca_pem().is_none() && !server.public_feed().encrypted);
    let client = Client::login(&server);
    assert_eq!(client.session["private_feed"]["encrypted"], false);
    let mut feed = client.feed(server.public_feed());
    subscribe(&mut feed, "depth");
    assert_eq!(message(&mut feed)["type"], "depth");
}

#[test]
fn takes_a_key_of_the_customer() {
    let keys = KeyPair::from_seed(&[9; 32]);
    let line = format!("{} me@home", keys.public());
    let server = Server::builder()
        .public_key(&line)
        .api_key("my-key")
        .start()
        .unwrap();
    assert_eq!((server.api_key(), server.private_key()), ("my-key", None));
    let refused = Server::builder().public_key("ssh-rsa AAAA").start();
    assert!(refused.is_err());
}

#[test]
fn works_inside_a_runtime_and_after_one() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let server = runtime.block_on(async { Server::builder().start().unwrap() });
    drop(runtime);
    assert_eq!(Client::login(&server).get("/accounts").unwrap().0, 200);
}

#[test]
fn starts_and_ends_at_once() {
    let began = Instant::now();
    let server = Server::builder().start().unwrap();
    let client = Client::login(&server);
    let mut feed = client.feed(server.public_feed());
    subscribe(&mut feed, "price");
    message(&mut feed);
    let rest = port(server.rest_url());
    server.shutdown();
    assert!(connect(rest, None).is_err(), "nobody listens any more");
    assert!(began.elapsed() < Duration::from_secs(8));
}

#[test]
fn survives_unfriendly_clients() {
    let server = Server::builder().plain(true).start().unwrap();
    let rest = port(server.rest_url());
    for garbage in [
        &b"\x16\x03\x01\x02\x00garbage\r\n\r\n"[..],
        b"GET /api/2 HTTP/1.1\r\nhost",
        b"POST /api/2/login/start HTTP/1.1\r\ncontent-length: 10\r\n\r\nhalf",
        b"GET / HTTP/9.9\r\n\r\n",
        &[b'a'; 100_000],
    ] {
        let mut connection = connect(rest, None).unwrap();
        // The server may hang up while this is being written.
        let _ = connection.get_mut().write_all(garbage);
    }
    let mut connection = connect(rest, None).unwrap();
    let json = [("content-type", "application/json")];
    let big = "x".repeat(300_000);
    let answer = exchange(&mut connection, "POST", "/api/2/login/start", &json, &big);
    assert!(answer.is_err() || answer.is_ok_and(|(status, _)| status == 413));
    for kind in [server.public_feed(), server.private_feed()] {
        let mut feed = connect(kind.port, None).unwrap();
        let _ = feed.get_mut().write_all(&[0xFF; 200_000]);
    }
    assert_eq!(Client::login(&server).get("/accounts").unwrap().0, 200);
}

#[test]
fn a_reader_that_is_too_slow_is_disconnected() {
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let mut feed = client.feed(server.public_feed());
    subscribe(&mut feed, "price");
    assert_eq!(message(&mut feed)["type"], "price");
    let line = format!("{{\"type\":\"noise\",\"data\":\"{}\"}}", "x".repeat(8000));
    for _ in 0..6000 {
        server.control().inject(nordnet_sim::Feeds::Public, &line);
    }
    let mut lines = 0;
    while crate::client::line(&mut feed).is_ok() {
        lines += 1;
    }
    assert!(lines < 6000, "all {lines} lines were kept for it");
}

#[test]
fn stays_responsive_when_there_is_too_much_to_do() {
    let server = Server::builder()
        .instruments(2000)
        .rate(10_000.0)
        .start()
        .unwrap();
    let began = Instant::now();
    let mut client = Client::login(&server);
    assert_eq!(client.get("/accounts").unwrap().0, 200);
    server.shutdown();
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_command_split_over_packets_is_one_command() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let mut feed = client.feed(server.public_feed());
    for part in [
        r#"{"cmd":"subscribe","args":"#,
        r#"{"t":"price","m":11,"#,
        "\"i\":\"101\"}}\r\n",
    ] {
        feed.get_mut().write_all(part.as_bytes()).unwrap();
        feed.get_mut().flush().unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(message(&mut feed)["type"], "price");
    command(&mut feed, &json!({ "cmd": "nonsense" }));
    assert_eq!(
        message(&mut feed)["data"]["cmd"],
        json!({ "cmd": "nonsense" })
    );
}
