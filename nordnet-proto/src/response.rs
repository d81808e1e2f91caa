//! Reading responses: bodies into values, statuses into errors.

mod error_body;
mod list;
mod member;
mod size;

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::header::{self, HeaderMap};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

pub use list::{List, Unread};
pub(crate) use member::Complaint;

use error_body::ErrorBody;

use crate::error::{Error, Refusal, Unreadable};
use crate::failure::{Cause, Failure};
use crate::request::HttpResponse;

/// The shortest pause after a 429, which the source gives.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(10);

/// A `Retry-After` of less would make a tight loop.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// The longest that this client waits by itself: more would lose a day.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// A `Retry-After` of more would overflow clocks: 136 years.
const LONGEST_ASKED: Duration = Duration::from_secs(u32::MAX as u64);

/// How much is kept of what a response says.
const KEPT_TEXT: usize = 256;

/// Reads a response that always has a body.
pub(crate) fn object<T: DeserializeOwned>(
    operation: &'static str,
    response: Result<HttpResponse, Failure>,
) -> Result<T, Error> {
    parse(operation, &success(operation, response)?)
}

/// Reads a response that may say by a 204 that there is nothing.
pub(crate) fn object_or_none<T: DeserializeOwned + Default>(
    operation: &'static str,
    response: Result<HttpResponse, Failure>,
) -> Result<T, Error> {
    let response = success(operation, response)?;
    if response.status() == StatusCode::NO_CONTENT {
        return Ok(T::default());
    }
    parse(operation, &response)
}

/// Reads the response of a call that presents credentials: there, a 401 refuses
/// them rather than a session.
pub(crate) fn credentials_object<T: DeserializeOwned>(
    operation: &'static str,
    response: Result<HttpResponse, Failure>,
) -> Result<T, Error> {
    match response {
        Ok(response) if response.status() == StatusCode::UNAUTHORIZED && !is_page(&response) => {
            Err(Error::Refused(refusal(&response)))
        }
        // What the decoder says may contain a session key.
        response => object(operation, response).map_err(|error| match error {
            Error::Unreadable(unreadable) => Error::Unreadable(Unreadable {
                path: String::new(),
                reason: "not the object of the reference; it is not shown".into(),
                ..unreadable
            }),
            // So may the code and the message of an error.
            Error::RateLimited { wait, .. } => Error::RateLimited {
                wait,
                refusal: None,
            },
            Error::Unavailable {
                status,
                wait,
                refusal,
            } => Error::Unavailable {
                status,
                wait,
                refusal: refusal.map(|refusal| Refusal {
                    code: None,
                    message: None,
                    ..refusal
                }),
            },
            error => error,
        }),
    }
}

/// Reads a member that the source calls optional as a list: absent and null
/// are both none.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Takes the one element that was asked for out of a list.
pub(crate) fn only<T: DeserializeOwned>(
    operation: &'static str,
    response: Result<HttpResponse, Failure>,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<T, Error> {
    let status = response
        .as_ref()
        .map_or(0, |response| response.status().as_u16());
    let list: List<T> = object_or_none(operation, response)?;
    let reason = list.skipped().first().map_or_else(
        || "what was asked for is not in the answer".into(),
        ToString::to_string,
    );
    list.into_iter().find(is_wanted).ok_or_else(|| {
        Error::Unreadable(Unreadable {
            operation,
            status,
            path: String::new(),
            reason,
        })
    })
}

/// Lets 200 and 204 through and turns everything else into an error.
pub(crate) fn success(
    operation: &'static str,
    response: Result<HttpResponse, Failure>,
) -> Result<HttpResponse, Error> {
    let response = response.map_err(lost)?;
    match response.status() {
        StatusCode::OK | StatusCode::NO_CONTENT => Ok(response),
        _ => Err(refused(operation, &response)),
    }
}

/// The error of a call that changes nothing and got no response.
pub(crate) fn lost(failure: Failure) -> Error {
    match failure {
        Failure { sent: false, .. } => Error::NotSent(failure),
        Failure { .. } => Error::Lost(failure),
    }
}

/// The error that a status other than success stands for.
pub(crate) fn refused(operation: &'static str, response: &HttpResponse) -> Error {
    let status = response.status();
    match status.as_u16() {
        status if is_page_as_refusal(response) => Error::Unavailable {
            status,
            wait: retry_after(response.headers()),
            refusal: Some(refusal(response)),
        },
        401 => Error::SessionEnded,
        429 => Error::RateLimited {
            wait: rate_limit_wait(response.headers()),
            refusal: Some(refusal(response)),
        },
        status if is_no_response(status) => Error::Lost(Failure::after_sending(
            Cause::Timeout,
            format!("HTTP {status}"),
        )),
        400..=499 => Error::Refused(refusal(response)),
        status @ 500..=599 => Error::Unavailable {
            status,
            wait: retry_after(response.headers()),
            refusal: Some(refusal(response)),
        },
        status => Error::Unreadable(Unreadable {
            operation,
            status,
            path: String::new(),
            reason: unexpected(status).into(),
        }),
    }
}

/// Returns `true` for a status that stands for a lost response: 408, the server or
/// a proxy gave up waiting for a request that may have arrived elsewhere, and 425,
/// it wants to have it again. Neither says what Nordnet did with the request.
pub(crate) const fn is_no_response(status: u16) -> bool {
    matches!(status, 408 | 425)
}

fn unexpected(status: u16) -> &'static str {
    match status {
        300..=399 => "redirects are not followed",
        _ => "this status is not documented",
    }
}

/// Reads `{code, message}`, which some refusals come without.
pub(crate) fn refusal(response: &HttpResponse) -> Refusal {
    let body = response.body().as_bytes();
    let body = match size::check(body) {
        Ok(()) => ErrorBody::read(body),
        Err(_) => ErrorBody::default(),
    };
    Refusal {
        status: response.status().as_u16(),
        code: body.code,
        message: body.message,
        page: is_page(response).then(|| cut(content_type(response)).into()),
    }
}

/// Returns `true` if a refusal does not come from Nordnet, such as a maintenance
/// page or the page of a firewall. It says nothing about the session, the
/// credentials or an order.
pub(crate) fn is_page_as_refusal(response: &HttpResponse) -> bool {
    let status = response.status().as_u16();
    matches!(status, 400..=499) && status != 429 && !is_no_response(status) && is_page(response)
}

/// Returns `true` if there is a body and it is not JSON.
pub(crate) fn is_page(response: &HttpResponse) -> bool {
    let body = response.body().as_bytes().trim_ascii_start();
    body.first()
        .is_some_and(|first| !matches!(first, b'{' | b'[' | b'"'))
}

/// The error of a response that needs no body but has a page.
pub(crate) fn page_instead(operation: &'static str, response: &HttpResponse) -> Error {
    Error::Unreadable(Unreadable {
        operation,
        status: response.status().as_u16(),
        path: String::new(),
        reason: format!("{}, which is not Nordnet's", cut(content_type(response))),
    })
}

fn content_type(response: &HttpResponse) -> &str {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .unwrap_or("no content type")
}

/// How long this client waits if a server asks for this wait.
pub(crate) fn own_wait(asked: Duration) -> Duration {
    asked.min(LONGEST_WAIT)
}

/// Writes how long the server asks to wait, and what this client does about it
/// if that is less.
pub(crate) fn write_wait(asked: Duration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "it asks to wait {} s", asked.as_secs_f64().ceil())?;
    if asked > LONGEST_WAIT {
        let longest = LONGEST_WAIT.as_secs();
        write!(f, ", and this client waits {longest} s at most")?;
    }
    Ok(())
}

/// Writes what a 429 makes of a call.
pub(crate) fn write_rate_limited(wait: Duration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("too many requests; ")?;
    if wait > LONGEST_WAIT {
        return write_wait(wait, f);
    }
    // It may be the pause of the source, for which the server did not ask.
    write!(f, "wait {} s", wait.as_secs_f64().ceil())
}

/// The wait that a 429 asks for: never shorter than the source gives.
pub(crate) fn rate_limit_wait(headers: &HeaderMap) -> Duration {
    retry_after(headers).map_or(RATE_LIMIT_PAUSE, |wait| wait.max(RATE_LIMIT_PAUSE))
}

/// Reads `Retry-After`: seconds, or a date that is read against the `Date` of
/// the same response, since the clock of this machine may be wrong.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let value = text(header::RETRY_AFTER)?;
    let wait = if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        let date = httpdate::parse_http_date(text(header::DATE)?).ok()?;
        until.duration_since(date).unwrap_or(Duration::ZERO)
    };
    Some(wait.clamp(SHORTEST_WAIT, LONGEST_ASKED))
}

fn parse<T: DeserializeOwned>(
    operation: &'static str,
    response: &HttpResponse,
) -> Result<T, Error> {
    let body = response.body().as_bytes();
    if let Err(oversize) = size::check(body) {
        return Err(unreadable(operation, response, "", &oversize.to_string()));
    }
    serde_json::from_slice(body).map_err(|error| {
        let Complaint { path, reason } = Complaint::new(body, &error);
        unreadable(operation, response, &path, &reason)
    })
}

/// What is wrong with a body, in one line.
pub(crate) fn describe(body: &[u8], error: &serde_json::Error) -> String {
    let Complaint { path, reason } = Complaint::new(body, error);
    let separator = if path.is_empty() { "" } else { ": " };
    format!("{path}{separator}{}", cut(&reason))
}

/// The beginning of a text.
pub(crate) fn cut(text: &str) -> &str {
    cut_to(text, KEPT_TEXT)
}

/// At most so many bytes of the beginning of a text.
fn cut_to(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

fn unreadable(operation: &'static str, response: &HttpResponse, path: &str, reason: &str) -> Error {
    let kind = cut(content_type(response));
    let length = response.body().as_bytes().len();
    Error::Unreadable(Unreadable {
        operation,
        status: response.status().as_u16(),
        path: cut(path).into(),
        reason: format!("{} in {length} bytes of {}", cut(reason), cut(kind)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        retry_after(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_against_the_responses_own() {
        let date = ("date", "Tue, 17 Mar 2026 09:15:02 GMT");
        assert_eq!(wait(&[("retry-after", "30")]), Some(30));
        assert_eq!(wait(&[("retry-after", " 30 ")]), Some(30));
        assert_eq!(
            wait(&[("retry-after", "Tue, 17 Mar 2026 09:15:32 GMT"), date]),
            Some(30)
        );
        assert_eq!(
            wait(&[("retry-after", "Tue, 17 Mar 2026 09:00:00 GMT"), date]),
            Some(1)
        );
        assert_eq!(wait(&[("retry-after", "0")]), Some(1));
        assert_eq!(wait(&[("retry-after", "3600")]), Some(3600));
        let endless = ("retry-after", "99999999999999999999");
        assert_eq!(wait(&[endless]), Some(u64::from(u32::MAX)));
    }

    #[test]
    fn a_retry_after_that_makes_no_sense_is_none() {
        for value in ["", "-5", "soon", "1.5", "Tue, 17 Mar 2026 09:15:32 GMT"] {
            assert_eq!(wait(&[("retry-after", value)]), None, "{value:?}");
        }
    }
}
