//! The body of an error: each member that can be read, whatever the others are.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::cut_to;

/// How much is kept of a code and of a message, in bytes.
const MOST_CODE: usize = 256;
const MOST_MESSAGE: usize = 2048;

/// `{code, message}`, as far as it is there.
///
/// A number or a flag is kept as its text. A member that is `null`, a list or an
/// object counts as absent. If a member occurs twice, the first readable one
/// counts. If the body is cut off, what was read before counts. Of a list, the first
/// element with a code or a message counts; a text is the message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorBody {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

impl ErrorBody {
    pub(super) fn read(body: &[u8]) -> Self {
        let mut found = Self::default();
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        // What was found before an error is what there is.
        let _ = Read(&mut found).deserialize(&mut deserializer);
        found
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads a body, or an element of one that is a list.
struct Read<'a>(&'a mut ErrorBody);

impl<'de> DeserializeSeed<'de> for Read<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Read<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            let (slot, most) = match &*name {
                "code" => (&mut self.0.code, MOST_CODE),
                "message" => (&mut self.0.message, MOST_MESSAGE),
                _ => {
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            let value = text(members.next_value()?);
            if slot.is_none() {
                *slot = value.map(|text| cut_to(&text, most).to_owned());
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(Read(self.0))?.is_some() {
            if !self.0.is_empty() {
                // The rest does not matter.
                return Err(A::Error::custom("found"));
            }
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.message = Some(cut_to(text, MOST_MESSAGE).to_owned());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

/// The text that a value is.
fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let json = value.get();
    match json.bytes().next() {
        Some(b'"') => {
            #[derive(Deserialize)]
            struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
            serde_json::from_str(json).ok().map(|Text(text)| text)
        }
        Some(b'{' | b'[' | b'n') | None => None,
        Some(_) => Some(json.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows: a body, and the code and the message in it; `-` is none.
    #[test]
    fn each_member_is_kept_whatever_the_others_are() {
        for (body, code, message) in [
            (r#"{"code":"A","message":"b"}"#, "A", "b"),
            (r#"{"code":1042,"message":"b"}"#, "1042", "b"),
            (r#"{"code":-1.50e3,"message":true}"#, "-1.50e3", "true"),
            (
                r#"{"code":99999999999999999999999,"message":""}"#,
                "99999999999999999999999",
                "",
            ),
            (r#"{"code":1e999,"message":"b"}"#, "1e999", "b"),
            (r#"{"code":null,"message":"b"}"#, "-", "b"),
            (
                r#"{"code":{"code":"x","message":"y"},"message":"b"}"#,
                "-",
                "b",
            ),
            (r#"{"code":["x"],"message":"b"}"#, "-", "b"),
            (r#"{"code":"A","message":{"sv":"b"}}"#, "A", "-"),
            (r#"{"code":"A","message":[]}"#, "A", "-"),
            (r#"{"code":"A"}"#, "A", "-"),
            (r#"{"message":"b"}"#, "-", "b"),
            (r#"{"code":"A","code":"B","message":"b"}"#, "A", "b"),
            (r#"{"code":null,"code":"B","message":"b"}"#, "B", "b"),
            (r#"{"message":"b","message":"c","code":1}"#, "1", "b"),
            (
                r#"{"x":[[{"code":1}]],"code":"A","y":{"message":1},"message":"b"}"#,
                "A",
                "b",
            ),
            (
                r#"{"co\u0064e":"\u0041","message":"\"b\" å"}"#,
                "A",
                "\"b\" å",
            ),
            (r#"{"code":"\ud800","message":"b"}"#, "-", "b"),
            (r#"{"code":"A","message":"b""#, "A", "b"),
            (r#"{"code":"A","message":"b"} <html>"#, "A", "b"),
            (r#"{"code":"A","message":"b","x":tru}"#, "A", "b"),
            (r#"{"code":"A","message":"b"#, "A", "-"),
            (r#"[{"code":"A","message":"b"}]"#, "A", "b"),
            (r#"[null,7,{},{"message":"b"},{"code":"A"}]"#, "-", "b"),
            (r#"[["b"]]"#, "-", "b"),
            (r#""b""#, "-", "b"),
            ("null", "-", "-"),
            ("7", "-", "-"),
            ("[]", "-", "-"),
            ("{}", "-", "-"),
            ("", "-", "-"),
            ("<html>", "-", "-"),
            ("Forbidden", "-", "-"),
        ] {
            let found = ErrorBody::read(body.as_bytes());
            let word = |text: Option<String>| text.unwrap_or_else(|| "-".into());
            assert_eq!(word(found.code), code, "{body}");
            assert_eq!(word(found.message), message, "{body}");
        }
    }

    #[test]
    fn a_member_that_is_no_utf8_does_not_lose_those_before_it() {
        let found = ErrorBody::read(b"{\"code\":\"A\",\"message\":\"\xff\"}");
        assert_eq!((found.code.as_deref(), found.message), (Some("A"), None));
    }

    #[test]
    fn little_is_kept_of_a_long_text() {
        let long = "å".repeat(100_000);
        let body = format!(r#"{{"code":"{long}","message":"{long}"}}"#);
        let found = ErrorBody::read(body.as_bytes());
        assert_eq!(found.code.unwrap().len(), MOST_CODE);
        assert_eq!(found.message.unwrap().len(), MOST_MESSAGE);
    }

    #[test]
    fn a_body_without_end_is_read_in_bounded_depth() {
        for body in ["[".repeat(100_000), r#"{"x":"#.repeat(100_000)] {
            assert!(ErrorBody::read(body.as_bytes()).is_empty());
        }
    }
}
