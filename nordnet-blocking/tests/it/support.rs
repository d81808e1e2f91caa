//! A simulator, a client that trusts it, and waits that end.

use std::time::{Duration, Instant};

use nordnet_blocking::api::Amount;
use nordnet_blocking::{
    AccountFeed, AccountNumber, ApiKey, BaseUrl, Client, ClientBuilder, Decimal, Elapsed, Event,
    MarketFeed, MarketMessage, PlaceOrder, Reference, TradableId, Trading,
};
use nordnet_sim::Server;

/// Longer than any step takes that succeeds.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

pub(crate) fn server() -> Server {
    Server::builder().seed(11).rate(20.0).start().unwrap()
}

pub(crate) fn builder(server: &Server) -> ClientBuilder {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    nordnet_blocking::builder(base_url)
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

/// A feed of either kind.
pub(crate) trait Feed: Iterator {
    fn wait_until(&mut self, end: Instant) -> Result<Option<Self::Item>, Elapsed>;
}

impl Feed for MarketFeed {
    fn wait_until(&mut self, end: Instant) -> Result<Option<Self::Item>, Elapsed> {
        self.next_before(end)
    }
}

impl Feed for AccountFeed {
    fn wait_until(&mut self, end: Instant) -> Result<Option<Self::Item>, Elapsed> {
        self.next_before(end)
    }
}

/// Waits for the first event for which a function returns something.
pub(crate) fn until<M, T>(
    feed: &mut impl Feed<Item = Event<M>>,
    mut wanted: impl FnMut(Event<M>) -> Option<T>,
) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        let event = feed.wait_until(end).expect("the event never came");
        if let Some(found) = wanted(event.expect("the feed ended")) {
            return found;
        }
    }
}

/// Waits for a price, and says whether it was a full one.
pub(crate) fn next_price(feed: &mut MarketFeed) -> bool {
    until(feed, |event| match event {
        Event::Message(MarketMessage::Price(tick)) => Some(tick.is_full()),
        _ => None,
    })
}

/// Returns what a function returns; fails if it takes longer than `most`.
pub(crate) fn in_less<T>(most: Duration, function: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = function();
    let took = start.elapsed();
    assert!(took < most, "it took {took:?}");
    result
}
