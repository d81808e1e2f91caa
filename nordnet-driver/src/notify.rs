//! Waking all tasks that wait for a change.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// Counts changes and wakes all tasks that wait for the next one.
#[derive(Debug, Default)]
pub(crate) struct Notify {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    count: u64,
    waiting: Vec<Waker>,
}

impl Notify {
    /// Counts a change and wakes all tasks that wait for one.
    pub(crate) fn notify(&self) {
        let mut state = self.state();
        state.count += 1;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waker in waiting {
            waker.wake();
        }
    }

    /// Returns how many changes there were. Read it before the state that changes, so
    /// that no change in between is missed.
    pub(crate) fn count(&self) -> u64 {
        self.state().count
    }

    /// Waits until there were more changes than `seen`.
    pub(crate) async fn changed_since(&self, seen: u64) {
        poll_fn(|cx| {
            let mut state = self.state();
            if state.count > seen {
                return Poll::Ready(());
            }
            if !state
                .waiting
                .iter()
                .any(|waker| waker.will_wake(cx.waker()))
            {
                state.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
