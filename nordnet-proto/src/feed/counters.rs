//! What a feed has done since it was made.

use std::time::Duration;

/// Counts over the whole life of a feed, reconnects included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Bytes received.
    pub bytes_received: u64,
    /// Bytes written.
    pub bytes_sent: u64,
    /// Commands made ready to be written, logins included.
    pub commands: u64,
    /// Commands that were dropped or refused, or may have been, and are sent once
    /// more.
    pub resent: u64,
    /// Heartbeats.
    pub heartbeats: u64,
    /// Price ticks.
    pub prices: u64,
    /// Depth ticks.
    pub depths: u64,
    /// Public trades.
    pub trades: u64,
    /// Trading statuses.
    pub trading_statuses: u64,
    /// Indicator ticks.
    pub indicators: u64,
    /// News items.
    pub news: u64,
    /// Updates of own orders.
    pub orders: u64,
    /// Own executions.
    pub fills: u64,
    /// Messages of a type that this version does not know.
    pub unknown: u64,
    /// Complaints of the server.
    pub errors: u64,
    /// Subscriptions that the server refused.
    pub refused: u64,
    /// Lines that made no sense.
    pub malformed: u64,
    /// Lines without content, which are ignored.
    pub empty_lines: u64,
    /// Lines cut off by the end of a connection.
    pub truncated: u64,
    /// Connections that came up.
    pub connects: u64,
    /// Connections that were lost after they had come up.
    pub losses: u64,
    /// Times between a loss and the next proven connection.
    pub gaps: u64,
    /// How long the ended ones of these lasted in all.
    pub gap_time: Duration,
}

impl Counters {
    /// Messages of every kind, heartbeats and complaints included.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.heartbeats
            + self.prices
            + self.depths
            + self.trades
            + self.trading_statuses
            + self.indicators
            + self.news
            + self.orders
            + self.fills
            + self.unknown
            + self.errors
    }

    /// Connections that came up after the first one.
    #[must_use]
    pub const fn reconnects(&self) -> u64 {
        self.connects.saturating_sub(1)
    }

    /// Lines that came and could not be read: malformed ones, and those that
    /// the end of a connection cut off.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.malformed + self.truncated
    }
}
