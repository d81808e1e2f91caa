//! What the control handle does to the market, the accounts and the time.

use std::time::Duration;

use crate::exchange::{AccountRecord, ControlError, Moment, OrderRecord};
use crate::fixed::Fixed;

use super::Control;

/// The market, accounts, time, and the truth about them.
impl Control {
    /// Sets what others bid and ask, such as `("11:101", Some("86.50"), None)`;
    /// `None` withdraws a side.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if the listing is unknown or a price impossible.
    pub fn set_quote(
        &self,
        tradable: &str,
        bid: Option<&str>,
        ask: Option<&str>,
    ) -> Result<(), ControlError> {
        let (bid, ask) = (bid.map(price).transpose()?, ask.map(price).transpose()?);
        self.shared
            .run(|exchange, now| exchange.set_quote(tradable, bid, ask, now))
    }

    /// Lets others trade one lot at this price, with the bid there and the ask a tick above.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if the listing is unknown or the price impossible.
    pub fn set_price(&self, tradable: &str, at: &str) -> Result<(), ControlError> {
        let at = price(at)?;
        self.shared
            .run(|exchange, now| exchange.set_price(tradable, at, now))
    }

    /// Sets the trading status of a listing, a letter such as `R` or `X`.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if the listing is unknown.
    pub fn set_status(&self, tradable: &str, status: &str) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, now| exchange.set_status(tradable, status, now))
    }

    /// Executes part of an order that is on the market, at its own price.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such order or not so much of it left.
    pub fn fill(&self, order_id: i64, volume: i64) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, now| exchange.fill_order(order_id, volume, now))
    }

    /// Lets the market refuse the next orders that are entered: `INS_FAIL`. None
    /// at all takes that back.
    pub fn reject_orders(&self, times: usize) {
        self.shared.run(|exchange, _| exchange.reject_orders(times));
    }

    /// Lets the market remove an order: `DEL_PUSH`.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such order, or not any more.
    pub fn remove_order(&self, order_id: i64) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, now| exchange.remove_order(order_id, now))
    }

    /// Sets the cash of an account, such as `(60012345, "5000.50", "SEK")`.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such account or currency, or the value is
    /// no decimal.
    pub fn set_cash(&self, accno: i64, value: &str, currency: &str) -> Result<(), ControlError> {
        let value = price(value)?;
        self.shared
            .run(|exchange, now| exchange.set_cash(accno, value, currency, now))
    }

    /// Sets how many of a listing an account holds, as if bought at the last price.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such account or listing.
    pub fn set_position(
        &self,
        accno: i64,
        tradable: &str,
        quantity: u32,
    ) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, now| exchange.set_position(accno, tradable, quantity, now))
    }

    /// Publishes an item of news of a source, about a listing or none.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such source or listing.
    pub fn publish_news(
        &self,
        source: i64,
        headline: &str,
        tradable: Option<&str>,
    ) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, now| exchange.publish_news(source, headline, tradable, now))
    }

    /// Stops the market from moving by itself, or lets it move again.
    pub fn pause_ticks(&self, paused: bool) {
        self.shared
            .run(|exchange, now| exchange.pause_ticks(paused, now));
    }

    /// Lets the market's clock jump ahead.
    pub fn jump_clock(&self, by: Duration) {
        self.shared
            .run(|exchange, now| exchange.jump_clock(by, now));
    }

    /// Lets the market's clock jump to a moment, through all that happens on the
    /// way at the turns of the days.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if it has passed, or the market is unknown.
    pub fn jump_clock_to(&self, moment: Moment) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, now| exchange.jump_clock_to(moment, now))
    }

    /// Returns market time, in milliseconds since 1970.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.shared.run(|exchange, _| exchange.time())
    }

    /// Returns every `market:identifier` that can be subscribed to and traded.
    #[must_use]
    pub fn tradables(&self) -> Vec<String> {
        self.shared.run(|exchange, _| exchange.tradables())
    }

    /// Returns the truth about all accounts.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountRecord> {
        self.shared.run(|exchange, _| exchange.accounts())
    }

    /// Returns the truth about all orders, oldest first.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderRecord> {
        self.shared.run(|exchange, now| {
            exchange.handle_timeout(now);
            exchange.orders()
        })
    }
}

fn price(text: &str) -> Result<Fixed, ControlError> {
    text.parse().map_err(|_| ControlError::InvalidPrice)
}
