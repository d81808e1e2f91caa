//! Which member of a document a decoder complains of.

use std::fmt::Write as _;

/// What a decoder says is wrong with a document: where, and how.
///
/// Neither part quotes a text of the document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The member, such as `tradables[0].lot_size`; empty for the whole.
    pub(crate) path: String,
    pub(crate) reason: String,
}

impl Complaint {
    /// Finds the member by the place where the decoder stopped. A decoder that
    /// keeps the path as it goes would do this work for every good document.
    pub(crate) fn new(text: &[u8], error: &serde_json::Error) -> Self {
        let message = error.to_string();
        // The one fault of syntax that a member has of its own.
        let is_huge = message.starts_with("number out of range");
        if !error.is_data() && !is_huge {
            return Self {
                path: String::new(),
                reason: message,
            };
        }
        let message = match message.rsplit_once(" at line ") {
            Some((message, _)) => message,
            None => &message,
        };
        let offset = offset(text, error.line(), error.column());
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'));
        // What is wrong is most often the last thing that was read.
        let read = text.get(..offset).unwrap_or(text);
        let ends_with = |bracket| read.trim_ascii_end().last() == Some(&bracket);
        let is_whole = missing.is_some()
            || message.starts_with("invalid length")
            || message.starts_with("invalid type: sequence") && ends_with(b']')
            || message.starts_with("invalid type: map") && ends_with(b'}');
        let mut path = path(read, is_whole);
        if let Some(missing) = missing {
            push_key(&mut path, missing);
        }
        Self {
            path,
            reason: without_text(message),
        }
    }
}

/// Where a line and a column are; both are counted in bytes.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let breaks = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let start = match line.checked_sub(2) {
        Some(nth) => breaks.map(|(at, _)| at + 1).nth(nth),
        None => Some(0),
    };
    start.unwrap_or(0) + column
}

/// Leaves out the text that a wrong type or value is quoted with.
fn without_text(message: &str) -> String {
    for kind in ["invalid type: string ", "invalid value: string "] {
        if message.starts_with(kind)
            && let Some(expected) = message.rfind(", expected ")
            && let Some(expected) = message.get(expected..)
        {
            return format!("{}{expected}", kind.trim_end());
        }
    }
    message.into()
}

/// A list or an object that is open, and how far it has come.
enum Open<'a> {
    List(usize),
    Object { key: &'a [u8], at_key: bool },
}

/// The path of what was read last of a document that breaks off. If that is the
/// end of a list or an object, it is that as a whole, or its last member.
fn path(text: &[u8], is_whole: bool) -> String {
    let mut open = Vec::new();
    let mut closed = None;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at += 1;
        if !byte.is_ascii_whitespace() {
            closed = None;
        }
        match byte {
            b'{' => open.push(Open::Object {
                key: b"",
                at_key: true,
            }),
            b'[' => open.push(Open::List(0)),
            b'}' | b']' => closed = open.pop(),
            b',' => match open.last_mut() {
                Some(Open::List(index)) => *index += 1,
                Some(Open::Object { at_key, .. }) => *at_key = true,
                None => {}
            },
            b'"' => {
                let end = end_of_string(text, at);
                if let Some(Open::Object { key, at_key }) = open.last_mut()
                    && std::mem::take(at_key)
                {
                    *key = text.get(at..end).unwrap_or_default();
                }
                at = end + 1;
            }
            _ => {}
        }
    }
    let mut path = String::new();
    let closed = closed.filter(|_| !is_whole);
    for part in open.iter().chain(&closed) {
        match part {
            Open::List(index) => {
                let _ = write!(path, "[{index}]");
            }
            Open::Object { key, .. } => push_key(&mut path, &String::from_utf8_lossy(key)),
        }
    }
    path
}

fn push_key(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// Where the string ends that begins there: at its closing quote.
fn end_of_string(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => break,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::api::Amount;
    use crate::time::Date;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        name: String,
        inner: Vec<Inner>,
        last: Option<Date>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        price: Amount,
        number: i64,
    }

    fn complaint(text: &str) -> (String, String) {
        let error = serde_json::from_str::<Outer>(text).unwrap_err();
        let Complaint { path, reason } = Complaint::new(text.as_bytes(), &error);
        (path, reason)
    }

    #[test]
    fn names_the_member_that_is_wrong() {
        let good = r#"{"price":{"value":1,"currency":"SEK"},"number":1}"#;
        let with =
            |inner: &str| format!("{{\"name\":\"a\\\"}}\",\n \"inner\":[{good},\n{inner}]}}");
        for (text, path, reason) in [
            (with("{}"), "inner[1].price", "missing field `price`"),
            (with("[]"), "inner[1]", "invalid length"),
            (with("7"), "inner[1]", "invalid type: integer `7`"),
            (
                with(r#"{"price":{"value":1},"number":2}"#),
                "inner[1].price.currency",
                "missing field `currency`",
            ),
            (
                with(r#"{"price":{"currency":"","value":"secret"} , "number":2}"#),
                "inner[1].price.value",
                "not a decimal number",
            ),
            (
                with(r#"{"price":{"value":[{"a":1}], "currency":""} , "number":2}"#),
                "inner[1].price.value",
                "invalid type: sequence, expected a number",
            ),
            (
                with(r#"{"number": "secret, expected", "price":1}"#),
                "inner[1].number",
                "invalid type: string, expected i64",
            ),
            (
                with(r#"{"number":1, "number":2}"#),
                "inner[1].number",
                "duplicate field `number`",
            ),
            (
                r#"{"name":null,"inner":[]}"#.into(),
                "name",
                "invalid type: null, expected a string",
            ),
            (
                r#"{"name":"","inner":{"secret":1}}"#.into(),
                "inner",
                "invalid type: map, expected a sequence",
            ),
            (
                r#"{"name":"","inner":[],"last":"2026-02-30" }"#.into(),
                "last",
                "not a day of the calendar",
            ),
            (
                with(r#"{"number":1e400}"#),
                "inner[1].number",
                "number out of range",
            ),
            ("{}".into(), "name", "missing field `name`"),
            ("7".into(), "", "invalid type: integer `7`"),
        ] {
            let (found, said) = complaint(&text);
            assert_eq!(found, path, "{text}");
            assert!(said.starts_with(reason), "{text}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn a_document_that_is_no_json_is_named_by_line_and_column() {
        for text in ["", "<html>", "{\"name\":", "{\"name\":\"a\nb\"}"] {
            let (path, reason) = complaint(text);
            assert!(path.is_empty() && reason.contains(" at line "), "{reason}");
        }
    }
}
