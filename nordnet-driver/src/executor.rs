//! Futures on plain threads: a thread that polls one sleeps until it is woken,
//! or until the earliest time that a timer in it waits for.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use crate::wire::Timer;

thread_local! {
    /// The earliest time that a timer waits for which was polled on this thread.
    static ALARM: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Polls a future on this thread until it is ready.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    // A waker costs an allocation, and the next event of a busy feed is mostly there.
    let mut cx = Context::from_waker(Waker::noop());
    if let Poll::Ready(result) = future.as_mut().poll(&mut cx) {
        return result;
    }
    let parked = Arc::new(Parked {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&parked));
    // The future of another `block_on` may have made this call: its alarm is set again
    // at the end. An alarm that the first poll has left wakes that one too early, once.
    let outer = ALARM.take();
    loop {
        let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
        let alarm = ALARM.take();
        if let Poll::Ready(result) = poll {
            ALARM.set(outer);
            return result;
        }
        parked.wait(alarm);
    }
}

/// A timer for futures that [`block_on`] polls.
///
/// It keeps no waker: `block_on` polls the whole future again at the earliest time that a
/// timer in it waits for.
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

/// Wakes a thread that is parked in [`block_on`].
struct Parked {
    thread: Thread,
    woken: AtomicBool,
}

impl Parked {
    /// Waits until it is woken, or until that time.
    fn wait(&self, until: Option<Instant>) {
        while !self.woken.swap(false, Ordering::AcqRel) {
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

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.woken.swap(true, Ordering::AcqRel) {
            self.thread.unpark();
        }
    }
}
