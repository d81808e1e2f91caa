//! A line as words of eight bytes, and what is found in them without looking
//! at each byte.
//!
//! A word has its first byte lowest. A mask over a word has the highest bit of
//! each byte that was found set. Carries run upwards, so that only the lowest
//! byte of a mask is sure: the search for the first one needs no more.

/// A line and places in it.
///
/// Places are 32 bits wide: eight more never overflow, which leaves one
/// comparison to each load.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    line: &'a [u8],
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The word of eight times the same byte.
pub(super) const fn all(byte: u8) -> u64 {
    ONES * byte as u64
}

/// The bytes that equal this one.
#[inline(always)]
pub(super) const fn equal(word: u64, byte: u8) -> u64 {
    let differences = word ^ all(byte);
    differences.wrapping_sub(ONES) & !differences & HIGH
}

/// The bytes of a word of digits (see [`digits`]) that were none.
#[inline(always)]
pub(super) const fn no_digits(digits: u64) -> u64 {
    (digits.wrapping_add(all(0x7f - 9)) | digits) & HIGH
}

/// The values of the digits in a word.
#[inline(always)]
pub(super) const fn digits(word: u64) -> u64 {
    word ^ all(b'0')
}

/// The bytes that end a plain run of a text: a quotation mark, a backslash, a
/// control character, or anything that is not ASCII.
#[inline(always)]
const fn not_plain(word: u64) -> u64 {
    let control = word.wrapping_sub(all(b' ')) & !word;
    equal(word, b'"') | equal(word, b'\\') | ((control | word) & HIGH)
}

/// How many bytes there are below the first of a mask; eight if it has none.
#[inline(always)]
pub(super) const fn before(mask: u64) -> u32 {
    mask.trailing_zeros() / 8
}

/// The bytes below the first one of a mask, which must have one.
#[inline(always)]
pub(super) const fn up_to(mask: u64) -> u64 {
    (mask ^ mask.wrapping_sub(1)) >> 8
}

/// A text without its quotation marks.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) content: &'a str,
    pub(super) is_escaped: bool,
    /// The place behind the closing quotation mark.
    pub(super) after: u32,
}

impl<'a> Scanner<'a> {
    /// Takes on a line that is long enough for a message, and short enough.
    #[inline(always)]
    pub(super) fn new(line: &'a [u8]) -> Option<Self> {
        i32::try_from(line.len()).ok()?;
        (line.len() >= 8).then_some(Self { line })
    }

    /// The next eight bytes, with zeros behind the end of the line.
    #[inline(always)]
    pub(super) fn word(&self, at: u32) -> u64 {
        let at = at as usize;
        match self.line.get(at..at + 8) {
            Some(bytes) => bytes.try_into().map_or(0, u64::from_le_bytes),
            None => self.last_word(at),
        }
    }

    #[inline(always)]
    fn last_word(&self, at: usize) -> u64 {
        // At most eight bytes are left, all within the last eight.
        let missing = (at + 8 - self.line.len()) as u32;
        let last = self
            .line
            .last_chunk()
            .map_or(0, |it| u64::from_le_bytes(*it));
        last.unbounded_shr(8 * missing)
    }

    /// The byte at a place; zero behind the end of the line.
    #[inline(always)]
    pub(super) fn byte(&self, at: u32) -> u8 {
        self.line.get(at as usize).copied().unwrap_or(0)
    }

    pub(super) const fn ends_at(&self, at: u32) -> bool {
        at as usize == self.line.len()
    }

    pub(super) fn starts_with(&self, at: u32, bytes: &[u8]) -> bool {
        self.line
            .get(at as usize..)
            .is_some_and(|rest| rest.starts_with(bytes))
    }

    pub(super) fn between(&self, from: u32, to: u32) -> Option<&'a [u8]> {
        self.line.get(from as usize..to as usize)
    }

    /// The place of the next byte that is not white space as JSON knows it. A
    /// line feed counts as other, since it ends a line.
    #[inline(always)]
    pub(super) fn skip_space(&self, mut at: u32) -> u32 {
        while matches!(self.byte(at), b' ' | b'\t' | b'\r') {
            at += 1;
        }
        at
    }

    /// A text of up to eight plain characters as a word, padded with zeros, and
    /// the place behind its closing quotation mark. The place is that of its
    /// first character.
    #[inline(always)]
    pub(super) fn short_text(&self, at: u32) -> Option<(u64, u8, u32)> {
        let word = self.word(at);
        // Most identifiers are digits.
        let mut ends = no_digits(digits(word));
        if word.unbounded_shr(8 * before(ends)) as u8 != b'"' {
            ends = not_plain(word);
        }
        let (word, length) = if ends == 0 {
            (word, 8)
        } else {
            (word & up_to(ends), before(ends))
        };
        let after = at + length;
        (self.byte(after) == b'"').then_some((word, length as u8, after + 1))
    }

    /// A text; the place is that of its first character. The escapes in it are
    /// not looked at.
    #[inline]
    pub(super) fn text(&self, begin: u32) -> Option<Text<'a>> {
        let (mut at, mut is_escaped) = (begin, false);
        loop {
            let ends = not_plain(self.word(at));
            at += before(ends);
            if ends == 0 {
                continue;
            }
            match self.byte(at) {
                b'"' => break,
                b'\\' => {
                    is_escaped = true;
                    at += 2;
                }
                0x80.. => at += 1,
                // A control character, or the end of the line.
                _ => return None,
            }
        }
        let content = std::str::from_utf8(self.between(begin, at)?).ok()?;
        Some(Text {
            content,
            is_escaped,
            after: at + 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_with_the_line() {
        let scanner = Scanner::new(b"0123456789").unwrap();
        assert_eq!(scanner.word(1).to_le_bytes(), *b"12345678");
        assert_eq!(scanner.word(2).to_le_bytes(), *b"23456789");
        assert_eq!(scanner.word(5).to_le_bytes(), *b"56789\0\0\0");
        assert_eq!(scanner.word(9).to_le_bytes(), *b"9\0\0\0\0\0\0\0");
        for beyond in [10, 11, 18, 1000] {
            assert_eq!(scanner.word(beyond), 0);
            assert_eq!(scanner.byte(beyond), 0);
        }
        assert!(Scanner::new(b"0123456").is_none());
    }

    /// Every byte at every place of a word, before, between and behind others.
    #[test]
    fn the_first_find_of_each_mask_is_right() {
        for place in 0..8_usize {
            for byte in 0..=u8::MAX {
                for rest in [b'5', b'"', 0, 0x7f, 0x80, 0xff] {
                    let mut bytes = [b'7'; 8];
                    bytes[place] = byte;
                    bytes[place + 1..].fill(rest);
                    let word = u64::from_le_bytes(bytes);
                    let first = |found: &dyn Fn(&u8) -> bool| {
                        bytes.iter().position(found).unwrap_or(8) as u32
                    };
                    let wanted = first(&|it| !it.is_ascii_digit());
                    assert_eq!(before(no_digits(digits(word))), wanted, "{bytes:?}");
                    let wanted = first(&|it| *it == b'"');
                    assert_eq!(before(equal(word, b'"')), wanted, "{bytes:?}");
                    let wanted = first(&|it| matches!(it, b'"' | b'\\' | 0..0x20 | 0x80..));
                    assert_eq!(before(not_plain(word)), wanted, "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn texts_end_at_their_quotation_mark() {
        let text = |line: &'static str| {
            let scanner = Scanner::new(line.as_bytes()).unwrap();
            let text = scanner.text(0)?;
            Some((text.content, text.is_escaped, text.after))
        };
        assert_eq!(text("\"       "), Some(("", false, 1)));
        assert_eq!(text("01234567\","), Some(("01234567", false, 9)));
        assert_eq!(
            text("0123456789 åäö\" ,"),
            Some(("0123456789 åäö", false, 18))
        );
        assert_eq!(text("a\\\"b\\\\\",\"x\""), Some(("a\\\"b\\\\", true, 7)));
        for unfinished in [
            "01234567",
            "0123456\\",
            "0123456\\\"",
            "0\u{1f}234567\"",
            "01234567\0\"",
        ] {
            assert_eq!(text(unfinished), None, "{unfinished}");
        }
        let scanner = Scanner::new(b"\xff1234567\"").unwrap();
        assert!(scanner.text(0).is_none(), "not UTF-8");
    }
}
