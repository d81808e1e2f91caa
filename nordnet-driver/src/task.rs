//! Tasks with a result, and futures with a deadline.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::runtime::Runtime;
use crate::wire::Timer;

/// Runs work where it blocks no other task and waits for its result; `None` if the
/// runtime drops the work. A panic in the work continues in the returned future.
pub fn run_blocking<T, W>(
    runtime: &dyn Runtime,
    work: W,
) -> impl Future<Output = Option<T>> + Send + use<T, W>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    let (mut reply, result) = reply();
    runtime.run_blocking(Box::new(move || reply.run(work)));
    result
}

/// Returns the place where a task leaves its result, and a future of that result: `None`
/// if the place is dropped without one.
pub(crate) fn reply<T: Send>() -> (Reply<T>, impl Future<Output = Option<T>> + Send) {
    let slot = Arc::new(Mutex::new(Slot::default()));
    let reply = Reply(Some(Arc::clone(&slot)));
    let result = poll_fn(move |cx| {
        let mut slot = lock(&slot);
        match slot.result.take() {
            Some(Ok(result)) => Poll::Ready(Some(result)),
            Some(Err(panic)) => resume_unwind(panic),
            None if slot.closed => Poll::Ready(None),
            None => {
                slot.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    });
    (reply, result)
}

/// The place where a task leaves its result, once.
pub(crate) struct Reply<T>(Option<Arc<Mutex<Slot<T>>>>);

impl<T> Reply<T> {
    /// Runs a future to its end and leaves its result.
    pub(crate) async fn fill(&mut self, future: impl Future<Output = T>) {
        let mut future = pin!(future);
        self.leave(poll_fn(|cx| poll_caught(future.as_mut(), cx)).await);
    }

    /// Runs work to its end and leaves its result.
    fn run(&mut self, work: impl FnOnce() -> T) {
        self.leave(catch_unwind(AssertUnwindSafe(work)));
    }

    /// Leaves a result.
    pub(crate) fn send(&mut self, result: T) {
        self.leave(Ok(result));
    }

    /// Returns `true` if no result was left yet.
    pub(crate) const fn is_open(&self) -> bool {
        self.0.is_some()
    }

    fn leave(&mut self, result: Result<T, Panic>) {
        if let Some(slot) = self.0.take() {
            end(&slot, Some(result));
        }
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            end(&slot, None);
        }
    }
}

fn end<T>(slot: &Mutex<Slot<T>>, result: Option<Result<T, Panic>>) {
    let mut slot = lock(slot);
    slot.result = result;
    slot.closed = true;
    let waiting = slot.waiting.take();
    drop(slot);
    if let Some(waker) = waiting {
        waker.wake();
    }
}

fn lock<T>(slot: &Mutex<Slot<T>>) -> MutexGuard<'_, Slot<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) struct Slot<T> {
    result: Option<Result<T, Panic>>,
    closed: bool,
    waiting: Option<Waker>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            result: None,
            closed: false,
            waiting: None,
        }
    }
}

type Panic = Box<dyn Any + Send>;

/// Polls a future and catches its panic; then it must not be polled again.
fn poll_caught<F: Future>(
    future: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Panic>> {
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    }
}

/// Waits for a future until `at`, with a timer; `None` if it is not ready then.
pub(crate) async fn by_timer<T>(
    timer: &mut dyn Timer,
    at: Instant,
    future: impl Future<Output = T>,
) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => timer.poll_until(at, cx).map(|()| None),
    })
    .await
}
