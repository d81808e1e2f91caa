//! Two crypto providers in one tree, and none of them installed for the
//! process: rustls alone would not know which to take.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nordnet_blocking::Blocking;
use nordnet_driver::blocking::block_on;
use nordnet_driver::{ClientBuilder, Runtime};
use nordnet_proto::api::{GetStatus, ListAccounts};
use nordnet_proto::{ApiKey, BaseUrl, Event, MarketMessage, Subscription, TradableId};
use nordnet_sim::Server;
use nordnet_smol::Smol;
use nordnet_tokio::Tokio;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::server::Acceptor;
use rustls::{ClientConfig, NamedGroup, RootCertStore};
use tokio::runtime::Builder;

/// A key exchange that aws-lc-rs has and ring has not.
const MARK: NamedGroup = NamedGroup::X25519MLKEM768;

#[test]
fn tokio_takes_ring_or_what_it_is_given() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(both(Tokio));
}

#[test]
fn smol_takes_ring_or_what_it_is_given() {
    smol::block_on(both(Smol));
}

#[test]
fn blocking_takes_ring_or_what_it_is_given() {
    block_on(both(Blocking));
}

async fn both(runtime: impl Runtime + Copy) {
    let server = Server::builder().rate(20.0).start().unwrap();
    let pem = server.ca_pem().unwrap().to_owned();
    let der = CertificateDer::from(server.ca_der().unwrap().to_vec());

    works(runtime, &server, |builder| builder.trust_only(pem.clone())).await;
    let groups = offered(runtime, |builder| builder.trust_only(pem)).await;
    assert!(!groups.is_empty() && !groups.contains(&MARK), "{groups:?}");

    let tls = other_tls(der);
    works(runtime, &server, |builder| builder.tls(tls.clone())).await;
    let groups = offered(runtime, |builder| builder.tls(tls)).await;
    assert!(groups.contains(&MARK), "{groups:?}");

    assert!(
        CryptoProvider::get_default().is_none(),
        "none was installed"
    );
}

/// Settings with the provider that is not the default one.
fn other_tls(authority: CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(authority).unwrap();
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A login, a call, and a tick.
async fn works(
    runtime: impl Runtime,
    server: &Server,
    trusting: impl FnOnce(ClientBuilder) -> ClientBuilder,
) {
    let builder = trusting(builder(
        runtime,
        server.rest_url(),
        server.api_key(),
        &server.private_key().unwrap(),
    ));
    let client = builder.login().await.unwrap();
    let accounts = client.send(ListAccounts::new()).await.unwrap();
    assert!(!accounts.is_empty());
    let mut feed = client.market_feed().unwrap();
    feed.subscribe(Subscription::Price(TradableId::new(11, "101")));
    // Heartbeats come all the time.
    for _ in 0..20 {
        match feed.next().await.unwrap() {
            Event::Message(MarketMessage::Price(_)) => return,
            Event::Disconnected(lost) => panic!("{lost}"),
            _ => {}
        }
    }
    panic!("no tick comes");
}

/// The key exchanges that a client offers to a server that then hangs up.
async fn offered(
    runtime: impl Runtime,
    trusting: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Vec<NamedGroup> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let hello = thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        let mut acceptor = Acceptor::default();
        loop {
            assert_ne!(acceptor.read_tls(&mut tcp).unwrap(), 0, "no hello");
            if let Some(accepted) = acceptor.accept().unwrap() {
                return accepted.client_hello().named_groups().unwrap().to_vec();
            }
        }
    });
    let server = Server::builder().start().unwrap();
    let key_file = server.private_key().unwrap();
    let builder = trusting(builder(runtime, &url, server.api_key(), &key_file));
    let client = builder.open().await.unwrap();
    // The call is repeated, and finds no listener.
    let call = client.send_within(GetStatus::new(), Duration::from_secs(5));
    assert!(call.await.is_err());
    hello.join().unwrap()
}

fn builder(runtime: impl Runtime, url: &str, api_key: &str, key_file: &str) -> ClientBuilder {
    let base_url: BaseUrl = url.parse().unwrap();
    ClientBuilder::new(runtime, base_url).key_file(ApiKey::new(api_key).unwrap(), key_file, None)
}
