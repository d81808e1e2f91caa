//! The steps of one call, taken one after another.

use std::sync::Arc;

use super::adapter::Adapter;
use super::calls::{Counted, Driver};
use super::note::{CallNotes, Scope};
use super::task::{Reply, by, sleep_until};
use crate::endpoint::{Endpoint, Safety};
use crate::error::Error;
use crate::failure::{Attempt, Cause, Failure};
use crate::operation::{Operation, Step};
use crate::request::HttpResponse;

/// A call in a task of its own. If the runtime drops the task before its end, the
/// call ends with what is certain of it.
pub(super) struct Task<R: Adapter, E: Endpoint> {
    drive: Drive<R, E>,
    reply: Reply<Result<E::Response, Error>>,
    /// Dropped last: whoever waits for the end of the call finds its outcome.
    _running: Counted<R>,
}

impl<R: Adapter, E> Task<R, E>
where
    E: Endpoint + Send + 'static,
    E::Response: Send + 'static,
{
    pub(super) const fn new(
        drive: Drive<R, E>,
        reply: Reply<Result<E::Response, Error>>,
        running: Counted<R>,
    ) -> Self {
        Self {
            drive,
            reply,
            _running: running,
        }
    }

    pub(super) async fn run(&mut self) {
        self.reply.fill(self.drive.run()).await;
    }
}

impl<R: Adapter, E: Endpoint> Drop for Task<R, E> {
    fn drop(&mut self) {
        if self.reply.is_open()
            && let Some(mut call) = self.drive.call.take()
        {
            let driver = &self.drive.driver;
            let result = call.abandon(&mut driver.session(), driver.adapter.now());
            self.reply.send(result);
        }
    }
}

/// Drives one call to its end.
pub(super) struct Drive<R: Adapter, E: Endpoint> {
    driver: Arc<Driver<R>>,
    /// Away while a large answer is decoded elsewhere.
    call: Option<Operation<E>>,
}

impl<R: Adapter, E: Endpoint> Drive<R, E> {
    pub(super) const fn new(driver: Arc<Driver<R>>, call: Operation<E>) -> Self {
        let call = Some(call);
        Self { driver, call }
    }
}

impl<R: Adapter, E> Drive<R, E>
where
    E: Endpoint + Send + 'static,
    E::Response: Send + 'static,
{
    pub(super) async fn run(&mut self) -> Result<E::Response, Error> {
        let operation = E::OPERATION;
        R::within(Scope::Call { operation }, self.take_steps()).await
    }

    async fn take_steps(&mut self) -> Result<E::Response, Error> {
        let driver = Arc::clone(&self.driver);
        let adapter = &driver.adapter;
        let mut notes = CallNotes::of::<E>(adapter);
        loop {
            let Some(call) = &mut self.call else {
                return Err(lost());
            };
            let step = call.poll(&mut driver.session(), adapter.now());
            // A call whose time is over ends when it is polled.
            let ends_by = call.ends_by().unwrap_or_else(|| adapter.now());
            match step {
                Step::Send(out) => {
                    let attempt = out.attempt;
                    notes.sent(attempt);
                    let answer = adapter.send(out).await;
                    notes.answered(&answer);
                    self.take_answer(attempt, answer).await;
                }
                Step::Login => {
                    if let Some(result) = by(adapter, ends_by, driver.log_in(None)).await {
                        call.handle_login(result);
                    }
                }
                Step::Record(intent) => {
                    if let Some(result) = by(adapter, ends_by, driver.record(intent)).await {
                        call.handle_recorded(result);
                    }
                }
                Step::InFlight { answer_by } => sleep_until(adapter, answer_by).await,
                Step::Wait(until) => {
                    notes.waits(until);
                    sleep_until(adapter, until).await;
                }
                Step::Done(result) => {
                    notes.ended::<E>(&result);
                    return result;
                }
                Step::Settled => std::future::pending().await,
            }
        }
    }

    /// Gives the call its answer: a large one where its decoding keeps no other
    /// task from running. Verdicts on orders are small.
    async fn take_answer(&mut self, attempt: Attempt, answer: Result<HttpResponse, Failure>) {
        if E::SAFETY == Safety::Read
            && answer.as_ref().is_ok_and(|answer| answer.body().is_large())
            && let Some(mut call) = self.call.take()
        {
            let decode = move || {
                call.handle_answer(attempt, answer);
                call
            };
            self.call = self.driver.adapter.run_blocking(decode).await;
        } else if let Some(call) = &mut self.call {
            call.handle_answer(attempt, answer);
        }
    }
}

/// The end of a call whose answer the runtime has dropped.
pub(super) fn lost() -> Error {
    Error::Lost(Failure::after_sending(Cause::Dropped, ""))
}
