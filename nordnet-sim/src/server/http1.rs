//! HTTP/1.1 as the server speaks it: requests out of bytes, responses into
//! bytes. Written out here because what goes wrong on purpose goes wrong
//! within a response.

use std::ops::Range;
use std::time::Duration;

use crate::exchange::{Cut, Delivery, Part, Place, Request, Response};

const MOST_HEAD: usize = 64 * 1024;
const MOST_HEADERS: usize = 100;
pub(super) const MOST_BODY: usize = 256 * 1024;

/// The head of a request, and what follows from it.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) request: Request,
    pub(super) body: Body,
    /// Whether the client waits for leave to send the body.
    pub(super) waits: bool,
    /// How the response has to be.
    pub(super) form: Form,
}

/// What the request asks of the form of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) closes: bool,
    pub(super) bodiless: bool,
    pub(super) may_chunk: bool,
}

impl Form {
    /// The form of a response after which nothing can be understood any more.
    pub(super) const LAST: Self = Self {
        closes: true,
        bodiless: false,
        may_chunk: false,
    };
}

/// What is wrong with a request: the status that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bad(pub(super) u16);

/// Finds the head of a request at the beginning of the bytes, with its length;
/// `None` if it is not there yet. The first `seen` bytes held no end of it
/// when they were looked at before.
pub(super) fn head(bytes: &[u8], seen: usize) -> Result<Option<(Head, usize)>, Bad> {
    // A client may leave an empty line behind the last request.
    let blank = bytes
        .iter()
        .take_while(|byte| b"\r\n".contains(byte))
        .count();
    let text = &bytes[blank..];
    if text.first().is_some_and(|byte| !byte.is_ascii_alphabetic()) {
        return Err(Bad(400));
    }
    let looked_at = seen.saturating_sub(blank + 3);
    let fresh = text.get(looked_at..).unwrap_or_default();
    let ended = fresh.windows(2).any(|pair| pair == b"\n\n")
        || fresh.windows(3).any(|three| three == b"\n\r\n");
    if !ended {
        return if text.len() > MOST_HEAD {
            Err(Bad(431))
        } else {
            Ok(None)
        };
    }
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(text) {
        Ok(httparse::Status::Complete(length)) if length <= MOST_HEAD => length,
        Ok(httparse::Status::Complete(_)) | Err(httparse::Error::TooManyHeaders) => {
            return Err(Bad(431));
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::Version) => return Err(Bad(505)),
        Err(_) => return Err(Bad(400)),
    };
    let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version)
    else {
        return Err(Bad(400));
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let request = Request {
        method: method.to_owned(),
        target: origin_form(target).to_owned(),
        headers: parsed
            .headers
            .iter()
            .map(|header| (header.name.to_ascii_lowercase(), text(header.value)))
            .collect(),
        ..Request::default()
    };
    let body = Body::of(&request)?;
    let says = |name, word: &str| {
        let value: Option<&str> = request.header(name);
        let mut words = value.unwrap_or_default().split(',');
        words.any(|one| one.trim().eq_ignore_ascii_case(word))
    };
    let modern = minor == 1;
    let form = Form {
        closes: says("connection", "close") || !modern && !says("connection", "keep-alive"),
        bodiless: method == "HEAD",
        may_chunk: modern,
    };
    let waits = modern && says("expect", "100-continue");
    let head = Head {
        body,
        waits,
        form,
        request,
    };
    Ok(Some((head, blank + length)))
}

/// Returns path and query of `http://host/path?query`, as proxies are sent it.
fn origin_form(target: &str) -> &str {
    let Some((_, rest)) = target.split_once("://") else {
        return target;
    };
    match rest.find('/') {
        Some(slash) if !target.starts_with('/') => &rest[slash..],
        None if !target.starts_with('/') => "/",
        _ => target,
    }
}

/// A body that is being received.
#[derive(Debug)]
pub(super) struct Body {
    bytes: Vec<u8>,
    state: Receiving,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Receiving {
    /// So many bytes are left, of the body or of a chunk.
    Bytes { left: usize, chunked: bool },
    /// The size of a chunk comes next.
    Size,
    /// The end of a chunk comes next.
    ChunkEnd,
    /// Trailers come next, up to an empty line.
    Trailers,
}

impl Body {
    fn of(request: &Request) -> Result<Self, Bad> {
        let all = |name: &str| -> Vec<&str> {
            let headers = request.headers.iter().filter(|(key, _)| key == name);
            headers.map(|(_, value)| value.trim()).collect()
        };
        let (lengths, codings) = (all("content-length"), all("transfer-encoding"));
        let state = match (lengths.as_slice(), codings.as_slice()) {
            ([], []) => Receiving::Bytes {
                left: 0,
                chunked: false,
            },
            ([length, others @ ..], []) if others.iter().all(|other| other == length) => {
                let digits = length.bytes().all(|byte| byte.is_ascii_digit());
                if !digits || length.is_empty() {
                    return Err(Bad(400));
                }
                match length.parse() {
                    Ok(left) if left <= MOST_BODY => Receiving::Bytes {
                        left,
                        chunked: false,
                    },
                    _ => return Err(Bad(413)),
                }
            }
            ([], [coding]) if coding.eq_ignore_ascii_case("chunked") => Receiving::Size,
            ([], _) => return Err(Bad(501)),
            _ => return Err(Bad(400)),
        };
        Ok(Self {
            bytes: Vec::new(),
            state,
        })
    }

    /// Takes what belongs to the body from the beginning of the input, and says
    /// whether it is whole.
    pub(super) fn take(&mut self, input: &mut Vec<u8>) -> Result<bool, Bad> {
        let mut used = 0;
        let whole = loop {
            let rest = &input[used..];
            match &mut self.state {
                Receiving::Bytes { left, chunked } => {
                    let count = rest.len().min(*left);
                    self.bytes.extend_from_slice(&rest[..count]);
                    used += count;
                    *left -= count;
                    if *left > 0 {
                        break false;
                    }
                    if !*chunked {
                        break true;
                    }
                    self.state = Receiving::ChunkEnd;
                }
                Receiving::Size => match httparse::parse_chunk_size(rest) {
                    Ok(httparse::Status::Complete((length, size))) => {
                        let fits = usize::try_from(size)
                            .ok()
                            .filter(|size| self.bytes.len().saturating_add(*size) <= MOST_BODY);
                        used += length;
                        self.state = match fits {
                            None => return Err(Bad(413)),
                            Some(0) => Receiving::Trailers,
                            Some(left) => Receiving::Bytes {
                                left,
                                chunked: true,
                            },
                        };
                    }
                    Ok(httparse::Status::Partial) if rest.len() < 1024 => break false,
                    _ => return Err(Bad(400)),
                },
                Receiving::ChunkEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        used += 2;
                        self.state = Receiving::Size;
                    }
                    [] | [b'\r'] => break false,
                    _ => return Err(Bad(400)),
                },
                Receiving::Trailers => {
                    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                        if rest.len() > MOST_HEAD {
                            return Err(Bad(431));
                        }
                        break false;
                    };
                    used += end + 1;
                    if rest[..end].trim_ascii().is_empty() {
                        break true;
                    }
                }
            }
        };
        input.drain(..used);
        Ok(whole)
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A response as it goes out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Image {
    /// The bytes, as far as they go out.
    pub(super) bytes: Vec<u8>,
    /// What goes out byte by byte, and the pause before each.
    pub(super) drip: Option<(Range<usize>, Duration)>,
    /// How the connection ends after it, if it does.
    pub(super) end: Option<Cut>,
}

impl Image {
    pub(super) fn new(
        response: Option<Response>,
        delivery: &Delivery,
        form: Form,
        date: &str,
    ) -> Self {
        let mut end = form.closes.then_some(Cut::Clean);
        let (mut bytes, body) = match (&delivery.raw, response) {
            (Some(raw), _) => {
                end = Some(Cut::Clean);
                (raw.clone(), 0)
            }
            (None, Some(response)) => {
                let lies = response.headers.iter().any(|(name, _)| is_framing(name));
                if lies {
                    end = Some(Cut::Clean);
                }
                let form = Form {
                    closes: end.is_some(),
                    ..form
                };
                encode(&response, delivery, form, date)
            }
            (None, None) => (Vec::new(), 0),
        };
        let drip = delivery.drip.map(|(from, pause)| match from {
            Part::Head => (0, pause),
            Part::Body => (body, pause),
        });
        if let Some((place, cut)) = delivery.cut {
            let at = match place {
                Place::Byte(at) => at,
                Place::Body(at) => body.saturating_add(at),
                Place::BeforeEnd(count) => bytes.len().saturating_sub(count),
            };
            // A place beyond the end is at the end.
            bytes.truncate(at);
            end = Some(cut);
        }
        let drip = drip.map(|(from, pause)| (from.min(bytes.len())..bytes.len(), pause));
        Self { bytes, drip, end }
    }
}

fn is_framing(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding")
}

/// Writes a response out, and says where its body begins.
fn encode(response: &Response, delivery: &Delivery, form: Form, date: &str) -> (Vec<u8>, usize) {
    let Response {
        status,
        headers,
        body,
    } = response;
    let mut text = String::new();
    if let Some(interim) = delivery.interim {
        text += &format!("HTTP/1.1 {interim} {}\r\n\r\n", reason(interim));
    }
    text += &format!("HTTP/1.1 {status} {}\r\n", reason(*status));
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    let framed = headers.iter().any(|(name, _)| is_framing(name));
    let has_body = !matches!(status, 100..200 | 204 | 304);
    let chunked = delivery.chunked && has_body && form.may_chunk && !framed;
    if chunked {
        text += "transfer-encoding: chunked\r\n";
    } else if has_body && !framed {
        text += &format!("content-length: {}\r\n", body.len());
    }
    text += &format!("date: {date}\r\n");
    if form.closes {
        text += "connection: close\r\n";
    }
    text += "\r\n";
    let mut bytes = text.into_bytes();
    let start = bytes.len();
    if has_body && !form.bodiless {
        if chunked {
            // Small ones, so that there are several.
            for chunk in body.chunks(64.max(body.len() / 100)) {
                bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        } else {
            bytes.extend_from_slice(body);
        }
    }
    (bytes, start)
}

fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        103 => "Early Hints",
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Status",
    }
}
