//! The control handle for tests in the same process.

use std::sync::Arc;
use std::time::Duration;

use crate::exchange::{
    Answer, AuditEntry, CommandEntry, ControlError, Counters, Cut, Feeds, OrderRecord, Response,
};
use crate::fixed::Fixed;

use super::shared::Shared;

/// A handle on a running server's world, for tests.
///
/// Its methods take effect before they return. It may outlive the server;
/// then it shows the last state.
#[derive(Clone, Debug)]
pub struct Control {
    shared: Arc<Shared>,
}

impl Control {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

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

    /// Ends all sessions: the next call with any of them is answered with 401.
    pub fn expire_sessions(&self) {
        self.shared
            .run(|exchange, now| exchange.expire_sessions(now));
    }

    /// Refuses all logins, as if the key was revoked, or no longer.
    pub fn refuse_logins(&self, refused: bool) {
        self.shared
            .run(|exchange, _| exchange.refuse_logins(refused));
    }

    /// Closes feed connections.
    pub fn cut_feeds(&self, feeds: Feeds, cut: Cut) {
        self.shared
            .run(|exchange, now| exchange.cut_feeds(feeds, cut, now));
    }

    /// Sends nothing on the present feed connections for a while, not even heartbeats.
    pub fn stall_feeds(&self, feeds: Feeds, time: Duration) {
        self.shared
            .run(|exchange, now| exchange.stall_feeds(feeds, time, now));
    }

    /// Stops the market from moving by itself, or lets it move again.
    pub fn pause_ticks(&self, paused: bool) {
        self.shared
            .run(|exchange, now| exchange.pause_ticks(paused, now));
    }

    /// Sends a line to feed connections as it is; the LF is added.
    pub fn inject(&self, feeds: Feeds, line: &str) {
        self.shared
            .run(|exchange, now| exchange.inject(feeds, line, now));
    }

    /// Lets the market's clock jump ahead.
    pub fn jump_clock(&self, by: Duration) {
        self.shared
            .run(|exchange, now| exchange.jump_clock(by, now));
    }

    /// Plans what happens to the next `times` requests of an operation, named
    /// as in the reference, such as `place_order`; `*` is any.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such operation.
    pub fn respond(
        &self,
        operation: &str,
        times: usize,
        answer: Answer,
    ) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, _| exchange.respond(operation, times, &answer))
    }

    /// Plans that the next `times` requests of an operation are answered with
    /// this status and body and have no effect.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such operation.
    pub fn respond_with(
        &self,
        operation: &str,
        times: usize,
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(), ControlError> {
        let response = Response {
            status,
            headers: headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            body: body.as_bytes().to_vec(),
        };
        let answer = Answer::Reply {
            response,
            processed: false,
        };
        self.respond(operation, times, answer)
    }

    /// Returns every request received, oldest first.
    #[must_use]
    pub fn audit(&self) -> Vec<AuditEntry> {
        self.shared.run(|exchange, _| exchange.audit())
    }

    /// Returns every command received on a feed, oldest first.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandEntry> {
        self.shared.run(|exchange, _| exchange.commands())
    }

    /// Returns how often things happened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.run(|exchange, _| exchange.counters())
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
