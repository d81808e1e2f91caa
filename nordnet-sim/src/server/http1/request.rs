//! Requests out of bytes.

use crate::exchange::Request;

use super::Form;

const MOST_HEAD: usize = 64 * 1024;
const MOST_HEADERS: usize = 100;
pub(in crate::server) const MOST_BODY: usize = 256 * 1024;

/// The head of a request, and what follows from it.
#[derive(Debug)]
pub(in crate::server) struct Head {
    pub(in crate::server) request: Request,
    pub(in crate::server) body: Body,
    /// Whether the client waits for leave to send the body.
    pub(in crate::server) waits: bool,
    /// How the response has to be.
    pub(in crate::server) form: Form,
}

/// What is wrong with a request: the status that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct Bad(pub(in crate::server) u16);

/// Finds the head of a request at the beginning of the bytes, with its length;
/// `None` if it is not there yet. The first `seen` bytes held no end of it
/// when they were looked at before.
pub(in crate::server) fn head(bytes: &[u8], seen: usize) -> Result<Option<(Head, usize)>, Bad> {
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
pub(in crate::server) struct Body {
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
    pub(in crate::server) fn take(&mut self, input: &mut Vec<u8>) -> Result<bool, Bad> {
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

    pub(in crate::server) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one request from the input, as if it came in pieces of this size.
    fn read(text: &[u8], piece: usize) -> Result<Option<(Request, Form, Vec<u8>)>, Bad> {
        let (mut input, mut seen) = (Vec::new(), 0);
        let mut receiving: Option<Head> = None;
        for (index, part) in text.chunks(piece).enumerate() {
            input.extend_from_slice(part);
            if receiving.is_none()
                && let Some((found, length)) = head(&input, seen)?
            {
                input.drain(..length);
                receiving = Some(found);
            }
            seen = input.len();
            if let Some(head) = &mut receiving {
                if !head.body.take(&mut input)? {
                    continue;
                }
                input.extend(text.iter().skip((index + 1) * piece));
                let head = receiving.take().unwrap();
                let mut request = head.request;
                request.body = head.body.into_bytes();
                return Ok(Some((request, head.form, input)));
            }
        }
        Ok(None)
    }

    #[test]
    fn requests_read_the_same_however_they_are_split() {
        let fixed =
            "POST /api/2/login?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbodyGET ";
        let chunked = "\r\nPOST http://sim:80/api/2/login?a=1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: Chunked\r\n\r\n\
            2;x=y\r\nbo\r\n02\r\ndy\r\n0\r\ntrailer: 1\r\n\r\nGET ";
        for text in [fixed, chunked] {
            for piece in [1, 2, 3, 7, 1000] {
                let (request, form, rest) = read(text.as_bytes(), piece).unwrap().unwrap();
                assert_eq!(request.target, "/api/2/login?a=1");
                assert_eq!(request.header("HOST"), Some("x"));
                assert_eq!(
                    (request.body.as_slice(), rest.as_slice()),
                    (&b"body"[..], &b"GET "[..])
                );
                assert!(!form.closes && form.may_chunk);
            }
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(MOST_HEAD));
        let many = format!(
            "GET / HTTP/1.1\r\n{}\r\n",
            "x: y\r\n".repeat(MOST_HEADERS + 1)
        );
        let post =
            |headers: &str, body: &str| format!("POST / HTTP/1.1\r\n{headers}\r\n\r\n{body}");
        for (text, status) in [
            ("\u{16}\u{3}\u{1}".to_owned(), 400),
            ("GET / HTTP/9.9\r\n\r\n".to_owned(), 505),
            ("GET /\r\n\r\n".to_owned(), 400),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400),
            (long, 431),
            ("x".repeat(MOST_HEAD + 1), 431),
            (many, 431),
            (post("content-length: 1\r\ncontent-length: 2", "xx"), 400),
            (post("content-length: -1", ""), 400),
            (
                post("content-length: 1\r\ntransfer-encoding: chunked", ""),
                400,
            ),
            (post("content-length: 99999999999999999999", ""), 413),
            (post("content-length: 262145", ""), 413),
            (post("transfer-encoding: gzip", ""), 501),
            (post("transfer-encoding: chunked", "zz\r\n"), 400),
            (post("transfer-encoding: chunked", "1\r\nxx\r\n"), 400),
            (post("transfer-encoding: chunked", "40001\r\n"), 413),
            (
                post("transfer-encoding: chunked", "ffffffffffffffff\r\n"),
                413,
            ),
        ] {
            for piece in [5, 200_000] {
                let result = read(text.as_bytes(), piece);
                assert_eq!(result.unwrap_err(), Bad(status), "{:.60}", text);
            }
        }
    }

    #[test]
    fn old_clients_close_unless_they_say_otherwise() {
        for (text, closes, may_chunk) in [
            ("GET / HTTP/1.0\r\n\r\n", true, false),
            (
                "GET / HTTP/1.0\r\nconnection: Keep-Alive\r\n\r\n",
                false,
                false,
            ),
            ("GET / HTTP/1.1\r\nconnection: x, Close\r\n\r\n", true, true),
            ("GET / HTTP/1.1\n\n", false, true),
        ] {
            let (_, form, _) = read(text.as_bytes(), 1000).unwrap().unwrap();
            assert_eq!((form.closes, form.may_chunk), (closes, may_chunk), "{text}");
        }
    }
}
