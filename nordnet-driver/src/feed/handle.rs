//! Handles to a feed that is being polled elsewhere.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Instant;

use nordnet_proto::{Feed, Kind, Public, Subscription};

/// Changes a feed from elsewhere, while it is being polled: it wakes the feed, which makes
/// the change at its next poll.
pub struct FeedHandle<K: Kind> {
    state: Arc<Mutex<State<K>>>,
}

impl<K: Kind> FeedHandle<K> {
    pub(crate) fn new() -> Self {
        let state = State {
            changes: Vec::new(),
            ended: false,
            waiting: None,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Closes the feed: its last event is [`Event::Closed`](nordnet_proto::Event::Closed).
    pub fn close(&self) {
        self.request(|feed, now| feed.close(now));
    }

    /// Makes the changes that were requested; returns `true` if there were any.
    pub(crate) fn take(&self, feed: &mut Feed<K>, now: Instant, cx: &mut Context<'_>) -> bool {
        let mut state = self.state();
        if state.changes.is_empty() {
            match &mut state.waiting {
                Some(waker) => waker.clone_from(cx.waker()),
                waiting => *waiting = Some(cx.waker().clone()),
            }
            return false;
        }
        let changes = std::mem::take(&mut state.changes);
        drop(state);
        for change in changes {
            change(feed, now);
        }
        true
    }

    /// Drops all requests, also later ones: the feed has ended.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        state.changes = Vec::new();
    }

    fn request(&self, change: impl FnOnce(&mut Feed<K>, Instant) + Send + 'static) {
        let mut state = self.state();
        if state.ended {
            return;
        }
        state.changes.push(Box::new(change));
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    fn state(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FeedHandle<Public> {
    /// Subscribes to a kind of data, as the feed's own `subscribe` does.
    pub fn subscribe(&self, subscription: Subscription) {
        self.request(|feed, now| feed.subscribe(subscription, now));
    }

    /// Unsubscribes from a kind of data, as the feed's own `unsubscribe` does.
    pub fn unsubscribe(&self, subscription: Subscription) {
        self.request(move |feed, now| feed.unsubscribe(&subscription, now));
    }
}

impl<K: Kind> Clone for FeedHandle<K> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
        }
    }
}

impl<K: Kind> fmt::Debug for FeedHandle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedHandle")
    }
}

struct State<K: Kind> {
    /// What was requested since the feed was polled last.
    changes: Vec<Change<K>>,
    ended: bool,
    /// The task that polls the feed.
    waiting: Option<Waker>,
}

type Change<K> = Box<dyn FnOnce(&mut Feed<K>, Instant) + Send>;
