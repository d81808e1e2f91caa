//! Answers, whole and torn, good and bad.

use super::*;

const MAX_HEAD: usize = 4000;
const MAX_BODY: usize = 20;

struct Read {
    status: u16,
    body: String,
    reusable: bool,
}

/// Reads an answer in pieces of this size, and then the end of the stream.
fn read(text: &[u8], piece: usize) -> Result<Read, Cause> {
    let mut reader = AnswerReader::within(MAX_HEAD, MAX_BODY);
    let mut answer = None;
    for piece in text.chunks(piece).chain([&[][..]]) {
        if let Some(whole) = reader
            .handle_input(piece)
            .map_err(|failure| failure.cause)?
        {
            answer = Some((whole, reader.may_reuse_connection()));
        }
    }
    let (answer, reusable) = answer.expect("the end of the stream ends every answer");
    Ok(Read {
        status: answer.status().as_u16(),
        body: String::from_utf8(answer.body().as_bytes().to_vec()).unwrap(),
        reusable,
    })
}

#[test]
fn answers_are_read_alike_however_they_are_cut() {
    let table: [(&str, u16, &str, bool); 12] = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            200,
            "hello",
            true,
        ),
        ("HTTP/1.1 204\r\n\r\n", 204, "", true),
        ("HTTP/1.1 200 \nContent-Length:0\n\n", 200, "", true),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nx: y\r\n\r\n",
            200,
            "hello",
            true,
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\na: b\r\n\r\nHTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno",
            404,
            "no",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\nto the end",
            200,
            "to the end",
            false,
        ),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
            200,
            "ok",
            false,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nto the end",
            200,
            "to the end",
            false,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            200,
            "a",
            true,
        ),
        ("HTTP/1.1 101 Go\r\n\r\nnot HTTP", 101, "", false),
        (
            "HTTP/1.1 500 Oh\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nno",
            500,
            "no",
            false,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            200,
            "a",
            false,
        ),
    ];
    for (text, status, body, reusable) in table {
        for piece in 1..=text.len() {
            let read = read(text.as_bytes(), piece).unwrap();
            assert_eq!(
                (read.status, &*read.body, read.reusable),
                (status, body, reusable),
                "{text:?} in pieces of {piece}"
            );
        }
    }
}

#[test]
fn what_is_no_answer_is_refused_however_it_is_cut() {
    let many = format!("HTTP/1.1 200 OK\r\n{}", "a: b\r\n".repeat(101));
    let long = format!("HTTP/1.1 200 OK\r\na: {}", "x".repeat(MAX_HEAD));
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let trailers = format!("{chunked}0\r\n{}", "a: b\r\n".repeat(1000));
    let table: [(&str, Cause); 22] = [
        ("SSH-2.0-OpenSSH_9.2\r\n", Cause::Protocol),
        ("HTTP/2.0 200 OK\r\n", Cause::Protocol),
        ("HTTP/1.1 2000 OK\r\n", Cause::Protocol),
        ("HTTP/1.1 099 OK\r\n", Cause::Protocol),
        ("HTTP/1.1 200 OK\r\n folded: a\r\n", Cause::Protocol),
        ("HTTP/1.1 200 OK\r\na : b\r\n", Cause::Protocol),
        ("HTTP/1.1 200 OK\r\na: b\0\r\n", Cause::Protocol),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            Cause::Protocol,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
            Cause::Protocol,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            Cause::Protocol,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            Cause::Protocol,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n+3\r\nabc",
            Cause::Protocol,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n",
            Cause::Protocol,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n",
            Cause::TooLarge,
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\n012345678901234567890",
            Cause::TooLarge,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffff\r\n",
            Cause::TooLarge,
        ),
        (&many, Cause::TooLarge),
        (&long, Cause::TooLarge),
        (&hints, Cause::TooLarge),
        (&trailers, Cause::TooLarge),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            Cause::Closed,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
            Cause::Closed,
        ),
    ];
    for (text, cause) in table {
        for piece in [1, 2, 3, 7, text.len()] {
            let read = read(text.as_bytes(), piece).map(|read| read.body);
            assert_eq!(read, Err(cause), "{text:.60?} in pieces of {piece}");
        }
    }
}

#[test]
fn bytes_after_an_answer_spoil_the_connection() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
    let mut reader = AnswerReader::within(MAX_HEAD, MAX_BODY);
    assert!(reader.handle_input(answer).unwrap().is_some());
    assert!(reader.may_reuse_connection());
    assert!(reader.handle_input(b"H").unwrap().is_none());
    assert!(!reader.may_reuse_connection());

    let mut reader = AnswerReader::within(MAX_HEAD, MAX_BODY);
    assert!(
        reader
            .handle_input(&[answer, &b"H"[..]].concat())
            .unwrap()
            .is_some()
    );
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
