//! Reading answers: bodies into values, statuses into errors.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use http::StatusCode;
use http::header::{self, HeaderMap};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{Error, Refusal, Unreadable};
use crate::failure::Failure;
use crate::request::HttpResponse;

/// The shortest pause after a 429, which the source gives.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(10);

/// What a `Retry-After` is cut to: neither a tight loop nor a lost day.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How many unreadable elements of a list are kept, and how much of each: an
/// answer may hold millions.
const KEPT_UNREAD: usize = 100;
const KEPT_TEXT: usize = 256;

/// A list as the server sent it, element by element: one that cannot be read
/// does not lose the others.
///
/// It is a slice of its readable elements. An answer of 204 is an empty list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T> {
    items: Vec<T>,
    skipped: Vec<Unread>,
    skipped_count: usize,
}

impl<T> List<T> {
    /// The elements that could not be read, in order: the first hundred.
    #[must_use]
    pub fn skipped(&self) -> &[Unread] {
        &self.skipped
    }

    /// How many elements could not be read.
    #[must_use]
    pub const fn skipped_count(&self) -> usize {
        self.skipped_count
    }

    /// The readable elements by value.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.items
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// An element of a list that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    index: usize,
    reason: String,
    json: String,
}

impl Unread {
    /// Where it stood in the list, from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The element as the server sent it; at most the first 256 bytes.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "element {}: {}", self.index, self.reason)
    }
}

/// Reads an answer that is one object.
pub(crate) fn object<T: DeserializeOwned>(
    answer: Result<HttpResponse, Failure>,
) -> Result<T, Error> {
    let response = success(answer)?;
    parse(&response)
}

/// Reads the answer of a call that presents credentials: there, a 401 refuses
/// them rather than a session.
pub(crate) fn credentials_object<T: DeserializeOwned>(
    answer: Result<HttpResponse, Failure>,
) -> Result<T, Error> {
    match answer {
        Ok(response) if response.status() == StatusCode::UNAUTHORIZED => {
            Err(Error::Refused(refusal(&response)))
        }
        // What the parser says may quote the answer, which holds a session key.
        answer => object(answer).map_err(|error| match error {
            Error::Unreadable(Unreadable { status, .. }) => Error::Unreadable(Unreadable {
                status,
                reason: "not the object of the reference; it is not shown".into(),
            }),
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

/// Reads an answer that is a list, element by element.
pub(crate) fn list<T: DeserializeOwned>(
    answer: Result<HttpResponse, Failure>,
) -> Result<List<T>, Error> {
    let response = success(answer)?;
    let mut list = List {
        items: Vec::new(),
        skipped: Vec::new(),
        skipped_count: 0,
    };
    if response.status() == StatusCode::NO_CONTENT {
        return Ok(list);
    }
    for (index, raw) in parse_raw(&response)?.into_iter().enumerate() {
        match serde_json::from_str(raw.get()) {
            Ok(item) => list.items.push(item),
            Err(error) => {
                list.skipped_count += 1;
                if list.skipped.len() < KEPT_UNREAD {
                    list.skipped.push(Unread {
                        index,
                        reason: describe(&error),
                        json: cut(raw.get()).into(),
                    });
                }
            }
        }
    }
    Ok(list)
}

/// Reads the one element that was asked for out of a list.
pub(crate) fn only<T: DeserializeOwned>(
    answer: Result<HttpResponse, Failure>,
    is_wanted: impl Fn(&T) -> bool,
) -> Result<T, Error> {
    let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
    let List { items, skipped, .. } = list(answer)?;
    items.into_iter().find(is_wanted).ok_or_else(|| {
        Error::Unreadable(Unreadable {
            status,
            reason: skipped.first().map_or_else(
                || "what was asked for is not in the answer".into(),
                ToString::to_string,
            ),
        })
    })
}

/// Lets 200 and 204 through and turns everything else into an error.
pub(crate) fn success(answer: Result<HttpResponse, Failure>) -> Result<HttpResponse, Error> {
    let response = answer.map_err(lost)?;
    match response.status() {
        StatusCode::OK | StatusCode::NO_CONTENT => Ok(response),
        _ => Err(refused(&response)),
    }
}

/// The error of a call that changes nothing and got no answer.
pub(crate) fn lost(failure: Failure) -> Error {
    match failure {
        Failure { sent: false, .. } => Error::NotSent(failure),
        Failure { .. } => Error::Lost(failure),
    }
}

/// The error that a status other than success stands for.
pub(crate) fn refused(response: &HttpResponse) -> Error {
    let status = response.status();
    match status.as_u16() {
        401 => Error::SessionEnded,
        429 => Error::RateLimited {
            wait: rate_limit_wait(response.headers()),
        },
        400..=499 => Error::Refused(refusal(response)),
        status @ 500..=599 => Error::Unavailable {
            status,
            wait: retry_after(response.headers()),
        },
        status => Error::Unreadable(Unreadable {
            status,
            reason: unexpected(status).into(),
        }),
    }
}

fn unexpected(status: u16) -> &'static str {
    match status {
        300..=399 => "redirects are not followed",
        _ => "this status is not documented",
    }
}

/// Reads `{code, message}`, which some refusals come without.
pub(crate) fn refusal(response: &HttpResponse) -> Refusal {
    #[derive(Default, Deserialize)]
    struct ErrorResponse {
        code: Option<String>,
        message: Option<String>,
    }
    let body: ErrorResponse =
        serde_json::from_slice(response.body().as_bytes()).unwrap_or_default();
    Refusal {
        status: response.status().as_u16(),
        code: body.code,
        message: body.message,
    }
}

/// The pause that a 429 asks for: never shorter than the source gives.
pub(crate) fn rate_limit_wait(headers: &HeaderMap) -> Duration {
    retry_after(headers).map_or(RATE_LIMIT_PAUSE, |wait| wait.max(RATE_LIMIT_PAUSE))
}

/// Reads `Retry-After`: seconds, or a date that is read against the `Date` of
/// the same answer, since the clock of this machine may be wrong.
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
    Some(wait.clamp(SHORTEST_WAIT, LONGEST_WAIT))
}

fn parse<T: DeserializeOwned>(response: &HttpResponse) -> Result<T, Error> {
    serde_json::from_slice(response.body().as_bytes()).map_err(|error| unreadable(response, &error))
}

fn parse_raw(response: &HttpResponse) -> Result<Vec<&RawValue>, Error> {
    serde_json::from_slice(response.body().as_bytes()).map_err(|error| unreadable(response, &error))
}

/// What is wrong with a body: the words of the decoder may quote it whole.
pub(crate) fn describe(error: &serde_json::Error) -> String {
    cut(&error.to_string()).into()
}

/// The beginning of a text.
fn cut(text: &str) -> &str {
    let mut end = KEPT_TEXT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

fn unreadable(response: &HttpResponse, error: &serde_json::Error) -> Error {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("no content type");
    let length = response.body().as_bytes().len();
    Error::Unreadable(Unreadable {
        status: response.status().as_u16(),
        reason: format!("{} in {length} bytes of {kind}", describe(error)),
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
    fn retry_after_is_seconds_or_a_date_against_the_answers_own() {
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
        assert_eq!(wait(&[("retry-after", "99999999999999999999")]), Some(300));
    }

    #[test]
    fn a_retry_after_that_makes_no_sense_is_none() {
        for value in ["", "-5", "soon", "1.5", "Tue, 17 Mar 2026 09:15:32 GMT"] {
            assert_eq!(wait(&[("retry-after", value)]), None, "{value:?}");
        }
    }

    #[test]
    fn one_bad_element_does_not_lose_the_list() {
        let response = HttpResponse::new(r#"[1, "x", 3]"#.into());
        let list: List<i64> = list(Ok(response)).unwrap();
        assert_eq!(&*list, [1, 3]);
        assert_eq!(list.skipped().len(), 1);
        assert_eq!(
            (list.skipped()[0].index(), list.skipped()[0].json()),
            (1, "\"x\"")
        );
    }

    #[test]
    fn of_a_list_of_rubbish_little_is_kept() {
        let body = format!("[{}0]", "0,".repeat(200_000));
        let texts: List<String> = list(Ok(HttpResponse::new(body.as_str().into()))).unwrap();
        assert_eq!((texts.len(), texts.skipped_count()), (0, 200_001));
        assert_eq!(texts.skipped().len(), KEPT_UNREAD);

        let body = format!("[\"{}\"]", "å".repeat(10_000));
        let numbers: List<i64> = list(Ok(HttpResponse::new(body.as_str().into()))).unwrap();
        let unread = &numbers.skipped()[0];
        assert!(unread.json().len() <= KEPT_TEXT && unread.to_string().len() <= KEPT_TEXT + 20);
    }
}
