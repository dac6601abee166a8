//! Headers, footers and page numbers: said once, or not at all.

use crate::parse::line::Line;

/// Share of the page, at its top and at its bottom, where they stand.
const MARGIN: f32 = 0.1;
/// The same for page numbers, which stand lowest.
const NUMBERED: f32 = 0.15;

/// Where a line stands on its page and what it says.
#[derive(Clone)]
struct Place {
    page: usize,
    x: f32,
    y: f32,
    text: String,
}

impl Place {
    fn repeats(&self, other: &Self) -> bool {
        self.page != other.page
            && self.text == other.text
            && (self.x - other.x).abs() < NEAR
            && (self.y - other.y).abs() < NEAR
    }
}

/// Repeated lines stand this near to one place, in points.
const NEAR: f32 = 4.0;

/// Takes the page numbers, and all but the first of repeated lines, off pages
/// given with their heights.
pub fn remove(pages: &mut [(f32, Vec<Line>)]) {
    let mut places = Vec::new();
    for (page, (height, lines)) in pages.iter().enumerate() {
        let marginal = lines.iter().filter(|line| in_margin(line, *height));
        places.extend(marginal.take(MARGINAL_LINES).map(|line| place(page, line)));
    }
    let many = pages.len() > 1;
    for (page, (height, lines)) in pages.iter_mut().enumerate() {
        lines.retain(|line| {
            let numbers = is_worded_number(&line.text) || (many && is_bare_number(&line.text));
            let own = place(page, line);
            let said = places.iter().any(|other| other.page < page && own.repeats(other));
            let numbers =
                numbers && (is_outermost(line, *height) || line.y > (1.0 - NUMBERED) * *height);
            !(numbers || said && in_margin(line, *height))
        });
    }
}

/// Lines of a page's margins that are compared with other pages'.
const MARGINAL_LINES: usize = 40;

fn place(page: usize, line: &Line) -> Place {
    Place { page, x: line.x0, y: line.y, text: line.text.clone() }
}

fn in_margin(line: &Line, height: f32) -> bool {
    line.y < MARGIN * height || is_outermost(line, height)
}

/// In the margin at the bottom, or close to the upper edge.
fn is_outermost(line: &Line, height: f32) -> bool {
    line.y < 0.5 * MARGIN * height || line.y > (1.0 - MARGIN) * height
}

/// `3`, `- 3 -`, `3/4`.
fn is_bare_number(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    bare.split('/')
        .map(str::trim)
        .all(|part| matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `Page 3 of 4`, also after a name.
fn is_worded_number(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["page", "seite", "página", "pagina", "strana", "strona", "side", "sida", "стр"];
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.windows(2).any(|pair| {
        let named = WORDS.contains(&pair[0].trim_matches(|c: char| !c.is_alphabetic()));
        named && pair[1].chars().next().is_some_and(|first| first.is_ascii_digit())
    }) && words.len() <= 12
}
