use super::*;
use crate::parse::flow::Cell;

#[test]
fn known_wordings_open_their_section_in_any_language() {
    let table = [
        ("Work Experience", Kind::Work),
        ("EMPLOYMENT HISTORY", Kind::Work),
        ("Where I’ve been", Kind::Work),
        ("S U M M A R Y", Kind::Summary),
        ("Professional Skills", Kind::Skills),
        ("Things I'm good at", Kind::Skills),
        ("Tongues", Kind::Languages),
        ("Education & Certifications", Kind::Education),
        ("Skills and Interests", Kind::Skills),
        ("Berufserfahrung", Kind::Work),
        ("Aus- und Weiterbildung", Kind::Education),
        ("Kenntnisse", Kind::Skills),
        ("Experiencia laboral", Kind::Work),
        ("Formación académica", Kind::Education),
        ("Expériences professionnelles", Kind::Work),
        ("Centres d’intérêt", Kind::Interests),
        ("Formação", Kind::Education),
        ("Experiência Profissional", Kind::Work),
        ("工作经历", Kind::Work),
        ("教育背景", Kind::Education),
        ("专业技能", Kind::Skills),
        ("Опыт работы", Kind::Work),
    ];

    for (text, kind) in table {
        assert_eq!(heading::known(text), Some(kind), "{text}");
    }
}

#[test]
fn what_is_no_heading_opens_nothing() {
    for text in
        ["Senior Engineer", "Acme Inc.", "Experience with large systems", "Go, Rust and SQL"]
    {
        assert_eq!(heading::known(text), None, "{text}");
    }
}

#[test]
fn unusual_wordings_are_guessed_from_their_words() {
    let table = [
        ("Companies that employed me", Kind::Work),
        ("How I spend my free time", Kind::Interests),
        ("Giving back to the neighbourhood", Kind::Volunteer),
        ("Marginalia", Kind::Other),
    ];

    for (text, kind) in table {
        assert_eq!(heading::suggested(text), kind, "{text}");
    }
}

fn row(text: &str, (size, bold): (f32, bool)) -> Row {
    let cells = vec![Cell { text: text.to_owned(), bold, ..Cell::default() }];
    Row { size, bold, page: 1, cells, ..Row::default() }
}

/// Rows know their lines by number.
fn numbered(rows: Vec<Row>) -> Vec<Row> {
    rows.into_iter().enumerate().map(|(at, row)| Row { at, ..row }).collect()
}

#[test]
fn a_group_of_skills_called_languages_opens_no_section() {
    let heading = (14.0, true);
    let rows = numbered(vec![
        row("Ada Example", (20.0, true)),
        row("Skills", heading),
        row("Languages", (11.0, true)),
        row("Go, Rust", (11.0, false)),
        row("Education", heading),
        row("BSc", (11.0, false)),
        row("Languages", heading),
        row("English", (11.0, false)),
    ]);

    let kinds: Vec<Kind> = find(rows).iter().map(|section| section.kind).collect();

    assert_eq!(kinds, [Kind::Head, Kind::Skills, Kind::Education, Kind::Languages]);
}

#[test]
fn an_unknown_line_that_looks_like_the_headings_ends_a_section() {
    let heading = (14.0, true);
    let rows = numbered(vec![
        row("Ada Example", (20.0, true)),
        row("Skills", heading),
        row("Go, Rust", (11.0, false)),
        row("Marginalia", heading),
        row("Left-handed", (11.0, false)),
        row("Languages", heading),
        row("English", (11.0, false)),
    ]);

    let kinds: Vec<Kind> = find(rows).iter().map(|section| section.kind).collect();

    assert_eq!(kinds, [Kind::Head, Kind::Skills, Kind::Other, Kind::Languages]);
}
