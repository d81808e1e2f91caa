//! Reaching a feed while it is being polled.

use std::fmt;

use nordnet_proto::{Kind, Public, Subscription};
use tokio::sync::mpsc;

use crate::drive::now;

/// What a handle asks of its feed.
pub(super) type Request<K> = Box<dyn FnOnce(&mut nordnet_proto::Feed<K>) + Send>;

/// Reaches a feed from another task, while it is being polled. What is asked
/// for is done when the feed is next polled.
pub struct FeedHandle<K: Kind> {
    requests: mpsc::UnboundedSender<Request<K>>,
}

impl<K: Kind> FeedHandle<K> {
    pub(super) const fn new(requests: mpsc::UnboundedSender<Request<K>>) -> Self {
        Self { requests }
    }

    /// Closes the feed: its last event is [`Event::Closed`](nordnet_proto::Event::Closed).
    pub fn close(&self) {
        self.ask(|feed| feed.close(now()));
    }

    /// A feed that is gone has nothing left to do.
    fn ask(&self, request: impl FnOnce(&mut nordnet_proto::Feed<K>) + Send + 'static) {
        let _ = self.requests.send(Box::new(request));
    }
}

impl FeedHandle<Public> {
    /// As [`MarketFeed::subscribe`](super::MarketFeed::subscribe).
    pub fn subscribe(&self, subscription: Subscription) {
        self.ask(move |feed| feed.subscribe(subscription, now()));
    }

    /// As [`MarketFeed::unsubscribe`](super::MarketFeed::unsubscribe).
    pub fn unsubscribe(&self, subscription: Subscription) {
        self.ask(move |feed| feed.unsubscribe(&subscription, now()));
    }
}

impl<K: Kind> Clone for FeedHandle<K> {
    fn clone(&self) -> Self {
        Self {
            requests: self.requests.clone(),
        }
    }
}

impl<K: Kind> fmt::Debug for FeedHandle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedHandle")
    }
}
