//! A resume laid out for reading: sections, entries, lines. What every document writer writes. Pure.

use serde::Serialize;
use shared::resume::json::{Basics, JsonResume, Location};

/// The document, top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    pub name: String,
    pub label: String,
    pub contact: Vec<String>,
    pub summary: Vec<String>,
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Section {
    pub title: &'static str,
    pub entries: Vec<Entry>,
    /// `label: text` lines, as of skills.
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What: a position, a degree, a project.
    pub title: String,
    /// Where: an employer, a school.
    pub at: String,
    pub dates: String,
    pub place: String,
    pub url: String,
    pub paragraphs: Vec<String>,
    pub bullets: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    pub label: String,
    pub text: String,
}

/// The whole resume, in the usual order of sections.
pub fn lay_out(resume: &JsonResume) -> Page {
    let basics = &resume.basics;
    let mut page = Page {
        name: one_line(basics.name.as_deref()),
        label: one_line(basics.label.as_deref()),
        contact: contact(basics),
        summary: paragraphs(basics.summary.as_deref()),
        sections: Vec::new(),
    };
    page.entries("Work Experience", work(resume));
    page.entries("Projects", projects(resume));
    page.entries("Education", education(resume));
    page.lines("Skills", skills(resume));
    page.entries("Certifications", certificates(resume));
    page.lines("Languages", languages(resume));
    page.entries("Volunteering", volunteer(resume));
    page.entries("Awards", awards(resume));
    page.entries("Publications", publications(resume));
    page.lines("Interests", interests(resume));
    page.entries("References", references(resume));
    page
}

impl Page {
    fn entries(&mut self, title: &'static str, entries: Vec<Entry>) {
        let entries: Vec<_> =
            entries.into_iter().filter(|entry| *entry != Entry::default()).collect();
        if !entries.is_empty() {
            self.sections.push(Section { title, entries, lines: Vec::new() });
        }
    }

    fn lines(&mut self, title: &'static str, lines: Vec<Line>) {
        let lines: Vec<_> = lines.into_iter().filter(|line| *line != Line::default()).collect();
        if !lines.is_empty() {
            self.sections.push(Section { title, entries: Vec::new(), lines });
        }
    }
}

fn contact(basics: &Basics) -> Vec<String> {
    let parts = [&basics.email, &basics.phone, &basics.url];
    let mut contact: Vec<String> = vec![place(&basics.location)];
    contact.extend(parts.into_iter().map(|part| one_line(part.as_deref())));
    contact.extend(basics.profiles.iter().map(|profile| {
        let url = one_line(profile.url.as_deref());
        let named = joined(&[profile.network.as_deref(), profile.username.as_deref()], ": ");
        if url.is_empty() { named } else { url }
    }));
    contact.retain(|part| !part.is_empty());
    contact
}

/// As an envelope of the country has it: the code behind the region, or before the town.
fn place(location: &Location) -> String {
    let Location { address, postal_code, city, region, country_code, .. } = location;
    let code = country_code.as_deref().map(str::trim).map(str::to_uppercase);
    let behind = ["US", "CA", "AU", "GB", "IN", "IE"];
    let behind = region.is_some() && code.as_deref().is_none_or(|code| behind.contains(&code));
    let country = code.as_deref().map(|code| country(code).unwrap_or(code));
    let pair = |a: &Option<String>, b: &Option<String>| joined(&[a.as_deref(), b.as_deref()], " ");
    let (town, state) = if behind {
        (one_line(city.as_deref()), pair(region, postal_code))
    } else {
        (pair(postal_code, city), one_line(region.as_deref()))
    };
    joined(&[address.as_deref(), Some(&town), Some(&state), country], ", ")
}

/// The usual name of a country.
fn country(code: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 54] = [
        ("AR", "Argentina"),
        ("AT", "Austria"),
        ("AU", "Australia"),
        ("BE", "Belgium"),
        ("BG", "Bulgaria"),
        ("BR", "Brazil"),
        ("CA", "Canada"),
        ("CH", "Switzerland"),
        ("CL", "Chile"),
        ("CN", "China"),
        ("CO", "Colombia"),
        ("CZ", "Czechia"),
        ("DE", "Germany"),
        ("DK", "Denmark"),
        ("EG", "Egypt"),
        ("ES", "Spain"),
        ("FI", "Finland"),
        ("FR", "France"),
        ("GB", "United Kingdom"),
        ("GR", "Greece"),
        ("HK", "Hong Kong"),
        ("HR", "Croatia"),
        ("HU", "Hungary"),
        ("ID", "Indonesia"),
        ("IE", "Ireland"),
        ("IL", "Israel"),
        ("IN", "India"),
        ("IS", "Iceland"),
        ("IT", "Italy"),
        ("JP", "Japan"),
        ("KE", "Kenya"),
        ("KR", "South Korea"),
        ("LU", "Luxembourg"),
        ("MX", "Mexico"),
        ("MY", "Malaysia"),
        ("NG", "Nigeria"),
        ("NL", "Netherlands"),
        ("NO", "Norway"),
        ("NZ", "New Zealand"),
        ("PH", "Philippines"),
        ("PK", "Pakistan"),
        ("PL", "Poland"),
        ("PT", "Portugal"),
        ("RO", "Romania"),
        ("RS", "Serbia"),
        ("SE", "Sweden"),
        ("SG", "Singapore"),
        ("SI", "Slovenia"),
        ("SK", "Slovakia"),
        ("TR", "Turkey"),
        ("UA", "Ukraine"),
        ("US", "United States"),
        ("VN", "Vietnam"),
        ("ZA", "South Africa"),
    ];
    let known = NAMES.iter().find(|(known, _)| *known == code);
    known.map(|(_, name)| *name)
}

fn work(resume: &JsonResume) -> Vec<Entry> {
    let entry = |job: &shared::resume::json::Work| Entry {
        title: one_line(job.position.as_deref()),
        at: one_line(job.name.as_deref()),
        dates: dates(job.start_date.as_deref(), job.end_date.as_deref()),
        place: one_line(job.location.as_deref()),
        url: one_line(job.url.as_deref()),
        paragraphs: [job.description.as_deref(), job.summary.as_deref()]
            .into_iter()
            .flat_map(paragraphs)
            .collect(),
        bullets: bullets(&job.highlights),
    };
    resume.work.iter().map(entry).collect()
}

fn projects(resume: &JsonResume) -> Vec<Entry> {
    let entry = |project: &shared::resume::json::Project| {
        let mut bullets = bullets(&project.highlights);
        bullets.extend((!project.keywords.is_empty()).then(|| project.keywords.join(", ")));
        Entry {
            title: one_line(project.name.as_deref()),
            at: one_line(project.entity.as_deref()),
            dates: dates(project.start_date.as_deref(), project.end_date.as_deref()),
            url: one_line(project.url.as_deref()),
            paragraphs: paragraphs(project.description.as_deref()),
            bullets,
            ..Entry::default()
        }
    };
    resume.projects.iter().map(entry).collect()
}

fn education(resume: &JsonResume) -> Vec<Entry> {
    let entry = |course: &shared::resume::json::Education| Entry {
        title: joined(&[course.study_type.as_deref(), course.area.as_deref()], ", "),
        at: one_line(course.institution.as_deref()),
        dates: dates(course.start_date.as_deref(), course.end_date.as_deref()),
        url: one_line(course.url.as_deref()),
        paragraphs: paragraphs(course.score.as_deref()),
        bullets: courses(&course.courses),
        ..Entry::default()
    };
    resume.education.iter().map(entry).collect()
}

/// On one line with its name, as readers expect; apart where a course's name holds a comma.
fn courses(courses: &[String]) -> Vec<String> {
    let courses = bullets(courses);
    if courses.is_empty() || courses.iter().any(|course| course.contains(',')) {
        return courses;
    }
    vec![format!("Courses: {}", courses.join(", "))]
}

fn volunteer(resume: &JsonResume) -> Vec<Entry> {
    let entry = |post: &shared::resume::json::Volunteer| Entry {
        title: one_line(post.position.as_deref()),
        at: one_line(post.organization.as_deref()),
        dates: dates(post.start_date.as_deref(), post.end_date.as_deref()),
        url: one_line(post.url.as_deref()),
        paragraphs: paragraphs(post.summary.as_deref()),
        bullets: bullets(&post.highlights),
        ..Entry::default()
    };
    resume.volunteer.iter().map(entry).collect()
}

fn certificates(resume: &JsonResume) -> Vec<Entry> {
    let entry = |one: &shared::resume::json::Certificate| Entry {
        title: one_line(one.name.as_deref()),
        at: one_line(one.issuer.as_deref()),
        dates: date(one.date.as_deref()),
        url: one_line(one.url.as_deref()),
        ..Entry::default()
    };
    resume.certificates.iter().map(entry).collect()
}

fn awards(resume: &JsonResume) -> Vec<Entry> {
    let entry = |one: &shared::resume::json::Award| Entry {
        title: one_line(one.title.as_deref()),
        at: one_line(one.awarder.as_deref()),
        dates: date(one.date.as_deref()),
        paragraphs: paragraphs(one.summary.as_deref()),
        ..Entry::default()
    };
    resume.awards.iter().map(entry).collect()
}

fn publications(resume: &JsonResume) -> Vec<Entry> {
    let entry = |one: &shared::resume::json::Publication| Entry {
        title: one_line(one.name.as_deref()),
        at: one_line(one.publisher.as_deref()),
        dates: date(one.release_date.as_deref()),
        url: one_line(one.url.as_deref()),
        paragraphs: paragraphs(one.summary.as_deref()),
        ..Entry::default()
    };
    resume.publications.iter().map(entry).collect()
}

fn references(resume: &JsonResume) -> Vec<Entry> {
    let entry = |one: &shared::resume::json::Reference| Entry {
        title: one_line(one.name.as_deref()),
        paragraphs: paragraphs(one.reference.as_deref()),
        ..Entry::default()
    };
    resume.references.iter().map(entry).collect()
}

fn skills(resume: &JsonResume) -> Vec<Line> {
    let line = |skill: &shared::resume::json::Skill| {
        let name = one_line(skill.name.as_deref());
        let level = one_line(skill.level.as_deref());
        let label = if level.is_empty() { name } else { format!("{name} ({level})") };
        named(label, &skill.keywords.join(", "))
    };
    resume.skills.iter().map(line).collect()
}

fn languages(resume: &JsonResume) -> Vec<Line> {
    let line = |one: &shared::resume::json::Language| {
        named(one_line(one.language.as_deref()), &one_line(one.fluency.as_deref()))
    };
    resume.languages.iter().map(line).collect()
}

fn interests(resume: &JsonResume) -> Vec<Line> {
    let line = |one: &shared::resume::json::Interest| {
        named(one_line(one.name.as_deref()), &one.keywords.join(", "))
    };
    resume.interests.iter().map(line).collect()
}

/// A label without a text is the text.
fn named(label: String, text: &str) -> Line {
    if text.is_empty() {
        return Line { label: String::new(), text: label };
    }
    Line { label, text: one_line(Some(text)) }
}

fn bullets(items: &[String]) -> Vec<String> {
    items.iter().map(|item| one_line(Some(item))).filter(|item| !item.is_empty()).collect()
}

fn dates(start: Option<&str>, end: Option<&str>) -> String {
    match (date(start), date(end)) {
        (start, end) if start.is_empty() => end,
        (start, end) if end.is_empty() => format!("{start} – Present"),
        (start, end) if start == end => start,
        (start, end) => format!("{start} – {end}"),
    }
}

/// `2021-06` as "Jun 2021"; anything that is no such date as it is.
fn date(date: Option<&str>) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let date = one_line(date);
    let mut parts = date.split('-');
    let (year, month) = (parts.next().unwrap_or_default(), parts.next());
    let is_year = year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit());
    let month = month.and_then(|month| month.parse::<usize>().ok());
    match month.and_then(|month| MONTHS.get(month.wrapping_sub(1))) {
        Some(month) if is_year => format!("{month} {year}"),
        Some(_) | None => date,
    }
}

/// The lines of a text that the person has parted.
fn paragraphs(text: Option<&str>) -> Vec<String> {
    let lines = text.unwrap_or_default().lines().map(|line| one_line(Some(line)));
    lines.filter(|line| !line.is_empty()).collect()
}

fn joined(parts: &[Option<&str>], separator: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|part| one_line(*part)).collect();
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(separator)
}

/// An address as people write it: without its scheme.
pub fn bare(text: &str) -> &str {
    let bare = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    match bare {
        Some(bare) => bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/'),
        None => text,
    }
}

/// On one line, without characters that no document can hold.
fn one_line(text: Option<&str>) -> String {
    let text: String =
        text.unwrap_or_default().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
