//! Skills and interests: groups, lists and grids of names.

use shared::resume::json::{Interest, Skill};

use super::list;
use crate::parse::flow::{Cell, Row};
use crate::parse::word::fold;

/// A name and what is listed under it.
#[derive(Default, Debug)]
struct Group {
    name: Option<String>,
    level: Option<String>,
    keywords: Vec<String>,
    /// Left edge of its column in a grid.
    x0: f32,
    /// The last keyword goes on in the next line.
    open: bool,
}

pub fn read(rows: &[Row]) -> Vec<Skill> {
    let groups = groups(rows);
    let skill = |group: Group| Skill {
        name: group.name,
        level: group.level,
        keywords: group.keywords,
        ..Skill::default()
    };
    groups
        .into_iter()
        .map(skill)
        .filter(|skill| skill.name.is_some() || !skill.keywords.is_empty())
        .collect()
}

pub fn interests(rows: &[Row]) -> Vec<Interest> {
    let mut done = Vec::new();
    for group in groups(rows) {
        if group.name.is_some() {
            done.push(Interest {
                name: group.name,
                keywords: group.keywords,
                ..Interest::default()
            });
            continue;
        }
        for keyword in group.keywords {
            done.push(interest(&keyword));
        }
    }
    done
}

/// `Outdoors (hiking, sailing)` is a name and its keywords.
fn interest(text: &str) -> Interest {
    if let Some((name, inner)) = text.strip_suffix(')').and_then(|text| text.split_once(" (")) {
        return Interest {
            name: Some(name.trim().to_owned()),
            keywords: list::items(inner),
            ..Interest::default()
        };
    }
    Interest { name: Some(text.to_owned()), ..Interest::default() }
}

fn groups(rows: &[Row]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // Groups of the current header row, by position from the end.
    let mut columns = 0;
    for (index, row) in rows.iter().enumerate() {
        let next = rows.get(index + 1);
        if let [name, list] = row.cells.as_slice()
            && name.text.chars().count() <= 40
            && !name.text.contains([',', '·'])
            && list::items(&list.text).len() > 1
            && !list.text.contains('·')
        {
            let (name, level) = levelled(&name.text);
            groups.push(Group {
                name: Some(name),
                level,
                keywords: list::items(&list.text),
                x0: row.x0,
                open: false,
            });
            columns = 1;
            continue;
        }
        let labelled = row.cells.len() == 1 && label(row.first()).is_some();
        if !labelled && is_header(row, next) {
            let names: Vec<&Cell> = row.cells.iter().filter(|cell| !is_level(&cell.text)).collect();
            let level =
                row.cells.iter().find(|cell| is_level(&cell.text)).map(|cell| cell.text.clone());
            columns = names.len();
            for cell in names {
                let (name, own) = levelled(&cell.text);
                let level = own.or_else(|| level.clone());
                groups.push(Group { name: Some(name), level, x0: cell.x0, ..Group::default() });
            }
            continue;
        }
        for cell in &row.cells {
            take(cell, row, &mut groups, &mut columns);
        }
    }
    groups
}

/// A row of names that the rows below belong to.
fn is_header(row: &Row, next: Option<&Row>) -> bool {
    let Some(next) = next else { return false };
    if row.bullet
        || row.first().chars().count() > 48
        || row.heading.is_none() && row.first().contains([',', ';'])
    {
        return false;
    }
    let bolder = row.bold && !next.bold;
    let bigger = row.size > next.size + 0.4;
    let above_items = next.bullet && !row.bullet;
    let level = next.cells.len() == 1 && is_level(next.first());
    row.heading.is_some() || bolder || bigger || above_items || (level && row.bold)
}

fn is_level(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "beginner"
            | "basic"
            | "basics"
            | "intermediate"
            | "advanced"
            | "expert"
            | "master"
            | "proficient"
            | "novice"
            | "senior"
            | "competent"
            | "grundkenntnisse"
            | "fortgeschritten"
            | "experte"
            | "básico"
            | "intermedio"
            | "avanzado"
            | "experto"
            | "débutant"
            | "intermédiaire"
            | "avancé"
            | "intermediário"
            | "avançado"
            | "精通"
            | "熟练"
            | "熟悉"
            | "了解"
            | "掌握"
    )
}

/// `Programming (Advanced)` is a name and a level.
fn levelled(text: &str) -> (String, Option<String>) {
    let inner = text
        .trim_end_matches([':', '：'])
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("));
    match inner {
        Some((name, level)) if is_level(level) => (name.to_owned(), Some(level.to_owned())),
        _ => (text.trim_end_matches([':', '：']).trim().to_owned(), None),
    }
}

/// The label before a colon and the list behind it.
fn label(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_once([':', '：'])?;
    let short = label.split_whitespace().count() <= 6
        && label.chars().count() <= 48
        && !label.contains(',');
    short.then_some((label.trim(), rest.trim()))
}

fn take(cell: &Cell, row: &Row, groups: &mut Vec<Group>, columns: &mut usize) {
    if is_level(&cell.text) {
        if let Some(group) = column(groups, *columns, cell).filter(|group| group.level.is_none()) {
            group.level = Some(cell.text.clone());
        }
        return;
    }
    if let Some((name, rest)) = label(&cell.text) {
        if is_tag(name) {
            add(column(groups, *columns, cell), rest);
            return;
        }
        let (name, level) = levelled(name);
        *columns = 1;
        groups.push(Group {
            name: Some(name),
            level,
            keywords: list::items(rest),
            x0: cell.x0,
            open: false,
        });
        return;
    }
    let dashed = cell
        .text
        .split_once(" – ")
        .or_else(|| cell.text.split_once(" — "))
        .or_else(|| cell.text.split_once(" - "));
    if let Some((name, rest)) = dashed
        && list::items(rest).len() > 1
        && name.split_whitespace().count() <= 4
        && !name.contains(',')
    {
        *columns = 1;
        groups.push(Group {
            name: Some(name.to_owned()),
            keywords: list::items(rest),
            x0: cell.x0,
            ..Group::default()
        });
        return;
    }
    let starts = groups.is_empty()
        || *columns == 0
        || (cell.lead == 0
            && row.heading.is_none()
            && row.gap > 2.0
            && *columns == 1
            && !row.bullet
            && row.x0 == 0.0);
    if starts && *columns == 0 {
        if groups.last().is_none_or(|group| group.name.is_some()) {
            groups.push(Group::default());
        }
        add(groups.last_mut(), &cell.text);
        return;
    }
    add(column(groups, *columns, cell), &cell.text);
}

/// A label that only says that keywords follow.
fn is_tag(name: &str) -> bool {
    matches!(fold(name).as_str(), "skills" | "keywords" | "tags")
}

/// The group of the header row that stands above the cell.
fn column<'a>(groups: &'a mut [Group], columns: usize, cell: &Cell) -> Option<&'a mut Group> {
    let from = groups.len().saturating_sub(columns.max(1));
    let run = groups.get_mut(from..)?;
    let at = run.iter().rposition(|group| group.x0 <= cell.x0 + 4.0).unwrap_or(0);
    run.get_mut(at)
}

fn add(group: Option<&mut Group>, text: &str) {
    let Some(group) = group else { return };
    let dotted = text.contains(" · ") || text.ends_with('·') || group.open;
    let mut items = list::items(text);
    if group.open
        && !items.is_empty()
        && let Some(last) = group.keywords.last_mut()
    {
        last.push(' ');
        last.push_str(&items.remove(0));
    }
    group.keywords.extend(items);
    group.open = dotted && !text.trim_end().ends_with('·');
}
