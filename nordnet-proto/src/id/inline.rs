//! Short texts without heap, cheap as keys.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A text that needs no heap up to `ROOM` bytes.
///
/// A short text is always `Short` and padded with zeros, so that texts are
/// equal if and only if their forms are.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Inline<const ROOM: usize> {
    Short {
        bytes: [u8; ROOM],
        length: u8,
    },
    /// Behind a thin pointer, which fits beside the tag.
    Long(Arc<Box<str>>),
}

impl<const ROOM: usize> Inline<ROOM> {
    pub(crate) const EMPTY: Self = Self::Short {
        bytes: [0; ROOM],
        length: 0,
    };

    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = [0; ROOM];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(room), Ok(length)) => {
                room.copy_from_slice(text.as_bytes());
                Self::Short { bytes, length }
            }
            _ => Self::Long(Arc::new(text.into())),
        }
    }

    /// A text of up to eight ASCII characters in the order of memory, padded
    /// with zeros: what the feed has at hand in a register.
    #[inline(always)]
    pub(crate) fn from_word(word: u64, length: u8) -> Self {
        let mut bytes = [0; ROOM];
        bytes[..8].copy_from_slice(&word.to_le_bytes());
        Self::Short { bytes, length }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            // It was taken from a text.
            Self::Short { .. } => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short { bytes, length } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl Inline<14> {
    /// A short text as two words that no other text has.
    ///
    /// They are its first and its last eight bytes. Two bytes are in both: where
    /// the second word repeats them, the lower one is mixed with the length, and
    /// the upper one has room for a mark. The highest byte is never 255.
    #[inline]
    pub(crate) fn words(&self) -> Option<[u64; 2]> {
        let Self::Short { bytes, length } = self else {
            return None;
        };
        let (head, tail) = (bytes.first_chunk()?, bytes.last_chunk()?);
        let tail = u64::from_le_bytes(*tail) ^ u64::from(*length);
        Some([u64::from_le_bytes(*head), tail])
    }

    /// The text that has these words.
    pub(crate) fn from_words([head, tail]: [u64; 2]) -> Self {
        let (head, tail) = (head.to_le_bytes(), tail.to_le_bytes());
        let mut bytes = [0; 14];
        bytes[..8].copy_from_slice(&head);
        bytes[8..].copy_from_slice(&tail[2..]);
        let length = head[6] ^ tail[0];
        Self::Short { bytes, length }
    }
}

impl<const ROOM: usize> PartialOrd for Inline<ROOM> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of the texts.
impl<const ROOM: usize> Ord for Inline<ROOM> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (
                Self::Short { bytes, length },
                Self::Short {
                    bytes: b,
                    length: l,
                },
            ) => bytes.cmp(b).then(length.cmp(l)),
            _ => self.as_str().cmp(other.as_str()),
        }
    }
}

impl<const ROOM: usize> Hash for Inline<ROOM> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            // Words, which every hasher takes faster than a text. The last one is
            // never full, which leaves a place for the length.
            Self::Short { bytes, length } => {
                let (words, rest) = bytes.as_chunks::<8>();
                for word in words {
                    state.write_u64(u64::from_le_bytes(*word));
                }
                let mut last = [0; 8];
                last[7] = *length;
                for (to, from) in last.iter_mut().zip(rest) {
                    *to = *from;
                }
                state.write_u64(u64::from_le_bytes(last));
            }
            Self::Long(text) => text.hash(state),
        }
    }
}

impl<const ROOM: usize> fmt::Debug for Inline<ROOM> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use super::*;

    type Text = Inline<14>;

    const TEXTS: [&str; 13] = [
        "",
        "101",
        "16",
        "a",
        "a\0",
        "a\0\0",
        "aa",
        "\u{e5}",
        "ERIC B",
        "12345678901234",
        "123456789012345",
        "aaaaaaaaaaaaaaaa",
        "b\u{e5}",
    ];

    #[test]
    fn keeps_texts_of_any_length() {
        for text in TEXTS {
            assert_eq!(Text::new(text).as_str(), text);
            assert_eq!(Inline::<22>::new(text).as_str(), text);
        }
        let word = u64::from_le_bytes(*b"16100123");
        assert_eq!(Text::from_word(word, 8), Text::new("16100123"));
        assert_eq!(Text::from_word(word >> 8, 7), Text::new("6100123"));
        assert_eq!(Text::from_word(0, 0), Text::EMPTY);
    }

    #[test]
    fn words_are_of_one_text_only() {
        for text in TEXTS.map(Text::new) {
            let words = text.words();
            if let Some(words) = words {
                assert_eq!(Text::from_words(words), text);
            }
            for other in TEXTS.map(Text::new) {
                assert_eq!(
                    words.is_some() && words == other.words(),
                    words.is_some() && text == other
                );
            }
        }
    }

    #[test]
    fn compares_and_hashes_as_texts_do() {
        let hash = |text: &Text| {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            hasher.finish()
        };
        for text in TEXTS {
            for other in TEXTS {
                let (a, b) = (Text::new(text), Text::new(other));
                assert_eq!(a == b, text == other, "{text:?} {other:?}");
                assert_eq!(a.cmp(&b), text.cmp(other), "{text:?} {other:?}");
                let hashes = hash(&a) == hash(&b);
                assert_eq!(hashes, text == other, "{text:?} {other:?}");
            }
        }
    }

    #[test]
    fn takes_two_words_or_three() {
        assert_eq!(size_of::<Option<Inline<14>>>(), 16);
        assert_eq!(size_of::<Option<Inline<22>>>(), 24);
    }
}
