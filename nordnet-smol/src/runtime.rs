//! Smol as the driver's runtime.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use nordnet_driver::{BoxFuture, Connect, Runtime, Timer, Wire};
use nordnet_proto::Failure;
use smol::Timer as Sleep;

use crate::connect;

/// Connections, tasks and timers of smol. Tasks run on its global executor.
#[derive(Clone, Copy, Debug, Default)]
pub struct Smol;

impl Runtime for Smol {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn timer(&self) -> Box<dyn Timer> {
        Box::new(Alarm(None))
    }

    fn spawn(&self, task: BoxFuture<()>) {
        smol::spawn(task).detach();
    }

    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        smol::unblock(work).detach();
    }

    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>> {
        Box::pin(connect::open(to))
    }
}

/// A timer of smol, set when it is first waited for.
struct Alarm(Option<(Instant, Sleep)>);

impl Timer for Alarm {
    fn poll_until(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let (set, sleep) = self.0.get_or_insert_with(|| (at, Sleep::at(at)));
        if *set != at {
            sleep.set_at(at);
            *set = at;
        }
        ready!(Pin::new(sleep).poll(cx));
        // A timer of smol that has fired does not fire again.
        self.0 = None;
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_timer_is_ready_as_often_as_it_is_polled() {
        let mut alarm = Alarm(None);
        let start = Instant::now();
        let soon = start + Duration::from_millis(20);
        let mut reached = |at| {
            smol::block_on(std::future::poll_fn(|cx| alarm.poll_until(at, cx)));
            assert!(Instant::now() >= at);
        };
        reached(soon);
        reached(soon);
        reached(soon + Duration::from_millis(20));
        reached(start);
    }
}
