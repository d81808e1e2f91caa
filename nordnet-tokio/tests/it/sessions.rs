//! Logins: as many as needed and no more.

use std::time::Duration;

use nordnet_sim::Answer;
use nordnet_tokio::api::{GetStatus, ListAccounts};
use nordnet_tokio::proto::{Cause, TlsCause};
use nordnet_tokio::{Error, LoginError};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{builder, server, trader};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_callers_with_an_expired_session_log_in_once() {
    let server = server();
    let nordnet = trader(&server).await;
    server.control().expire_sessions();

    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let nordnet = nordnet.clone();
        callers.spawn(async move { nordnet.send(ListAccounts::new()).await });
    }
    while let Some(result) = callers.join_next().await {
        assert!(!result.unwrap().unwrap().is_empty());
    }
    assert_eq!(
        server.control().counters().logins,
        2,
        "the first, and one for all fifty"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_callers_with_refused_credentials_log_in_once() {
    let server = server();
    server.control().refuse_logins(true);
    let nordnet = builder(&server).open().await.unwrap();

    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let nordnet = nordnet.clone();
        callers.spawn(async move { nordnet.send(ListAccounts::new()).await });
    }
    while let Some(result) = callers.join_next().await {
        let Err(Error::Login(LoginError::Refused(refused))) = result.unwrap() else {
            panic!("a login went through");
        };
        assert_eq!(Some(&refused.fingerprint), nordnet.fingerprint().as_ref());
    }
    assert_eq!(verifies(&server), 1);

    server.control().refuse_logins(false);
    assert!(
        nordnet.send(ListAccounts::new()).await.is_err(),
        "the refusal latches"
    );
    assert_eq!(verifies(&server), 1);
    nordnet.forgive();
    assert!(nordnet.send(ListAccounts::new()).await.is_ok());
}

fn verifies(server: &nordnet_sim::Server) -> usize {
    let audit = server.control().audit();
    audit
        .iter()
        .filter(|entry| entry.operation == Some("verify_login"))
        .count()
}

#[tokio::test]
async fn a_call_without_a_session_needs_no_login() {
    let server = server();
    let nordnet = builder(&server).open().await.unwrap();
    assert!(nordnet.send(GetStatus::new()).await.unwrap().system_running);
    assert_eq!(server.control().counters().logins, 0);
}

#[tokio::test]
async fn after_logging_out_nothing_logs_in_again() {
    let server = server();
    let nordnet = trader(&server).await;
    let other = nordnet.clone();
    nordnet.logout().await.unwrap();
    let error = other.send(ListAccounts::new()).await.unwrap_err();
    assert!(
        matches!(error, Error::Login(LoginError::LoggedOut)),
        "{error}"
    );
    assert_eq!(server.control().counters().logins, 1);
}

#[tokio::test]
async fn an_untrusted_certificate_is_refused_before_anything_is_sent() {
    let server = server();
    let stranger = nordnet_sim::Server::builder().seed(3).start().unwrap();
    let error = builder(&server)
        .trust_only(stranger.ca_pem().unwrap())
        .login()
        .await
        .unwrap_err();
    let Error::Login(LoginError::Unreachable(failure)) = error else {
        panic!("{error}");
    };
    assert!(
        matches!(
            failure.cause,
            Cause::Tls(TlsCause::Issuer | TlsCause::Other)
        ),
        "{failure}"
    );
    assert!(!failure.sent);
    assert!(server.control().audit().is_empty());
}

#[tokio::test]
async fn repeats_a_read_after_a_server_error() {
    let server = server();
    let nordnet = trader(&server).await;
    server
        .control()
        .respond_with("list_accounts", 1, 503, &[], "<html>")
        .unwrap();
    assert!(nordnet.send(ListAccounts::new()).await.is_ok());
}

/// A call that waits for a login and is not polled any more must not keep others from
/// logging in.
#[tokio::test]
async fn a_call_that_is_not_polled_blocks_no_other_login() {
    let server = server();
    let nordnet = trader(&server).await;
    let mut market = nordnet.market_feed().unwrap();
    let mut account = nordnet.account_feed().unwrap();
    server.control().expire_sessions();
    let slow = Answer::ordinary().late(Duration::from_secs(1));
    server.control().respond("start_login", 1, slow).unwrap();

    let mut first = std::pin::pin!(nordnet.send(ListAccounts::new()));
    // Until the login is under way, and both feeds wait for it.
    for _ in 0..20 {
        if timeout(Duration::from_millis(5), &mut first).await.is_ok() {
            break;
        }
        let _ = timeout(Duration::from_millis(1), market.next()).await;
        let _ = timeout(Duration::from_millis(1), account.next()).await;
    }
    let call = nordnet.send(ListAccounts::new());
    let accounts = timeout(Duration::from_secs(5), call)
        .await
        .expect("it waits for ever");
    assert!(accounts.is_ok());
    assert_eq!(server.control().counters().logins, 2);
}

#[tokio::test]
async fn debug_and_display_show_no_secret() {
    let server = server();
    let nordnet = trader(&server).await;
    let session = nordnet.session().await.unwrap();
    let feed = nordnet.market_feed().unwrap();
    let mut shown = format!(
        "{:?} {session:?} {feed:?} {:?} {:?}",
        nordnet,
        feed.handle(),
        builder(&server)
    );
    server.control().refuse_logins(true);
    let error = builder(&server).login().await.unwrap_err();
    shown += &format!("{error} {error:?}");
    let key = server.private_key().unwrap();
    let key_line = key.lines().nth(1).unwrap();
    for secret in [session.key.expose(), server.api_key(), key_line] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
