//! A simulator, a client that trusts it, and waits that end.

use std::time::Duration;

use nordnet_sim::Server;
use nordnet_smol::api::Amount;
use nordnet_smol::{
    AccountNumber, ApiKey, BaseUrl, Client, ClientBuilder, Decimal, Event, PlaceOrder, Reference,
    TradableId, Trading,
};
use smol::Timer;
use smol::stream::{Stream, StreamExt as _};

/// Longer than any step takes that succeeds.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

pub(crate) fn server() -> Server {
    Server::builder().seed(11).rate(20.0).start().unwrap()
}

pub(crate) fn builder(server: &Server) -> ClientBuilder {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    nordnet_smol::builder(base_url)
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

/// How many orders with this reference the exchange has.
pub(crate) fn placed(server: &Server, reference: &str) -> usize {
    let orders = server.control().orders();
    let named = |order: &&nordnet_sim::OrderRecord| order.reference.as_deref() == Some(reference);
    orders.iter().filter(named).count()
}

/// Waits for the first event for which a function returns something.
pub(crate) async fn until<M, T>(
    feed: &mut (impl Stream<Item = Event<M>> + Unpin),
    mut wanted: impl FnMut(Event<M>) -> Option<T>,
) -> T {
    let search = async {
        loop {
            let event = feed.next().await.expect("the feed ended");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    };
    in_time(search).await
}

/// Fails what never ends.
pub(crate) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    let late = async {
        Timer::after(PATIENCE).await;
        panic!("this never ends")
    };
    smol::future::or(future, late).await
}
