//! What the tests of the REST API share.

pub(crate) mod calls;
pub(crate) mod spec;

use nordnet_proto::Decimal;
use serde_json::{Value, json};

/// Holds what was written back against what was read.
pub(crate) fn same(read: &Value, written: &Value, path: &str) {
    match (read, written) {
        (Value::Object(members), Value::Object(others)) => {
            for (name, member) in members {
                // The source spells one name in two ways, for old clients.
                if name == "instrumment_id" {
                    continue;
                }
                let path = format!("{path}.{name}");
                match others.get(name) {
                    Some(other) => same(member, other, &path),
                    None => assert!(is_none(member), "{path} is lost"),
                }
            }
            for (name, other) in others {
                let is_there = members.contains_key(name) || is_none(other);
                assert!(is_there, "{path}.{name} comes from nowhere");
            }
        }
        (Value::Array(elements), Value::Array(others)) => {
            assert_eq!(elements.len(), others.len(), "{path}");
            for (index, (element, other)) in elements.iter().zip(others).enumerate() {
                same(element, other, &format!("{path}[{index}]"));
            }
        }
        // Decimals are written as texts.
        (Value::Number(number), Value::String(text)) => {
            let number: Decimal = number.to_string().parse().unwrap();
            assert_eq!(Ok(number), text.parse(), "{path}");
        }
        (Value::String(read), Value::String(written)) if read != written => {
            let number = |text: &str| text.parse::<Decimal>();
            assert_eq!(number(read).ok(), Some(number(written).unwrap()), "{path}");
        }
        _ => assert_eq!(read, written, "{path}"),
    }
}

/// Whether it says no more than its absence.
fn is_none(value: &Value) -> bool {
    value.is_null() || *value == false || *value == json!([])
}
