//! HTTP/1.1 as bytes, for drivers that bring no HTTP library.

use std::fmt;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode, Version};
use memchr::memchr;
use zeroize::Zeroizing;

use nordnet_proto::{Cause, Failure, HttpRequest, HttpResponse, Outgoing, Payload};

/// More headers than any answer has.
const MAX_HEADERS: usize = 100;

/// Turns a request into the bytes of HTTP/1.1; an [`AnswerReader`] reads the
/// answer to it.
#[must_use]
pub fn to_http1(request: &HttpRequest) -> Payload {
    let path = request.uri().path_and_query();
    let body = request.body().as_bytes();
    let length = body.len().to_string();
    let head = [
        request.method().as_str(),
        " ",
        path.map_or("/", |path| path.as_str()),
        " HTTP/1.1\r\n",
    ];
    let mut parts: Vec<&[u8]> = head.iter().map(|text| text.as_bytes()).collect();
    for (name, value) in request.headers() {
        parts.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
    }
    if !body.is_empty() || [Method::POST, Method::PUT].contains(request.method()) {
        parts.extend([b"content-length: ", length.as_bytes(), b"\r\n"]);
    }
    parts.extend([b"\r\n", body]);
    // All at once: a buffer that grows leaves copies of secrets behind.
    Payload::from(parts.concat())
}

/// Reads the HTTP/1.1 answer to one request from bytes as they come.
///
/// Nothing is followed or decompressed. The first answer is the one: what
/// comes after it only says that the connection cannot be used again.
///
/// ```text
///  Status ──▶ Header ─┬─▶ Sized ─────────────────────────┬─▶ Done
///    ▲          │     ├─▶ ChunkSize ──────────▶ Trailer ─┤
///    └─── 1xx ──┘     │    ▲     └─▶ Chunk ─┐            │
///                     │    └─── ChunkEnd ◀──┘            │
///                     └─▶ UntilEnd ──────────────────────┘
/// ```
pub struct AnswerReader {
    state: State,
    /// The beginning of a line whose end has not come.
    line: Zeroizing<Vec<u8>>,
    head: Response<()>,
    body: Zeroizing<Vec<u8>>,
    /// What is left of the largest head.
    head_left: usize,
    max_head: usize,
    max_body: usize,
    reusable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Status,
    Header,
    Sized(usize),
    ChunkSize,
    Chunk(usize),
    ChunkEnd,
    Trailer,
    UntilEnd,
    Done,
}

impl AnswerReader {
    /// Begins with the answer to this request, within its limits.
    #[must_use]
    pub fn new(out: &Outgoing) -> Self {
        Self::within(out.max_head, out.max_body)
    }

    fn within(max_head: usize, max_body: usize) -> Self {
        Self {
            state: State::Status,
            line: Zeroizing::default(),
            head: Response::default(),
            body: Zeroizing::default(),
            head_left: max_head,
            max_head,
            max_body,
            reusable: false,
        }
    }

    /// Takes bytes as they have come; none are the end of the stream. Gives the
    /// answer once it is whole.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the answer is larger than allowed, is no HTTP/1.1, or has
    /// ended too early. The connection must not be used again.
    pub fn handle_input(&mut self, mut bytes: &[u8]) -> Result<Option<HttpResponse>, Failure> {
        if self.state == State::Done {
            // Nothing was asked for that this could answer.
            self.reusable = false;
            return Ok(None);
        }
        if bytes.is_empty() {
            if self.state != State::UntilEnd {
                return Err(Failure::after_sending(Cause::Closed, "in mid-answer"));
            }
            self.state = State::Done;
        }
        while !bytes.is_empty() && self.state != State::Done {
            match self.state {
                State::Sized(left) => {
                    let left = self.take(left, &mut bytes)?;
                    self.state = sized(left);
                }
                State::Chunk(left) => {
                    let left = self.take(left, &mut bytes)?;
                    self.state = match left {
                        0 => State::ChunkEnd,
                        left => State::Chunk(left),
                    };
                }
                State::UntilEnd => {
                    self.take(usize::MAX, &mut bytes)?;
                }
                _ => {
                    if let Some(line) = self.take_line(&mut bytes)? {
                        self.state = self.after_line(&line)?;
                    }
                }
            }
        }
        if self.state != State::Done {
            return Ok(None);
        }
        self.reusable &= bytes.is_empty();
        let body = std::mem::take(&mut *self.body);
        let head = std::mem::take(&mut self.head);
        Ok(Some(head.map(|()| Payload::from(body))))
    }

    /// Whether another request may be sent on the connection: the answer is
    /// whole, nothing came after it, and the server keeps the connection open.
    #[must_use]
    pub fn may_reuse_connection(&self) -> bool {
        self.state == State::Done && self.reusable
    }

    /// Takes up to so many bytes of the body, and says how many are left.
    fn take(&mut self, left: usize, bytes: &mut &[u8]) -> Result<usize, Failure> {
        let (data, rest) = bytes.split_at(left.min(bytes.len()));
        if data.len() > self.max_body - self.body.len() {
            return Err(self.too_large());
        }
        self.body.extend_from_slice(data);
        *bytes = rest;
        Ok(left - data.len())
    }

    /// Takes a line, if its end is there.
    fn take_line(&mut self, bytes: &mut &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        let end = memchr(b'\n', bytes);
        let (part, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        *bytes = rest;
        if part.len() > self.head_left - self.line.len() {
            let detail = format!("a head of more than {} bytes", self.max_head);
            return Err(Failure::after_sending(Cause::TooLarge, detail));
        }
        self.line.extend_from_slice(part);
        if end.is_none() {
            return Ok(None);
        }
        let mut line = std::mem::take(&mut self.line);
        // The size of a chunk is paid for by its bytes.
        if self.state != State::ChunkSize && self.state != State::ChunkEnd {
            self.head_left -= line.len();
        }
        line.pop();
        line.pop_if(|byte| *byte == b'\r');
        Ok(Some(line))
    }

    fn after_line(&mut self, line: &[u8]) -> Result<State, Failure> {
        match self.state {
            State::Status => {
                let (version, status) = parse_status(line).ok_or_else(|| broken("status line"))?;
                self.head = Response::default();
                *self.head.version_mut() = version;
                *self.head.status_mut() = status;
                Ok(State::Header)
            }
            State::Header if line.is_empty() => self.after_head(),
            State::Header => {
                let (name, value) = parse_header(line).ok_or_else(|| broken("header"))?;
                let headers = self.head.headers_mut();
                if headers.len() == MAX_HEADERS {
                    return Err(Failure::after_sending(Cause::TooLarge, "too many headers"));
                }
                headers.append(name, value);
                Ok(State::Header)
            }
            State::ChunkSize => match parse_size(line).ok_or_else(|| broken("chunk size"))? {
                0 => Ok(State::Trailer),
                size if size > self.max_body - self.body.len() => Err(self.too_large()),
                size => Ok(State::Chunk(size)),
            },
            State::ChunkEnd if line.is_empty() => Ok(State::ChunkSize),
            State::ChunkEnd => Err(broken("end of a chunk")),
            State::Trailer if line.is_empty() => Ok(State::Done),
            other => Ok(other),
        }
    }

    /// How the body ends, by section 6.3 of RFC 9112.
    fn after_head(&mut self) -> Result<State, Failure> {
        let (status, version) = (self.head.status(), self.head.version());
        if status == StatusCode::SWITCHING_PROTOCOLS {
            // What follows would not be HTTP any more.
            return Ok(State::Done);
        }
        if status.is_informational() {
            return Ok(State::Status);
        }
        let headers = self.head.headers();
        self.reusable = version == Version::HTTP_11 && !closes(headers);
        let codings = headers.get_all(header::TRANSFER_ENCODING);
        if let Some(codings) = codings.iter().next_back() {
            if version != Version::HTTP_11 {
                return Err(broken("transfer coding"));
            }
            let last = codings.as_bytes().rsplit(|byte| *byte == b',').next();
            if !last.is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked")) {
                self.reusable = false;
                return Ok(State::UntilEnd);
            }
            // Two lengths that may differ: what comes next is anybody's guess.
            self.reusable &= !headers.contains_key(header::CONTENT_LENGTH);
            return Ok(State::ChunkSize);
        }
        if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
            return Ok(State::Done);
        }
        let mut lengths = headers.get_all(header::CONTENT_LENGTH).iter();
        let Some(length) = lengths.next() else {
            self.reusable = false;
            return Ok(State::UntilEnd);
        };
        if lengths.any(|other| other != length) {
            return Err(broken("content length"));
        }
        let length = parse_length(length).ok_or_else(|| broken("content length"))?;
        if length > self.max_body {
            return Err(self.too_large());
        }
        self.body.reserve_exact(length);
        Ok(sized(length))
    }

    fn too_large(&self) -> Failure {
        let detail = format!("more than {} bytes", self.max_body);
        Failure::after_sending(Cause::TooLarge, detail)
    }
}

impl fmt::Debug for AnswerReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerReader")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

const fn sized(left: usize) -> State {
    match left {
        0 => State::Done,
        left => State::Sized(left),
    }
}

fn broken(what: &str) -> Failure {
    Failure::after_sending(Cause::Protocol, format!("an impossible {what}"))
}

fn parse_status(line: &[u8]) -> Option<(Version, StatusCode)> {
    let (version, rest) = if let Some(rest) = line.strip_prefix(b"HTTP/1.1 ") {
        (Version::HTTP_11, rest)
    } else {
        (Version::HTTP_10, line.strip_prefix(b"HTTP/1.0 ")?)
    };
    let (status, reason) = rest.split_at_checked(3)?;
    if !reason.is_empty() && !reason.starts_with(b" ") {
        return None;
    }
    Some((version, StatusCode::from_bytes(status).ok()?))
}

fn parse_header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_at_checked(memchr(b':', line)?)?;
    // White space before the colon or at the start of a line is none of a name.
    let name = HeaderName::from_bytes(name).ok()?;
    let value = HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?;
    Some((name, value))
}

fn parse_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let digits = std::str::from_utf8(digits).ok()?;
    // A sign is none of a number here.
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    usize::from_str_radix(digits, 16).ok().filter(|_| plain)
}

fn parse_length(value: &HeaderValue) -> Option<usize> {
    let digits = value.to_str().ok()?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

fn closes(headers: &HeaderMap) -> bool {
    let mut options = headers
        .get_all(header::CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}

#[cfg(test)]
mod tests;
