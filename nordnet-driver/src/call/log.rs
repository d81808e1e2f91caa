//! The `tracing` events of a call.

use std::time::Duration;

use nordnet_proto::{Access, Endpoint, Error, Failure, HttpResponse, Outcome};

use crate::telemetry::{Why, event, millis, text};

pub(super) fn sent<E: Endpoint>(is_first: bool, attempt: Option<u64>) {
    let operation = E::OPERATION;
    match is_first {
        true => event!(DEBUG, "call_sent", operation = operation, attempt = attempt),
        false => event!(
            INFO,
            "call_retried",
            operation = operation,
            attempt = attempt
        ),
    }
}

pub(super) fn answered<E: Endpoint>(
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

pub(super) fn ended<E: Endpoint>(
    attempt: Option<u64>,
    took: Duration,
    result: &Result<E::Response, Error>,
) {
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

/// The server has answered "too many requests".
pub(super) fn cool_down<E: Endpoint>(attempt: Option<u64>, wait: Option<Duration>) {
    event!(
        WARN,
        "cool_down",
        operation = E::OPERATION,
        attempt = attempt,
        wait_ms = wait.map(millis),
    );
}

pub(super) fn waits<E: Endpoint>(attempt: Option<u64>, wait: Duration) {
    event!(
        INFO,
        "call_waits",
        operation = E::OPERATION,
        attempt = attempt,
        wait_ms = millis(wait),
    );
}
