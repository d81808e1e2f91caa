//! A simulator, a client that trusts it, and patience.

use std::time::{Duration, Instant};

use nordnet_blocking::api::Amount;
use nordnet_blocking::{
    AccountNumber, ApiKey, BaseUrl, Client, ClientBuilder, Decimal, Event, Feed, Kind,
    MarketMessage, PlaceOrder, Reference, TradableId, Trading,
};
use nordnet_sim::Server;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

pub(crate) fn server() -> Server {
    Server::builder().seed(11).rate(20.0).start().unwrap()
}

pub(crate) fn builder(server: &Server) -> ClientBuilder {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    Client::builder(base_url)
        .key_file(
            ApiKey::new(server.api_key()).unwrap(),
            server.private_key().unwrap(),
            None,
        )
        .trust_only(server.ca_pem().unwrap())
}

pub(crate) fn trader(server: &Server) -> Client<Trading> {
    builder(server).trading().login().unwrap()
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

/// The next event that a function wants; all others are passed over.
pub(crate) fn until<K: Kind, T>(
    feed: &mut Feed<K>,
    mut wanted: impl FnMut(Event<K::Message>) -> Option<T>,
) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        let event = feed.next_before(end).expect("the event never came");
        if let Some(found) = wanted(event.expect("the feed ended")) {
            return found;
        }
    }
}

/// Waits for a price, and says whether it was a full one.
pub(crate) fn next_price(feed: &mut nordnet_blocking::MarketFeed) -> bool {
    until(feed, |event| match event {
        Event::Message(MarketMessage::Price(tick)) => Some(tick.is_full()),
        _ => None,
    })
}

/// What a function gives, if it takes less than that.
pub(crate) fn in_less<T>(most: Duration, function: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = function();
    let took = start.elapsed();
    assert!(took < most, "it took {took:?}");
    result
}
