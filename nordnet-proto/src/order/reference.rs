//! The texts by which orders are found again.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::InvalidOrder;
use crate::random::Random;

/// The text that an order carries: the only handle for finding an order whose
/// answer was lost.
///
/// Nordnet takes it as free text and does not check that it is unique; the
/// core does, among the orders of one client that are not settled.
///
/// A change or a cancellation has one too, as a handle within the client; it
/// never goes on the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Reference(SmolStr);

impl Reference {
    /// The longest reference; the source gives no limit.
    pub const MAX_LEN: usize = 50;

    /// Takes a reference of your own: 1 to 50 printable ASCII characters, of which
    /// one is no space.
    ///
    /// # Errors
    ///
    /// [`InvalidOrder::Reference`] if the text is something else.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidOrder> {
        let text = text.as_ref();
        let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !printable || text.trim().is_empty() || !(1..=Self::MAX_LEN).contains(&text.len()) {
            return Err(InvalidOrder::Reference);
        }
        Ok(Self(SmolStr::new(text)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_missing(&self) -> bool {
        *self == Self::missing()
    }

    /// Stands where an order was settled that never had one.
    pub(super) const fn missing() -> Self {
        Self(SmolStr::new_static(""))
    }
}

impl TryFrom<String> for Reference {
    type Error = InvalidOrder;

    fn try_from(text: String) -> Result<Self, InvalidOrder> {
        Self::new(text)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Makes references that are unique across the clients of a customer:
/// a tag, 60 random bits, and a counter.
#[derive(Debug)]
pub(crate) struct References {
    prefix: String,
    count: u64,
}

impl References {
    /// The longest tag: the rest of 28 characters is random and counter.
    const MAX_TAG: usize = 11;

    pub(crate) fn new(tag: &str, random: &mut Random) -> Self {
        const DIGITS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let tag: String = tag
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(Self::MAX_TAG)
            .collect();
        let bits = random.next();
        let digit = |index: u32| {
            let five_bits = (bits >> (5 * index)) & 31;
            // Five bits are below the 32 digits.
            char::from(DIGITS[five_bits as usize])
        };
        Self {
            prefix: format!("{tag}-{}", (0..12).map(digit).collect::<String>()),
            count: 0,
        }
    }

    pub(crate) fn next(&mut self) -> Reference {
        self.count += 1;
        Reference(SmolStr::new(format!("{}{}", self.prefix, self.count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamped_references_are_unique_short_and_valid() {
        let references = |seed| References::new("my algo åäö", &mut Random::new([seed; 16]));
        let (mut one, mut two) = (references(1), references(2));
        let mut seen: Vec<_> = (0..1000).flat_map(|_| [one.next(), two.next()]).collect();
        for reference in &seen {
            assert!(reference.as_str().starts_with("myalgo-"));
            assert!(reference.as_str().len() <= 28, "{reference}");
            assert_eq!(Reference::new(reference.as_str()).as_ref(), Ok(reference));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 2000);
    }
}
