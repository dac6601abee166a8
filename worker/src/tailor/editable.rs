//! Which texts of a resume may be edited, and which only stand beside them.

use serde_json::Value;
use shared::resume::json::JsonResume;
use shared::tailoring::{Mode, Options, Section};

/// The section a path belongs to, when it names a text or a list that may be edited at all.
pub fn section(path: &str) -> Option<Section> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["", "basics", "label"] => Some(Section::Label),
        ["", "basics", "summary"] => Some(Section::Summary),
        ["", "work", _, "summary" | "description" | "highlights"]
        | ["", "work", _, "highlights", _] => Some(Section::Work),
        ["", "skills", _, "keywords"] | ["", "skills", _, "keywords", _] => Some(Section::Skills),
        ["", "projects", _, "description" | "highlights" | "keywords"]
        | ["", "projects", _, "highlights" | "keywords", _] => Some(Section::Projects),
        _ => None,
    }
}

/// The sections the person wants edited.
pub fn sections(options: &Options) -> Vec<Section> {
    let open = |section: &Section| match options.mode {
        Mode::Full => true,
        Mode::Partial => options.sections.contains(section),
    };
    Section::ALL.into_iter().filter(open).collect()
}

/// Texts and lists with their pointers, in the order of the document: what may be edited, and what that rests on.
///
/// An entry of work or projects is led by a line that names it. Headline, summary and skills may rest on the whole
/// resume, so that with them all of it is there.
pub fn passages(resume: &JsonResume, options: &Options) -> Vec<(String, Value)> {
    let open = sections(options);
    let whole = open.iter().any(|section| match section {
        Section::Label | Section::Summary | Section::Skills => true,
        Section::Work | Section::Projects => false,
    });
    let shown = |section: Section| whole || open.contains(&section);
    let mut all = Passages(Vec::new());
    all.text("/basics/label".to_owned(), resume.basics.label.as_deref(), shown(Section::Label));
    all.text(
        "/basics/summary".to_owned(),
        resume.basics.summary.as_deref(),
        shown(Section::Summary),
    );
    if shown(Section::Work) {
        work(resume, &mut all);
    }
    if shown(Section::Projects) {
        projects(resume, &mut all);
    }
    if whole {
        for (at, skill) in resume.skills.iter().enumerate() {
            all.list(format!("/skills/{at}/keywords"), &skill.keywords);
        }
        for (at, certificate) in resume.certificates.iter().enumerate() {
            all.text(format!("/certificates/{at}/name"), certificate.name.as_deref(), true);
        }
    }
    all.0
}

struct Passages(Vec<(String, Value)>);

impl Passages {
    fn text(&mut self, path: String, text: Option<&str>, shown: bool) {
        if let Some(text) = text.filter(|text| shown && !text.trim().is_empty()) {
            self.0.push((path, text.into()));
        }
    }

    fn list(&mut self, path: String, items: &[String]) {
        if !items.is_empty() {
            self.0.push((path, Value::from(items)));
        }
    }

    fn entry(&mut self, path: &str, parts: [Option<&str>; 2], dates: [Option<&str>; 2]) {
        let [start, end] = dates;
        let dates = start.map(|start| format!("{start} to {}", end.unwrap_or("now")));
        let parts = parts.into_iter().flatten().chain(dates.as_deref());
        let named = parts.collect::<Vec<_>>().join(", ");
        self.text(path.to_owned(), Some(&named), true);
    }
}

fn work(resume: &JsonResume, all: &mut Passages) {
    for (at, job) in resume.work.iter().enumerate() {
        let path = format!("/work/{at}");
        let dates = [job.start_date.as_deref(), job.end_date.as_deref()];
        all.entry(&path, [job.position.as_deref(), job.name.as_deref()], dates);
        all.text(format!("{path}/description"), job.description.as_deref(), true);
        all.text(format!("{path}/summary"), job.summary.as_deref(), true);
        all.list(format!("{path}/highlights"), &job.highlights);
    }
}

fn projects(resume: &JsonResume, all: &mut Passages) {
    for (at, project) in resume.projects.iter().enumerate() {
        let path = format!("/projects/{at}");
        all.entry(&path, [project.name.as_deref(), None], [None, None]);
        all.text(format!("{path}/description"), project.description.as_deref(), true);
        all.list(format!("{path}/highlights"), &project.highlights);
        all.list(format!("{path}/keywords"), &project.keywords);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::tailoring::Intensity;

    use super::*;

    fn paths(sections: &[Section]) -> Vec<String> {
        let resume: JsonResume = serde_json::from_value(json!({
            "basics": { "name": "Ann Lee", "email": "a@b.example", "summary": "Cook.", "label": " " },
            "work": [{ "name": "Inn", "position": "Cook", "highlights": ["Cooked"] }],
            "education": [{ "institution": "School" }],
            "skills": [{ "name": "Kitchen", "keywords": ["Soups"] }, { "name": "Empty" }],
        }))
        .unwrap();
        let options = Options {
            mode: Mode::Partial,
            sections: sections.to_vec(),
            intensity: Intensity::Full,
            tone: None,
        };
        passages(&resume, &options).into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn a_summary_comes_with_all_it_may_rest_on() {
        let all = ["/basics/summary", "/work/0", "/work/0/highlights", "/skills/0/keywords"];

        assert_eq!(paths(&[Section::Summary]), all);
    }

    #[test]
    fn work_alone_comes_alone() {
        assert_eq!(paths(&[Section::Work]), ["/work/0", "/work/0/highlights"]);
    }

    #[test]
    fn names_titles_and_dates_can_not_be_edited() {
        let closed = [
            "/basics/name",
            "/work/0",
            "/work/0/name",
            "/work/0/position",
            "/work/0/startDate",
            "/skills/0/name",
            "/skills/0/level",
            "/education/0/studyType",
            "/certificates/0/name",
            "/meta/version",
            "work/0/summary",
            "",
        ];
        for path in closed {
            assert_eq!(section(path), None, "{path}");
        }
        assert_eq!(section("/work/0/highlights/3"), Some(Section::Work));
    }
}
