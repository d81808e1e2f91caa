//! The `tracing` events of a feed.

use std::time::Instant;

use nordnet_proto::feed::Counters;
use nordnet_proto::{Attempt, Event, Server};

use crate::telemetry::{Why, event, millis, text};

/// Emits the events of one feed.
pub(super) struct Log {
    feed: &'static str,
    /// The latest connection, and when it began to be opened.
    connection: Option<(Attempt, Instant)>,
    /// How many commands had been sent again at the last event.
    resent: u64,
}

impl Log {
    pub(super) const fn of(feed: &'static str) -> Self {
        Self {
            feed,
            connection: None,
            resent: 0,
        }
    }

    pub(super) fn connecting(&mut self, attempt: Attempt, server: &Server, now: Instant) {
        self.connection = Some((attempt, now));
        event!(
            DEBUG,
            "feed_connecting",
            feed = self.feed,
            attempt = attempt.number(),
            about = text(server),
        );
    }

    pub(super) fn connected(&self, now: Instant) {
        let took = |(_, since)| millis(now.saturating_duration_since(since));
        event!(
            DEBUG,
            "feed_connected",
            feed = self.feed,
            attempt = self.attempt(),
            took_ms = self.connection.map(took),
        );
    }

    /// Emits an event of `tracing` for an event of the feed.
    pub(super) fn event<M>(&mut self, event: &Event<M>, counters: &Counters, now: Instant) {
        let (feed, attempt) = (self.feed, self.attempt());
        match event {
            // Messages are too many, and the program itself has unsubscribed.
            Event::Message(_) | Event::Unsubscribed(_) => return,
            Event::Connected { after_gap: None } => {
                event!(INFO, "feed_begun", feed = feed, attempt = attempt);
            }
            Event::Connected {
                after_gap: Some(gap),
            } => event!(
                WARN,
                "feed_gap",
                feed = feed,
                attempt = attempt,
                took_ms = millis(gap.length),
            ),
            Event::Live { .. } => event!(DEBUG, "feed_live", feed = feed, attempt = attempt),
            Event::Disconnected(lost) => {
                let why = Why::from(&lost.reason);
                let wait = |at: Instant| millis(at.saturating_duration_since(now));
                event!(
                    WARN,
                    "feed_lost",
                    feed = feed,
                    attempt = attempt,
                    status = why.status,
                    why = text(why),
                    wait_ms = lost.retry_at.map(wait),
                );
            }
            Event::Refused { subscription, .. } => event!(
                WARN,
                "feed_refused",
                feed = feed,
                attempt = attempt,
                about = text(subscription),
            ),
            Event::Error { .. } if counters.resent > self.resent => {
                event!(INFO, "feed_resends", feed = feed, attempt = attempt);
            }
            Event::Error { .. } => {
                event!(WARN, "feed_complaint", feed = feed, attempt = attempt);
            }
            Event::Malformed(malformed) => event!(
                WARN,
                "feed_malformed",
                feed = feed,
                attempt = attempt,
                why = text(Why::from(&malformed.reason)),
            ),
            Event::Closed(reason) => {
                let why = Why::from(reason);
                event!(
                    INFO,
                    "feed_closed",
                    feed = feed,
                    attempt = attempt,
                    status = why.status,
                    why = text(why),
                );
            }
            _ => return,
        }
        self.resent = counters.resent;
    }

    fn attempt(&self) -> Option<u64> {
        self.connection.map(|(attempt, _)| attempt.number())
    }
}
