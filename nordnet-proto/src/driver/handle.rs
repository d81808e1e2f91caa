//! Reaching a feed while it is being polled.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Instant;

use crate::feed::{Feed, Kind, Public, Subscription};

/// Reaches a feed from elsewhere, while it is being polled. What is asked for
/// is done when the feed is next polled.
pub struct FeedHandle<K: Kind> {
    mailbox: Arc<Mailbox<K>>,
}

impl<K: Kind> FeedHandle<K> {
    pub(super) fn new() -> Self {
        let mailbox = Arc::new(Mailbox {
            state: Mutex::new(State {
                requests: Vec::new(),
                closed: false,
                waiting: None,
            }),
        });
        Self { mailbox }
    }

    /// Closes the feed: its last event is [`Event::Closed`](crate::Event::Closed).
    pub fn close(&self) {
        self.ask(Request::new(|feed, now| feed.close(now)));
    }

    /// Does what was asked for; says whether there was anything.
    pub(super) fn take(&self, feed: &mut Feed<K>, now: Instant, cx: &mut Context<'_>) -> bool {
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
    pub(super) fn end(&self) {
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
    /// Asks for a kind of data, as the feed's own `subscribe` does.
    pub fn subscribe(&self, subscription: Subscription) {
        self.ask(Request::new(|feed, now| feed.subscribe(subscription, now)));
    }

    /// Asks for a kind of data no more, as the feed's own `unsubscribe` does.
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
