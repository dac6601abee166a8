//! The operations of the OpenAPI document, each ready to be called with somebody's ids.

use std::collections::BTreeMap;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;

/// An operation, with what is needed to call it.
pub struct Operation {
    pub name: String,
    pub method: Method,
    /// With the names of its parameters in braces.
    pub path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    pub rule: Option<String>,
}

pub fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&roleready_api::openapi()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let schema = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
            let body = schema.map(|name| &document["components"]["schemas"][name]["example"]);
            let rule = operation["security"][0].as_object().and_then(|rule| rule.keys().next());
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let needed = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
            all.push(Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                query: needed.map(|one| query(one["name"].as_str().unwrap())).collect(),
                body: body.cloned(),
                rule: rule.cloned(),
            });
        }
    }
    all
}

fn query(name: &str) -> (String, String) {
    let value = match name {
        "format" => "json",
        "month" => "2026-11",
        _ => "because",
    };
    (name.to_owned(), value.to_owned())
}

/// What belongs to a person: the id of one of each, under the names that addresses and bodies use.
pub type Things = BTreeMap<&'static str, String>;

/// The things' ids, each of nobody.
pub fn nobodys(things: &Things) -> Things {
    things.keys().map(|name| (*name, Uuid::now_v7().to_string())).collect()
}

impl Operation {
    /// The segments before its parameters: what they are the ids of.
    pub fn parameters(&self) -> Vec<&str> {
        let segments: Vec<&str> = self.path.split('/').collect();
        let pairs = segments.windows(2).filter(|pair| pair[1].starts_with('{'));
        pairs.map(|pair| pair[0]).collect()
    }

    /// Whether its address names something of a person's.
    pub fn names_things(&self, things: &Things) -> bool {
        self.parameters().iter().any(|name| things.contains_key(name))
    }

    pub fn address(&self, things: &[&Things]) -> String {
        let mut owners = things.iter().cycle();
        let mut before = "";
        let filled = self.path.split('/').map(|segment| {
            let kind = std::mem::replace(&mut before, segment);
            if !segment.starts_with('{') {
                return segment.to_owned();
            }
            let owner = owners.next().unwrap();
            match kind {
                "queues" => "ats".into(),
                "gaps" => "r1".into(),
                _ => owner.get(kind).cloned().unwrap_or_else(|| Uuid::now_v7().to_string()),
            }
        });
        filled.collect::<Vec<_>>().join("/")
    }

    /// The example of its body, with somebody's ids in it; none when it has no place for one.
    pub fn body(&self, things: &Things) -> (Option<Value>, bool) {
        let Some(mut body) = self.body.clone() else { return (None, false) };
        let named = name_things(&mut body, things);
        (Some(body), named)
    }

    pub async fn call(&self, app: &TestApp, address: &str, body: Option<&Value>) -> Response {
        let mut request = app.request(self.method.clone(), address).query(&self.query);
        request = request.header("If-Match", "\"1\"");
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap()
    }

    /// With the ids of these things, and the key or token that the app calls with.
    pub async fn asks_for(&self, app: &TestApp, things: &[&Things]) -> Response {
        let (body, _) = self.body(things[0]);
        self.call(app, &self.address(things), body.as_ref()).await
    }
}

fn name_things(body: &mut Value, things: &Things) -> bool {
    match body {
        Value::Object(fields) => {
            let mut named = false;
            for (name, value) in fields {
                let kind = name.strip_suffix("_id").map(|kind| format!("{kind}s"));
                match kind.and_then(|kind| things.get(kind.as_str())) {
                    Some(id) => {
                        *value = json!(id);
                        named = true;
                    }
                    None => named |= name_things(value, things),
                }
            }
            named
        }
        Value::Array(items) => {
            items.iter_mut().fold(false, |named, item| name_things(item, things) || named)
        }
        _ => false,
    }
}
