//! The types against the reference: its operations, parameters and replies.

use std::collections::{BTreeMap, BTreeSet};

use nordnet_proto::{HttpRequest, Safety};
use serde_json::{Map, Value, json};

use crate::api::spec::{self, Operation};
use crate::api::{calls, same};

/// Parameters that are never sent: the language is a setting of the client and
/// travels in a header, and this one has no effect.
const NOT_SENT: [&str; 2] = ["Accept-Language", "body_format"];

fn by_id() -> BTreeMap<String, Operation> {
    let operations = spec::operations().into_iter();
    operations
        .map(|operation| (operation.id.clone(), operation))
        .collect()
}

#[test]
fn every_operation_has_a_call_and_every_call_an_operation() {
    let documented = by_id();
    assert_eq!(documented.len(), 45);
    let calls = calls::all();
    let called: BTreeSet<_> = calls.iter().map(|call| call.operation).collect();
    assert_eq!(called, documented.keys().map(String::as_str).collect());
    for call in calls {
        let operation = &documented[call.operation];
        let safety = match call.safety {
            Safety::Read => "read",
            Safety::Idempotent => "idempotent-write",
            Safety::OnceOnly => "non-idempotent-write",
        };
        assert_eq!(safety, operation.safety, "{}", call.operation);
        assert_eq!(
            call.in_session, operation.needs_session,
            "{}",
            call.operation
        );
    }
    let deprecated = documented.values().filter(|operation| operation.deprecated);
    let deprecated: Vec<_> = deprecated.map(|operation| &operation.id).collect();
    assert_eq!(deprecated, ["get_account", "search_news"]);
}

#[test]
fn the_page_of_the_calls_lists_every_operation() {
    let page = include_str!("../../src/api.rs");
    for operation in by_id().values() {
        let (method, path) = (&operation.method, &operation.path);
        let safety = match &*operation.safety {
            "read" => "read",
            "idempotent-write" => "idempotent",
            _ => "once only",
        };
        let begins = format!("//! | `{method} {path}` | ");
        let row = page.lines().find(|line| line.starts_with(&begins));
        let row = row.unwrap_or_else(|| panic!("{begins}"));
        assert!(row.ends_with(&format!(" | {safety} |")), "{row}");
        assert_eq!(row.contains("deprecated"), operation.deprecated, "{row}");
    }
}

#[test]
fn every_request_is_valid_and_every_parameter_is_sent() {
    let documented = by_id();
    let mut sent = BTreeSet::new();
    for call in calls::all() {
        let operation = &documented[call.operation];
        for name in check(operation, &call.request) {
            sent.insert((call.operation, name));
        }
    }
    for operation in documented.values() {
        let parameters = operation.parameters.iter().map(|one| &one["name"]);
        let parameters = parameters.map(|name| name.as_str().unwrap());
        let fields = operation.body.as_ref().map(|(_, schema)| {
            let schema = spec::resolve(schema);
            schema["properties"].as_object().unwrap()
        });
        let fields = fields.into_iter().flat_map(Map::keys).map(String::as_str);
        for name in parameters.chain(fields) {
            let is_sent = sent.contains(&(operation.id.as_str(), name.into()));
            assert_ne!(
                is_sent,
                NOT_SENT.contains(&name),
                "{}: {name}",
                operation.id
            );
        }
    }
}

/// Holds a request against its operation, and names what it sends.
pub(crate) fn check(operation: &Operation, request: &HttpRequest) -> BTreeSet<String> {
    assert_eq!(request.method().as_str(), operation.method);
    let path = request.uri().path().strip_prefix("/api/2").unwrap();
    let mut found = Map::new();
    let (template, segments) = (operation.path.trim_end_matches('/'), path);
    let (template, segments) = (template.split('/'), segments.split('/'));
    assert_eq!(template.clone().count(), segments.clone().count(), "{path}");
    for (name, segment) in template.zip(segments) {
        match name
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => {
                let schema = parameter(operation, name, "path");
                found.insert(name.into(), typed(schema, segment));
            }
            None => assert_eq!(segment, name),
        }
    }
    for (name, value) in pairs(request.uri().query().unwrap_or_default()) {
        let schema = parameter(operation, &name, "query");
        let twice = found.insert(name.clone(), typed(schema, &value));
        assert_eq!(twice, None, "{name} is sent twice");
    }
    for one in &operation.parameters {
        let name = one["name"].as_str().unwrap();
        assert!(
            found.contains_key(name) || one["required"] != true,
            "{name}"
        );
    }
    for (name, value) in &found {
        let schema = &operation
            .parameters
            .iter()
            .find(|one| one["name"] == **name)
            .unwrap()["schema"];
        spec::validate(schema, value).unwrap();
    }
    let body = body(operation, request);
    found.keys().chain(body.keys()).cloned().collect()
}

fn parameter<'a>(operation: &'a Operation, name: &str, place: &str) -> &'a Value {
    let mut parameters = operation.parameters.iter();
    let found = parameters.find(|one| one["name"] == name && one["in"] == place);
    let found = found.unwrap_or_else(|| panic!("{} has no {name}", operation.id));
    &found["schema"]
}

fn body(operation: &Operation, request: &HttpRequest) -> Map<String, Value> {
    let bytes = request.body().as_bytes();
    let kind = request.headers().get("content-type");
    let Some((expected, schema)) = &operation.body else {
        assert!(bytes.is_empty() && kind.is_none());
        return Map::new();
    };
    assert_eq!(kind.unwrap(), expected.as_str());
    let value = if expected == "application/json" {
        serde_json::from_slice(bytes).unwrap()
    } else {
        let properties = &spec::resolve(schema)["properties"];
        pairs(std::str::from_utf8(bytes).unwrap())
            .map(|(name, text)| {
                let value = typed(&properties[&name], &text);
                (name, value)
            })
            .collect()
    };
    spec::validate(schema, &value).unwrap();
    value.as_object().unwrap().clone()
}

/// The pairs of a query or a form; lists in them are not unescaped yet.
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (unescaped(name), value.into())
    })
}

/// Reads a text as the type that a schema says.
fn typed(schema: &Value, text: &str) -> Value {
    match spec::resolve(schema)["type"].as_str() {
        Some("array") => text
            .split(',')
            .map(|one| typed(&schema["items"], one))
            .collect(),
        Some("string") => json!(unescaped(text)),
        _ => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    }
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        assert!(
            byte.is_ascii_graphic() && !b"?#[]@!$&'()*+;,= ".contains(&byte),
            "{text}"
        );
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_example_reply_is_read_and_written_back_without_loss() {
    let documented = by_id();
    for call in calls::all() {
        for example in &documented[call.operation].examples {
            keeps(&call, example);
        }
    }
}

#[test]
fn every_documented_member_is_read_and_written_back_without_loss() {
    let documented = by_id();
    for call in calls::all() {
        let schema = &documented[call.operation].reply;
        let mut full = spec::full(schema);
        match call.operation {
            // Their calls look at what the reply says.
            "get_account_info" => full[0]["accno"] = json!(calls::ACCOUNT),
            "modify_order" | "cancel_order" => full["order_id"] = json!(430518872),
            "activate_orders" => {
                full[0]["order_id"] = json!(430518872);
                full[1]["order_id"] = json!(430518901);
            }
            "verify_login" => full["expires_in"] = json!(1800),
            "logout" => full["logged_in"] = json!(false),
            _ => {}
        }
        // A verdict of OK gives no reason.
        if call.operation.ends_with("_order") {
            full.as_object_mut().unwrap().remove("message");
        }
        if call.operation == "verify_login" {
            for feed in ["private_feed", "public_feed"] {
                full[feed]["port"] = json!(443);
            }
        }
        spec::validate(schema, &full).unwrap();
        keeps(&call, &full);
        keeps(&call, &spec::bare(schema, &full));
    }
}

/// A refused order keeps its reason, too.
#[test]
fn a_refusal_inside_an_answer_is_written_back_without_loss() {
    let refused = json!({"order_id": 430518872, "result_code": "NO", "message": "Nej"});
    for call in calls::all() {
        if call.operation.ends_with("_order") {
            keeps(&call, &refused);
        }
    }
}

fn keeps(call: &calls::Call, reply: &Value) {
    let written = (call.reply)(&reply.to_string());
    let written = written.unwrap_or_else(|error| panic!("{}: {error}", call.operation));
    // The call for one account gives the one that it asked for.
    let reply = match (reply, &written) {
        (Value::Array(all), Value::Array(one)) if one.len() < all.len() => {
            assert_eq!(call.operation, "get_account_info");
            let mut all = all.iter();
            json!([all.find(|info| info["accno"] == one[0]["accno"]).unwrap()])
        }
        _ => reply.clone(),
    };
    same(&reply, &written, call.operation);
}
