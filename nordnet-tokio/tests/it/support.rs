//! A simulator and a client that trusts it.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use nordnet_sim::Server;
use nordnet_tokio::api::Amount;
use nordnet_tokio::{
    AccountNumber, ApiKey, BaseUrl, Client, ClientBuilder, Decimal, Event, PlaceOrder, Reference,
    TradableId, Trading,
};
use tokio::time::timeout;

/// Longer than any step takes that succeeds.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

pub(crate) fn server() -> Server {
    Server::builder().seed(11).rate(20.0).start().unwrap()
}

pub(crate) fn builder(server: &Server) -> ClientBuilder {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    nordnet_tokio::builder(base_url)
        .key_file(
            ApiKey::new(server.api_key()).unwrap(),
            server.private_key().unwrap(),
            None,
        )
        .trust_only(server.ca_pem().unwrap())
}

pub(crate) async fn trader(server: &Server) -> Client<Trading> {
    builder(server).trading().login().await.unwrap()
}

pub(crate) fn ericsson() -> TradableId {
    TradableId::new(11, "101")
}

/// An order that rests: far below the market.
pub(crate) fn resting_order(reference: &str) -> PlaceOrder {
    let price: Decimal = "60.00".parse().unwrap();
    PlaceOrder::buy(10, ericsson(), Amount::new(price, "SEK"), ACCOUNT)
        .unwrap()
        .with_reference(Reference::new(reference).unwrap())
}

/// Waits for the first event for which a function returns something.
pub(crate) async fn until<M, T>(
    feed: &mut (impl Stream<Item = Event<M>> + Unpin),
    mut wanted: impl FnMut(Event<M>) -> Option<T>,
) -> T {
    let search = async {
        loop {
            let next = poll_fn(|cx| Pin::new(&mut *feed).poll_next(cx));
            let event = next.await.expect("the feed ended");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    };
    timeout(PATIENCE, search)
        .await
        .expect("the event never came")
}
