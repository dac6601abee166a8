//! The least value that conforms to a schema.

use serde_json::{Map, Value};

use crate::model::schema::resolve;

/// Deeper than any schema a provider takes; a schema that requires itself ends here with null.
const MAX_DEPTH: usize = 16;

pub fn of(schema: &Value) -> Value {
    least(schema, schema, 0)
}

fn least(root: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolve(root, schema);
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    let first = |name: &str| schema.get(name)?.as_array()?.first();
    if let Some(value) =
        schema.get("const").or_else(|| schema.get("default")).or_else(|| first("enum"))
    {
        return value.clone();
    }
    if let Some(one) = first("anyOf").or_else(|| first("oneOf")) {
        return least(root, one, depth + 1);
    }
    match type_of(schema) {
        "object" => object(root, schema, depth),
        "array" => array(root, schema, depth),
        "string" => string(schema),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| 0.into()),
        "boolean" => false.into(),
        _ => Value::Null,
    }
}

fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) if names.iter().any(|name| name == "null") => "null",
        Some(Value::Array(names)) => names.first().and_then(Value::as_str).unwrap_or("null"),
        _ if schema.get("properties").is_some() => "object",
        _ => "null",
    }
}

fn object(root: &Value, schema: &Value, depth: usize) -> Value {
    let empty = Vec::new();
    let required = schema.get("required").and_then(Value::as_array).unwrap_or(&empty);
    let fields = required.iter().filter_map(Value::as_str).map(|name| {
        let field = schema
            .get("properties")
            .and_then(|properties| properties.get(name))
            .unwrap_or(&Value::Null);
        (name.to_owned(), least(root, field, depth + 1))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn array(root: &Value, schema: &Value, depth: usize) -> Value {
    let count = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0).min(64);
    let item = schema.get("items").unwrap_or(&Value::Null);
    (0..count).map(|_| least(root, item, depth + 1)).collect()
}

fn string(schema: &Value) -> Value {
    let length = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0).min(4096);
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2020-01-01".into(),
        Some("date-time") => "2020-01-01T00:00:00Z".into(),
        _ => "x".repeat(usize::try_from(length).unwrap_or(0)).into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::of;
    use crate::model::schema::conforms;

    #[test]
    fn the_least_value_conforms_to_its_schema() {
        let schema = json!({
            "type": "object",
            "properties": {
                "edits": { "type": "array", "minItems": 2, "items": { "$ref": "#/$defs/edit" } },
                "note": { "type": ["string", "null"] },
                "score": { "type": "integer", "minimum": 3 },
                "either": { "anyOf": [{ "type": "boolean" }, { "type": "null" }] },
            },
            "required": ["edits", "note", "score", "either"],
            "additionalProperties": false,
            "$defs": { "edit": {
                "type": "object",
                "properties": { "kind": { "enum": ["add", "remove"] }, "text": { "type": "string" } },
                "required": ["kind", "text"],
                "additionalProperties": false,
            } },
        });

        let value = of(&schema);

        assert!(conforms(&schema, &value), "{value}");
        assert_eq!(
            value["edits"],
            json!([{ "kind": "add", "text": "" }, { "kind": "add", "text": "" }])
        );
    }

    #[test]
    fn a_schema_that_requires_itself_ends() {
        let schema = json!({ "type": "object", "properties": { "next": { "$ref": "#" } }, "required": ["next"] });

        assert!(of(&schema)["next"]["next"].is_object());
    }
}
