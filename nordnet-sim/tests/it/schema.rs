//! The reference's description of the API, and whether replies keep to it.

use std::collections::BTreeSet;

use serde_json::Value;

/// These have members by their kind, and no others.
const BY_KIND: [&str; 5] = [
    "Order",
    "ActivationCondition",
    "Validity",
    "OrderReply",
    "MainSearchResponseRow",
];

/// The description, and every member of a schema that was seen with a value.
pub(crate) struct Reference {
    document: Value,
    pub(crate) seen: BTreeSet<(String, String)>,
    /// Whether a member that is optional may be `null`.
    pub(crate) nulls: bool,
    /// Members that no reply has.
    may_lack: &'static [(&'static str, &'static str)],
}

impl Reference {
    pub(crate) fn read(may_lack: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            document: serde_json::from_str(include_str!("../rest-api.openapi.json")).unwrap(),
            seen: BTreeSet::new(),
            nulls: false,
            may_lack,
        }
    }

    /// Returns method, path and name of every operation.
    pub(crate) fn operations(&self) -> Vec<(String, String, String)> {
        let paths = self.document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(|(method, one)| {
                let name = one["operationId"].as_str().unwrap();
                (method.to_uppercase(), path.clone(), name.to_owned())
            })
        });
        operations.collect()
    }

    /// Says what is wrong with a reply, if anything is.
    pub(crate) fn check(&mut self, name: &str, status: u16, body: &[u8]) -> Result<(), String> {
        let (method, path) = self
            .operations()
            .into_iter()
            .find(|(.., one)| one == name)
            .map(|(method, path, _)| (method.to_lowercase(), path))
            .ok_or("no such operation")?;
        let responses = &self.document["paths"][&path][&method]["responses"];
        let response = &responses[status.to_string()];
        if response.is_null() {
            return Err(format!("status {status} is not documented"));
        }
        let schema = self.resolve(response)["content"]["application/json"]["schema"].clone();
        match (schema.is_null(), body.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => return Err(format!("a body with {status}")),
            (false, true) => return Err(format!("no body with {status}")),
            (false, false) => {}
        }
        let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        self.fits(&value, &schema, name)
    }

    /// Returns every member of the schemas that replies are made of.
    pub(crate) fn members(&self) -> BTreeSet<(String, String)> {
        let mut names = BTreeSet::new();
        for (method, path, _) in self.operations() {
            let responses = &self.document["paths"][&path][method.to_lowercase()]["responses"];
            for response in responses.as_object().unwrap().values() {
                self.collect(self.resolve(response), &mut names);
            }
        }
        let members = names.iter().flat_map(|name| {
            let schema = &self.document["components"]["schemas"][name];
            let members = schema["properties"].as_object().unwrap().keys();
            members.map(move |member| (name.clone(), member.clone()))
        });
        members.collect()
    }

    fn collect(&self, part: &Value, names: &mut BTreeSet<String>) {
        match part {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item, names)),
            Value::Object(members) => {
                if let Some(path) = members.get("$ref").and_then(Value::as_str)
                    && let Some(name) = path.strip_prefix("#/components/schemas/")
                    && names.insert(name.to_owned())
                {
                    self.collect(self.resolve(part), names);
                }
                members.values().for_each(|one| self.collect(one, names));
            }
            _ => {}
        }
    }

    fn resolve<'a>(&'a self, part: &'a Value) -> &'a Value {
        match part["$ref"].as_str() {
            Some(path) => self.document.pointer(&path[1..]).unwrap(),
            None => part,
        }
    }

    fn fits(&mut self, value: &Value, schema: &Value, at: &str) -> Result<(), String> {
        let name = schema["$ref"]
            .as_str()
            .and_then(|path| path.rsplit('/').next());
        let schema = self.resolve(schema).clone();
        let kind = schema["type"].as_str().unwrap_or_default();
        let right = match kind {
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "number" => value.is_number(),
            "integer" => value
                .as_i64()
                .is_some_and(|number| in_width(number, &schema)),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => return Err(format!("{at}: a schema of type {other:?}")),
        };
        if !right {
            return Err(format!("{at}: {value} is no {kind}"));
        }
        if let Some(known) = schema["enum"].as_array()
            && !known.contains(value)
        {
            return Err(format!("{at}: {value} is none of {known:?}"));
        }
        if schema["format"] == "date" && !value.as_str().is_some_and(is_date) {
            return Err(format!("{at}: {value} is no date"));
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.fits(item, &schema["items"], &format!("{at}[{index}]"))?;
        }
        match value.as_object() {
            Some(members) => self.members_fit(members, &schema, name.unwrap_or_default(), at),
            None => Ok(()),
        }
    }

    fn members_fit(
        &mut self,
        members: &serde_json::Map<String, Value>,
        schema: &Value,
        name: &str,
        at: &str,
    ) -> Result<(), String> {
        let required = |member: &str| {
            let required = schema["required"].as_array();
            required.is_some_and(|names| names.iter().any(|one| one == member))
        };
        for (member, described) in schema["properties"].as_object().into_iter().flatten() {
            match members.get(member) {
                None if required(member) || self.says_null(name, member) => {
                    return Err(format!("{at}: {name} lacks {member}"));
                }
                None => {}
                Some(Value::Null) if self.nulls && !required(member) => {}
                Some(value) => {
                    self.fits(value, described, &format!("{at}.{member}"))?;
                    self.seen.insert((name.to_owned(), member.clone()));
                }
            }
        }
        let unknown = members
            .keys()
            .find(|one| schema["properties"].get(one).is_none());
        unknown.map_or(Ok(()), |one| Err(format!("{at}: {name} has no {one}")))
    }

    /// Says whether the member is to be `null` when it has no value.
    fn says_null(&self, name: &str, member: &str) -> bool {
        self.nulls && !BY_KIND.contains(&name) && !self.may_lack.contains(&(name, member))
    }
}

fn in_width(number: i64, schema: &Value) -> bool {
    schema["format"] != "int32" || i32::try_from(number).is_ok()
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
