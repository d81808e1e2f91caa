//! Handles to a feed that is being polled elsewhere.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Instant;

use nordnet_proto::{Feed, Kind, Public, Subscription};

/// Changes a feed from elsewhere, while it is being polled. A change is made when the
/// feed is next polled.
pub struct FeedHandle<K: Kind> {
    mailbox: Arc<Mailbox<K>>,
}

impl<K: Kind> FeedHandle<K> {
    pub(crate) fn new() -> Self {
        let mailbox = Arc::new(Mailbox {
            state: Mutex::new(State {
                requests: Vec::new(),
                closed: false,
                waiting: None,
            }),
        });
        Self { mailbox }
    }

    /// Closes the feed: its last event is [`Event::Closed`](nordnet_proto::Event::Closed).
    pub fn close(&self) {
        self.ask(Request::new(|feed, now| feed.close(now)));
    }

    /// Makes the changes that were requested; returns `true` if there were any.
    pub(crate) fn take(&self, feed: &mut Feed<K>, now: Instant, cx: &mut Context<'_>) -> bool {
        let mut state = self.state();
        if state.requests.is_empty() {
            match &mut state.waiting {
                Some(waker) => waker.clone_from(cx.waker()),
                waiting => *waiting = Some(cx.waker().clone()),
            }
            return false;
        }
        let requests = std::mem::take(&mut state.requests);
        drop(state);
        for Request(request) in requests {
            request(feed, now);
        }
        true
    }

    /// Takes no further requests: a feed that is gone has nothing left to do.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.closed = true;
        state.requests = Vec::new();
    }

    fn ask(&self, request: Request<K>) {
        let mut state = self.state();
        if state.closed {
            return;
        }
        state.requests.push(request);
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    fn state(&self) -> MutexGuard<'_, State<K>> {
        self.mailbox
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl FeedHandle<Public> {
    /// Subscribes to a kind of data, as the feed's own `subscribe` does.
    pub fn subscribe(&self, subscription: Subscription) {
        self.ask(Request::new(|feed, now| feed.subscribe(subscription, now)));
    }

    /// Unsubscribes from a kind of data, as the feed's own `unsubscribe` does.
    pub fn unsubscribe(&self, subscription: Subscription) {
        self.ask(Request::new(move |feed, now| {
            feed.unsubscribe(&subscription, now);
        }));
    }
}

impl<K: Kind> Clone for FeedHandle<K> {
    fn clone(&self) -> Self {
        Self {
            mailbox: Arc::clone(&self.mailbox),
        }
    }
}

impl<K: Kind> fmt::Debug for FeedHandle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedHandle")
    }
}

struct Mailbox<K: Kind> {
    state: Mutex<State<K>>,
}

struct State<K: Kind> {
    requests: Vec<Request<K>>,
    closed: bool,
    waiting: Option<Waker>,
}

type Change<K> = dyn FnOnce(&mut Feed<K>, Instant) + Send;

struct Request<K: Kind>(Box<Change<K>>);

impl<K: Kind> Request<K> {
    fn new(request: impl FnOnce(&mut Feed<K>, Instant) + Send + 'static) -> Self {
        Self(Box::new(request))
    }
}
