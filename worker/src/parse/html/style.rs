//! What the styles of a page do to its text: hide it, set it apart, put it side by side.

use std::collections::HashMap;

use html5gum::StartTag;

use super::attribute;

/// Rules of a style sheet that are looked at.
const MAX_RULES: usize = 5_000;

/// What a style does to an element, as far as it matters for reading.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Manner {
    /// Nothing of it is seen.
    pub hidden: bool,
    /// It stands away from the text around it.
    pub apart: bool,
    /// What is in it stands side by side.
    pub beside: bool,
}

impl Manner {
    fn or(self, other: Self) -> Self {
        Self {
            hidden: self.hidden || other.hidden,
            apart: self.apart || other.apart,
            beside: self.beside || other.beside,
        }
    }
}

/// The simple selectors (`.class`, `#id`, `name`) that change how text is read.
#[derive(Default)]
pub struct Styles {
    by_selector: HashMap<String, Manner>,
}

impl Styles {
    /// From the style sheets inside the page; others are never fetched.
    pub fn of(page: &str) -> Self {
        let mut styles = Self::default();
        let sheets = page.split("<style").skip(1);
        let sheets = sheets.filter_map(|rest| rest.split_once('>')?.1.split("</style").next());
        for rule in sheets.flat_map(|sheet| sheet.split('}')).take(MAX_RULES) {
            let Some((chosen, body)) = rule.rsplit_once('{') else { continue };
            // What holds only on paper or on a small screen is otherwise elsewhere.
            let conditional = rule.matches('{').count() > 1;
            let manner = manner(body);
            if !conditional && manner != Manner::default() {
                for selector in chosen.split(',').map(|one| one.trim().to_lowercase()) {
                    let known = styles.by_selector.entry(selector).or_default();
                    *known = known.or(manner);
                }
            }
        }
        styles
    }

    pub fn manner(&self, name: &str, tag: &StartTag<()>) -> Manner {
        let of = |selector: &str| self.by_selector.get(selector).copied().unwrap_or_default();
        let own = attribute(tag, "style").map(|style| manner(&style)).unwrap_or_default();
        let id = attribute(tag, "id").unwrap_or_default().to_lowercase();
        let mut manner = own.or(of(name)).or(of(&format!("#{id}")));
        let classes = attribute(tag, "class").unwrap_or_default().to_lowercase();
        for class in classes.split_whitespace() {
            manner = manner.or(of(&format!(".{class}"))).or(of(&format!("{name}.{class}")));
        }
        manner.hidden |= attribute(tag, "hidden").is_some();
        manner
    }
}

fn manner(declarations: &str) -> Manner {
    let mut manner = Manner::default();
    let mut stacked = false;
    for declaration in declarations.to_lowercase().split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let value = value.trim().trim_end_matches("!important").trim();
        match (property.trim(), value) {
            ("float", "left" | "right") | ("position", "absolute") => manner.apart = true,
            ("display", "flex" | "inline-flex") => manner.beside = true,
            ("flex-direction" | "flex-flow", value) => stacked |= value.starts_with("column"),
            (property, value) => manner.hidden |= hides(property, value),
        }
    }
    manner.beside &= !stacked;
    manner
}

/// True for declarations that leave nothing to see.
fn hides(property: &str, value: &str) -> bool {
    let number = || value.trim_end_matches(|c: char| c.is_alphabetic() || c == '%').parse::<f32>();
    let tiny = matches!(value, "1px" | "2px" | "1pt" | "2pt");
    match property {
        "display" => value == "none",
        "visibility" => matches!(value, "hidden" | "collapse"),
        "font-size" => tiny || number().is_ok_and(|size| size <= 0.0),
        "opacity" => number().is_ok_and(|share| share <= 0.05),
        "text-indent" | "left" => number().is_ok_and(|shift| shift <= -999.0),
        _ => false,
    }
}
