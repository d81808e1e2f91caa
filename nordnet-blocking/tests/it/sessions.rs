//! Logins: as many as needed and no more.

use std::thread;
use std::time::Duration;

use nordnet_blocking::api::{GetStatus, ListAccounts};
use nordnet_blocking::proto::{Cause, TlsCause};
use nordnet_blocking::{Error, LoginError};
use nordnet_sim::{Answer, Cut, Server};

use crate::support::{builder, in_less, server, trader};

#[test]
fn fifty_threads_with_an_expired_session_log_in_once() {
    let server = server();
    let nordnet = trader(&server);
    server.control().expire_sessions();
    thread::scope(|scope| {
        let call = |_| scope.spawn(|| nordnet.send(ListAccounts::new()));
        let callers: Vec<_> = (0..50).map(call).collect();
        for caller in callers {
            assert!(!caller.join().unwrap().unwrap().is_empty());
        }
    });
    assert_eq!(
        server.control().counters().logins,
        2,
        "the first, and one for all fifty"
    );
}

#[test]
fn refused_credentials_are_tried_once_and_name_their_key() {
    let server = server();
    server.control().refuse_logins(true);
    let nordnet = builder(&server).open().unwrap();
    for _ in 0..3 {
        let error = nordnet.send(ListAccounts::new()).unwrap_err();
        let Error::Login(LoginError::Refused(refused)) = error else {
            panic!("{error}");
        };
        assert_eq!(Some(&refused.fingerprint), nordnet.fingerprint().as_ref());
    }
    assert_eq!(server.control().counters().refused_logins, 1);
}

#[test]
fn an_untrusted_certificate_is_refused_before_anything_is_sent() {
    let server = server();
    let stranger = Server::builder().seed(3).start().unwrap();
    let error = builder(&server)
        .trust_only(stranger.ca_pem().unwrap())
        .login()
        .unwrap_err();
    let Error::Login(LoginError::Unreachable(failure)) = error else {
        panic!("{error}");
    };
    let issuer = Cause::Tls(TlsCause::Issuer);
    let other = Cause::Tls(TlsCause::Other);
    assert!([issuer, other].contains(&failure.cause), "{failure}");
    assert!(!failure.sent);
    assert!(server.control().audit().is_empty());
}

#[test]
fn repeats_a_read_after_a_lost_connection_and_a_server_error() {
    let server = server();
    let nordnet = trader(&server);
    for cut in [Cut::Clean, Cut::Abrupt, Cut::Reset] {
        server
            .control()
            .respond("list_accounts", 1, Answer::lost(cut))
            .unwrap();
        assert!(nordnet.send(ListAccounts::new()).is_ok());
    }
    server
        .control()
        .respond_with("list_accounts", 1, 503, &[], "<html>")
        .unwrap();
    assert!(nordnet.send(ListAccounts::new()).is_ok());
}

#[test]
fn calls_one_after_another_share_a_connection() {
    let server = server();
    let nordnet = trader(&server);
    for _ in 0..5 {
        nordnet.send(GetStatus::new()).unwrap();
    }
    assert_eq!(server.control().connections().len(), 1);
}

#[test]
fn a_call_ends_within_the_time_that_it_was_given() {
    let server = server();
    let nordnet = trader(&server);
    let slow = Answer::ordinary().late(Duration::from_secs(30));
    server.control().respond("list_accounts", 1, slow).unwrap();
    let call = || nordnet.send_within(ListAccounts::new(), Duration::from_millis(300));
    assert!(in_less(Duration::from_secs(10), call).is_err());
}

#[test]
fn after_logging_out_nothing_logs_in_again() {
    let server = server();
    let nordnet = trader(&server);
    let other = nordnet.clone();
    nordnet.logout().unwrap();
    let error = other.send(ListAccounts::new()).unwrap_err();
    assert!(
        matches!(error, Error::Login(LoginError::LoggedOut)),
        "{error}"
    );
    assert_eq!(server.control().counters().logins, 1);
}
