//! Waiting for the next item of a feed or a watch, written once for all of them.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::executor::block_on;
use crate::task::by_timer;
use crate::wire::Timer;

/// A feed or a watch.
pub(crate) trait Events: Send {
    /// An event or an update.
    type Item;

    /// Polls for the next item; `None` after the end.
    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::Item>>;

    /// Returns the current time.
    fn now(&self) -> Instant;

    /// Returns a timer that is not set yet.
    fn timer(&self) -> Box<dyn Timer>;
}

/// Waits for the next item.
pub(crate) fn next<E: Events>(events: &mut E) -> impl Future<Output = Option<E::Item>> + Send {
    poll_fn(|cx| events.poll_item(cx))
}

/// Blocks until the next item.
#[inline]
pub(crate) fn block_on_next<E: Events>(events: &mut E) -> Option<E::Item> {
    block_on(poll_fn(|cx| events.poll_item(cx)))
}

/// Blocks until the next item, for `time` at most.
pub(crate) fn next_within<E: Events>(
    events: &mut E,
    time: Duration,
) -> Result<Option<E::Item>, Elapsed> {
    match events.now().checked_add(time) {
        Some(at) => next_before(events, at),
        None => Ok(block_on_next(events)),
    }
}

/// Blocks until the next item, until that time at most.
pub(crate) fn next_before<E: Events>(
    events: &mut E,
    at: Instant,
) -> Result<Option<E::Item>, Elapsed> {
    let mut timer = events.timer();
    block_on(by_timer(&mut *timer, at, next(events))).ok_or(Elapsed)
}

/// Implements `Stream` for an async feed or watch, if the feature `stream` is on.
///
/// A macro, because a trait of another crate cannot be implemented for all [`Events`] at
/// once.
macro_rules! stream {
    ($name:ident, $field:ident, $item:ty) => {
        #[cfg(feature = "stream")]
        impl futures_core::Stream for $name {
            type Item = $item;

            fn poll_next(
                self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Self::Item>> {
                $crate::events::Events::poll_item(&mut self.get_mut().$field, cx)
            }
        }
    };
}

/// Implements `Iterator` for a blocking feed or watch, and adds `next_within` and
/// `next_before`. A macro for the reason that `stream!` gives.
macro_rules! iterator {
    ($name:ident, $field:ident, $item:ty) => {
        impl $name {
            /// Waits up to `time` for the next item; zero returns only what is
            /// buffered. `None` after the end.
            ///
            /// Nothing is lost when the time is over, so a loop can do other things in
            /// between.
            ///
            /// # Errors
            ///
            /// [`Elapsed`] if there was none in that time.
            pub fn next_within(&mut self, time: Duration) -> Result<Option<$item>, Elapsed> {
                $crate::events::next_within(&mut self.$field, time)
            }

            /// Waits until `at` at most for the next item. `None` after the end.
            ///
            /// # Errors
            ///
            /// [`Elapsed`] if there was none by then.
            pub fn next_before(&mut self, at: Instant) -> Result<Option<$item>, Elapsed> {
                $crate::events::next_before(&mut self.$field, at)
            }
        }

        impl Iterator for $name {
            type Item = $item;

            /// Waits for the next item; `None` after the end.
            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                $crate::events::block_on_next(&mut self.$field)
            }
        }
    };
}

pub(crate) use {iterator, stream};

/// The error of `next_within` and `next_before`: no item came in time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no event came in time")
    }
}

/// The text of `Display`, for programs whose `main` returns the error.
impl fmt::Debug for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Elapsed {}
