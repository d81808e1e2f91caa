//! The reference of the REST API, as its description in OpenAPI says it.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// The one copy in the repository, which the simulator is held against too.
static SPEC: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../nordnet-sim/tests/rest-api.openapi.json");
    serde_json::from_str(text).unwrap()
});

/// One operation of the reference.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) safety: String,
    pub(crate) needs_session: bool,
    pub(crate) deprecated: bool,
    pub(crate) parameters: Vec<Value>,
    /// The content type of the body, and its schema.
    pub(crate) body: Option<(String, Value)>,
    /// The schema of a reply.
    pub(crate) reply: Value,
    pub(crate) examples: Vec<Value>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in object(&SPEC["paths"]) {
        for (method, operation) in object(item) {
            operations.push(Operation::read(path, method, operation));
        }
    }
    operations
}

pub(crate) fn schemas() -> &'static Map<String, Value> {
    object(&SPEC["components"]["schemas"])
}

/// Where the source contradicts itself: numbers and topics.
pub(crate) fn inconsistencies() -> Vec<(String, String)> {
    let list = SPEC["x-inconsistencies"].as_array().unwrap();
    list.iter()
        .map(|one| (text(&one["id"]), text(&one["topic"])))
        .collect()
}

impl Operation {
    fn read(path: &str, method: &str, operation: &Value) -> Self {
        let content = &operation["responses"]["200"]["content"]["application/json"];
        let more = content["x-more-examples"].as_array();
        let body = object(&operation["requestBody"]["content"]).iter().next();
        Self {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.into(),
            safety: text(&operation["x-safety"]["class"]),
            needs_session: operation.get("security").is_none(),
            deprecated: operation["deprecated"] == true,
            parameters: operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|parameter| resolve(parameter).clone())
                .collect(),
            body: body.map(|(kind, body)| (kind.clone(), body["schema"].clone())),
            reply: content["schema"].clone(),
            examples: std::iter::once(&content["example"])
                .chain(more.into_iter().flatten())
                .map(|example| example.get("value").unwrap_or(example).clone())
                .collect(),
        }
    }
}

/// Follows a reference to what it stands for.
pub(crate) fn resolve(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(reference) => SPEC.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

fn object(value: &Value) -> &Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().into()
}

/// Whether a value is what a schema says.
pub(crate) fn validate(schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolve(schema);
    let wrong = |what: &str| Err(format!("{value} is {what}: {schema}"));
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        other => panic!("{other:?} in {schema}"),
    };
    if !fits {
        return wrong("of another type");
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return wrong("none of the values");
    }
    if schema["format"] == "int32" && i32::try_from(value.as_i64().unwrap()).is_err() {
        return wrong("too large");
    }
    if schema["format"] == "date"
        && value
            .as_str()
            .unwrap()
            .parse::<nordnet_proto::Date>()
            .is_err()
    {
        return wrong("no date");
    }
    for (limit, is_out) in [("minimum", -1.0), ("maximum", 1.0)] {
        if let (Some(limit), Some(number)) = (schema[limit].as_f64(), value.as_f64())
            && (number - limit) * is_out > 0.0
        {
            return wrong("out of bounds");
        }
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && !matches(pattern, value.as_str().unwrap())
    {
        return wrong("of another form");
    }
    for element in value.as_array().into_iter().flatten() {
        validate(&schema["items"], element)?;
    }
    let least = schema["minItems"].as_u64().unwrap_or(0);
    if value
        .as_array()
        .is_some_and(|list| (list.len() as u64) < least)
    {
        return wrong("too short");
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        if value.is_object() && value.get(required.as_str().unwrap()).is_none() {
            return wrong("without a member that is required");
        }
    }
    for (name, member) in object(value) {
        match schema["properties"].get(name) {
            Some(schema) => validate(schema, member)?,
            None => return wrong("with a member that is not documented"),
        }
    }
    Ok(())
}

/// The two patterns that the reference has.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match pattern {
        "^([0-9]+|all)$" => text == "all" || digits(text),
        "^[0-9]+:.+$" => text
            .split_once(':')
            .is_some_and(|(market, identifier)| digits(market) && !identifier.is_empty()),
        other => panic!("unknown pattern {other}"),
    }
}

/// A value with every member that a schema has.
pub(crate) fn full(schema: &Value) -> Value {
    let schema = resolve(schema);
    let known = schema["x-known-values"][0].get("value");
    let known = known.filter(|_| schema["type"] != "array");
    if let Some(value) = known.or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    match schema["type"].as_str().unwrap() {
        "object" => object(&schema["properties"])
            .iter()
            .map(|(name, schema)| (name.clone(), full(schema)))
            .collect(),
        "array" => json!([full(&schema["items"]), full(&schema["items"])]),
        "string" if schema["format"] == "date" => json!("2026-06-19"),
        "string" => json!("words & sån't"),
        "boolean" => json!(true),
        "integer" => json!(1_773_738),
        "number" => json!(-86.5),
        other => panic!("{other}"),
    }
}

/// The value with the members only that a schema requires.
pub(crate) fn bare(schema: &Value, value: &Value) -> Value {
    let schema = resolve(schema);
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| {
                let required = schema["required"].as_array();
                required.is_some_and(|required| required.iter().any(|one| one == *name))
            })
            .map(|(name, member)| (name.clone(), bare(&schema["properties"][name], member)))
            .collect(),
        Value::Array(elements) => elements
            .iter()
            .map(|element| bare(&schema["items"], element))
            .collect(),
        other => other.clone(),
    }
}
