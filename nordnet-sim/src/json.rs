//! JSON output with control over every byte: member order, number format and
//! white space are part of what a client under test has to cope with.

use std::fmt::Write;

use crate::dialect::{
    AbsentMembers, Dialect, LineEnds, Members, Numbers, Spaces, Surprises, Texts,
};
use crate::fixed::{Fixed, write_digits};
use crate::rng::Rng;

mod message;

pub(crate) use message::{Field, Heading, Scalar};

/// A JSON value to be sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    /// No value at all: as a member it is left out.
    Absent,
    Null,
    Bool(bool),
    Int(i64),
    Number(Fixed),
    Text(String),
    /// JSON text that came from the other side and goes back untouched.
    Raw(String),
    Array(Vec<Self>),
    Object(Vec<Member>),
}

/// A member of an object.
pub(crate) type Member = (&'static str, Json);

/// Builds a [`Json::Object`]; an `Option` that is `None` leaves the member out.
macro_rules! object {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::json::Json::Object(vec![$(($name, $crate::json::Json::from($value))),*])
    };
}
pub(crate) use object;

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Fixed> for Json {
    fn from(value: Fixed) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<Self>> for Json {
    fn from(value: Vec<Self>) -> Self {
        Self::Array(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

/// Writes values in the dialect that was chosen.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    numbers: Numbers,
    spaces: bool,
    ascii: bool,
    line_end: &'static str,
    shuffle: Option<Rng>,
    surprises: Option<Rng>,
    /// Whether replies say `null` for a member that has no value.
    replies_say_null: bool,
    says_null: bool,
}

/// How seldom an object has a member that nobody has heard of.
const MEMBER_ONCE_IN: u64 = 24;
/// How seldom a message comes that nobody has heard of.
const MESSAGE_ONCE_IN: u64 = 40;

impl Encoder {
    pub(crate) fn new(dialect: &Dialect, seed: u64) -> Self {
        Self {
            numbers: dialect.numbers,
            spaces: dialect.spaces == Spaces::Some,
            ascii: dialect.texts == Texts::Escaped,
            line_end: match dialect.line_ends {
                LineEnds::Lf => "\n",
                LineEnds::CrLf => "\r\n",
            },
            shuffle: (dialect.members == Members::Shuffled).then(|| Rng::new(seed, 0x5EED)),
            surprises: (dialect.surprises == Surprises::Some).then(|| Rng::new(seed, 0x0DD)),
            replies_say_null: dialect.absent == AbsentMembers::Null,
            says_null: false,
        }
    }

    pub(crate) fn encode(&mut self, value: &Json) -> String {
        let mut out = String::new();
        self.write(value, &mut out);
        out
    }

    /// Encodes a reply over REST, where a member without a value may be there.
    pub(crate) fn encode_reply(&mut self, value: &Json) -> String {
        self.says_null = self.replies_say_null;
        let text = self.encode(value);
        self.says_null = false;
        text
    }

    /// Encodes a message of a feed, with its end.
    pub(crate) fn line(&mut self, value: &Json) -> String {
        let mut out = String::with_capacity(256);
        self.write(value, &mut out);
        out.push_str(self.line_end);
        out
    }

    /// Returns a message that nobody has heard of, now and then.
    pub(crate) fn surprise(&mut self) -> Option<String> {
        let rng = self.surprises.as_mut()?;
        if !rng.once_in(MESSAGE_ONCE_IN) {
            return None;
        }
        let number = rng.between(0, 999);
        let data = object! { "number": number, "list": vec![Json::Null, Json::Int(number)] };
        Some(self.line(&object! { "type": "unheard_of", "data": data }))
    }

    fn write(&mut self, value: &Json, out: &mut String) {
        match value {
            Json::Absent | Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Int(number) => Self::write_int(*number, out),
            Json::Number(number) => self.write_number(*number, out),
            Json::Text(text) => self.write_text(text, out),
            Json::Raw(text) => out.push_str(text),
            Json::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index, out);
                    self.write(item, out);
                }
                out.push(']');
            }
            Json::Object(members) if self.is_straight() => self.write_members(members.iter(), out),
            Json::Object(members) => {
                let odd = self.odd_member();
                let members = self.shuffled(members.iter().chain(&odd).collect());
                self.write_members(members.into_iter(), out);
            }
        }
    }

    fn write_int(number: i64, out: &mut String) {
        if number < 0 {
            out.push('-');
        }
        // Writing to a text cannot fail.
        let _ = write_digits(number.unsigned_abs(), out);
    }

    fn write_number(&self, number: Fixed, out: &mut String) {
        let _ = match self.numbers {
            Numbers::Jvm => number.write_jvm(out),
            Numbers::Plain => write!(out, "{number}"),
        };
    }

    /// Says whether objects are written as they are.
    fn is_straight(&self) -> bool {
        self.shuffle.is_none() && self.surprises.is_none()
    }

    fn shuffled<'a>(&mut self, mut members: Vec<&'a Member>) -> Vec<&'a Member> {
        if let Some(rng) = &mut self.shuffle {
            for last in (1..members.len()).rev() {
                let other = (rng.next() % (last as u64 + 1)) as usize;
                members.swap(last, other);
            }
        }
        members
    }

    fn write_members<'a>(&mut self, members: impl Iterator<Item = &'a Member>, out: &mut String) {
        out.push('{');
        let says_null = self.says_null;
        let there = members.filter(|(_, value)| says_null || *value != Json::Absent);
        for (index, (name, value)) in there.enumerate() {
            self.separate(index, out);
            self.write_name(name, out);
            self.write(value, out);
        }
        out.push('}');
    }

    fn write_name(&self, name: &str, out: &mut String) {
        out.push('"');
        // None of them has anything to escape.
        out.push_str(name);
        out.push_str(if self.spaces { "\": " } else { "\":" });
    }

    /// Returns a member that nobody has heard of, now and then.
    fn odd_member(&mut self) -> Option<(&'static str, Json)> {
        let rng = self.surprises.as_mut()?;
        if !rng.once_in(MEMBER_ONCE_IN) {
            return None;
        }
        let value = match rng.between(0, 3) {
            0 => Json::Null,
            1 => Json::Number(Fixed::from_ten_thousandths(rng.between(-99_999, 99_999))),
            2 => Json::from("åäö \"\\"),
            // Within it there may be another, but seldom and ever seldomer.
            _ => object! { "unheard": vec![object! { "of": true }] },
        };
        Some(("unheard_of", value))
    }

    fn separate(&self, index: usize, out: &mut String) {
        if index > 0 {
            out.push_str(if self.spaces { ", " } else { "," });
        }
    }

    fn write_text(&self, text: &str, out: &mut String) {
        out.push('"');
        let special = |byte: u8| matches!(byte, b'"' | b'\\' | ..b' ') || self.ascii && byte > 127;
        if !text.bytes().any(special) {
            out.push_str(text);
            out.push('"');
            return;
        }
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c < ' ' || (self.ascii && !c.is_ascii()) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Json {
        object! {
            "type": "price",
            "none": None::<i64>,
            "gone": Json::Null,
            "data": object! { "m": 11, "bid": Fixed::from_units(111), "text": "a\"\\\u{1}å" },
        }
    }

    #[test]
    fn is_compact_and_in_the_order_given() {
        let text = Encoder::new(&Dialect::default(), 0).encode(&sample());
        assert_eq!(
            text,
            r#"{"type":"price","gone":null,"data":{"m":11,"bid":111.0,"text":"a\"\\\u0001å"}}"#
        );
    }

    #[test]
    fn every_dialect_means_the_same() {
        let dialect: Dialect = "numbers=plain,spaces=some,members=shuffled,texts=escaped"
            .parse()
            .unwrap();
        let text = Encoder::new(&dialect, 3).encode(&sample());
        assert!(text.contains("\"bid\": 111") && text.is_ascii(), "{text}");
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parse(&text)["data"]["text"], parse(r#""a\"\\\u0001å""#));
    }

    #[test]
    fn surprises_come_now_and_then_and_always_the_same() {
        let dialect: Dialect = "surprises=some,line_ends=crlf".parse().unwrap();
        let run = || {
            let mut encoder = Encoder::new(&dialect, 3);
            let lines =
                (0..500).map(|_| encoder.line(&sample()) + &encoder.surprise().unwrap_or_default());
            lines.collect::<String>()
        };
        let text = run();
        assert_eq!(text, run());
        let mut messages = 0;
        let mut members = 0;
        for line in text.split_terminator("\r\n") {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            messages += u32::from(value["type"] == "unheard_of");
            let odd = |value: &serde_json::Value| value.get("unheard_of").is_some();
            members += u32::from(odd(&value) || odd(&value["data"]));
        }
        assert!((5..30).contains(&messages) && (20..80).contains(&members));
    }
}
