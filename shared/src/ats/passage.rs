//! The texts of a resume that can prove something, each with its JSON pointer.

use crate::resume::json::JsonResume;

/// One text value of a resume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage<'r> {
    /// JSON pointer of the value.
    pub path: String,
    pub text: &'r str,
    pub place: Place,
    /// What the person says about all of it: the level or heading of a skill group.
    pub remark: Option<&'r str>,
}

/// What a text says about the person by standing where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Headline,
    Prose,
    /// The name of an employer: it tells the branch, not a skill.
    Employer,
    Position,
    Skill,
    Language,
    Certificate,
    Degree,
    Interest,
}

/// All passages, in the order of the document.
///
/// Names of people, schools and publishers, addresses, links and what others
/// say about the person are left out: they prove no skill.
pub fn passages(resume: &JsonResume) -> Vec<Passage<'_>> {
    let mut all = List(Vec::new());
    let basics = &resume.basics;
    all.one("/basics/label", basics.label.as_ref(), Place::Headline);
    all.one("/basics/summary", basics.summary.as_ref(), Place::Prose);
    work(resume, &mut all);
    education(resume, &mut all);
    skills(resume, &mut all);
    projects(resume, &mut all);
    rest(resume, &mut all);
    all.0
}

struct List<'r>(Vec<Passage<'r>>);

impl<'r> List<'r> {
    fn one(&mut self, path: &str, text: Option<&'r String>, place: Place) {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.0.push(Passage { path: path.to_owned(), text, place, remark: None });
        }
    }

    fn each(&mut self, path: &str, texts: &'r [String], place: Place) {
        for (at, text) in texts.iter().enumerate() {
            self.one(&format!("{path}/{at}"), Some(text), place);
        }
    }
}

fn work<'r>(resume: &'r JsonResume, all: &mut List<'r>) {
    for (at, job) in resume.work.iter().enumerate() {
        let path = format!("/work/{at}");
        all.one(&format!("{path}/name"), job.name.as_ref(), Place::Employer);
        all.one(&format!("{path}/position"), job.position.as_ref(), Place::Position);
        all.one(&format!("{path}/description"), job.description.as_ref(), Place::Prose);
        all.one(&format!("{path}/summary"), job.summary.as_ref(), Place::Prose);
        all.each(&format!("{path}/highlights"), &job.highlights, Place::Prose);
    }
    for (at, job) in resume.volunteer.iter().enumerate() {
        let path = format!("/volunteer/{at}");
        all.one(&format!("{path}/position"), job.position.as_ref(), Place::Position);
        all.one(&format!("{path}/summary"), job.summary.as_ref(), Place::Prose);
        all.each(&format!("{path}/highlights"), &job.highlights, Place::Prose);
    }
}

fn education<'r>(resume: &'r JsonResume, all: &mut List<'r>) {
    for (at, course) in resume.education.iter().enumerate() {
        let path = format!("/education/{at}");
        all.one(&format!("{path}/studyType"), course.study_type.as_ref(), Place::Degree);
        all.one(&format!("{path}/area"), course.area.as_ref(), Place::Degree);
        all.each(&format!("{path}/courses"), &course.courses, Place::Prose);
    }
    for (at, certificate) in resume.certificates.iter().enumerate() {
        let path = format!("/certificates/{at}/name");
        all.one(&path, certificate.name.as_ref(), Place::Certificate);
    }
}

fn skills<'r>(resume: &'r JsonResume, all: &mut List<'r>) {
    for (at, skill) in resume.skills.iter().enumerate() {
        let first = all.0.len();
        let path = format!("/skills/{at}");
        all.one(&format!("{path}/name"), skill.name.as_ref(), Place::Skill);
        let keywords = all.0.len();
        all.each(&format!("{path}/keywords"), &skill.keywords, Place::Skill);
        for (position, passage) in all.0.iter_mut().enumerate().skip(first) {
            let heading = if position >= keywords { skill.name.as_deref() } else { None };
            passage.remark = skill.level.as_deref().or(heading);
        }
    }
    for (at, language) in resume.languages.iter().enumerate() {
        let first = all.0.len();
        let path = format!("/languages/{at}/language");
        all.one(&path, language.language.as_ref(), Place::Language);
        for passage in all.0.iter_mut().skip(first) {
            passage.remark = language.fluency.as_deref();
        }
    }
}

fn projects<'r>(resume: &'r JsonResume, all: &mut List<'r>) {
    for (at, project) in resume.projects.iter().enumerate() {
        let path = format!("/projects/{at}");
        all.one(&format!("{path}/name"), project.name.as_ref(), Place::Prose);
        all.one(&format!("{path}/description"), project.description.as_ref(), Place::Prose);
        all.each(&format!("{path}/highlights"), &project.highlights, Place::Prose);
        all.each(&format!("{path}/keywords"), &project.keywords, Place::Skill);
        all.each(&format!("{path}/roles"), &project.roles, Place::Position);
    }
}

fn rest<'r>(resume: &'r JsonResume, all: &mut List<'r>) {
    for (at, award) in resume.awards.iter().enumerate() {
        all.one(&format!("/awards/{at}/title"), award.title.as_ref(), Place::Prose);
        all.one(&format!("/awards/{at}/summary"), award.summary.as_ref(), Place::Prose);
    }
    for (at, publication) in resume.publications.iter().enumerate() {
        all.one(&format!("/publications/{at}/name"), publication.name.as_ref(), Place::Prose);
        all.one(&format!("/publications/{at}/summary"), publication.summary.as_ref(), Place::Prose);
    }
    for (at, interest) in resume.interests.iter().enumerate() {
        all.one(&format!("/interests/{at}/name"), interest.name.as_ref(), Place::Interest);
        all.each(&format!("/interests/{at}/keywords"), &interest.keywords, Place::Interest);
    }
}
