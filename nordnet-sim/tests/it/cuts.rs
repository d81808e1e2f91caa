//! Connections that break at every byte, and what is true afterwards.

use std::io::{Read, Write};
use std::time::Duration;

use nordnet_sim::{Channel, Cut, Direction, Server};
use serde_json::json;

use crate::client::{Client, Connection, connect, message, port, subscribe};

/// Sends bytes and reads until the end. Neither has to go well.
fn converse(connection: &mut Connection, bytes: &[u8]) -> Vec<u8> {
    let _ = connection
        .get_mut()
        .write_all(bytes)
        .and_then(|()| connection.get_mut().flush());
    let mut read = Vec::new();
    let _ = connection.read_to_end(&mut read);
    read
}

fn rest(server: &Server) -> Connection {
    connect(port(server.rest_url()), server.ca_der()).unwrap()
}

fn references(server: &Server) -> Vec<String> {
    let orders = server.control().orders().into_iter();
    orders.filter_map(|order| order.reference).collect()
}

/// An order as bytes; the connection ends after it.
fn order(client: &Client<'_>, reference: &str) -> Vec<u8> {
    let form = format!(
        "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=1&currency=SEK&reference={reference}"
    );
    let authorization = client.authorization();
    let length = form.len();
    format!(
        "POST /api/2/accounts/60012345/orders HTTP/1.1\r\nhost: sim\r\nauthorization: {authorization}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{form}"
    )
    .into_bytes()
}

#[test]
fn an_order_is_placed_only_if_all_of_it_was_received() {
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let length = order(&client, "r000-0").len();
    for (kind, cut) in [Cut::Clean, Cut::Abrupt, Cut::Reset]
        .into_iter()
        .enumerate()
    {
        for at in (0..=length).skip(kind).step_by(3).chain([length]) {
            let reference = format!("r{at:03}-{kind}");
            server
                .control()
                .cut_at(Channel::Rest, Direction::In, at as u64, cut);
            let answer = converse(&mut rest(&server), &order(&client, &reference));
            assert!(answer.is_empty(), "{cut:?} at {at}");
            let placed = references(&server).contains(&reference);
            assert_eq!(placed, at == length, "{cut:?} at {at} of {length}");
        }
    }
}

#[test]
fn a_reply_breaks_off_at_any_byte_and_the_order_stands() {
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let whole = converse(&mut rest(&server), &order(&client, "whole"));
    assert!(whole.starts_with(b"HTTP/1.1 200 OK\r\n"));
    for (kind, cut) in [Cut::Clean, Cut::Abrupt, Cut::Reset]
        .into_iter()
        .enumerate()
    {
        for at in (0..whole.len()).skip(kind).step_by(3) {
            let reference = format!("r{at:03}-{kind}");
            server
                .control()
                .cut_at(Channel::Rest, Direction::Out, at as u64, cut);
            let part = converse(&mut rest(&server), &order(&client, &reference));
            // A reset may overtake what was sent before it.
            assert!(part.len() == at || cut == Cut::Reset && part.len() < at);
            // All but the number and the times is the same every time.
            assert_eq!(
                part.get(..50),
                whole.get(..part.len().min(50)).filter(|_| part.len() >= 50)
            );
            assert!(references(&server).contains(&reference), "{cut:?} at {at}");
        }
    }
}

#[test]
fn cuts_within_tls_end_with_a_farewell_or_without() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let client = Client::login(&server);
    for (cut, error) in [
        (Cut::Clean, None),
        (Cut::Abrupt, Some(std::io::ErrorKind::UnexpectedEof)),
        (Cut::Reset, Some(std::io::ErrorKind::ConnectionReset)),
    ] {
        for direction in [Direction::In, Direction::Out] {
            server.control().cut_at(Channel::Rest, direction, 20, cut);
            let mut connection = rest(&server);
            let request = order(&client, "tls");
            // One that is cut while it is read may say so at once.
            let _ = connection.get_mut().write_all(&request);
            let _ = connection.get_mut().flush();
            let mut read = Vec::new();
            let result = connection.read_to_end(&mut read);
            assert_eq!(
                result.err().map(|error| error.kind()),
                error,
                "{cut:?} {direction:?}"
            );
            if direction == Direction::Out && cut != Cut::Reset {
                assert_eq!(read, b"HTTP/1.1 200 OK\r\ncon");
            }
        }
    }
}

#[test]
fn a_feed_breaks_off_at_any_byte() {
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let control = server.control();
    let mut feed = client.feed(server.public_feed());
    subscribe(&mut feed, "price");
    let line = message(&mut feed).to_string();
    for at in (0..line.len()).step_by(7) {
        control.cut_at(Channel::Public, Direction::Out, at as u64, Cut::Abrupt);
        let mut feed = client.feed(server.public_feed());
        subscribe_unless_cut(&mut feed);
        let part = converse(&mut feed, b"");
        assert_eq!(part.len(), at);
    }
}

fn subscribe_unless_cut(feed: &mut Connection) {
    let command = json!({ "cmd": "subscribe", "args": { "t": "price", "m": 11, "i": "101" } });
    let _ = feed.get_mut().write_all(format!("{command}\n").as_bytes());
}

#[test]
fn a_feed_command_counts_if_all_of_it_was_received() {
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let login =
        json!({ "cmd": "login", "args": { "session_key": client.key(), "service": "NEXTAPI" } });
    let subscribe = r#"{"cmd":"subscribe","args":{"t":"price","m":11,"i":"101"}}"#;
    let text = format!("{login}\n{subscribe}\n");
    let control = server.control();
    for at in 0..=text.len() {
        control.cut_at(Channel::Public, Direction::In, at as u64, Cut::Abrupt);
        let before = control.counters().commands;
        let mut feed = connect(server.public_feed().port, None).unwrap();
        let answer = converse(&mut feed, text.as_bytes());
        assert!(answer.is_empty());
        let lines = text[..at].matches('\n').count() as u64;
        assert_eq!(control.counters().commands - before, lines, "cut at {at}");
    }
}

#[test]
fn a_connection_can_stall_at_a_byte() {
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let client = Client::login(&server);
    for (direction, at, placed) in [
        (Direction::In, 30, false),
        (Direction::Out, 0, true),
        (Direction::Out, 30, true),
    ] {
        let reference = format!("{direction:?}-{at}");
        server
            .control()
            .cut_at(Channel::Rest, direction, at, Cut::Stall);
        let mut socket =
            std::net::TcpStream::connect(("127.0.0.1", port(server.rest_url()))).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(60)))
            .unwrap();
        socket.write_all(&order(&client, &reference)).unwrap();
        let mut read = Vec::new();
        let error = socket.read_to_end(&mut read).unwrap_err();
        assert!(
            matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ),
            "{error}"
        );
        assert_eq!(
            read.len() as u64,
            if direction == Direction::Out { at } else { 0 }
        );
        assert_eq!(references(&server).contains(&reference), placed);
    }
}

#[test]
fn present_connections_are_cut_from_now_on() {
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let mut client = Client::login(&server);
    let mut feed = client.feed(server.private_feed());
    let control = server.control();
    crate::client::await_commands(&server, 1);
    control.cut_after(Channel::Private, Direction::Out, 5, Cut::Abrupt);
    control.inject(nordnet_sim::Feeds::Private, "0123456789");
    assert_eq!(converse(&mut feed, b""), b"01234");
    control.cut_after(Channel::Rest, Direction::In, 0, Cut::Clean);
    assert!(client.get("/accounts").is_err());
    client.reconnect();
    assert_eq!(client.get("/accounts").unwrap().0, 200);
}

#[test]
fn one_connection_can_be_named_and_cut() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let (mut first, mut second) = (
        client.feed(server.public_feed()),
        client.feed(server.public_feed()),
    );
    subscribe(&mut second, "depth");
    message(&mut second);
    crate::client::await_commands(&server, 3);
    let control = server.control();
    let open = control.connections();
    let channels: Vec<_> = open.iter().map(|one| one.channel).collect();
    assert_eq!(channels, [Channel::Rest, Channel::Public, Channel::Public]);
    assert_eq!(open[2].subscriptions, ["depth 11:101"]);
    assert_eq!((open[2].epoch, open[0].epoch), (Some(1), None));
    assert!(open[2].sent > 100 && open[2].received > 100);

    control.disconnect(open[1].number, Cut::Reset).unwrap();
    let error = first.read(&mut [0; 10]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(control.disconnect(999, Cut::Clean).is_err());
    subscribe(&mut second, "price");
    assert_eq!(message(&mut second)["type"], "price");
    // One that hangs can still be ended.
    control.disconnect(open[2].number, Cut::Stall).unwrap();
    subscribe(&mut second, "price");
    control.disconnect(open[2].number, Cut::Abrupt).unwrap();
    assert_eq!(
        second.read(&mut [0; 10]).unwrap_err().kind(),
        std::io::ErrorKind::UnexpectedEof
    );
}

#[test]
fn a_port_can_be_deaf_for_a_while() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let control = server.control();
    control.refuse_connections(Channel::Rest, Duration::from_millis(300));
    let rest = port(server.rest_url());
    let began = std::time::Instant::now();
    let mut refused = 0;
    while connect(rest, server.ca_der()).is_err() {
        refused += 1;
        assert!(began.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(refused > 3 && began.elapsed() >= Duration::from_millis(280));
    assert!(connect(server.public_feed().port, server.ca_der()).is_ok());
}

#[test]
fn a_handshake_can_wait_in_vain() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let control = server.control();
    control.stall_handshakes(Channel::Public, 1);
    let mut socket =
        std::net::TcpStream::connect(("127.0.0.1", server.public_feed().port)).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    socket.write_all(b"\x16\x03\x01").unwrap();
    let error = socket.read(&mut [0; 10]).unwrap_err();
    assert!(matches!(
        error.kind(),
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
    ));
    assert!(connect(server.public_feed().port, server.ca_der()).is_ok());
}

#[test]
fn what_was_planned_can_be_taken_back() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let control = server.control();
    let answer = nordnet_sim::Answer::status(503);
    control.respond("list_accounts", 2, answer.clone()).unwrap();
    control.respond("list_accounts", 0, answer.clone()).unwrap();
    let mut client = Client::login(&server);
    assert_eq!(client.get("/accounts").unwrap().0, 200);
    control.respond("*", 5, answer).unwrap();
    control.cut_at(Channel::Rest, Direction::In, 0, Cut::Reset);
    control.cut_after(Channel::Rest, Direction::In, 1, Cut::Reset);
    control.refuse_connections(Channel::Rest, Duration::from_secs(60));
    control.refuse_logins(true);
    control.reset();
    assert_eq!(client.get("/accounts").unwrap().0, 200);
    assert_eq!(Client::login(&server).get("/accounts").unwrap().0, 200);
}

#[test]
fn every_byte_received_is_kept() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut client = Client::login(&server);
    client.get("/accounts").unwrap();
    let feed = client.feed(server.private_feed());
    crate::client::await_commands(&server, 1);
    let control = server.control();
    let audit = control.audit();
    let text = |number| String::from_utf8(control.received(number).unwrap()).unwrap();
    let number = audit[2].connection;
    assert_eq!(audit[0].connection, number);
    let rest = text(number);
    assert!(rest.starts_with("POST /api/2/login/start HTTP/1.1\r\n"));
    assert!(rest.contains("GET /api/2/accounts HTTP/1.1\r\n"));
    drop(feed);
    let commands = text(control.commands()[0].connection);
    let login =
        json!({ "cmd": "login", "args": { "session_key": client.key(), "service": "NEXTAPI" } });
    assert_eq!(commands, format!("{login}\n"), "also after its end");
    assert!(control.received(99).is_none());
}
