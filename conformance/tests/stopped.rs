//! A process that was stopped, by a debugger or a suspended machine: its clock jumps
//! while a request is on its way out.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nordnet_driver::{BoxFuture, ClientBuilder, Connect, Runtime, Timer, Wire};
use nordnet_proto::api::Amount;
use nordnet_proto::{
    AccountNumber, ApiKey, BaseUrl, Decimal, Error, Failure, PlaceOrder, TradableId,
};
use nordnet_sim::Server;
use nordnet_tokio::Tokio;

/// Tokio, with a clock that jumps when a connection has opened.
struct Stopped {
    ahead: Arc<AtomicU64>,
    jump: Arc<AtomicU64>,
}

impl Runtime for Stopped {
    fn now(&self) -> Instant {
        Tokio.now() + Duration::from_secs(self.ahead.load(Ordering::Relaxed))
    }

    fn timer(&self) -> Box<dyn Timer> {
        Tokio.timer()
    }

    fn spawn(&self, task: BoxFuture<()>) {
        Tokio.spawn(task);
    }

    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        Tokio.run_blocking(work);
    }

    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>> {
        let (ahead, jump) = (Arc::clone(&self.ahead), Arc::clone(&self.jump));
        Box::pin(async move {
            let wire = Tokio.connect(to).await;
            ahead.fetch_add(jump.load(Ordering::Relaxed), Ordering::Relaxed);
            wire
        })
    }
}

#[tokio::test]
async fn an_order_whose_time_is_over_does_not_leave() {
    let server = Server::builder().start().unwrap();
    let jump = Arc::<AtomicU64>::default();
    let runtime = Stopped {
        ahead: Arc::default(),
        jump: Arc::clone(&jump),
    };
    let url: BaseUrl = server.rest_url().parse().unwrap();
    let api_key = ApiKey::new(server.api_key()).unwrap();
    let nordnet = ClientBuilder::new(runtime, url)
        .key_file(api_key, server.private_key().unwrap(), None)
        .trust_only(server.ca_pem().unwrap())
        .trading()
        .login()
        .await
        .unwrap();

    // Longer than an order call may take, and shorter than a session lives.
    jump.store(20, Ordering::Relaxed);
    let account = AccountNumber::new(60012345);
    let price = Amount::new(Decimal::new(6000, 2), "SEK");
    let order = PlaceOrder::buy(1, TradableId::new(11, "101"), price, account).unwrap();
    let outcome = nordnet.send(order).await;

    assert!(
        matches!(outcome, Err(Error::NotSent(_) | Error::OutOfTime)),
        "{outcome:?}"
    );
    assert_eq!(nordnet.unresolved(), []);
    assert!(server.control().orders().is_empty());
}
