//! A blocking client in the threads of an async runtime.

use nordnet_blocking::api::ListAccounts;
use nordnet_blocking::{Outcome, Subscription};

use crate::support::{ericsson, next_price, resting_order, server, trader};

/// A login, a read, an order, a feed; all is dropped here too.
fn everything() {
    assert!(
        rustls::crypto::CryptoProvider::get_default().is_none(),
        "nothing installs a provider for the process"
    );
    let server = server();
    let nordnet = trader(&server);
    assert!(!nordnet.send(ListAccounts::new()).unwrap().is_empty());
    let outcome = nordnet.send(resting_order("inside-1")).unwrap();
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    let mut feed = nordnet.market_feed().unwrap();
    feed.subscribe(Subscription::Price(ericsson()));
    assert!(next_price(&mut feed));
    drop(feed);
    nordnet.logout().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_in_a_multi_thread_runtime_of_tokio() {
    everything();
}

#[tokio::test]
async fn works_in_a_current_thread_runtime_of_tokio() {
    everything();
}

#[test]
fn works_in_smol() {
    smol::block_on(async { everything() });
    smol::block_on(smol::spawn(async { everything() }));
}
