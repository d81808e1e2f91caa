//! The last tier: lines by `serde_json`, which the fast tiers have to agree with.
//!
//! A line is read in two steps: the outer object, wherever its members
//! stand, and then the data as its type wants it. So a line that is no JSON, a
//! line without a type, and data that does not fit stay apart.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::super::malformed::{Malformed, MalformedReason};
use super::super::members::{self, Members};
use super::super::server_error::subscription_of;

/// A line taken apart, its data still as text.
pub(in crate::feed) struct Envelope<'a> {
    pub(in crate::feed) kind: Cow<'a, str>,
    pub(in crate::feed) data: Option<&'a str>,
    pub(in crate::feed) line: &'a str,
}

impl<'a> Envelope<'a> {
    pub(in crate::feed) fn read(line: &'a [u8]) -> Result<Self, Malformed> {
        let wrong = |reason| Malformed::new(reason, None, line);
        let text = std::str::from_utf8(line).map_err(|_| wrong(MalformedReason::NotUtf8))?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let envelope = deserializer
            .deserialize_any(EnvelopeVisitor)
            .and_then(|envelope| deserializer.end().map(|()| envelope))
            .map_err(|error| {
                wrong(match error.classify() {
                    Category::Data => MalformedReason::NotAnObject,
                    _ => MalformedReason::NotJson(format!(
                        "{} (column {})",
                        describe(&error),
                        error.column()
                    )),
                })
            })?;
        if let Some(member) = envelope.twice {
            return Err(wrong(MalformedReason::Twice(member)));
        }
        let kind = envelope
            .kind
            .map(RawValue::get)
            .filter(|json| json.starts_with('"'));
        let kind = kind.ok_or_else(|| wrong(MalformedReason::NoType))?;
        let Ok(Text(kind)) = serde_json::from_str(kind) else {
            return Err(wrong(MalformedReason::NoType));
        };
        Ok(Self {
            kind,
            data: envelope.data.map(RawValue::get),
            line: text,
        })
    }

    /// Reads the data of a tick, an object with known members.
    pub(in crate::feed) fn members<M: Members>(&self) -> Result<M, Malformed> {
        self.data_with(members::read).map_err(|wrong| Malformed {
            subscription: self.data.and_then(|data| subscription_of(&self.kind, data)),
            ..wrong
        })
    }

    /// Reads the data as a type that derives its reading.
    pub(in crate::feed) fn data<T: serde::Deserialize<'a>>(&self) -> Result<T, Malformed> {
        self.data_with(|json| serde_json::from_str(json))
    }

    fn data_with<T>(
        &self,
        read: impl FnOnce(&'a str) -> Result<T, serde_json::Error>,
    ) -> Result<T, Malformed> {
        let wrong = |detail| {
            let reason = MalformedReason::Data(detail);
            Malformed::new(reason, Some(&self.kind), self.line.as_bytes())
        };
        let json = self.data.ok_or_else(|| wrong("data is missing".into()))?;
        read(json).map_err(|error| wrong(describe(&error)))
    }
}

/// The words of an error, without the values that it quotes and without the
/// place, which counts from the beginning of the data.
fn describe(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words
        .rsplit_once(" at line ")
        .map_or(words.as_str(), |(words, _)| words);
    words
        .split_once('"')
        .map_or(words, |(words, _)| words.trim_end())
        .into()
}

#[derive(Default)]
struct RawEnvelope<'a> {
    kind: Option<&'a RawValue>,
    data: Option<&'a RawValue>,
    twice: Option<&'static str>,
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = RawEnvelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEnvelope<'de>, A::Error> {
        let mut envelope = RawEnvelope::default();
        while let Some(Text(name)) = map.next_key::<Text<'_>>()? {
            let (name, slot) = match name.as_ref() {
                "type" => ("type", &mut envelope.kind),
                "data" => ("data", &mut envelope.data),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if slot.replace(map.next_value()?).is_some() {
                envelope.twice = Some(name);
            }
        }
        Ok(envelope)
    }
}

/// A string that is borrowed unless it has escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
