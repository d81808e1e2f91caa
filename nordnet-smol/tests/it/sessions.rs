//! Logins: as many as needed and no more.

use std::time::{Duration, Instant};

use nordnet_sim::{Answer, Cut, Server};
use nordnet_smol::api::{GetStatus, ListAccounts};
use nordnet_smol::proto::{Cause, TlsCause};
use nordnet_smol::{Error, LoginError};

use crate::support::{builder, in_time, server, trader};

#[test]
fn fifty_callers_with_an_expired_session_log_in_once() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        server.control().expire_sessions();
        let call = |_| {
            let nordnet = nordnet.clone();
            smol::spawn(async move { nordnet.send(ListAccounts::new()).await })
        };
        let callers: Vec<_> = (0..50).map(call).collect();
        for caller in callers {
            assert!(!in_time(caller).await.unwrap().is_empty());
        }
        assert_eq!(
            server.control().counters().logins,
            2,
            "the first, and one for all fifty"
        );
    });
}

#[test]
fn refused_credentials_are_tried_once_and_name_their_key() {
    smol::block_on(async {
        let server = server();
        server.control().refuse_logins(true);
        let nordnet = builder(&server).open().await.unwrap();
        for _ in 0..3 {
            let error = nordnet.send(ListAccounts::new()).await.unwrap_err();
            let Error::Login(LoginError::Refused(refused)) = error else {
                panic!("{error}");
            };
            assert_eq!(Some(&refused.fingerprint), nordnet.fingerprint().as_ref());
        }
        let audit = server.control().audit();
        let verified = |entry: &&nordnet_sim::AuditEntry| entry.operation == Some("verify_login");
        assert_eq!(audit.iter().filter(verified).count(), 1);
    });
}

#[test]
fn an_untrusted_certificate_is_refused_before_anything_is_sent() {
    smol::block_on(async {
        let server = server();
        let stranger = Server::builder().seed(3).start().unwrap();
        let error = builder(&server)
            .trust_only(stranger.ca_pem().unwrap())
            .login()
            .await
            .unwrap_err();
        let Error::Login(LoginError::Unreachable(failure)) = error else {
            panic!("{error}");
        };
        let issuer = Cause::Tls(TlsCause::Issuer);
        let other = Cause::Tls(TlsCause::Other);
        assert!([issuer, other].contains(&failure.cause), "{failure}");
        assert!(!failure.sent);
        assert!(server.control().audit().is_empty());
    });
}

#[test]
fn repeats_a_read_after_a_lost_connection_and_a_server_error() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        for cut in [Cut::Clean, Cut::Abrupt, Cut::Reset] {
            server
                .control()
                .respond("list_accounts", 1, Answer::lost(cut))
                .unwrap();
            assert!(nordnet.send(ListAccounts::new()).await.is_ok());
        }
        server
            .control()
            .respond_with("list_accounts", 1, 503, &[], "<html>")
            .unwrap();
        assert!(nordnet.send(ListAccounts::new()).await.is_ok());
    });
}

#[test]
fn a_call_ends_within_the_time_that_it_was_given() {
    smol::block_on(async {
        let server = server();
        let nordnet = trader(&server).await;
        let slow = Answer::ordinary().late(Duration::from_secs(30));
        server.control().respond("list_accounts", 1, slow).unwrap();
        let start = Instant::now();
        let call = nordnet.send_within(ListAccounts::new(), Duration::from_millis(300));
        assert!(call.await.is_err());
        assert!(start.elapsed() < Duration::from_secs(10));
    });
}

/// The tasks and timers of a client need no executor of their own around them.
#[test]
fn a_client_works_on_an_executor_without_a_reactor() {
    let server = server();
    let status = smol::future::block_on(async {
        let nordnet = trader(&server).await;
        nordnet.send(GetStatus::new()).await
    });
    assert!(status.unwrap().system_running);
}
