//! Responses, complete and cut, valid and invalid.

use http::HeaderValue;

use super::*;

const MAX_HEAD: usize = 4000;
const MAX_BODY: usize = 20;

struct Read {
    status: u16,
    body: String,
    reusable: bool,
}

/// Reads a response in pieces of this size, and then the end of the stream.
fn read(text: &[u8], piece: usize) -> Result<Read, Cause> {
    let mut reader = ResponseReader::with_limits(MAX_HEAD, MAX_BODY);
    for piece in text.chunks(piece.max(1)).chain([&[][..]]) {
        let read = reader.handle_input(piece);
        if let Some(response) = read.map_err(|failure| failure.cause)? {
            return Ok(Read {
                status: response.status().as_u16(),
                body: String::from_utf8(response.body().as_bytes().to_vec()).unwrap(),
                reusable: reader.may_reuse_connection(),
            });
        }
    }
    panic!("the end of the stream ends every response")
}

#[track_caller]
fn reads(text: &str, status: u16, body: &str, reusable: bool) {
    for piece in 1..=text.len() {
        let read = read(text.as_bytes(), piece).unwrap();
        assert_eq!(
            (read.status, &*read.body, read.reusable),
            (status, body, reusable),
            "{text:?} in pieces of {piece}"
        );
    }
}

#[track_caller]
fn refuses(text: &str, cause: Cause) {
    for piece in [1, 2, 3, 7, text.len()] {
        let read = read(text.as_bytes(), piece).map(|read| read.body);
        assert_eq!(read, Err(cause), "{text:.60?} in pieces of {piece}");
    }
}

/// What follows the head `HTTP/1.1 200 OK` and `Transfer-Encoding: chunked`.
fn chunked(rest: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n{rest}")
}

#[test]
fn reads_bodies_by_length() {
    let ok = |headers: &str| format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\nhello");
    reads(&ok("Content-Length: 5"), 200, "hello", true);
    reads(&ok("Content-Length: 5, 5"), 200, "hello", true);
    reads(
        &ok("Content-Length: 5\r\ncontent-length: 05"),
        200,
        "hello",
        true,
    );
    reads("HTTP/1.1 200 \nContent-Length:0\n\n", 200, "", true);
    reads(
        "HTTP/1.1 500\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nno",
        500,
        "no",
        false,
    );
    for headers in [
        "Content-Length: 5, 6",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: -5",
        "Content-Length: +5",
        "Content-Length: 5 5",
        "Content-Length: 5,",
        "Content-Length:",
        "Content-Length: 99999999999999999999",
    ] {
        refuses(&ok(headers), Cause::Protocol);
    }
    refuses(&ok("Content-Length: 6"), Cause::Closed);
    refuses(&ok("Content-Length: 21"), Cause::TooLarge);
}

#[test]
fn reads_chunked_bodies() {
    let rest = "3;a=b\r\nhel\r\n002 \r\nlo\r\n0\r\nx: y\r\n\r\n";
    reads(&chunked(rest), 200, "hello", true);
    reads(&chunked("0\r\n\r\n"), 200, "", true);
    reads(
        &chunked("a\t ;\r\n0123456789\r\n0\r\n\r\n"),
        200,
        "0123456789",
        true,
    );
    for rest in [
        "+3\r\nabc",
        " 3\r\nabc",
        "\r\n",
        "3 3\r\nabc",
        "3\nabc\r\n0\r\n\r\n",
        "3;a\nabc\r\n0\r\n\r\n",
        "1\r\nabc\r\n",
        "1\r\na\n0\r\n\r\n",
        "11111111111111111\r\n",
        "0\r\nno trailer\r\n\r\n",
    ] {
        refuses(&chunked(rest), Cause::Protocol);
    }
    refuses(&chunked("1\r\na\r\n0\r\n"), Cause::Closed);
    // Only CR LF ends a trailer.
    refuses(&chunked("0\r\n\n"), Cause::Closed);
    refuses(&chunked("fffffffffffff\r\n"), Cause::Closed);
    refuses(
        &chunked("fffffffffffff\r\n012345678901234567890"),
        Cause::TooLarge,
    );
    refuses(
        &chunked("b\r\n01234567890\r\na\r\n0123456789\r\n"),
        Cause::TooLarge,
    );
}

#[test]
fn extensions_and_trailers_of_chunks_have_limits() {
    refuses(
        &chunked(&format!("1;{}", "x".repeat(16 << 10))),
        Cause::Protocol,
    );
    let trailers = |count| chunked(&format!("0\r\n{}\r\n", "a: b\r\n".repeat(count)));
    assert!(read(trailers(100).as_bytes(), 7).is_ok());
    refuses(&trailers(101), Cause::Protocol);
    refuses(
        &chunked(&format!("0\r\na: {}", "x".repeat(16 << 10))),
        Cause::Protocol,
    );
}

#[test]
fn reads_other_bodies_until_the_end_of_the_stream() {
    reads(
        "HTTP/1.1 200 OK\r\n\r\nto the end",
        200,
        "to the end",
        false,
    );
    reads(
        "HTTP/1.0 200 OK\r\n\r\nto the end",
        200,
        "to the end",
        false,
    );
    let coded = |codings: &str| format!("HTTP/1.1 200 OK\r\n{codings}\r\n\r\n0\r\n\r\n");
    reads(&coded("Transfer-Encoding: gzip"), 200, "0\r\n\r\n", false);
    reads(
        &coded("Transfer-Encoding: chunked, gzip"),
        200,
        "0\r\n\r\n",
        false,
    );
    reads(&coded("Transfer-Encoding:"), 200, "0\r\n\r\n", false);
    refuses(
        "HTTP/1.1 200 OK\r\n\r\n012345678901234567890",
        Cause::TooLarge,
    );
    refuses(
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        Cause::Protocol,
    );
}

#[test]
fn the_status_decides_before_the_headers() {
    for status in ["204 No Content", "304 Not Modified"] {
        let code = status[..3].parse().unwrap();
        let plain = format!("HTTP/1.1 {status}\r\n\r\n");
        reads(&plain, code, "", true);
        let zero = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        reads(&zero, code, "", true);
        for header in [
            "Transfer-Encoding: chunked",
            "Content-Length: 5",
            "Content-Length: x",
        ] {
            let text = format!("HTTP/1.1 {status}\r\n{header}\r\n\r\n");
            reads(&text, code, "", false);
        }
    }
    reads("HTTP/1.1 101 Go\r\n\r\nnot HTTP", 101, "", false);
}

#[test]
fn skips_interim_responses() {
    reads(
        "HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 103 Early\r\na: b\r\n\r\nHTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno",
        404,
        "no",
        true,
    );
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
    refuses(&hints, Cause::TooLarge);
    refuses(
        "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nno",
        Cause::Protocol,
    );
}

#[test]
fn no_request_follows_a_response_of_doubtful_length() {
    for headers in [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nTransfer-Encoding: chunked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    ] {
        let text = format!("{headers}\r\n\r\n1\r\na\r\n0\r\n\r\n");
        reads(&text, 200, "a", false);
    }
    reads(
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        200,
        "ok",
        false,
    );
}

#[test]
fn refuses_what_is_no_head() {
    for text in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/2.0 200 OK\r\n",
        "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n",
        "HTTP/1.1 200 OK\r\n folded: a\r\n",
        "HTTP/1.1 200 OK\r\na: b\r\n c\r\n",
        "HTTP/1.1 200 OK\r\na : b\r\n",
        "HTTP/1.1 200 OK\r\na: b\0\r\n",
        "HTTP/1.1 200 OK\r\na: b\rc\r\n",
        "\r\n\rHTTP/1.1 200 OK\r\n",
    ] {
        refuses(text, Cause::Protocol);
    }
    refuses("", Cause::Closed);
    refuses("\r\n\r\n", Cause::Closed);
    refuses("HTTP/1.1 200 OK\r\na: b\r\n", Cause::Closed);
    reads("\r\n\n\r\nHTTP/1.1 204 No\r\n\r\n", 204, "", true);
}

#[test]
fn heads_have_limits() {
    let head = |count| format!("HTTP/1.1 204 No\r\n{}\r\n", "a: b\r\n".repeat(count));
    assert!(read(head(100).as_bytes(), 7).is_ok());
    refuses(&head(101), Cause::TooLarge);
    let long = |length| format!("HTTP/1.1 204\r\na: {}\r\n\r\n", "x".repeat(length));
    let most = MAX_HEAD - long(0).len();
    assert!(read(long(most).as_bytes(), 7).is_ok());
    refuses(&long(most + 1), Cause::TooLarge);
    refuses(&"\r\n".repeat(MAX_HEAD), Cause::TooLarge);
}

#[test]
fn a_wrong_line_is_refused_before_the_head_ends() {
    let mut reader = ResponseReader::with_limits(MAX_HEAD, MAX_BODY);
    assert!(reader.handle_input(b"220 mail.example ESMTP\r\n").is_err());
}

#[test]
fn takes_nothing_after_an_error() {
    let mut reader = ResponseReader::with_limits(MAX_HEAD, MAX_BODY);
    assert!(reader.handle_input(&[b'x'; MAX_HEAD + 1]).is_err());
    let rest = reader.handle_input(b"HTTP/1.1 204\r\n\r\n");
    assert_eq!(rest.map(|response| response.is_some()), Ok(false));
    assert!(!reader.may_reuse_connection());
}

#[test]
fn bytes_after_a_response_make_the_connection_unusable() {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
    let mut reader = ResponseReader::with_limits(MAX_HEAD, MAX_BODY);
    assert!(reader.handle_input(response).unwrap().is_some());
    assert!(reader.may_reuse_connection());
    assert!(reader.handle_input(b"H").unwrap().is_none());
    assert!(!reader.may_reuse_connection());

    let mut reader = ResponseReader::with_limits(MAX_HEAD, MAX_BODY);
    let bytes = [response, &b"H"[..]].concat();
    assert!(reader.handle_input(&bytes).unwrap().is_some());
    assert!(!reader.may_reuse_connection());
}

#[test]
fn requests_are_written_with_their_length() {
    let mut request = HttpRequest::new(Payload::from("a=b&c"));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "https://127.0.0.1:7/api/2/login?x=1".parse().unwrap();
    request
        .headers_mut()
        .insert("host", HeaderValue::from_static("127.0.0.1:7"));
    let text =
        "POST /api/2/login?x=1 HTTP/1.1\r\nhost: 127.0.0.1:7\r\ncontent-length: 5\r\n\r\na=b&c";
    assert_eq!(to_http1(&request).as_bytes(), text.as_bytes());

    let mut request = HttpRequest::new(Payload::default());
    *request.uri_mut() = "https://nordnet.test".parse().unwrap();
    assert_eq!(to_http1(&request).as_bytes(), b"GET / HTTP/1.1\r\n\r\n");
}
