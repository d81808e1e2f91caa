//! The head of a response, and what it says about the body and the connection.

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, Response, StatusCode, Version};
use httparse::Status;
use nordnet_proto::{Cause, Failure};

use super::invalid;

/// How many headers a response may have; hyper has the same limit.
pub(super) const MAX_HEADERS: usize = 100;

/// Where a body ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// This head is not the response yet: another head follows.
    Interim,
    Known(usize),
    Chunked,
    UntilEnd,
}

/// Parses a head; `None` if its end is missing.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Response<()>>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Response::new(&mut headers);
    match head.parse(bytes) {
        Ok(Status::Complete(_)) => {}
        Ok(Status::Partial) => return Ok(None),
        Err(error @ httparse::Error::TooManyHeaders) => {
            return Err(Failure::after_sending(Cause::TooLarge, error.to_string()));
        }
        Err(error) => return Err(invalid(error.to_string())),
    }
    let mut response = Response::new(());
    let status = head.code.and_then(|code| StatusCode::from_u16(code).ok());
    *response.status_mut() = status.ok_or_else(|| invalid("invalid response status"))?;
    if head.version == Some(0) {
        *response.version_mut() = Version::HTTP_10;
    }
    for header in head.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let name = name.map_err(|error| invalid(error.to_string()))?;
        let value = HeaderValue::from_bytes(header.value);
        let value = value.map_err(|error| invalid(error.to_string()))?;
        response.headers_mut().append(name, value);
    }
    Ok(Some(response))
}

/// Where the body ends, by section 6.3 of RFC 9112.
pub(super) fn body_length(response: &Response<()>) -> Result<Length, Failure> {
    let status = response.status();
    let headers = response.headers();
    if status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(Length::Interim);
    }
    if has_no_body(status) {
        return Ok(Length::Known(0));
    }
    if let Some(codings) = headers.get_all(TRANSFER_ENCODING).iter().next_back() {
        if response.version() == Version::HTTP_10 {
            return Err(invalid("a transfer coding in HTTP/1.0"));
        }
        return Ok(match list(codings).next_back() {
            Some(last) if last.eq_ignore_ascii_case("chunked") => Length::Chunked,
            _ => Length::UntilEnd,
        });
    }
    if !headers.contains_key(CONTENT_LENGTH) {
        return Ok(Length::UntilEnd);
    }
    let length = content_length(headers).ok_or_else(|| invalid("invalid content length"))?;
    Ok(Length::Known(usize::try_from(length).unwrap_or(usize::MAX)))
}

/// Returns `true` if another request may follow on the connection, as far as the
/// head of the response decides.
///
/// A connection is closed if the server says so, and also if two readers of this
/// head could disagree about where the response ends. What one of them takes for
/// the rest of the body would be taken for the response to the next request, an
/// order perhaps, by the other. hyper keeps such connections. These are:
///
/// - HTTP/1.0, even with `Connection: keep-alive`;
/// - `Transfer-Encoding` together with `Content-Length`, or with anything but one
///   `chunked`;
/// - a status without a body whose headers announce one, and 1xx;
/// - a body that goes on until the end of the stream.
#[must_use]
pub fn allows_reuse<T>(response: &Response<T>) -> bool {
    let (status, headers) = (response.status(), response.headers());
    let mut options = headers.get_all(CONNECTION).iter().flat_map(list);
    if response.version() != Version::HTTP_11
        || status.is_informational()
        || options.any(|option| option.eq_ignore_ascii_case("close"))
    {
        return false;
    }
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), headers.contains_key(CONTENT_LENGTH)) {
        (None, false) => has_no_body(status),
        (None, true) => match content_length(headers) {
            Some(length) => length == 0 || !has_no_body(status),
            None => false,
        },
        (Some(coding), false) => {
            let is_chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked");
            is_chunked && codings.next().is_none() && !has_no_body(status)
        }
        (Some(_), true) => false,
    }
}

fn has_no_body(status: StatusCode) -> bool {
    status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// The length that all values of all `Content-Length` headers agree on.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    let mut length = None;
    for value in headers.get_all(CONTENT_LENGTH) {
        for digits in value.to_str().ok()?.split(',') {
            let digits = digits.trim();
            // `parse` takes a sign as well.
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let value: u64 = digits.parse().ok()?;
            if *length.get_or_insert(value) != value {
                return None;
            }
        }
    }
    length
}

/// The elements of a list; one empty element if the value is not all visible ASCII.
fn list(value: &HeaderValue) -> impl DoubleEndedIterator<Item = &str> {
    let text = value.to_str().unwrap_or_default();
    text.split(',').map(str::trim)
}
