//! Lists inside a line.

/// Parts a list at commas, semicolons and dots, outside brackets.
pub fn items(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut open = String::new();
    let mut depth = 0usize;
    let characters: Vec<char> = text.chars().collect();
    for (index, character) in characters.iter().enumerate() {
        match character {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let before = index.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(index + 1);
        let number =
            before.is_some_and(char::is_ascii_digit) && after.is_some_and(char::is_ascii_digit);
        let parts = match character {
            ',' | ';' => !number,
            '、' | '，' | '；' | '•' | '∙' | '\t' => true,
            '·' | '|' => {
                before.is_none_or(|c| c.is_whitespace()) || after.is_none_or(|c| c.is_whitespace())
            }
            _ => false,
        };
        if parts && depth == 0 {
            push(&mut items, &open);
            open.clear();
        } else {
            open.push(*character);
        }
    }
    push(&mut items, &open);
    items
}

fn push(items: &mut Vec<String>, text: &str) {
    let text = text.trim().trim_start_matches("and ").trim_end_matches('.').trim();
    if text.chars().any(char::is_alphanumeric) {
        items.push(text.to_owned());
    }
}

/// True for a short list of names: no sentence, at least two items.
pub fn is_names(text: &str) -> bool {
    let items = items(text);
    items.len() >= 2
        && !text.ends_with('.')
        && items
            .iter()
            .all(|item| item.split_whitespace().count() <= 3 && item.chars().count() <= 32)
}
