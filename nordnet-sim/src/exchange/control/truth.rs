//! How things really are, for a test to compare with.

use crate::fixed::Fixed;

use crate::exchange::Exchange;
use crate::exchange::market::Side;
use crate::exchange::order::Order;

/// The truth about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderRecord {
    /// Its number.
    pub order_id: i64,
    /// The account number.
    pub accno: i64,
    /// `market:identifier`.
    pub tradable: String,
    /// Buy or sell.
    pub side: Side,
    /// The limit.
    pub price: Fixed,
    /// What was asked for.
    pub volume: i64,
    /// What was executed.
    pub traded_volume: i64,
    /// Where it stands, as on the wire.
    pub order_state: &'static str,
    /// What happened last, as on the wire.
    pub action_state: &'static str,
    /// The customer's text.
    pub reference: Option<String>,
}

/// The truth about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountRecord {
    /// The account number.
    pub accno: i64,
    /// The cash in each currency.
    pub cash: Vec<(&'static str, Fixed)>,
    /// How many are held of each `market:identifier`.
    pub holdings: Vec<(String, i64)>,
}

impl Exchange {
    /// Returns the truth about all orders, oldest first.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderRecord> {
        let record = |order: &Order| OrderRecord {
            order_id: order.id,
            accno: self.accounts[order.account].accno,
            tradable: self.market[order.instrument].listing.tradable(),
            side: order.side,
            price: order.price,
            volume: order.volume,
            traded_volume: order.traded,
            order_state: order.state.code(),
            action_state: order.action,
            reference: order.reference.clone(),
        };
        self.orders.values().map(record).collect()
    }

    /// Returns the truth about all accounts.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountRecord> {
        let held = |(index, count)| {
            let instrument: &crate::exchange::market::Instrument = &self.market[index];
            (instrument.listing.tradable(), count)
        };
        let accounts = self.accounts.iter().map(|account| AccountRecord {
            accno: account.accno,
            cash: account.cash.sums().collect(),
            holdings: account.holdings().map(held).collect(),
        });
        accounts.collect()
    }

    /// Returns every `market:identifier` that can be subscribed to and traded.
    #[must_use]
    pub fn tradables(&self) -> Vec<String> {
        let listings = self.market.iter();
        listings.map(|one| one.listing.tradable()).collect()
    }

    /// Returns market time, in milliseconds since 1970.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.market_time()
    }
}
