//! Plain threads as the driver's runtime.

use std::time::Instant;

use nordnet_driver::blocking::{Alarm, block_on};
use nordnet_driver::{BoxFuture, Connect, Runtime, Timer, Wire, run_blocking};
use nordnet_proto::{Cause, Failure};

use crate::connect;
use crate::threads::thread;

/// Sockets and threads of the standard library, and the system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blocking;

impl Runtime for Blocking {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn timer(&self) -> Box<dyn Timer> {
        Box::new(Alarm)
    }

    fn spawn(&self, task: BoxFuture<()>) {
        self.run_blocking(Box::new(|| block_on(task)));
    }

    /// If the system gives no thread, the work is dropped.
    fn run_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        let _ = thread("nordnet").spawn(work);
    }

    fn connect(&self, to: Connect) -> BoxFuture<Result<Box<dyn Wire>, Failure>> {
        let opening = run_blocking(self, move || connect::open(&to));
        Box::pin(async {
            let dropped = || Err(Failure::before_sending(Cause::Dropped, ""));
            let socket = opening.await.unwrap_or_else(dropped)?;
            Ok(Box::new(socket.shake_hands().await?) as Box<dyn Wire>)
        })
    }
}
