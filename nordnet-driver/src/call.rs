//! The steps of one call, taken one after another.

use std::sync::Arc;
use std::time::Duration;

use nordnet_proto::{
    Access, Attempt, Cause, Endpoint, Error, Failure, HttpResponse, Operation, Outcome, Safety,
    Step,
};

use crate::session::{Counted, Driver};
use crate::task::{Reply, by, sleep_until};
use crate::telemetry::{Why, event, in_span, millis, text};

/// A call in a task of its own. If the runtime drops the task before its end, the
/// call ends with what is certain of it.
pub(crate) struct Task<E: Endpoint> {
    call: Call<E>,
    reply: Reply<Result<E::Response, Error>>,
    /// Dropped last: whoever waits for the end of the call finds its outcome.
    _running: Counted,
}

impl<E: Endpoint> Task<E> {
    pub(crate) const fn new(
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

    pub(crate) async fn run(&mut self) {
        self.reply.fill(self.call.run()).await;
    }
}

impl<E: Endpoint> Drop for Task<E> {
    fn drop(&mut self) {
        if self.reply.is_open()
            && let Some(mut call) = self.call.call.take()
        {
            let driver = &self.call.driver;
            let result = call.abandon(&mut driver.session(), driver.io.now());
            self.reply.send(result);
        }
    }
}

/// Drives one call to its end.
pub(crate) struct Call<E: Endpoint> {
    driver: Arc<Driver>,
    /// Away while a large answer is decoded elsewhere.
    call: Option<Operation<E>>,
}

impl<E: Endpoint> Call<E> {
    pub(crate) const fn new(driver: Arc<Driver>, call: Operation<E>) -> Self {
        let call = Some(call);
        Self { driver, call }
    }
}

impl<E: Endpoint> Call<E> {
    pub(crate) async fn run(&mut self) -> Result<E::Response, Error> {
        let begun = self.driver.io.now();
        let call = async {
            let (attempt, result) = self.take_steps().await;
            let took = self.driver.io.now().saturating_duration_since(begun);
            log_end::<E>(attempt, took, &result);
            result
        };
        in_span!("call", operation = E::OPERATION; call).await
    }

    /// Takes the steps of the call to its end; also returns its last attempt.
    async fn take_steps(&mut self) -> (Option<u64>, Result<E::Response, Error>) {
        let driver = Arc::clone(&self.driver);
        let io = &driver.io;
        let mut attempts = None;
        let mut is_limited = false;
        loop {
            let Some(call) = &mut self.call else {
                return (attempts, Err(lost()));
            };
            let step = call.poll(&mut driver.session(), io.now());
            // A call whose time is over ends when it is polled.
            let ends_by = call.ends_by().unwrap_or_else(|| io.now());
            if std::mem::take(&mut is_limited) {
                let paused = driver.session().paused_until(E::LANE, io.now());
                event!(
                    WARN,
                    "cool_down",
                    operation = E::OPERATION,
                    attempt = attempts,
                    wait_ms = paused.map(|until| millis(until.saturating_duration_since(io.now()))),
                );
            }
            match step {
                Step::Send(out) => {
                    let attempt = out.attempt;
                    match attempts.replace(attempt.number()) {
                        None => {
                            event!(
                                DEBUG,
                                "call_sent",
                                operation = E::OPERATION,
                                attempt = attempts
                            )
                        }
                        Some(_) => event!(
                            INFO,
                            "call_retried",
                            operation = E::OPERATION,
                            attempt = attempts
                        ),
                    }
                    let sent = io.now();
                    let answer = io.send(out).await;
                    log_answer::<E>(attempts, io.now().saturating_duration_since(sent), &answer);
                    is_limited = answer.as_ref().is_ok_and(|answer| answer.status() == 429);
                    self.take_answer(attempt, answer).await;
                }
                Step::Login => {
                    if let Some(result) = by(io, ends_by, driver.log_in(None)).await {
                        call.handle_login(result);
                    }
                }
                Step::Record(intent) => {
                    if let Some(result) = by(io, ends_by, driver.record(intent)).await {
                        call.handle_recorded(result);
                    }
                }
                Step::InFlight { answer_by } => sleep_until(io, answer_by).await,
                Step::Wait(until) => {
                    event!(
                        INFO,
                        "call_waits",
                        operation = E::OPERATION,
                        attempt = attempts,
                        wait_ms = millis(until.saturating_duration_since(io.now())),
                    );
                    sleep_until(io, until).await;
                }
                Step::Done(result) => return (attempts, result),
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
            self.call = self.driver.io.run_blocking(decode).await;
        } else if let Some(call) = &mut self.call {
            call.handle_answer(attempt, answer);
        }
    }
}

fn log_answer<E: Endpoint>(
    attempt: Option<u64>,
    took: Duration,
    answer: &Result<HttpResponse, Failure>,
) {
    match answer {
        Ok(response) => event!(
            DEBUG,
            "call_answered",
            operation = E::OPERATION,
            attempt = attempt,
            status = response.status().as_u16(),
            took_ms = millis(took),
        ),
        Err(failure) => event!(
            WARN,
            "call_lost",
            operation = E::OPERATION,
            attempt = attempt,
            why = text(Why::from(failure)),
            took_ms = millis(took),
        ),
    }
}

fn log_end<E: Endpoint>(attempt: Option<u64>, took: Duration, result: &Result<E::Response, Error>) {
    match result.as_ref().map(<E::Access as Access<E>>::outcome) {
        Err(error) => {
            let why = Why::from(error);
            event!(
                WARN,
                "call_failed",
                operation = E::OPERATION,
                attempt = attempt,
                status = why.status,
                why = text(why),
                took_ms = millis(took),
            );
        }
        Ok(Some(Outcome::Unknown(unresolved))) => event!(
            ERROR,
            "outcome_unknown",
            operation = E::OPERATION,
            attempt = attempt,
            about = text(&unresolved.reference),
            took_ms = millis(took),
        ),
        Ok(Some(Outcome::Rejected(rejection))) => event!(
            WARN,
            "order_rejected",
            operation = E::OPERATION,
            attempt = attempt,
            about = text(&rejection.reference),
            status = rejection.status,
            took_ms = millis(took),
        ),
        Ok(_) => {}
    }
}

/// The end of a call whose answer the runtime has dropped.
pub(crate) fn lost() -> Error {
    Error::Lost(Failure::after_sending(Cause::Dropped, ""))
}
