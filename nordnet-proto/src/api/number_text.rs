//! Numbers that the source writes as texts.

use std::fmt;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use smol_str::SmolStr;

use crate::decimal::Decimal;

/// A number that the source writes as a text, and does not say how: kept as it
/// came.
///
/// ```
/// use nordnet_proto::api::NumberText;
///
/// assert_eq!(NumberText::new("-0,42 %").decimal(), Some("-0.42".parse()?));
/// assert_eq!(NumberText::new("n/a").decimal(), None);
/// # Ok::<(), nordnet_proto::DecimalError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct NumberText(SmolStr);

impl NumberText {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// The text as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number, with a comma or a point for its decimals, and with or
    /// without a sign, spaces and a percent sign; `None` if it is anything
    /// else, such as one with separators between thousands.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        let text = self.0.trim();
        let text = text.strip_suffix('%').unwrap_or(text).trim_end();
        let text = text.strip_prefix('+').unwrap_or(text);
        text.replace(',', ".").replace('\u{2212}', "-").parse().ok()
    }
}

impl fmt::Display for NumberText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for NumberText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let raw = raw.get();
        match raw.as_bytes() {
            [b'"', ..] => serde_json::from_str(raw)
                .map(Self)
                .map_err(D::Error::custom),
            [b'-' | b'0'..=b'9', ..] => Ok(Self::new(raw)),
            [b'[', ..] => Err(D::Error::invalid_type(Unexpected::Seq, &"a number")),
            [b'{', ..] => Err(D::Error::invalid_type(Unexpected::Map, &"a number")),
            _ => Err(D::Error::custom("not a number, as a text or not")),
        }
    }
}
