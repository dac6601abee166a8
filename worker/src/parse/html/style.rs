//! Which elements a page hides: by attribute, by style, by a class its style sheet hides.

use std::collections::HashSet;

use html5gum::StartTag;

use super::attribute;

/// Rules of a style sheet that are looked at.
const MAX_RULES: usize = 5_000;

/// The simple selectors (`.class`, `#id`, `name`) whose elements are not shown.
#[derive(Default)]
pub struct Hiding {
    selectors: HashSet<String>,
}

impl Hiding {
    /// From the style sheets inside the page; others are never fetched.
    pub fn of(page: &str) -> Self {
        let mut selectors = HashSet::new();
        let sheets = page.split("<style").skip(1);
        let sheets = sheets.filter_map(|rest| rest.split_once('>')?.1.split("</style").next());
        for rule in sheets.flat_map(|sheet| sheet.split('}')).take(MAX_RULES) {
            let Some((chosen, body)) = rule.rsplit_once('{') else { continue };
            // What only a printer or a small screen hides is shown elsewhere.
            let conditional = rule.matches('{').count() > 1;
            if hides(body) && !conditional {
                selectors.extend(chosen.split(',').map(|one| one.trim().to_lowercase()));
            }
        }
        Self { selectors }
    }

    pub fn hides(&self, tag: &StartTag<()>) -> bool {
        let classes = attribute(tag, "class").unwrap_or_default().to_lowercase();
        let id = attribute(tag, "id").unwrap_or_default().to_lowercase();
        attribute(tag, "hidden").is_some()
            || attribute(tag, "style").is_some_and(|style| hides(&style))
            || classes.split_whitespace().any(|class| self.selectors.contains(&format!(".{class}")))
            || (!id.is_empty() && self.selectors.contains(&format!("#{id}")))
    }
}

/// True for declarations that leave nothing to see.
fn hides(declarations: &str) -> bool {
    declarations.to_lowercase().split(';').any(|declaration| {
        let Some((property, value)) = declaration.split_once(':') else { return false };
        let value = value.trim().trim_end_matches("!important").trim();
        let nothing =
            || value.trim_end_matches(|c: char| c.is_alphabetic() || c == '%').parse::<f32>();
        match property.trim() {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "font-size" => {
                nothing().is_ok_and(|size| size <= 0.0)
                    || matches!(value, "1px" | "2px" | "1pt" | "2pt")
            }
            "opacity" => nothing().is_ok_and(|share| share <= 0.05),
            "text-indent" | "left" => nothing().is_ok_and(|shift| shift <= -999.0),
            _ => false,
        }
    })
}
