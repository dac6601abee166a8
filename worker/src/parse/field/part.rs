//! Heads of entries fall into parts at their separators.

use super::solve::Part;
use crate::parse::flow::{Cell, Row};
use crate::parse::word::{WORDS, fold};

/// What joining two parts across a separator costs.
const NEW_ROW: f32 = 1.5;
const APART: f32 = 1.6;
const LOOK: f32 = 0.8;
const DASH: f32 = 0.5;
const HYPHEN: f32 = 0.15;
const COLON: f32 = 0.3;
const COMMA: f32 = 0.02;
/// What joining costs where the document parts things here.
pub const SPLIT: f32 = 0.5;

/// Adds a row's pieces, each a cell and the separator before it, to a head.
pub fn push(head: &mut Vec<Part>, (row, late): (usize, bool), pieces: &[(Cell, &'static str)]) {
    for (index, (cell, glue)) in pieces.iter().enumerate() {
        let (glue, cost) = if index == 0 {
            (" ", NEW_ROW)
        } else {
            (if *glue == "\t" { " " } else { glue }, APART)
        };
        let mut first = true;
        let lead = cell.lead.min(cell.text.len());
        let (opening, rest) = cell.text.split_at_checked(lead).unwrap_or(("", &cell.text));
        let (leads, rest) = employer_lead(if lead > 0 { rest } else { "" }).unwrap_or(("", rest));
        for (text, bold, is_rest) in [(opening, true, false), (rest, cell.bold, true)] {
            for (part, sep, own) in split(text) {
                let changed = is_rest && lead > 0 && !opening.is_empty() && sep.is_empty();
                let (sep, own) = if first {
                    (glue.to_owned(), cost)
                } else if changed {
                    (if leads.is_empty() { between(opening, rest) } else { leads.to_owned() }, LOOK)
                } else if is_rest && lead > 0 && starts_rest(rest, &part) {
                    (between(opening, rest), LOOK + own)
                } else {
                    (sep, own)
                };
                first = false;
                let bold = if lead > 0 { bold && !is_rest } else { cell.bold };
                let after_org = head.last().is_some_and(|last| {
                    last.row == row
                        && WORDS.orgs.count(&last.text) > 0
                        && WORDS.titles.count(&last.text) == 0
                });
                head.push(Part { text: part, glue: sep, cost: own, bold, row, late, after_org });
            }
        }
    }
}

/// `at Acme` behind a role in another look.
fn employer_lead(rest: &str) -> Option<(&'static str, &str)> {
    let words = ["at ", "@ ", "bei ", "chez "];
    let glues = [" at ", " @ ", " bei ", " chez "];
    let rest = rest.trim_start();
    words.iter().zip(glues).find_map(|(word, glue)| Some((glue, rest.strip_prefix(word)?)))
}

/// The marks around the change of look.
fn between(opening: &str, rest: &str) -> String {
    let tail: String = opening.chars().rev().take_while(|c| is_mark(*c)).collect();
    let head: String = rest.chars().take_while(|c| is_mark(*c)).collect();
    let glue: String = tail.chars().rev().chain(head.chars()).collect();
    if glue.is_empty() { " ".to_owned() } else { glue }
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ':' | '-' | '–' | '—' | ';' | '，' | '：')
}

fn starts_rest(rest: &str, part: &str) -> bool {
    rest.trim_start_matches(is_mark).starts_with(part)
}

/// Splits at commas, dashes and words like `at`, outside brackets.
fn split(text: &str) -> Vec<(String, String, f32)> {
    let mut done: Vec<(String, String, f32)> = Vec::new();
    let mut depth = 0usize;
    let mut from = 0;
    let mut glue = String::new();
    let mut cost = 0.0;
    let mut skip = 0;
    for (at, character) in text.char_indices() {
        if at < skip {
            continue;
        }
        match character {
            '(' | '[' | '（' => depth += 1,
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if let Some((mark, price)) = separator(rest) {
            let part = text.get(from..at).unwrap_or_default().trim();
            // `University of Texas at Austin` is one name.
            if mark == " at " && WORDS.schools.count(part) > 0 {
                continue;
            }
            if !part.is_empty() {
                done.push((part.to_owned(), std::mem::take(&mut glue), cost));
            }
            glue.push_str(mark);
            cost = price;
            from = at + mark.len();
            skip = from;
        }
    }
    let part = text
        .get(from..)
        .unwrap_or_default()
        .trim()
        .trim_end_matches([',', '-', '–', '—'])
        .trim_end();
    if !part.is_empty() {
        done.push((part.to_owned(), glue, cost));
    }
    done
}

fn separator(rest: &str) -> Option<(&str, f32)> {
    let marks = [
        (" – ", DASH),
        (" — ", DASH),
        (" - ", HYPHEN),
        (", ", COMMA),
        ("，", COMMA),
        (": ", COLON),
        ("：", COLON),
        (" at ", LOOK),
        (" @ ", LOOK),
        (" bei der ", LOOK),
        (" bei ", LOOK),
        (" chez ", LOOK),
        ("、", COMMA),
        (" / ", HYPHEN),
        ("; ", HYPHEN),
    ];
    let found = marks.iter().find(|(mark, _)| rest.starts_with(mark))?;
    Some((rest.get(..found.0.len())?, found.1))
}

/// True behind words like `at`, which lead from a role to its employer.
pub fn opens_employer(part: &Part) -> bool {
    matches!(part.glue.trim(), "at" | "@" | "bei" | "bei der" | "chez")
}

/// True for a part that only completes the name before it: `Inc.`, `GmbH`.
pub fn is_legal(text: &str) -> bool {
    WORDS.legal.contains(&fold(text))
}

/// Dates set beside a body line belong above it.
pub fn untangle(rows: &[Row]) -> Vec<Row> {
    let mut done: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        let beside = row.cells.len() > 1
            && (row.bullet
                || row.first().ends_with('.')
                || row.first().split_whitespace().count() > 12);
        if !beside {
            done.push(row.clone());
            continue;
        }
        let (dates, rest): (Vec<Cell>, Vec<Cell>) =
            row.cells.iter().cloned().partition(|cell| super::date::whole(&cell.text).is_some());
        if !dates.is_empty() {
            let x0 = done.last().map_or(row.x0, |above| above.x0);
            done.push(Row { cells: dates, bullet: false, bold: false, x0, ..row.clone() });
        }
        if !rest.is_empty() {
            done.push(Row { cells: rest, ..row.clone() });
        }
    }
    done
}
