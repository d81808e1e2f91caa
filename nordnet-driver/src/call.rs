//! The loop that drives one call to its end.

mod log;

use std::sync::Arc;

use nordnet_proto::{
    Attempt, Cause, Endpoint, Error, Failure, HttpResponse, Operation, Safety, Step,
};

use crate::session::{Counted, Driver};
use crate::task::{Reply, reply};
use crate::telemetry::in_span;

impl Driver {
    /// Drives a call to its end. One that changes something runs in a task of
    /// its own, and goes on if its future is dropped: an order call is in the list of
    /// unresolved ones before that task is spawned.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub(crate) async fn send<E>(
        self: &Arc<Self>,
        mut call: Operation<E>,
    ) -> Result<E::Response, Error>
    where
        E: Endpoint,
    {
        if E::SAFETY == Safety::Read {
            return Arc::clone(self).drive(call).await;
        }
        // Before the call is listed, so that whoever waits for calls misses none.
        let running = Counted::new(self);
        call.begin(&mut self.session(), self.io.now())?;
        let (reply, result) = reply();
        let mut task = Task::new(Call::new(Arc::clone(self), call), reply, running);
        self.io.spawn(async move { task.run().await });
        match result.await {
            Some(result) => result,
            None => Err(lost()),
        }
    }

    /// Drives one call to its end, in the task of the caller.
    pub(crate) async fn drive<E>(self: Arc<Self>, call: Operation<E>) -> Result<E::Response, Error>
    where
        E: Endpoint,
    {
        Call::new(self, call).run().await
    }
}

/// A call in a task of its own. If the runtime drops the task before its end, the call
/// ends with what is known of it then.
struct Task<E: Endpoint> {
    call: Call<E>,
    reply: Reply<Result<E::Response, Error>>,
    /// Dropped last: whoever waits for the end of the call finds its outcome.
    _running: Counted,
}

impl<E: Endpoint> Task<E> {
    const fn new(
        call: Call<E>,
        reply: Reply<Result<E::Response, Error>>,
        running: Counted,
    ) -> Self {
        Self {
            call,
            reply,
            _running: running,
        }
    }

    async fn run(&mut self) {
        self.reply.fill(self.call.run()).await;
    }
}

impl<E: Endpoint> Drop for Task<E> {
    fn drop(&mut self) {
        if self.reply.is_open()
            && let Some(mut operation) = self.call.operation.take()
        {
            let driver = &self.call.driver;
            let result = operation.abandon(&mut driver.session(), driver.io.now());
            self.reply.send(result);
        }
    }
}

/// Drives one call to its end.
struct Call<E: Endpoint> {
    driver: Arc<Driver>,
    /// `None` while a large answer is decoded on another thread, and if the runtime has
    /// dropped that work.
    operation: Option<Operation<E>>,
}

impl<E: Endpoint> Call<E> {
    const fn new(driver: Arc<Driver>, operation: Operation<E>) -> Self {
        let operation = Some(operation);
        Self { driver, operation }
    }

    async fn run(&mut self) -> Result<E::Response, Error> {
        let begun = self.driver.io.now();
        let call = async {
            let (attempt, result) = self.take_steps().await;
            let took = self.driver.io.now().saturating_duration_since(begun);
            log::ended::<E>(attempt, took, &result);
            result
        };
        in_span!("call", operation = E::OPERATION; call).await
    }

    /// Takes the steps of the call to its end; also returns its last attempt.
    async fn take_steps(&mut self) -> (Option<u64>, Result<E::Response, Error>) {
        let driver = Arc::clone(&self.driver);
        let io = &driver.io;
        let mut last = None;
        let mut is_limited = false;
        loop {
            let Some(operation) = &mut self.operation else {
                return (last, Err(lost()));
            };
            let step = operation.poll(&mut driver.session(), io.now());
            // A login or a record is waited for until then; the next poll ends the call.
            let ends_by = operation.ends_by().unwrap_or_else(|| io.now());
            if std::mem::take(&mut is_limited) {
                let paused = driver.session().paused_until(E::LANE, io.now());
                let wait = paused.map(|until| until.saturating_duration_since(io.now()));
                log::cool_down::<E>(last, wait);
            }
            match step {
                Step::Send(out) => {
                    let attempt = out.attempt;
                    log::sent::<E>(last.replace(attempt.number()).is_none(), last);
                    let sent = io.now();
                    let answer = io.send(out).await;
                    log::answered::<E>(last, io.now().saturating_duration_since(sent), &answer);
                    is_limited = answer.as_ref().is_ok_and(|answer| answer.status() == 429);
                    self.take_answer(attempt, answer).await;
                }
                Step::Login => {
                    if let Some(result) = io.by(ends_by, driver.log_in(None)).await {
                        operation.handle_login(result);
                    }
                }
                Step::Record(intent) => {
                    if let Some(result) = io.by(ends_by, driver.record(intent)).await {
                        operation.handle_recorded(result);
                    }
                }
                // Each request is answered before the next poll, so this does not occur.
                Step::InFlight { answer_by } => io.sleep_until(answer_by).await,
                Step::Wait(until) => {
                    log::waits::<E>(last, until.saturating_duration_since(io.now()));
                    io.sleep_until(until).await;
                }
                Step::Done(result) => return (last, result),
                // Only polled again after `Done`, which ends this loop.
                Step::Settled => std::future::pending().await,
            }
        }
    }

    /// Gives the call its answer. A large one is decoded where that blocks no other
    /// task; responses to orders are small, and are always decoded here.
    async fn take_answer(&mut self, attempt: Attempt, answer: Result<HttpResponse, Failure>) {
        if E::SAFETY == Safety::Read
            && answer.as_ref().is_ok_and(|answer| answer.body().is_large())
            && let Some(mut operation) = self.operation.take()
        {
            let decode = move || {
                operation.handle_answer(attempt, answer);
                operation
            };
            self.operation = self.driver.io.run_blocking(decode).await;
        } else if let Some(operation) = &mut self.operation {
            operation.handle_answer(attempt, answer);
        }
    }
}

/// The end of a call whose answer the runtime has dropped.
fn lost() -> Error {
    Error::Lost(Failure::after_sending(Cause::Dropped, ""))
}
