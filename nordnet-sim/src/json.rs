//! JSON output with control over every byte: member order, number format and
//! white space are part of what a client under test has to cope with.

use crate::dialect::{AbsentMembers, Dialect, Members, Numbers, Spaces};
use crate::fixed::Fixed;
use crate::rng::Rng;

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
    Object(Vec<(&'static str, Self)>),
}

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
    shuffle: Option<Rng>,
    /// Whether replies say `null` for a member that has no value.
    replies_say_null: bool,
    says_null: bool,
}

impl Encoder {
    pub(crate) fn new(dialect: &Dialect, seed: u64) -> Self {
        Self {
            numbers: dialect.numbers,
            spaces: dialect.spaces == Spaces::Some,
            shuffle: (dialect.members == Members::Shuffled).then(|| Rng::new(seed, 0x5EED)),
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

    fn write(&mut self, value: &Json, out: &mut String) {
        match value {
            Json::Absent | Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Int(number) => out.push_str(&number.to_string()),
            Json::Number(number) => out.push_str(&match self.numbers {
                Numbers::Jvm => number.to_jvm(),
                Numbers::Plain => number.to_string(),
            }),
            Json::Text(text) => write_text(text, out),
            Json::Raw(text) => out.push_str(text),
            Json::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index, out);
                    self.write(item, out);
                }
                out.push(']');
            }
            Json::Object(members) => self.write_object(members, out),
        }
    }

    fn write_object(&mut self, members: &[(&'static str, Json)], out: &mut String) {
        let mut members: Vec<_> = members
            .iter()
            .filter(|(_, value)| self.says_null || *value != Json::Absent)
            .collect();
        if let Some(rng) = &mut self.shuffle {
            for last in (1..members.len()).rev() {
                let other = (rng.next() % (last as u64 + 1)) as usize;
                members.swap(last, other);
            }
        }
        out.push('{');
        for (index, (name, value)) in members.into_iter().enumerate() {
            self.separate(index, out);
            write_text(name, out);
            out.push_str(if self.spaces { ": " } else { ":" });
            self.write(value, out);
        }
        out.push('}');
    }

    fn separate(&self, index: usize, out: &mut String) {
        if index > 0 {
            out.push_str(if self.spaces { ", " } else { "," });
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
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
        let dialect: Dialect = "numbers=plain,spaces=some,members=shuffled"
            .parse()
            .unwrap();
        let text = Encoder::new(&dialect, 3).encode(&sample());
        assert!(text.contains("\"bid\": 111"), "{text}");
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parse(&text)["data"]["text"], parse(r#""a\"\\\u0001å""#));
    }
}
