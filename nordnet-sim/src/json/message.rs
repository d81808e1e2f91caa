//! Messages of the feeds, of which there are many: each says what changed of
//! something, after members that are always the same.

use std::borrow::Cow;

use super::{Encoder, Json, Member, object};
use crate::fixed::Fixed;

/// A JSON value without parts, cheap to compare and to keep.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    /// No value at all: as a member it is left out.
    Absent,
    Null,
    Int(i64),
    Number(Fixed),
    Text(Cow<'static, str>),
}

/// A member of a message that may change.
pub(crate) type Field = (&'static str, Scalar);

/// What all messages about one thing begin with.
#[derive(Debug)]
pub(crate) struct Heading {
    kind: &'static str,
    identity: Vec<Member>,
    /// Both as they are encoded, in a dialect that always does it the same way.
    text: Option<String>,
}

impl Encoder {
    /// Makes a heading from the type of the messages and whose they are.
    pub(crate) fn heading(&mut self, kind: &'static str, identity: Vec<Member>) -> Heading {
        let text = self.is_straight().then(|| {
            let mut text = String::from("{");
            self.write_name("type", &mut text);
            self.write_text(kind, &mut text);
            self.separate(1, &mut text);
            self.write_name("data", &mut text);
            self.write_members(identity.iter(), &mut text);
            // More members follow.
            text.pop();
            text
        });
        Heading {
            kind,
            identity,
            text,
        }
    }

    /// Encodes a message of a feed, with its end.
    pub(crate) fn message<'a>(
        &mut self,
        heading: &Heading,
        fields: impl Iterator<Item = &'a Field>,
    ) -> String {
        let there = fields.filter(|(_, value)| *value != Scalar::Absent);
        let Some(text) = &heading.text else {
            let fields = there.map(|(name, value)| (*name, Json::from(value.clone())));
            let members = heading.identity.iter().cloned().chain(fields);
            let data = Json::Object(members.collect());
            return self.line(&object! { "type": heading.kind, "data": data });
        };
        let mut out = String::with_capacity(512);
        out.push_str(text);
        for (index, (name, value)) in there.enumerate() {
            self.separate(heading.identity.len() + index, &mut out);
            self.write_name(name, &mut out);
            self.write_scalar(value, &mut out);
        }
        out.push_str("}}");
        out.push_str(self.line_end);
        out
    }

    fn write_scalar(&self, value: &Scalar, out: &mut String) {
        match value {
            Scalar::Absent | Scalar::Null => out.push_str("null"),
            Scalar::Int(number) => Self::write_int(*number, out),
            Scalar::Number(number) => self.write_number(*number, out),
            Scalar::Text(text) => self.write_text(text, out),
        }
    }
}

impl From<Scalar> for Json {
    fn from(value: Scalar) -> Self {
        match value {
            Scalar::Absent => Self::Absent,
            Scalar::Null => Self::Null,
            Scalar::Int(number) => Self::Int(number),
            Scalar::Number(number) => Self::Number(number),
            Scalar::Text(text) => Self::Text(text.into_owned()),
        }
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Fixed> for Scalar {
    fn from(value: Fixed) -> Self {
        Self::Number(value)
    }
}

impl From<&'static str> for Scalar {
    fn from(value: &'static str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Scalar {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl<T: Into<Self>> From<Option<T>> for Scalar {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    #[test]
    fn a_message_is_its_heading_and_what_changed() {
        let identity = || vec![("i", Json::from("101")), ("m", Json::Int(11))];
        let fields = [
            ("bid", Scalar::Number(Fixed::from_units(86))),
            ("ask", Scalar::Absent),
            ("ep", Scalar::Null),
            ("status", Scalar::from("R")),
        ];
        let message = |dialect: &str, identity| {
            let dialect: Dialect = dialect.parse().unwrap();
            let mut encoder = Encoder::new(&dialect, 3);
            let heading = encoder.heading("price", identity);
            encoder.message(&heading, fields.iter())
        };
        let plain =
            r#"{"type":"price","data":{"i":"101","m":11,"bid":86.0,"ep":null,"status":"R"}}"#;
        assert_eq!(message("", identity()), format!("{plain}\n"));
        let spaced = message("spaces=some,numbers=plain,line_ends=crlf", Vec::new());
        assert_eq!(
            spaced,
            "{\"type\": \"price\", \"data\": {\"bid\": 86, \"ep\": null, \"status\": \"R\"}}\r\n"
        );
        let shuffled = message("members=shuffled", identity());
        assert_ne!(shuffled, message("", identity()));
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&shuffled), value(plain));
    }
}
