//! Futures on plain threads: a thread that polls one sleeps until it is woken,
//! or until the earliest time that a timer in it waits for.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use crate::runtime::Timer;

thread_local! {
    /// What the timers wait for that were polled last.
    static ALARM: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Polls a future on this thread until it is ready.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    // Mostly the next event of a feed is there, and nobody has to be woken.
    let mut cx = Context::from_waker(Waker::noop());
    if let Poll::Ready(result) = future.as_mut().poll(&mut cx) {
        return result;
    }
    let bell = Arc::new(Bell {
        thread: thread::current(),
        rung: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&bell));
    // This may be a call within a call. What is left over from another one
    // wakes too early, once.
    let outer = ALARM.take();
    loop {
        let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
        let alarm = ALARM.take();
        if let Poll::Ready(result) = poll {
            ALARM.set(outer);
            return result;
        }
        bell.wait(alarm);
    }
}

/// A timer for futures that [`block_on`] polls: the thread wakes up in time.
#[derive(Debug)]
pub struct Alarm;

impl Timer for Alarm {
    fn poll_until(&mut self, at: Instant, _: &mut Context<'_>) -> Poll<()> {
        if at <= Instant::now() {
            return Poll::Ready(());
        }
        ALARM.set(Some(ALARM.get().map_or(at, |other| other.min(at))));
        Poll::Pending
    }
}

struct Bell {
    thread: Thread,
    rung: AtomicBool,
}

impl Bell {
    fn wait(&self, until: Option<Instant>) {
        while !self.rung.swap(false, Ordering::AcqRel) {
            let Some(until) = until else {
                thread::park();
                continue;
            };
            match until.checked_duration_since(Instant::now()) {
                Some(left) if !left.is_zero() => thread::park_timeout(left),
                _ => return,
            }
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.thread.unpark();
        }
    }
}
