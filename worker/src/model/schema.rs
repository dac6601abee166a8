//! Does an answer have the shape that was asked for? The part of JSON Schema that structured output uses.

use serde_json::Value;

/// Schemas that nest deeper are not followed further.
const MAX_DEPTH: usize = 48;

/// Whether `value` conforms to `schema`. Keywords outside structured output (patterns, formats) are not judged.
pub fn conforms(schema: &Value, value: &Value) -> bool {
    Judge { root: schema }.accepts(schema, value, 0)
}

/// The schema that a `$ref` of `schema` names inside `root`, or `schema` itself.
pub fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

struct Judge<'a> {
    root: &'a Value,
}

impl<'a> Judge<'a> {
    fn accepts(&self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return true;
        }
        let schema = resolve(self.root, schema);
        has_type(schema, value)
            && schema.get("const").is_none_or(|only| only == value)
            && list(schema, "enum").is_none_or(|values| values.contains(value))
            && list(schema, "anyOf")
                .is_none_or(|any| any.iter().any(|one| self.accepts(one, value, depth + 1)))
            && self.accepts_items(schema, value, depth)
            && self.accepts_properties(schema, value, depth)
    }

    fn accepts_items(&self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        let Some(items) = value.as_array() else { return true };
        let count = |name: &str| schema.get(name).and_then(Value::as_u64);
        let length = u64::try_from(items.len()).unwrap_or(u64::MAX);
        count("minItems").is_none_or(|least| length >= least)
            && count("maxItems").is_none_or(|most| length <= most)
            && schema
                .get("items")
                .is_none_or(|one| items.iter().all(|item| self.accepts(one, item, depth + 1)))
    }

    fn accepts_properties(&self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        let Some(fields) = value.as_object() else { return true };
        let known = schema.get("properties").and_then(Value::as_object);
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        let required = list(schema, "required").unwrap_or_default();
        required.iter().filter_map(Value::as_str).all(|name| fields.contains_key(name))
            && fields.iter().all(|(name, field)| match known.and_then(|known| known.get(name)) {
                Some(schema) => self.accepts(schema, field, depth + 1),
                None => !closed,
            })
    }
}

fn list<'a>(schema: &'a Value, name: &str) -> Option<&'a [Value]> {
    schema.get(name)?.as_array().map(Vec::as_slice)
}

fn has_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64()
                || value.is_u64()
                || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => true,
    };
    match schema.get("type") {
        Some(Value::String(name)) => is(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::conforms;

    fn edits() -> Value {
        json!({
            "type": "object",
            "properties": {
                "edits": { "type": "array", "items": { "$ref": "#/$defs/edit" } },
                "note": { "type": ["string", "null"] },
            },
            "required": ["edits", "note"],
            "additionalProperties": false,
            "$defs": { "edit": {
                "type": "object",
                "properties": { "kind": { "enum": ["add", "remove"] }, "at": { "type": "integer" } },
                "required": ["kind", "at"],
                "additionalProperties": false,
            } },
        })
    }

    #[test]
    fn an_answer_of_the_right_shape_conforms() {
        let answer = json!({ "edits": [{ "kind": "add", "at": 3 }], "note": null });

        assert!(conforms(&edits(), &answer));
    }

    #[test]
    fn an_answer_of_another_shape_does_not_conform() {
        let answers = [
            json!([]),
            json!({ "edits": [] }),
            json!({ "edits": [], "note": 5 }),
            json!({ "edits": {}, "note": null }),
            json!({ "edits": [], "note": null, "more": 1 }),
            json!({ "edits": [{ "kind": "swap", "at": 1 }], "note": null }),
            json!({ "edits": [{ "kind": "add", "at": 1.5 }], "note": null }),
        ];

        for answer in answers {
            assert!(!conforms(&edits(), &answer), "{answer}");
        }
    }

    #[test]
    fn a_schema_that_names_itself_is_followed_to_the_end_of_the_value() {
        let list = json!({ "$ref": "#/$defs/node", "$defs": { "node": {
            "type": "object",
            "properties": { "next": { "anyOf": [{ "$ref": "#/$defs/node" }, { "type": "null" }] } },
            "required": ["next"],
        } } });

        assert!(conforms(&list, &json!({ "next": { "next": null } })));
        assert!(!conforms(&list, &json!({ "next": { "next": 1 } })));
    }

    #[test]
    fn a_schema_that_only_names_itself_ends() {
        let endless =
            json!({ "$ref": "#/anyOf/0", "anyOf": [{ "anyOf": [{ "$ref": "#/anyOf/0" }] }] });

        assert!(conforms(&endless, &json!(1)));
    }
}
