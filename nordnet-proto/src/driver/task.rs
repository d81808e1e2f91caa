//! Futures around futures: tasks with a result, and deadlines.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use super::adapter::{Adapter, Timer};

/// Runs a future in a task of its own and waits for its result. Dropping the
/// wait does not end the task; a panic in the task goes on in the waiter.
pub fn detached<R, F>(adapter: &R, future: F) -> impl Future<Output = F::Output> + Send + use<R, F>
where
    R: Adapter,
    F: Future<Output: Send> + Send + 'static,
{
    let sent = Arc::new(Mutex::new(Slot {
        result: None,
        waiting: None,
    }));
    let slot = Arc::clone(&sent);
    adapter.spawn(Box::pin(async move {
        let mut future = pin!(future);
        let result = poll_fn(|cx| poll_caught(future.as_mut(), cx)).await;
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.result = Some(result);
        let waiting = slot.waiting.take();
        drop(slot);
        if let Some(waker) = waiting {
            waker.wake();
        }
    }));
    poll_fn(move |cx| {
        let mut slot = sent.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.result.take() {
            Some(Ok(result)) => Poll::Ready(result),
            Some(Err(panic)) => resume_unwind(panic),
            None => {
                slot.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    })
}

struct Slot<T> {
    result: Option<Result<T, Panic>>,
    waiting: Option<Waker>,
}

type Panic = Box<dyn Any + Send>;

/// A future that panicked is not polled again.
fn poll_caught<F: Future>(
    future: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Panic>> {
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    }
}

/// Waits for a future until that time.
pub(super) async fn by<R: Adapter, T>(
    adapter: &R,
    at: Instant,
    future: impl Future<Output = T>,
) -> Option<T> {
    by_timer(&mut adapter.timer(), at, future).await
}

/// Waits for a future until that time, with a timer at hand.
pub async fn by_timer<T>(
    timer: &mut impl Timer,
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

/// Waits until that time.
pub(super) async fn sleep_until<R: Adapter>(adapter: &R, at: Instant) {
    let mut timer = adapter.timer();
    poll_fn(|cx| timer.poll_until(at, cx)).await;
}
