//! What several tests use.

use std::thread;
use std::time::{Duration, Instant};

use nordnet_driver::ClientBuilder;
use nordnet_proto::api::Amount;
use nordnet_proto::{AccountNumber, ApiKey, BaseUrl, Decimal, PlaceOrder, Reference, TradableId};
use nordnet_sim::{Control, OrderRecord, Server};

use crate::adapter::Adapter;

/// The pause between two checks of a condition.
pub(crate) const MOMENT: Duration = Duration::from_millis(2);

/// Waits until a condition holds.
pub(crate) fn eventually(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "{what}: never");
        thread::sleep(MOMENT);
    }
}

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

/// A client of a simulator, which trusts it.
pub(crate) fn builder(adapter: Adapter, server: &Server) -> ClientBuilder {
    let base_url: BaseUrl = server.rest_url().parse().unwrap();
    let api_key = ApiKey::new(server.api_key()).unwrap();
    let key_file = server.private_key().unwrap();
    let builder = adapter.builder(base_url).key_file(api_key, key_file, None);
    match server.ca_pem() {
        Some(pem) => builder.trust_only(pem),
        None => builder,
    }
}

pub(crate) fn ericsson() -> TradableId {
    TradableId::new(11, "101")
}

pub(crate) fn sek(text: &str) -> Amount {
    Amount::new(text.parse::<Decimal>().unwrap(), "SEK")
}

/// An order that rests: far below the market.
pub(crate) fn resting_order(reference: &Reference) -> PlaceOrder {
    let order = PlaceOrder::buy(1, ericsson(), sek("60.00"), ACCOUNT).unwrap();
    order.with_reference(reference.clone())
}

/// The orders with this reference, as the exchange has them.
pub(crate) fn placed(control: &Control, reference: &Reference) -> Vec<OrderRecord> {
    let mut orders = control.orders();
    orders.retain(|order| order.reference.as_deref() == Some(reference.as_str()));
    orders
}

/// An order as the exchange has it now.
pub(crate) fn current(control: &Control, order: &OrderRecord) -> OrderRecord {
    let mut orders = control.orders();
    orders.retain(|one| one.order_id == order.order_id);
    orders.remove(0)
}

/// How many requests of an operation that contain `text` took effect.
pub(crate) fn processed(control: &Control, operation: &str, text: &str) -> usize {
    let mut audit = control.audit();
    audit.retain(|entry| {
        let body = entry.body.as_deref().unwrap_or_default();
        entry.operation == Some(operation)
            && entry.processed
            && (entry.target.contains(text) || body.contains(text))
    });
    audit.len()
}
