//! An answer's list, item by item: one bad item spoils itself only.

use serde_json::Value;
use thiserror::Error;

/// More items than any question asks for; what comes after them is not read.
const MAX_ITEMS: usize = 200;

/// Why an answer is of no use as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    #[error("the answer is not JSON")]
    NotJson,
    #[error("the answer lacks the list that was asked for")]
    NoList,
    #[error("the resume cannot be read back as a resume")]
    Unreadable,
}

/// The items of the list `name` in an answer that is one JSON object.
pub fn items(answer: &str, name: &str) -> Result<Vec<Value>, AnswerError> {
    let mut answer: Value = serde_json::from_str(answer).map_err(|_| AnswerError::NotJson)?;
    match answer.get_mut(name).map(Value::take) {
        Some(Value::Array(mut items)) => {
            items.truncate(MAX_ITEMS);
            Ok(items)
        }
        _ => Err(AnswerError::NoList),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AnswerError, items};

    #[test]
    fn the_items_of_the_named_list_are_found() {
        assert_eq!(items(r#"{"edits":[1,"a"]}"#, "edits"), Ok(vec![json!(1), json!("a")]));
    }

    #[test]
    fn an_answer_without_the_list_is_told_from_one_that_is_no_json() {
        assert_eq!(items("Sure! Here you go:", "edits"), Err(AnswerError::NotJson));
        for answer in ["[]", "{}", r#"{"edits":{}}"#, "null"] {
            assert_eq!(items(answer, "edits"), Err(AnswerError::NoList), "{answer}");
        }
    }

    #[test]
    fn an_endless_list_is_cut() {
        let answer = json!({ "edits": vec![0; 5000] }).to_string();

        assert_eq!(items(&answer, "edits").map(|items| items.len()), Ok(200));
    }
}
