//! Crowds that come and go. They take every file descriptor that this process
//! may have, so nothing else is tried beside them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail the test, and servers run by the wall clock"
)]

use std::io::Write;
use std::sync::Mutex;

use nordnet_sim::Server;

use crate::client::{Client, await_commands, message, port, serves_well, socket, subscribe};

#[path = "../it/client.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod client;

/// One crowd at a time.
static CROWDED: Mutex<()> = Mutex::new(());

#[test]
fn a_crowd_at_the_rest_port_keeps_nobody_out() {
    let _alone = CROWDED.lock();
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let rest = port(server.rest_url());
    crowd(&server, rest, b"");
    crowd(&server, rest, b"GET /api/2 HTTP/1.1\r\nslow: ");
}

#[test]
fn a_crowd_at_the_feeds_keeps_nobody_out() {
    let _alone = CROWDED.lock();
    let server = Server::builder().plain(true).rate(0.0).start().unwrap();
    let client = Client::login(&server);
    let mut feed = client.feed(server.public_feed());
    await_commands(&server, 1);
    crowd(&server, server.public_feed().port, b"{\"cmd\":");
    crowd(&server, server.private_feed().port, b"");
    subscribe(&mut feed, "depth");
    let mut messages = std::iter::repeat_with(|| message(&mut feed));
    let first = messages.find(|message| message["type"] != "heartbeat");
    assert_eq!(first.unwrap()["type"], "depth", "it has kept its place");
}

#[test]
fn a_crowd_before_tls_keeps_nobody_out() {
    let _alone = CROWDED.lock();
    let server = Server::builder().rate(0.0).start().unwrap();
    crowd(&server, port(server.rest_url()), b"\x16\x03\x01");
}

/// Opens ten thousand connections to a port, as many at a time as there may
/// be, and leaves them there while a good client comes.
fn crowd(server: &Server, port: u16, greeting: &[u8]) {
    let (mut crowd, mut most) = (Vec::new(), 10_000);
    for _ in 0..10_000 {
        match socket(port) {
            Ok(mut one) if crowd.len() < most => {
                let _ = one.write_all(greeting);
                crowd.push(one);
            }
            Ok(_) => crowd.clear(),
            // No more file descriptors: half of these leave some to the server
            // and to the good client.
            Err(_) => {
                most = crowd.len() / 2;
                crowd.clear();
            }
        }
    }
    serves_well(server);
    let open = server.control().connections().len();
    assert!(open <= 3 * 1024, "{open} connections are kept");
}
