//! Responses that are slow, too large or no HTTP.

use std::net::TcpListener;
use std::time::Duration;

use nordnet_blocking::api::ListAccounts;
use nordnet_blocking::proto::Cause;
use nordnet_blocking::{Client, Error, Outcome};
use nordnet_sim::{Answer, Part, Server};
use rustix::net::listen;

use crate::support::{builder, in_less, placed, resting_order, server, trader};

/// Less than the slow response takes, with room for a busy machine.
const MOST: Duration = Duration::from_secs(3);

/// Longer than any step takes that succeeds.
const ENOUGH: Duration = Duration::from_secs(20);

/// Returns why a read fails that has this time.
fn cause(server: &Server, answer: Answer, time: Duration) -> Cause {
    let nordnet = trader(server);
    let control = server.control();
    control.reset();
    control.respond("list_accounts", 100, answer).unwrap();
    let call = || nordnet.send_within(ListAccounts::new(), time);
    match in_less(time + MOST, call) {
        Err(Error::Lost(failure)) => failure.cause,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_response_that_comes_byte_by_byte_does_not_outlast_the_deadline() {
    let server = server();
    for part in [Part::Head, Part::Body] {
        let drip = Answer::ordinary().dripped(part, Duration::from_millis(100));
        assert_eq!(cause(&server, drip, MOST), Cause::Timeout);
    }
}

#[test]
fn a_response_that_never_comes_does_not_outlast_the_deadline() {
    let late = Answer::ordinary().late(Duration::from_secs(30));
    assert_eq!(cause(&server(), late, MOST), Cause::Timeout);
}

#[test]
fn refuses_a_response_that_is_no_http_or_too_large() {
    let server = server();
    let garbage = Answer::garbage("220 ready\r\n\r\n");
    assert_eq!(cause(&server, garbage, ENOUGH), Cause::Protocol);
    let huge = Answer::ordinary().padded(16 << 20);
    assert_eq!(cause(&server, huge, ENOUGH), Cause::TooLarge);
    let head = Answer::ordinary().header("x-long", &"x".repeat(100_000));
    assert_eq!(cause(&server, head, ENOUGH), Cause::TooLarge);
}

#[test]
fn reads_chunked_and_interim_responses() {
    let server = server();
    let nordnet = trader(&server);
    for answer in [
        Answer::ordinary().chunked(),
        Answer::ordinary().after_interim(103),
        Answer::ordinary().dripped(Part::Head, Duration::ZERO),
    ] {
        server
            .control()
            .respond("list_accounts", 1, answer)
            .unwrap();
        assert!(!nordnet.send(ListAccounts::new()).unwrap().is_empty());
    }
    assert_eq!(server.control().connections().len(), 1, "all on one");
}

#[test]
fn an_order_with_such_a_response_is_unknown() {
    let server = server();
    let nordnet = trader(&server);
    let answers = [
        (Answer::garbage("no HTTP\r\n").processed(), ENOUGH),
        (Answer::ordinary().padded(16 << 20), ENOUGH),
        (Answer::ordinary().late(Duration::from_secs(30)), MOST),
    ];
    for (number, (answer, time)) in answers.into_iter().enumerate() {
        let reference = format!("odd-{number}");
        server.control().respond("place_order", 1, answer).unwrap();
        let order = || nordnet.send_within(resting_order(&reference), time);
        let outcome = in_less(time + MOST, order).unwrap();
        assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
        assert_eq!(placed(&server, &reference), 1);
    }
}

/// The queue of its listener is full.
#[test]
fn a_host_that_accepts_no_connection_does_not_outlast_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let _queued: Vec<_> = (0..4)
        .map(|_| std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100)))
        .collect();
    let server = server();
    let builder = builder(&server).configure(|config| {
        config.base_url = format!("https://{address}").parse().unwrap();
        config.limits.connect = Duration::from_millis(200);
        config.limits.login = Duration::from_millis(500);
    });
    let login = || -> Result<Client, Error> { builder.login() };
    assert!(in_less(MOST, login).is_err());
}
