//! HTTP/1.1 as bytes, for runtimes that bring no HTTP library.
//!
//! [`to_http1`] writes a request; a [`ResponseReader`] reads the response to it
//! from bytes as they come. Neither does any I/O. Both accept and refuse what
//! hyper's client does, so that all adapters behave alike. [`allows_reuse`] is stricter
//! than hyper, and every adapter has to call it.
//!
//! # Reading a response
//!
//! `httparse` parses a head. Where the body ends follows section 6.3 of RFC 9112:
//!
//! ```text
//!            ┌───────── 204, 304, 101, length 0 ────┐
//!            │                                      ▼
//!  ──▶ Head ─┼─▶ Sized ── length reached ────────▶ Done
//!      ▲  │  ├─▶ Chunked ── last chunk, trailers ──▶│
//!      └──┘  └─▶ UntilEnd ── end of stream ────────▶┘
//!    other 1xx
//! ```
//!
//! 1. A status of 204 or 304 has no body, whatever the headers say. 101 ends the
//!    response as well; any other 1xx is an interim response and is skipped.
//! 2. With `Transfer-Encoding`, the body is chunked if `chunked` is the last coding,
//!    and otherwise goes on until the end of the stream. HTTP/1.0 has no codings.
//! 3. With `Content-Length`, the body has that length. Repeated values have to be equal.
//! 4. Otherwise the body goes on until the end of the stream.
//!
//! No request here is `HEAD` or `CONNECT`, whose responses have rules of their own.

mod chunked;
mod head;

use std::fmt;

use http::{Method, Response};
use memchr::memchr;
use nordnet_proto::{Cause, Failure, HttpRequest, HttpResponse, Outgoing, Payload};
use zeroize::Zeroizing;

use chunked::{Chunked, Part};
pub use head::allows_reuse;
use head::{Length, body_length, parse};

/// Returns the bytes of a request in HTTP/1.1.
#[must_use]
pub fn to_http1(request: &HttpRequest) -> Payload {
    let path = request.uri().path_and_query();
    let body = request.body().as_bytes();
    let length = body.len().to_string();
    let mut parts: Vec<&[u8]> = vec![
        request.method().as_str().as_bytes(),
        b" ",
        path.map_or("/", |path| path.as_str()).as_bytes(),
        b" HTTP/1.1\r\n",
    ];
    for (name, value) in request.headers() {
        parts.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
    }
    if !body.is_empty() || [Method::POST, Method::PUT].contains(request.method()) {
        parts.extend([b"content-length: ", length.as_bytes(), b"\r\n"]);
    }
    parts.extend([b"\r\n", body]);
    // One allocation: a buffer that grows leaves copies of secrets behind.
    Payload::from(parts.concat())
}

/// Reads the HTTP/1.1 response to one request from bytes as they come.
///
/// Redirects are not followed and nothing is decompressed. Bytes after the
/// response are not read; they only make the connection unusable. Everything
/// that has been read is wiped on drop.
pub struct ResponseReader {
    state: State,
    /// The lines of the head so far, and the beginning of the next one.
    head: Zeroizing<Vec<u8>>,
    /// How many bytes this head may still have.
    head_left: usize,
    /// How many bytes interim responses may still have, all together.
    interim_left: usize,
    response: Response<()>,
    body: Zeroizing<Vec<u8>>,
    max_head: usize,
    max_body: usize,
    reusable: bool,
}

enum State {
    Head,
    /// How many bytes of the body are missing.
    Sized(usize),
    Chunked(Chunked),
    UntilEnd,
    Done,
}

impl ResponseReader {
    /// Creates a reader for the response to this request, with its limits.
    #[must_use]
    pub fn new(out: &Outgoing) -> Self {
        Self::with_limits(out.max_head, out.max_body)
    }

    /// Creates a reader that refuses a head or a body of more bytes.
    ///
    /// Interim responses may have `max_head` bytes, all together.
    #[must_use]
    pub fn with_limits(max_head: usize, max_body: usize) -> Self {
        Self {
            state: State::Head,
            head: Zeroizing::default(),
            head_left: max_head,
            interim_left: max_head,
            response: Response::default(),
            body: Zeroizing::default(),
            max_head,
            max_body,
            reusable: false,
        }
    }

    /// Takes the next bytes, or an empty slice for the end of the stream. Returns the
    /// response once it is complete.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the response is larger than allowed, is not valid HTTP/1.1, or
    /// has ended too early. The connection must not be used again, and the reader
    /// takes nothing more.
    pub fn handle_input(&mut self, bytes: &[u8]) -> Result<Option<HttpResponse>, Failure> {
        let read = self.read(bytes);
        if read.is_err() {
            self.state = State::Done;
            self.reusable = false;
        }
        read
    }

    /// Returns `true` if another request may be sent on the connection: the response
    /// is complete, nothing came after it, and its head [allows it](allows_reuse).
    #[must_use]
    pub const fn may_reuse_connection(&self) -> bool {
        matches!(self.state, State::Done) && self.reusable
    }

    fn read(&mut self, mut bytes: &[u8]) -> Result<Option<HttpResponse>, Failure> {
        if matches!(self.state, State::Done) {
            // No request waits for these bytes.
            self.reusable = false;
            return Ok(None);
        }
        if bytes.is_empty() {
            self.end_stream()?;
        }
        while !bytes.is_empty() {
            match &mut self.state {
                State::Head => self.take_line(&mut bytes)?,
                State::Sized(left) => {
                    let (data, rest) = bytes.split_at(bytes.len().min(*left));
                    bytes = rest;
                    let left = *left - data.len();
                    self.take_body(data)?;
                    self.state = match left {
                        0 => State::Done,
                        left => State::Sized(left),
                    };
                }
                State::Chunked(chunked) => match chunked.read(&mut bytes)? {
                    Part::Data(data) => self.take_body(data)?,
                    Part::Incomplete => {}
                    Part::End => self.state = State::Done,
                },
                State::UntilEnd => self.take_body(std::mem::take(&mut bytes))?,
                State::Done => break,
            }
        }
        if !matches!(self.state, State::Done) {
            return Ok(None);
        }
        self.reusable &= bytes.is_empty();
        let body = std::mem::take(&mut *self.body);
        let response = std::mem::take(&mut self.response);
        Ok(Some(response.map(|()| Payload::from(body))))
    }

    fn end_stream(&mut self) -> Result<(), Failure> {
        match self.state {
            State::UntilEnd => {
                self.state = State::Done;
                return Ok(());
            }
            // Reports what is not HTTP as that, and not as a lost connection.
            State::Head => parse(&self.head).map(drop)?,
            _ => {}
        }
        Err(Failure::after_sending(
            Cause::Closed,
            "before the end of the response",
        ))
    }

    /// Takes the next line of the head, or as much of it as is there.
    fn take_line(&mut self, bytes: &mut &[u8]) -> Result<(), Failure> {
        let end = memchr(b'\n', bytes);
        let (line, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        *bytes = rest;
        let Some(left) = self.head_left.checked_sub(line.len()) else {
            let detail = format!("a head of more than {} bytes", self.max_head);
            return Err(Failure::after_sending(Cause::TooLarge, detail));
        };
        self.head_left = left;
        append(&mut self.head, line);
        if end.is_none() {
            return Ok(());
        }
        let is_blank = |lines: &[u8]| matches!(lines, b"\n" | b"\r\n");
        if is_blank(&self.head) {
            // Empty lines before a status line are ignored.
            self.head.clear();
            return Ok(());
        }
        // A head is parsed at its end, and whenever the input ends with a line, so that
        // what is not HTTP is refused early. No more than `MAX_HEADERS` lines can pass,
        // which bounds the work however the bytes are cut.
        let lines = self.head.as_slice();
        let is_whole = lines.ends_with(b"\n\n") || lines.ends_with(b"\n\r\n");
        if (is_whole || memchr(b'\n', bytes).is_none())
            && let Some(response) = parse(lines)?
        {
            self.after_head(response)?;
        }
        Ok(())
    }

    fn after_head(&mut self, response: Response<()>) -> Result<(), Failure> {
        let length = body_length(&response)?;
        self.reusable = allows_reuse(&response);
        self.response = response;
        // The head may hold a secret, and a long body may follow.
        self.head = Zeroizing::default();
        let head_len = self.max_head - self.head_left;
        self.state = match length {
            Length::Interim => {
                let Some(left) = self.interim_left.checked_sub(head_len) else {
                    let detail = "too many interim responses";
                    return Err(Failure::after_sending(Cause::TooLarge, detail));
                };
                self.interim_left = left;
                self.head_left = self.max_head;
                State::Head
            }
            Length::Known(length) if length > self.max_body => return Err(self.too_large()),
            Length::Known(0) => State::Done,
            Length::Known(length) => {
                self.body.reserve_exact(length);
                State::Sized(length)
            }
            Length::Chunked => State::Chunked(Chunked::default()),
            Length::UntilEnd => State::UntilEnd,
        };
        Ok(())
    }

    fn take_body(&mut self, data: &[u8]) -> Result<(), Failure> {
        if data.len() > self.max_body - self.body.len() {
            return Err(self.too_large());
        }
        append(&mut self.body, data);
        Ok(())
    }

    fn too_large(&self) -> Failure {
        let detail = format!("more than {} bytes", self.max_body);
        Failure::after_sending(Cause::TooLarge, detail)
    }
}

impl fmt::Debug for ResponseReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Head => "Head",
            State::Sized(_) => "Sized",
            State::Chunked(_) => "Chunked",
            State::UntilEnd => "UntilEnd",
            State::Done => "Done",
        };
        f.debug_struct("ResponseReader")
            .field("state", &format_args!("{state}"))
            .finish_non_exhaustive()
    }
}

/// Appends to a buffer that has to be wiped: a vector that grows by itself leaves
/// a copy of its content behind.
fn append(buffer: &mut Zeroizing<Vec<u8>>, data: &[u8]) {
    let len = buffer.len() + data.len();
    if len > buffer.capacity() {
        let capacity = len.max(2 * buffer.capacity());
        let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
    buffer.extend_from_slice(data);
}

fn invalid(what: impl Into<String>) -> Failure {
    Failure::after_sending(Cause::Protocol, what)
}

#[cfg(test)]
mod tests;
