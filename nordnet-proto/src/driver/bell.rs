//! Waking everybody who waits for something to have changed.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

/// Rings for all who listen.
#[derive(Debug, Default)]
pub(super) struct Bell {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rung: u64,
    waiting: Vec<Waker>,
}

impl Bell {
    pub(super) fn ring(&self) {
        let mut state = self.state();
        state.rung += 1;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        for waker in waiting {
            waker.wake();
        }
    }

    /// How often it has rung. Look before you look at what it rings for, so
    /// that no ring is missed between.
    pub(super) fn rung(&self) -> u64 {
        self.state().rung
    }

    /// Waits until it has rung more often than that.
    pub(super) async fn rung_after(&self, seen: u64) {
        poll_fn(|cx| {
            let mut state = self.state();
            if state.rung > seen {
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
