//! The tiers of the decoder against each other, and against a reading that
//! shares nothing with them.

mod expected;
mod mutation;

use std::mem::discriminant;

use nordnet_proto::{BadLine, Decoded, LineDecoder, Malformed, MalformedReason, MarketMessage};

pub use self::mutation::mutations;

type Found = Result<Decoded<MarketMessage>, Malformed>;

/// The data is one line, and others behind it.
///
/// - The line reads as what it means, member by member: see `expected`.
/// - It reads the same with a member in front that no fast tier takes on, so
///   that the slowest one reads all of it.
/// - It reads the same out of a stream, and the line behind it is untouched.
pub fn equality(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let line = lines.next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return;
    }
    let found = MarketMessage::decode(line);
    expected::check(line, &found);
    if let Some(slow) = for_the_judge(line) {
        assert!(
            is_same(&found, &MarketMessage::decode(&slow)),
            "{}: {found:?}",
            String::from_utf8_lossy(line)
        );
    }
    check_in_stream(line, &found, lines.next().unwrap_or(b"{}"));
}

/// The same line with one more member, the name of which is escaped.
fn for_the_judge(line: &[u8]) -> Option<Vec<u8>> {
    let brace = line.iter().position(|byte| !is_space(*byte))?;
    let (before, object) = line.split_at(brace + 1);
    let first = object.iter().find(|byte| !is_space(**byte))?;
    (before.ends_with(b"{") && *first != b'}')
        .then(|| [before, br#""\u0061":0,"#.as_slice(), object].concat())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether two readings agree, but for what quotes the line itself.
fn is_same(left: &Found, right: &Found) -> bool {
    use MarketMessage::Unknown;
    match (left, right) {
        (Ok(Decoded::Message(Unknown(left))), Ok(Decoded::Message(Unknown(right)))) => {
            left.kind == right.kind
        }
        (Ok(left), Ok(right)) => left == right,
        (Err(left), Err(right)) => match (&left.reason, &right.reason) {
            (MalformedReason::Data(a), MalformedReason::Data(b)) => a == b,
            (left, right) => discriminant(left) == discriminant(right),
        },
        _ => false,
    }
}

fn check_in_stream(line: &[u8], found: &Found, behind: &[u8]) {
    // Of a line that ends in carriage returns one would go with the bare end.
    let end: &[u8] = if line.len().is_multiple_of(2) && !line.ends_with(b"\r") {
        b"\n"
    } else {
        b"\r\n"
    };
    let stream = [line, end, behind].concat();
    let mut lines = LineDecoder::new(line.len() + 1);
    lines.push(&stream);
    let read = match MarketMessage::next(&mut lines) {
        Some(Ok(read)) => Ok(read),
        Some(Err(BadLine::Malformed(malformed))) => Err(malformed),
        other => panic!("a line is there: {other:?}"),
    };
    assert_eq!(&read, found, "{}", String::from_utf8_lossy(line));
    assert_eq!(lines.buffered(), behind.len(), "no more than the line");
}
