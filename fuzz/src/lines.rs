//! Lines out of bytes in any chunks.

use nordnet_proto::{LineDecoder, LineTooLong};

use crate::draw::{Draw, Sequence};

/// The first two bytes are the longest line, the next eight the cuts, the rest
/// is the stream.
///
/// However it is cut and whenever lines are asked for, the lines are those that
/// a plain split gives, up to the first that is too long.
pub fn lines(data: &[u8]) {
    let mut draw = Draw(data);
    let max_line = usize::from(draw.byte()) << 8 | usize::from(draw.byte());
    let max_line = max_line & 0x3ff;
    let mut cuts = Sequence(draw.number());
    let stream = draw.0;

    let mut expected = Vec::new();
    let mut rest = stream.len();
    for line in stream.split_inclusive(|byte| *byte == b'\n') {
        let whole = line.strip_suffix(b"\n");
        if whole.unwrap_or(line).len() > max_line {
            expected.push(Err(LineTooLong { limit: max_line }));
            rest = 0;
            break;
        }
        let Some(whole) = whole else { break };
        expected.push(Ok(whole.strip_suffix(b"\r").unwrap_or(whole)));
        rest -= line.len();
    }

    let largest = [1, 7, 64, stream.len()][cuts.below(4)];
    let mut decoder = LineDecoder::new(max_line);
    let mut expected = expected.into_iter();
    let mut left = stream;
    let mut told = 0;
    while !left.is_empty() {
        let (chunk, behind) = left.split_at(1 + cuts.below(largest.min(left.len())));
        left = behind;
        decoder.push(chunk);
        // A reader may be late to ask.
        if cuts.below(3) == 0 {
            continue;
        }
        while let Some(line) = decoder.next_line() {
            told += line.map_or(0, |line| line.len() + 1);
            assert_eq!(Some(line), expected.next());
        }
        assert!(
            decoder.buffered() <= max_line,
            "a drained buffer is bounded"
        );
    }
    while let Some(line) = decoder.next_line() {
        told += line.map_or(0, |line| line.len() + 1);
        assert_eq!(Some(line), expected.next());
    }
    assert_eq!(expected.next(), None);
    assert!(told <= stream.len());
    assert_eq!((decoder.buffered(), decoder.unfinished()), (rest, rest));
    assert_eq!(decoder.finish(), rest);
    assert_eq!((decoder.buffered(), decoder.finish()), (0, 0));
    decoder.push(b"\n");
    assert_eq!(decoder.next_line(), Some(Ok(&b""[..])), "usable again");
}
