//! Tokio as the driver's runtime.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use nordnet_driver::http::Gate;
use nordnet_driver::{BoxFuture, Connect, HttpConnection, Runtime, Timer, Wire};
use nordnet_proto::Failure;
use tokio::time::{Sleep, sleep_until};

use crate::{connect, http};

/// The current tokio runtime: each method uses the runtime that it is called in, which
/// needs its I/O and time drivers.
///
/// Outside of a runtime, calls and feeds panic as tokio's own functions do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokio;

impl Runtime for Tokio {
    /// The clock of the runtime, so that paused time works.
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn timer(&self) -> Box<dyn Timer> {
        Box::new(Alarm(None))
    }

    fn spawn(&self, task: BoxFuture<()>) {
        tokio::spawn(task);
    }

    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(work);
    }

    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>> {
        Box::pin(connect::open(to))
    }

    fn http(
        &self,
        wire: Gate,
        max_head: usize,
    ) -> BoxFuture<Result<Box<dyn HttpConnection>, Failure>> {
        Box::pin(http::open(wire, max_head))
    }
}

/// A timer of the runtime, set when it is first waited for.
struct Alarm(Option<Pin<Box<Sleep>>>);

impl Timer for Alarm {
    fn poll_until(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let at = at.into();
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        sleep.as_mut().poll(cx)
    }
}
