//! The identifier of a tradable, small enough to be a cheap key.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smol_str::SmolStr;

use super::inline::Inline;

/// The identifier of a tradable within its market: a text even when it looks
/// like a number.
///
/// A text of up to 14 bytes needs no heap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(Inline<14>);

impl Identifier {
    pub(crate) const EMPTY: Self = Self(Inline::EMPTY);

    /// Wraps the text as it stands on the wire.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(Inline::new(text.as_ref()))
    }

    /// See [`Inline::from_word`].
    #[inline(always)]
    pub(crate) fn from_word(word: u64, length: u8) -> Self {
        Self(Inline::from_word(word, length))
    }

    /// See [`Inline::words`].
    #[inline]
    pub(crate) fn words(&self) -> Option<[u64; 2]> {
        self.0.words()
    }

    /// See [`Inline::from_words`].
    pub(crate) fn from_words(words: [u64; 2]) -> Self {
        Self(Inline::from_words(words))
    }

    /// The text as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The bytes of the text.
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Identifier").field(&self.as_str()).finish()
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<&str> for Identifier {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl Serialize for Identifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SmolStr::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_text_in_json() {
        for text in ["101", "ERIC B", "\u{e5}", "a text of more than 14 bytes"] {
            let identifier = Identifier::new(text);
            let json = serde_json::to_string(&identifier).unwrap();
            assert_eq!(json, format!("{text:?}"));
            let back: Identifier = serde_json::from_str(&json).unwrap();
            assert_eq!(back, identifier);
        }
    }
}
