//! Rows become sections: headings found by wording, look and format.

use std::collections::HashMap;

use super::flow::Row;

pub mod heading;

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Before the first heading.
    Head,
    Contact,
    Summary,
    Work,
    Education,
    Skills,
    Languages,
    Projects,
    Certificates,
    Awards,
    Publications,
    Volunteer,
    References,
    Interests,
    /// Awards or references: its entries decide.
    Ambiguous,
    Other,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Contact => "contact",
            Self::Summary => "summary",
            Self::Work => "work",
            Self::Education => "education",
            Self::Skills => "skills",
            Self::Languages => "languages",
            Self::Projects => "projects",
            Self::Certificates => "certificates",
            Self::Awards => "awards",
            Self::Publications => "publications",
            Self::Volunteer => "volunteer",
            Self::References => "references",
            Self::Interests => "interests",
            Self::Ambiguous => "ambiguous",
            Self::Other => "other",
        }
    }

    fn named(name: &str) -> Self {
        const ALL: [Kind; 14] = [
            Kind::Contact,
            Kind::Summary,
            Kind::Work,
            Kind::Education,
            Kind::Skills,
            Kind::Languages,
            Kind::Projects,
            Kind::Certificates,
            Kind::Awards,
            Kind::Publications,
            Kind::Volunteer,
            Kind::References,
            Kind::Interests,
            Kind::Ambiguous,
        ];
        ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Other)
    }
}

/// Rows under one heading.
#[derive(Clone, Debug)]
pub struct Section {
    pub kind: Kind,
    /// Index of the heading's line in the document.
    pub title: Option<usize>,
    pub rows: Vec<Row>,
}

/// How a heading looks: size in half points, bold, capitals, level of the format.
type Look = (i32, bool, bool, Option<u8>);

/// Parts the rows at their headings.
pub fn find(rows: Vec<Row>) -> Vec<Section> {
    let look = heading_look(&rows.iter().collect::<Vec<_>>()).map(|(look, _)| look);
    let by_column = column_looks(&rows);
    let body = body_size(&rows);
    let largest = largest(&rows, look.as_ref()).or_else(|| titled(&rows, look.as_ref()));
    let mut sections = vec![Section { kind: Kind::Head, title: None, rows: Vec::new() }];
    let mut current = 0;
    for (index, row) in rows.into_iter().enumerate() {
        let kind = if Some(row.at) == largest && index > 0 {
            // The name may stand beside or below a side column; the head begins with it.
            current = sections.len();
            sections.push(Section { kind: Kind::Head, title: None, rows: vec![row] });
            continue;
        } else if index == 0 && candidate(&row).is_none() {
            None
        } else {
            {
                let look = by_column.get(&row.column).or(look.as_ref());
                opened(&row, look, body, sections.get(current))
            }
        };
        if let Some(kind) = kind {
            current = sections.len();
            sections.push(Section { kind, title: Some(row.at), rows: Vec::new() });
        } else {
            current = carried(&sections, current, &row);
            if let Some(section) = sections.get_mut(current) {
                section.rows.push(row);
            }
        }
    }
    settle(&mut sections);
    sections
}

/// On a new page a column goes on where it ended on the page before.
fn carried(sections: &[Section], current: usize, row: &Row) -> usize {
    let last = sections.get(current).and_then(|section| section.rows.last());
    if last.is_none_or(|last| last.page >= row.page || last.column == row.column) {
        return current;
    }
    let ended = |section: &Section| {
        section
            .rows
            .last()
            .is_some_and(|last| last.column == row.column && (last.x0 - row.x0).abs() < 40.0)
    };
    sections.iter().rposition(ended).unwrap_or(current)
}

#[expect(clippy::cast_possible_truncation, reason = "sizes of type are small")]
fn look(row: &Row) -> Look {
    ((row.size * 2.0).round() as i32, row.bold, row.caps(), row.heading)
}

fn candidate(row: &Row) -> Option<Kind> {
    if row.bullet || row.cells.len() != 1 || row.first().ends_with(['.', ',']) {
        return None;
    }
    heading::known(row.first().trim_end_matches([':', '：']))
}

/// The look that most kinds of known headings share.
fn heading_look(rows: &[&Row]) -> Option<(Look, usize)> {
    let mut kinds: HashMap<Look, Vec<Kind>> = HashMap::new();
    for row in rows {
        if let Some(kind) = candidate(row) {
            kinds.entry(look(row)).or_default().push(kind);
        }
    }
    let count = |kinds: &Vec<Kind>| {
        let mut kinds = kinds.clone();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.len()
    };
    kinds
        .into_iter()
        .max_by_key(|(look, kinds)| (count(kinds), look.3.is_some(), look.0, look.1))
        .map(|(look, kinds)| (look, count(&kinds)))
}

/// A side column may set its headings smaller: its own look counts, when it has one.
fn column_looks(rows: &[Row]) -> HashMap<u16, Look> {
    let mut columns: HashMap<u16, Vec<&Row>> = HashMap::new();
    for row in rows {
        columns.entry(row.column).or_default().push(row);
    }
    let own = |(column, rows): (u16, Vec<&Row>)| {
        let (look, kinds) = heading_look(&rows)?;
        (kinds > 1).then_some((column, look))
    };
    columns.into_iter().filter_map(own).collect()
}

/// The line that is set much larger than any heading: the name.
fn largest(rows: &[Row], common: Option<&Look>) -> Option<usize> {
    let row = rows.iter().max_by(|a, b| a.size.total_cmp(&b.size))?;
    let heading = common.map_or(0.0, |look| f32::from(i16::try_from(look.0).unwrap_or(0)) / 2.0);
    let alone = rows.iter().filter(|other| other.size + 0.5 > row.size).count() <= 2;
    let first = rows.iter().find(|other| other.size + 0.5 > row.size)?;
    (row.size > 1.2 * heading && heading > 0.0 && alone && candidate(first).is_none())
        .then_some(first.at)
}

/// The one title of a page whose sections are headings of a lower level.
fn titled(rows: &[Row], common: Option<&Look>) -> Option<usize> {
    let lower = common.and_then(|look| look.3).is_some_and(|level| level > 1);
    let mut titles = rows.iter().filter(|row| row.heading == Some(1));
    let title = titles.next().filter(|title| lower && candidate(title).is_none())?;
    titles.next().is_none().then_some(title.at)
}

/// The size of most text.
fn body_size(rows: &[Row]) -> f32 {
    let mut sizes: HashMap<i32, usize> = HashMap::new();
    for row in rows {
        *sizes.entry(look(row).0).or_default() += row.text().len();
    }
    let most = sizes.into_iter().max_by_key(|(_, length)| *length).map_or(0, |(size, _)| size);
    f32::from(i16::try_from(most).unwrap_or(0)) / 2.0
}

/// The section this row opens, if it is a heading.
fn opened(row: &Row, common: Option<&Look>, body: f32, within: Option<&Section>) -> Option<Kind> {
    let known = candidate(row);
    let own = look(row);
    let common = common?;
    let same = own == *common;
    let stronger = own.0 >= common.0 && own.1 >= common.1 && own.2 >= common.2;
    let side = row.heading == Some(1) && row.x0 > 0.0;
    if let Some(kind) = known {
        // A group of skills may be called `Languages`; only its look tells.
        let inner = within.is_some_and(|section| {
            matches!(section.kind, Kind::Skills | Kind::Contact | Kind::Education)
                && (!section.rows.is_empty() || common.3.is_some() && own.3.is_none())
        });
        let accepted = same
            || side
            || (stronger && !inner)
            || (common.3.is_some() && row.heading.is_some_and(|level| Some(level) <= common.3));
        return accepted.then_some(kind);
    }
    let distinct = common.3.is_some()
        || common.2
        || f32::from(i16::try_from(common.0).unwrap_or(0)) / 2.0 > body + 0.6;
    let text = row.first();
    let short = text.split_whitespace().count() <= 6 && text.chars().count() <= 48;
    let plain = !row.bullet
        && row.cells.len() == 1
        && !text.contains(['@', '.', ':', '|', '·', ','])
        && !text.chars().any(|c| c.is_ascii_digit());
    let head = within.is_some_and(|section| section.kind == Kind::Head && section.rows.len() < 2);
    (same && distinct && short && plain && !head).then(|| heading::suggested(text))
}

/// Decides what only the entries of a section can tell.
fn settle(sections: &mut [Section]) {
    for section in sections {
        if section.kind == Kind::Ambiguous {
            let dated = section.rows.iter().any(super::field::date::in_row);
            section.kind = if dated { Kind::Awards } else { Kind::References };
        }
    }
}

#[cfg(test)]
mod tests;
