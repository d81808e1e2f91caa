//! A simulator and a client that trusts it.

use std::time::Duration;

use nordnet_sim::Server;
use nordnet_tokio::api::Amount;
use nordnet_tokio::{
    AccountNumber, ApiKey, BaseUrl, Client, ClientBuilder, Decimal, Event, Feed, Kind, PlaceOrder,
    ReadOnly, Reference, TradableId, Trading,
};
use tokio::time::timeout;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

pub(crate) fn server() -> Server {
    Server::builder().seed(11).rate(20.0).start().unwrap()
}

pub(crate) fn builder(server: &Server) -> ClientBuilder<ReadOnly> {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    Client::builder(base_url)
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

/// The next event that a function wants; all others are passed over.
pub(crate) async fn until<K: Kind, T>(
    feed: &mut Feed<K>,
    mut wanted: impl FnMut(Event<K::Message>) -> Option<T>,
) -> T {
    let search = async {
        loop {
            let event = feed.next().await.expect("the feed ended");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    };
    timeout(PATIENCE, search)
        .await
        .expect("the event never came")
}
