//! Responses of HTTP/1.1 through the reader of `nordnet-driver` and through hyper.

use http::{HeaderMap, StatusCode, Version};
use nordnet_driver::http1::ResponseReader;
use nordnet_proto::Cause;

use crate::draw::{Draw, Sequence};

mod hyper_client;

/// The limits of both. hyper takes no smaller head, and a body that is too large
/// should not be rare.
const MAX_HEAD: usize = 8192;
const MAX_BODY: usize = 200;

/// How a response arrives.
struct Arrival<'a> {
    pieces: Vec<&'a [u8]>,
    /// Whether the stream ends after the last piece; otherwise it stays silent.
    ends: bool,
    /// Whether a reader has to wait for each piece.
    waits: bool,
}

/// What a client gives its caller.
#[derive(Debug, PartialEq, Eq)]
struct Received {
    version: Version,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    /// Whether another request may be sent on the connection.
    reusable: bool,
}

/// Why a client has not received a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    /// The head, or the interim responses before it, have too many bytes.
    LongHead,
    Refused,
    Waiting,
}

/// The first byte says how the stream ends and how large the pieces are, the second
/// where it is cut, and the rest is what the server sends.
///
/// hyper, set up as in `nordnet-tokio`, and the reader receive the same response, or
/// neither receives one. They agree whether the connection may be used again.
pub fn http1(data: &[u8]) {
    let mut draw = Draw(data);
    let (how, cuts) = (draw.byte(), draw.byte());
    let stream = draw.0;
    let arrival = Arrival {
        pieces: cut(stream, how >> 1 & 3, Sequence(cuts.into())),
        ends: how & 1 != 0,
        waits: how & 8 != 0,
    };
    let ours = read(&arrival);
    let theirs = hyper_client::read(&arrival);
    if [ours.as_ref().err(), theirs.as_ref().err()].contains(&Some(&Missing::LongHead)) {
        // hyper's buffer may be larger than its limit, and the adapter counts the
        // bytes of interim responses by their headers.
        assert!(stream.len() > MAX_HEAD / 4, "a short head is too long");
        return;
    }
    match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs),
        // hyper does not look at a head again before its end has come, and the reader
        // does not look at one before the end of a line.
        (Err(_), Err(_)) if !arrival.ends => {}
        (Err(ours), Err(theirs)) => assert_eq!(ours, theirs),
        _ => panic!("only one received a response: {ours:?}, hyper: {theirs:?}"),
    }
}

fn cut(stream: &[u8], size: u8, mut cuts: Sequence) -> Vec<&[u8]> {
    let largest = [stream.len(), 1, 7, 64][usize::from(size)];
    let mut pieces = Vec::new();
    let mut left = stream;
    while !left.is_empty() {
        let piece = match size {
            0 if cuts.below(2) == 0 => left.len(),
            _ => 1 + cuts.below(largest.min(left.len())),
        };
        let (piece, rest) = left.split_at(piece);
        pieces.push(piece);
        left = rest;
    }
    pieces
}

fn read(arrival: &Arrival<'_>) -> Result<Received, Missing> {
    let mut reader = ResponseReader::with_limits(MAX_HEAD, MAX_BODY);
    let mut received = None;
    let end = arrival.ends.then_some(&[][..]);
    for piece in arrival.pieces.iter().copied().chain(end) {
        match reader.handle_input(piece) {
            Ok(Some(response)) => {
                assert!(received.is_none(), "one response");
                received = Some(response);
            }
            Ok(None) => {}
            Err(failure) => {
                assert!(failure.sent && !reader.may_reuse_connection());
                let is_head = ["a head of", "too many interim"]
                    .iter()
                    .any(|start| failure.detail.starts_with(start));
                return Err(match failure.cause {
                    Cause::TooLarge if is_head => Missing::LongHead,
                    _ => Missing::Refused,
                });
            }
        }
    }
    let response = received.ok_or(Missing::Waiting)?;
    let (head, body) = response.into_parts();
    Ok(Received {
        version: head.version,
        status: head.status,
        headers: head.headers,
        body: body.as_bytes().to_vec(),
        reusable: reader.may_reuse_connection(),
    })
}
