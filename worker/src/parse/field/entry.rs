//! Entries of a section: where each begins, its dates, its head and its body.

use super::date::{self, Period};
use super::solve::Part;
use super::{part, url};
use crate::parse::flow::{Cell, Row};
use crate::parse::section::Kind;
use crate::parse::word::{WORDS, fold, has_ideographs};

mod start;

/// One job, degree, project or the like, before its head is understood.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub head: Vec<Part>,
    pub period: Option<Period>,
    pub url: Option<String>,
    pub body: Vec<Body>,
    /// First and last line of the document it was read from.
    pub lines: (usize, usize),
    /// It has a date of its own.
    pub rows: usize,
}

/// What follows the head.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Item(String),
    Text(String),
    /// Cells beside each other: keywords.
    Cells(Vec<String>),
    /// `Courses: a, b`.
    Labelled(String, String),
}

/// A row with its dates taken out.
#[derive(Clone, Debug)]
struct Item {
    row: Row,
    period: Option<Period>,
    pieces: Vec<Piece>,
    body: bool,
    url: Option<String>,
}

#[derive(Clone, Debug)]
struct Piece {
    cell: Cell,
    /// Separator before it inside its cell, or a tab.
    glue: &'static str,
}

/// Parts the rows of a section into entries.
pub fn split(rows: &[Row], kind: Kind) -> Vec<Entry> {
    let rows = part::untangle(rows);
    let margin = margins(&rows);
    let bulleted =
        !rows.is_empty() && rows.iter().filter(|row| row.bullet).count() * 10 >= rows.len() * 9;
    let mut items: Vec<Item> = Vec::new();
    for row in &rows {
        let mut item = item(row, bulleted, kind);
        mark_body(&mut item, items.last(), &margin, bulleted);
        if let Some(last) = items.last_mut()
            && years(last, &item)
        {
            last.period = period_of(last.period, item.period);
            continue;
        }
        items.push(item);
    }
    release_roles(&mut items);
    let starts = start::starts(&items, kind, bulleted);
    let ends = starts.iter().skip(1).copied().chain([items.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(from, to)| items.get(*from..to))
        .map(|items| entry(items, kind))
        .collect()
}

/// A list item directly above its dates is a role, not something done in one.
fn release_roles(items: &mut [Item]) {
    for index in 1..items.len() {
        let dates = items.get(index).is_some_and(|item| {
            item.pieces.is_empty() && item.period.is_some() && !item.row.bullet
        });
        if let Some(item) = items.get_mut(index - 1)
            && dates
            && item.body
            && item.row.bullet
            && item.text().split_whitespace().count() <= 8
            && !item.text().ends_with('.')
        {
            item.body = false;
            item.row.bullet = false;
        }
    }
}

/// Two rows that hold one year each are the ends of a period.
fn years(last: &Item, item: &Item) -> bool {
    let lone = |item: &Item| {
        item.pieces.is_empty() && item.period.is_some_and(|period| !period.is_range())
    };
    lone(last) && lone(item) && last.row.column == item.row.column
}

fn period_of(first: Option<Period>, second: Option<Period>) -> Option<Period> {
    let (first, second) = (first?.single()?, second?.single()?);
    Some(Period { start: Some(first.min(second)), end: Some(first.max(second)), current: false })
}

fn is_prose(text: &str) -> bool {
    let words = text.split_whitespace().count();
    if has_ideographs(text) {
        let length = text.chars().count();
        return length > 36 || (length > 10 && text.ends_with(['。', '；', '！', '.', ';']));
    }
    words > 14 || (words >= 4 && text.ends_with(['.', ';', '!', '…']) && !ends_short(text))
}

/// `Acme Co.` ends in a mark but is no sentence.
fn ends_short(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or_default();
    WORDS.legal.contains(&fold(last))
        || last.chars().count() <= 3 && last.chars().filter(|c| *c == '.').count() > 1
}

fn item(row: &Row, bulleted: bool, kind: Kind) -> Item {
    let mut item =
        Item { row: row.clone(), period: None, pieces: Vec::new(), body: false, url: None };
    for (index, cell) in row.cells.iter().enumerate() {
        let ranged = date::trailing(&cell.text).is_some_and(|(_, period)| period.is_range());
        let ranged = ranged || (index == 0 && date::opens(&cell.text));
        let cited = ranged || (kind == Kind::Publications && date::trailing(&cell.text).is_some());
        let closed = (row.bullet && !bulleted) || (is_prose(&cell.text) && !cited);
        let pieces =
            if closed { vec![Piece { cell: cell.clone(), glue: "\t" }] } else { pieces(cell) };
        for piece in pieces {
            item.take(piece, closed, index);
        }
    }
    item
}

impl Item {
    fn take(&mut self, mut piece: Piece, closed: bool, index: usize) {
        let text = piece.cell.text.trim().to_owned();
        if let Some(period) = date::whole(&text) {
            self.period = self.period.or(Some(period));
            return;
        }
        if date::is_duration(&text) {
            return;
        }
        if self.url.is_none() && url::is_url(&text) {
            self.url = Some(text);
            return;
        }
        if !closed && self.period.is_none() {
            let trailing = date::trailing(&text);
            let found = trailing.or_else(|| (index == 0).then(|| date::leading(&text)).flatten());
            if let Some((kept, period)) = found {
                self.period = Some(period);
                let removed = text.len() - kept.len();
                if text.starts_with(kept) {
                    piece.cell.lead =
                        if piece.cell.lead >= kept.len() { 0 } else { piece.cell.lead };
                } else {
                    piece.cell.lead = piece.cell.lead.saturating_sub(removed);
                }
                kept.clone_into(&mut piece.cell.text);
            }
        }
        self.pieces.push(piece);
    }

    fn text(&self) -> String {
        let texts: Vec<&str> = self.pieces.iter().map(|piece| piece.cell.text.as_str()).collect();
        texts.join(" ")
    }
}

/// Parts a cell at marks that never stand inside a name.
fn pieces(cell: &Cell) -> Vec<Piece> {
    let mut done = Vec::new();
    let mut from = 0;
    let mut glue = "\t";
    let text = &cell.text;
    let marks = [" | ", " · ", " • ", " ∙ ", " ‖ ", " // ", "｜"];
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let next = marks.iter().filter_map(|mark| rest.find(mark).map(|at| (at, *mark))).min();
        let end = next.map_or(text.len(), |(at, _)| from + at);
        let part = text.get(from..end).unwrap_or_default();
        let lead =
            cell.lead.checked_sub(from).filter(|lead| *lead > 0 && *lead < part.len()).unwrap_or(0);
        let trimmed = part.trim();
        if !trimmed.is_empty() {
            let bold = cell.bold || cell.lead >= end;
            done.push(Piece {
                cell: Cell { text: trimmed.to_owned(), lead, bold, ..cell.clone() },
                glue,
            });
        }
        let Some((_, mark)) = next else { break };
        glue = mark;
        from = end + mark.len();
    }
    done
}

/// Where the row's text begins, dates in the margin aside.
fn edge(row: &Row) -> Option<f32> {
    row.cells.iter().find(|cell| date::whole(&cell.text).is_none()).map(|cell| cell.x0)
}

/// The left edge of heads, per column.
fn margins(rows: &[Row]) -> Vec<(u16, f32)> {
    let mut margins: Vec<(u16, f32)> = Vec::new();
    for row in rows.iter().filter(|row| !row.bullet) {
        let Some(x0) = edge(row) else { continue };
        match margins.iter_mut().find(|(column, _)| *column == row.column) {
            Some((_, edge)) => *edge = edge.min(x0),
            None => margins.push((row.column, x0)),
        }
    }
    margins
}

/// Says whether the row belongs under a head rather than in one.
fn mark_body(item: &mut Item, above: Option<&Item>, margins: &[(u16, f32)], bulleted: bool) {
    if item.row.heading.is_some() || bulleted {
        return;
    }
    let text = item.text();
    if text.is_empty() {
        return;
    }
    let tools = text.split_once([':', '：']).is_some_and(|(label, _)| names_tools(label));
    if item.row.bullet || tools || (is_prose(&text) && item.period.is_none()) {
        item.body = true;
        return;
    }
    let margin = margins
        .iter()
        .find(|(column, _)| *column == item.row.column)
        .map_or(0.0, |margin| margin.1);
    let indented = item.row.x0 > margin + 0.6 * item.row.size.max(6.0) && item.row.x0 > 0.0;
    let words = text.split_whitespace().count();
    let long = words >= 4 || (has_ideographs(&text) && text.chars().count() >= 8);
    let beside = above.is_some_and(|above| {
        above.body && above.row.bullet && (above.row.x0 - item.row.x0).abs() < 1.5
    });
    if indented
        && item.period.is_none()
        && !item.row.bold
        && (beside
            || (long
                && above
                    .and_then(|above| edge(&above.row))
                    .is_some_and(|x0| x0 + 1.0 < item.row.x0)))
    {
        item.body = true;
        item.row.bullet = true;
    }
}

/// Labels of lists of tools.
pub fn names_tools(label: &str) -> bool {
    matches!(
        fold(label).as_str(),
        "skills"
            | "technologies"
            | "tech"
            | "tech stack"
            | "stack"
            | "tools"
            | "keywords"
            | "built with"
            | "technologien"
            | "tecnologías"
            | "tecnologias"
            | "outils"
            | "技术栈"
            | "技术"
            | "环境"
    )
}

/// Labels that stand above items and say nothing themselves.
fn is_label(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "highlights"
            | "responsibilities"
            | "key responsibilities"
            | "achievements"
            | "key achievements"
            | "duties"
            | "tasks"
            | "aufgaben"
            | "tätigkeiten"
            | "erfolge"
            | "logros"
            | "funciones"
            | "responsabilidades"
            | "missions"
            | "réalisations"
            | "atividades"
            | "主要职责"
            | "工作内容"
            | "工作职责"
            | "主要业绩"
            | "summary"
            | "details"
            | "description"
    )
}

/// Puts together what belongs to one entry.
fn entry(items: &[Item], kind: Kind) -> Entry {
    let at = |item: Option<&Item>| item.map_or(0, |item| item.row.at);
    let mut entry = Entry { lines: (at(items.first()), at(items.last())), ..Entry::default() };
    let mut in_body = false;
    for (index, item) in items.iter().enumerate() {
        let late = entry.period.is_some();
        if entry.period.is_none() {
            entry.period = item.period;
        }
        if entry.url.is_none() {
            entry.url.clone_from(&item.url);
        }
        let text = item.text();
        if text.is_empty() || is_label(&text) {
            in_body |= is_label(&text);
            continue;
        }
        let dated_below = items.iter().skip(index).any(|item| item.period.is_some());
        let chips = item.pieces.len() >= 2
            && index > 0
            && item.period.is_none()
            && item.pieces.iter().all(|piece| piece.glue == "\t")
            && kind == Kind::Projects;
        if item.body || chips || (in_body && !dated_below) {
            in_body = true;
            entry.body.push(body(item, chips));
        } else {
            part::push(
                &mut entry.head,
                (entry.rows, late),
                &item
                    .pieces
                    .iter()
                    .map(|piece| (piece.cell.clone(), piece.glue))
                    .collect::<Vec<_>>(),
            );
            entry.rows += 1;
        }
    }
    if let Some(link) =
        items.first().and_then(|item| item.row.cells.first()).and_then(|cell| cell.link.clone())
        && entry.url.is_none()
    {
        entry.url = Some(link);
    }
    entry
}

fn body(item: &Item, chips: bool) -> Body {
    let texts: Vec<String> = item.pieces.iter().map(|piece| piece.cell.text.clone()).collect();
    if chips {
        return Body::Cells(texts);
    }
    let listed = item.pieces.iter().skip(1).all(|piece| piece.glue != "\t");
    let text = texts.join(if listed { ", " } else { " " });
    if let Some((label, rest)) = text.split_once([':', '：'])
        && label.split_whitespace().count() <= 3
        && !rest.trim().is_empty()
        // `1:25,000` labels nothing.
        && !label.ends_with(|c: char| c.is_ascii_digit())
    {
        return Body::Labelled(label.trim().to_owned(), text);
    }
    if item.row.bullet { Body::Item(text) } else { Body::Text(text) }
}
