//! Replies as wide as their schemas, and one step beyond.

use std::collections::{BTreeMap, BTreeSet};

use nordnet_proto::Error;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::api::calls::{self, Call};
use crate::api::{same, spec};
use crate::rng::Rng;

/// Calls whose response is not their reply: they are tested by what they do.
const OTHERS: [&str; 8] = [
    "activate_orders",
    "cancel_order",
    "logout",
    "modify_order",
    "place_order",
    "start_login",
    "touch_session",
    "verify_login",
];

/// One call of each operation, with the schema of its replies.
fn reads() -> Vec<(Call, Value)> {
    let schemas: BTreeMap<_, _> = spec::operations()
        .into_iter()
        .map(|operation| (operation.id, operation.reply))
        .collect();
    let mut seen = BTreeSet::from(OTHERS);
    let calls = calls::all().into_iter();
    calls
        .filter(|call| seen.insert(call.operation))
        .map(|call| {
            let schema = schemas[call.operation].clone();
            (call, schema)
        })
        .collect()
}

/// A reply within a schema, as a server might write it.
struct Server(Rng);

impl Server {
    /// A text of JSON, and the value that it stands for.
    fn any(&mut self, schema: &Value) -> (String, Value) {
        let schema = spec::resolve(schema);
        match schema["type"].as_str().unwrap() {
            "object" => self.object(schema),
            "array" => {
                let count = self.0.below(4);
                let elements = (0..count).map(|_| self.any(&schema["items"]));
                let (texts, values): (Vec<_>, Vec<_>) = elements.unzip();
                (format!("[{}]", texts.join(" , ")), values.into())
            }
            "string" if schema["format"] == "date" => plain(json!("2024-02-29")),
            "string" => self.string(schema),
            "boolean" => plain(json!(self.0.one_in(2))),
            "integer" => self.integer(schema),
            "number" => self.number(),
            other => panic!("{other}"),
        }
    }

    fn object(&mut self, schema: &Value) -> (String, Value) {
        let required = schema["required"].as_array();
        let (mut members, mut texts) = (Map::new(), Vec::new());
        for (name, schema) in schema["properties"].as_object().unwrap() {
            let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
            if !is_required && self.0.one_in(3) {
                if self.0.one_in(2) {
                    texts.push(format!("\"{name}\": null"));
                }
                continue;
            }
            let (text, value) = self.any(schema);
            texts.push(format!("\"{name}\":{text}"));
            members.insert(name.clone(), value);
        }
        if self.0.one_in(3) {
            let unknown = r#""new_member":{"a":[1e999,{"b":"\u0000"}],"c":null}"#;
            texts.insert(self.0.below(texts.len() + 1), unknown.into());
        }
        (format!("{{{}}}", texts.join(",\n")), members.into())
    }

    fn string(&mut self, schema: &Value) -> (String, Value) {
        let known = schema["x-known-values"].as_array();
        match (known, schema["enum"].as_array()) {
            (Some(known), _) if self.0.one_in(2) => plain(self.0.pick(known)["value"].clone()),
            (_, Some(values)) => plain(self.0.pick(values).clone()),
            _ => {
                let texts = [
                    "",
                    "ERIC B",
                    "a/b,c:d?",
                    "Spärrad \"ö\"\n",
                    "\u{1F600}",
                    "NEW_CODE",
                ];
                plain(json!(self.0.pick(&texts)))
            }
        }
    }

    fn integer(&mut self, schema: &Value) -> (String, Value) {
        let bits = if schema["format"] == "int32" { 32 } else { 64 };
        let number = (self.0.next() as i64) >> (64 - bits) >> self.0.below(bits);
        match self.0.below(4) {
            0 if number.unsigned_abs() < 1 << 48 => (format!("{number}.0"), json!(number)),
            1 if number.unsigned_abs() < 1 << 30 => (format!("{number}E0"), json!(number)),
            _ => plain(json!(number)),
        }
    }

    fn number(&mut self) -> (String, Value) {
        let digits = (self.0.next() as i64) >> (14 + self.0.below(50));
        let exponent = self.0.below(6);
        let text = match self.0.below(4) {
            0 => format!("{digits}"),
            1 => format!("{digits}.50"),
            2 => format!("{digits}e-{exponent}"),
            _ => format!("{digits}E{}", exponent / 3),
        };
        // As a text, since not each is a binary float.
        let value = json!(text);
        (text, value)
    }
}

fn plain(value: Value) -> (String, Value) {
    (value.to_string(), value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn all_that_a_schema_allows_is_read_without_loss(seed in any::<u64>()) {
        let mut server = Server(Rng::new(seed));
        for (call, schema) in reads() {
            let (text, value) = server.any(&schema);
            let written = (call.reply)(&text);
            let written = written.unwrap_or_else(|error| panic!("{error}: {text}"));
            same(&value, &written, call.operation);
        }
    }

    #[test]
    fn bytes_that_are_no_reply_are_an_error_or_skipped(bytes in "\\PC{0,60}", cut in any::<u64>()) {
        let mut server = Server(Rng::new(cut));
        for (call, schema) in reads() {
            let (text, _) = server.any(&schema);
            let mut end = server.0.below(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            for broken in [&bytes, &text[..end]] {
                if let Err(error) = (call.shown)(broken) {
                    let Error::Unreadable(unreadable) = error else {
                        panic!("{error}");
                    };
                    prop_assert_eq!(unreadable.operation, call.operation);
                }
            }
        }
    }
}

/// Members that are never looked at.
const IGNORED: [&str; 1] = ["instrumment_id"];

/// Members that are texts or numbers, whichever the source writes.
const LOOSE: [&str; 4] = [
    "diff_pct_one_day",
    "diff_pct_one_year",
    "rating",
    "yield_1y",
];

#[test]
fn a_member_of_another_type_is_named_and_its_content_is_not() {
    let mut tried = 0;
    for (call, schema) in reads() {
        let full = spec::full(&schema);
        for path in paths(&full) {
            let name = path
                .last()
                .and_then(|step| step.as_str())
                .unwrap_or_default();
            if IGNORED.contains(&name) {
                continue;
            }
            for wrong in wrong_for(at(&full, &path), LOOSE.contains(&name)) {
                let is_coarse = wrong.is_object();
                let mut reply = full.clone();
                *at_mut(&mut reply, &path) = wrong;
                names(&call, &reply.to_string(), &path, is_coarse);
                tried += 1;
            }
        }
    }
    assert!(tried > 2000, "{tried}");
}

/// The list that is read as a whole: a part of it would mislead.
const WHOLE: &str = "ticks";

/// What is wrong is named from the element of the innermost list on. Of an
/// object in the place of a number the object around it may be named.
fn names(call: &Call, reply: &str, path: &[Value], is_coarse: bool) {
    let is_element = |at: usize| path[at].is_u64() && (at == 0 || path[at - 1] != WHOLE);
    let element = (0..path.len()).rev().find(|at| is_element(*at));
    let named = written(&path[element.map_or(0, |at| at + 1)..]);
    let (found, reason) = match (call.shown)(reply) {
        Err(Error::Unreadable(unreadable)) => {
            assert_eq!(unreadable.operation, call.operation);
            (unreadable.path.clone(), unreadable.to_string())
        }
        Err(error) => panic!("{error}"),
        Ok(shown) => {
            let mut skipped = shown.split(", path: \"").skip(1);
            let skipped = skipped.next();
            let skipped = skipped.unwrap_or_else(|| panic!("{path:?} is taken: {reply}"));
            let (found, rest) = skipped.split_once("\", reason: ").unwrap();
            let (reason, _) = rest.split_once(", json: ").unwrap();
            (found.to_owned(), reason.to_owned())
        }
    };
    let is_around = is_coarse && named.starts_with(&found);
    assert!(found == named || is_around, "{named}, not {found}: {reply}");
    assert!(!reason.contains("s3cret"), "{reason}");
}

/// Every member and every first element of a value.
fn paths(value: &Value) -> Vec<Vec<Value>> {
    let steps: Vec<Value> = match value {
        Value::Object(members) => members.keys().map(|name| json!(name)).collect(),
        Value::Array(_) => vec![json!(0), json!(1)],
        _ => Vec::new(),
    };
    let mut paths = Vec::new();
    for step in steps {
        let inner = at(value, std::slice::from_ref(&step));
        paths.push(vec![step.clone()]);
        for path in self::paths(inner) {
            paths.push([vec![step.clone()], path].concat());
        }
    }
    paths
}

fn at<'a>(value: &'a Value, path: &[Value]) -> &'a Value {
    path.iter().fold(value, |value, step| match step.as_u64() {
        Some(index) => &value[index as usize],
        None => &value[step.as_str().unwrap()],
    })
}

fn at_mut<'a>(value: &'a mut Value, path: &[Value]) -> &'a mut Value {
    path.iter().fold(value, |value, step| match step.as_u64() {
        Some(index) => &mut value[index as usize],
        None => &mut value[step.as_str().unwrap()],
    })
}

fn written(path: &[Value]) -> String {
    let mut text = String::new();
    for step in path {
        match step.as_str() {
            Some(name) if text.is_empty() => text.push_str(name),
            Some(name) => text.extend([".", name]),
            None => text.push_str(&format!("[{step}]")),
        }
    }
    text
}

fn wrong_for(value: &Value, is_loose: bool) -> Vec<Value> {
    let text = || json!("s3cret");
    let list = || json!(["s3cret", {"s3cret": ["s3cret"]}]);
    let object = || json!({"s3cret": {"s3cret": "s3cret"}, "more": ["s3cret"]});
    match value {
        Value::String(_) if is_loose => vec![json!(true), list(), object()],
        Value::String(_) => vec![json!(7), json!(true), list(), object()],
        Value::Bool(_) => vec![json!(7), text(), list(), object()],
        Value::Number(_) => vec![json!(true), text(), list(), object()],
        Value::Array(_) => vec![json!(7), json!(true), text(), object()],
        Value::Object(_) => vec![json!(7), json!(true), text(), json!([])],
        Value::Null => Vec::new(),
    }
}
