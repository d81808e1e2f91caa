//! Clients that mean no good, and what they must not keep others from.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use nordnet_sim::Server;

use crate::client::{Client, connect, message, port, read_response, serves_well, socket};

fn plain() -> Server {
    Server::builder().plain(true).rate(0.0).start().unwrap()
}

#[test]
fn what_is_no_request_is_refused_and_the_connection_ends() {
    let server = plain();
    let endless_header = format!("GET /api/2 HTTP/1.1\r\nx: {}", "y".repeat(70_000));
    let endless_line = "G".repeat(70_000);
    let many_headers = format!("GET /api/2 HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(200));
    let big = "POST /api/2/login/start HTTP/1.1\r\ncontent-length: 300000\r\n\r\n";
    let endless_chunks = format!(
        "POST /api/2/login/start HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{}",
        format!("1000\r\n{}\r\n", "x".repeat(0x1000)).repeat(80)
    );
    for (text, status) in [
        ("\u{16}\u{3}\u{1}\u{2}", 400),
        ("GET / HTTP/9.9\r\n\r\n", 505),
        (&endless_header, 431),
        (&endless_line, 431),
        (&many_headers, 431),
        (big, 413),
        (&endless_chunks, 413),
    ] {
        let mut connection = connect(port(server.rest_url()), None).unwrap();
        // The server may have had enough before all of it is written.
        let _ = connection.get_mut().write_all(text.as_bytes());
        assert_eq!(
            read_response(&mut connection).unwrap().0,
            status,
            "{text:.50}"
        );
        assert_eq!(connection.read(&mut [0; 10]).unwrap_or(0), 0, "it is over");
    }
    serves_well(&server);
}

#[test]
fn pipelined_requests_are_answered_in_turn() {
    let server = plain();
    let mut connection = connect(port(server.rest_url()), None).unwrap();
    let get = "GET /api/2 HTTP/1.1\r\nhost: sim\r\n\r\n";
    let lost = "GET /nowhere HTTP/1.1\r\nhost: sim\r\n\r\n";
    let text = [get, lost, get, lost].concat();
    connection.get_mut().write_all(text.as_bytes()).unwrap();
    for status in [200, 404, 200, 404] {
        assert_eq!(read_response(&mut connection).unwrap().0, status);
    }
}

#[test]
fn old_and_careful_clients_are_served() {
    let server = plain();
    let mut connection = connect(port(server.rest_url()), None).unwrap();
    connection
        .get_mut()
        .write_all(b"GET /api/2 HTTP/1.0\r\n\r\n")
        .unwrap();
    assert_eq!(read_response(&mut connection).unwrap().0, 200);
    assert_eq!(connection.read(&mut [0; 1]).unwrap(), 0);

    let mut connection = connect(port(server.rest_url()), None).unwrap();
    let head = "POST /api/2/login/start HTTP/1.1\r\ncontent-type: application/json\r\n\
        expect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    connection.get_mut().write_all(head.as_bytes()).unwrap();
    assert_eq!(read_response(&mut connection).unwrap().0, 100);
    connection.get_mut().write_all(b"{}").unwrap();
    assert_eq!(read_response(&mut connection).unwrap().0, 400);
}

#[test]
fn requests_that_never_end_are_given_up() {
    let server = plain();
    let mut half_head = socket(port(server.rest_url())).unwrap();
    half_head.write_all(b"GET /api/2 HTTP/1.1\r\n").unwrap();
    let mut half_body = socket(port(server.rest_url())).unwrap();
    half_body
        .write_all(b"POST /api/2/login/start HTTP/1.1\r\ncontent-length: 9\r\n\r\nx")
        .unwrap();
    let began = Instant::now();
    for mut socket in [half_head, half_body] {
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert!(began.elapsed() < Duration::from_secs(8));
}

#[test]
fn junk_on_a_feed_is_answered_and_costs_no_memory() {
    let server = plain();
    let client = Client::login(&server);
    let before = resident();
    for _ in 0..40 {
        let mut feed = client.feed(server.public_feed());
        let _ = feed.get_mut().write_all(&vec![b'x'; 1 << 20]);
        let mut text = String::new();
        let _ = feed.read_to_string(&mut text);
        assert!(text.contains("Too long a line"), "{text}");
    }
    let mut feed = client.feed(server.public_feed());
    feed.get_mut().write_all(b"\xff\xfe{}\n\0\n").unwrap();
    for echo in ["\u{fffd}\u{fffd}{}", "\0"] {
        assert_eq!(message(&mut feed)["data"]["cmd"], echo);
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
    serves_well(&server);
}

/// Returns how much memory this process has, where that can be known.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0_u64) * 4096
}
