//! A resume as Markdown: headings and lists, nothing a reader program stumbles over.

use shared::resume::json::{Basics, Education, JsonResume, Location, Project, Volunteer, Work};

#[cfg(test)]
mod tests;

/// The whole resume, in the usual order of sections.
pub fn write(resume: &JsonResume) -> String {
    let mut page = Page::default();
    basics(&mut page, &resume.basics);
    page.section("Experience", &resume.work, work);
    page.section("Projects", &resume.projects, project);
    page.section("Education", &resume.education, education);
    skills(&mut page, resume);
    page.section("Volunteering", &resume.volunteer, volunteer);
    others(&mut page, resume);
    page.text
}

/// Text that grows by paragraphs.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn paragraph(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text.trim());
        self.text.push('\n');
    }

    fn list(&mut self, items: &[String]) {
        let items: Vec<String> = items.iter().map(|item| format!("- {}", one_line(item))).collect();
        self.paragraph(&items.join("\n"));
    }

    fn section<T>(&mut self, title: &str, entries: &[T], write: impl Fn(&mut Self, &T)) {
        if entries.is_empty() {
            return;
        }
        self.paragraph(&format!("## {title}"));
        for entry in entries {
            write(self, entry);
        }
    }

    /// `### Position, Employer` and a line with dates and place.
    fn entry(&mut self, title: &[&Option<String>], below: &[String]) {
        let title = joined(title, ", ");
        if !title.is_empty() {
            self.paragraph(&format!("### {title}"));
        }
        let below: Vec<&str> =
            below.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        self.paragraph(&below.join(" | "));
    }
}

fn basics(page: &mut Page, basics: &Basics) {
    page.paragraph(&format!("# {}", basics.name.as_deref().unwrap_or("Resume")));
    page.paragraph(basics.label.as_deref().unwrap_or_default());
    let place = place(&basics.location);
    let mut contact: Vec<&str> = [&basics.email, &basics.phone, &basics.url]
        .into_iter()
        .filter_map(Option::as_deref)
        .collect();
    contact.extend((!place.is_empty()).then_some(place.as_str()));
    contact.extend(basics.profiles.iter().filter_map(|profile| profile.url.as_deref()));
    page.paragraph(&contact.join(" | "));
    if let Some(summary) = &basics.summary {
        page.paragraph("## Summary");
        page.paragraph(summary);
    }
}

fn place(location: &Location) -> String {
    let Location { address, postal_code, city, region, country_code, .. } = location;
    joined(&[address, postal_code, city, region, country_code], ", ")
}

fn work(page: &mut Page, job: &Work) {
    let dates = dates(job.start_date.as_ref(), job.end_date.as_ref());
    page.entry(
        &[&job.position, &job.name],
        &[dates, text(job.location.as_ref()), text(job.url.as_ref())],
    );
    page.paragraph(&text(job.description.as_ref()));
    page.paragraph(&text(job.summary.as_ref()));
    page.list(&job.highlights);
}

fn volunteer(page: &mut Page, post: &Volunteer) {
    let dates = dates(post.start_date.as_ref(), post.end_date.as_ref());
    page.entry(&[&post.position, &post.organization], &[dates, text(post.url.as_ref())]);
    page.paragraph(&text(post.summary.as_ref()));
    page.list(&post.highlights);
}

fn project(page: &mut Page, project: &Project) {
    let dates = dates(project.start_date.as_ref(), project.end_date.as_ref());
    page.entry(&[&project.name, &project.entity], &[dates, text(project.url.as_ref())]);
    page.paragraph(&text(project.description.as_ref()));
    page.list(&project.highlights);
    page.paragraph(&project.keywords.join(", "));
}

fn education(page: &mut Page, course: &Education) {
    let dates = dates(course.start_date.as_ref(), course.end_date.as_ref());
    let title = [&course.study_type, &course.area, &course.institution];
    page.entry(&title, &[dates, text(course.score.as_ref()), text(course.url.as_ref())]);
    page.list(&course.courses);
}

fn skills(page: &mut Page, resume: &JsonResume) {
    let groups = resume.skills.iter().map(|group| {
        let keywords = group.keywords.join(", ");
        match &group.name {
            Some(name) if keywords.is_empty() => name.clone(),
            Some(name) => format!("**{name}:** {keywords}"),
            None => keywords,
        }
    });
    let groups: Vec<String> = groups.filter(|group| !group.is_empty()).collect();
    titled_list(page, "Skills", &groups);
    let languages = resume.languages.iter().map(|one| joined(&[&one.language, &one.fluency], ": "));
    titled_list(page, "Languages", &languages.collect::<Vec<_>>());
}

fn others(page: &mut Page, resume: &JsonResume) {
    let certificates = resume
        .certificates
        .iter()
        .map(|one| joined(&[&one.name, &one.issuer, &one.date, &one.url], ", "));
    titled_list(page, "Certificates", &certificates.collect::<Vec<_>>());
    let awards = resume
        .awards
        .iter()
        .map(|one| joined(&[&one.title, &one.awarder, &one.date, &one.summary], ", "));
    titled_list(page, "Awards", &awards.collect::<Vec<_>>());
    let publications = resume.publications.iter().map(|one| {
        joined(&[&one.name, &one.publisher, &one.release_date, &one.url, &one.summary], ", ")
    });
    titled_list(page, "Publications", &publications.collect::<Vec<_>>());
    let interests = resume.interests.iter().map(|one| {
        let keywords = (!one.keywords.is_empty()).then(|| one.keywords.join(", "));
        joined(&[&one.name, &keywords], ": ")
    });
    titled_list(page, "Interests", &interests.collect::<Vec<_>>());
    let references = resume.references.iter().map(|one| joined(&[&one.name, &one.reference], ": "));
    titled_list(page, "References", &references.collect::<Vec<_>>());
}

fn titled_list(page: &mut Page, title: &str, items: &[String]) {
    let items: Vec<String> = items.iter().filter(|item| !item.is_empty()).cloned().collect();
    if !items.is_empty() {
        page.paragraph(&format!("## {title}"));
        page.list(&items);
    }
}

fn dates(start: Option<&String>, end: Option<&String>) -> String {
    match (start, end) {
        (Some(start), Some(end)) => format!("{start} - {end}"),
        (Some(start), None) => format!("{start} - present"),
        (None, Some(end)) => end.clone(),
        (None, None) => String::new(),
    }
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn joined(parts: &[&Option<String>], separator: &str) -> String {
    let parts: Vec<&str> = parts.iter().filter_map(|part| part.as_deref()).collect();
    one_line(&parts.join(separator))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
