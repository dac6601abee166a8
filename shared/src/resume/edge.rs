//! What a resume must be to be taken in: names are lines, links lead to pages, an e-mail address is one.

use thiserror::Error;
use url::Url;

use super::json::JsonResume;
use crate::plain::{MAX_LINE, line};

/// Longest e-mail address (RFC 5321).
const MAX_EMAIL: usize = 254;

/// Where a link may lead. A text without a scheme is an address as people write it.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Why a resume is not taken in, with the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    #[error("`{0}` has more than {MAX_LINE} characters")]
    TooLong(String),
    #[error("`{0}` leads somewhere else than to a page or an e-mail address")]
    Link(String),
    #[error("`{0}` is no e-mail address")]
    Email(String),
}

/// The resume as it is stored: names and titles without characters that hide or turn things around.
pub fn checked(mut resume: JsonResume) -> Result<JsonResume, Flaw> {
    for (path, text) in lines(&mut resume) {
        let Some(text) = text else { continue };
        if text.chars().count() > MAX_LINE {
            return Err(Flaw::TooLong(path));
        }
        *text = line(text);
    }
    let email = resume.basics.email.as_deref().filter(|email| !email.trim().is_empty());
    if email.is_some_and(|email| !is_email(email.trim())) {
        return Err(Flaw::Email("basics.email".into()));
    }
    match links(&resume).into_iter().find(|(_, link)| !leads_to_a_page(link)) {
        Some((path, _)) => Err(Flaw::Link(path)),
        None => Ok(resume),
    }
}

/// Whether a link is one that may be followed: by a person, never by us.
pub fn leads_to_a_page(link: &str) -> bool {
    match Url::parse(link.trim()) {
        Ok(url) => SCHEMES.contains(&url.scheme()) || is_host_and_port(link),
        // No scheme, as in `github.com/maya`.
        Err(_) => true,
    }
}

/// `example.com:8080/cv` reads like a link whose scheme is `example.com`.
fn is_host_and_port(link: &str) -> bool {
    let Some((host, rest)) = link.trim().split_once(':') else { return false };
    host.contains('.') && rest.starts_with(|c: char| c.is_ascii_digit())
}

/// Deliberately not all that RFC 5322 allows, and no more than is needed to write to somebody.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';' | '"')
    };
    text.len() <= MAX_EMAIL
        && !name.is_empty()
        && !name.contains('@')
        && text.chars().all(plain)
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty())
}

type Line<'a> = (String, &'a mut Option<String>);

/// Everything that people read as a line.
fn lines(resume: &mut JsonResume) -> Vec<Line<'_>> {
    let basics = &mut resume.basics;
    let mut lines: Vec<Line<'_>> =
        vec![("basics.name".into(), &mut basics.name), ("basics.label".into(), &mut basics.label)];
    for (at, one) in basics.profiles.iter_mut().enumerate() {
        lines.push((format!("basics.profiles[{at}].network"), &mut one.network));
        lines.push((format!("basics.profiles[{at}].username"), &mut one.username));
    }
    for (at, one) in resume.work.iter_mut().enumerate() {
        lines.push((format!("work[{at}].name"), &mut one.name));
        lines.push((format!("work[{at}].position"), &mut one.position));
    }
    for (at, one) in resume.volunteer.iter_mut().enumerate() {
        lines.push((format!("volunteer[{at}].organization"), &mut one.organization));
        lines.push((format!("volunteer[{at}].position"), &mut one.position));
    }
    for (at, one) in resume.education.iter_mut().enumerate() {
        lines.push((format!("education[{at}].institution"), &mut one.institution));
        lines.push((format!("education[{at}].area"), &mut one.area));
        lines.push((format!("education[{at}].studyType"), &mut one.study_type));
    }
    for (at, one) in resume.awards.iter_mut().enumerate() {
        lines.push((format!("awards[{at}].title"), &mut one.title));
        lines.push((format!("awards[{at}].awarder"), &mut one.awarder));
    }
    for (at, one) in resume.certificates.iter_mut().enumerate() {
        lines.push((format!("certificates[{at}].name"), &mut one.name));
        lines.push((format!("certificates[{at}].issuer"), &mut one.issuer));
    }
    for (at, one) in resume.publications.iter_mut().enumerate() {
        lines.push((format!("publications[{at}].name"), &mut one.name));
        lines.push((format!("publications[{at}].publisher"), &mut one.publisher));
    }
    for (at, one) in resume.skills.iter_mut().enumerate() {
        lines.push((format!("skills[{at}].name"), &mut one.name));
    }
    for (at, one) in resume.languages.iter_mut().enumerate() {
        lines.push((format!("languages[{at}].language"), &mut one.language));
    }
    for (at, one) in resume.references.iter_mut().enumerate() {
        lines.push((format!("references[{at}].name"), &mut one.name));
    }
    for (at, one) in resume.projects.iter_mut().enumerate() {
        lines.push((format!("projects[{at}].name"), &mut one.name));
    }
    lines
}

/// Everything that a reader may click.
fn links(resume: &JsonResume) -> Vec<(String, &str)> {
    let basics = &resume.basics;
    let sections: [(&str, Vec<&Option<String>>); 7] = [
        ("basics.profiles", basics.profiles.iter().map(|one| &one.url).collect()),
        ("work", resume.work.iter().map(|one| &one.url).collect()),
        ("volunteer", resume.volunteer.iter().map(|one| &one.url).collect()),
        ("education", resume.education.iter().map(|one| &one.url).collect()),
        ("certificates", resume.certificates.iter().map(|one| &one.url).collect()),
        ("publications", resume.publications.iter().map(|one| &one.url).collect()),
        ("projects", resume.projects.iter().map(|one| &one.url).collect()),
    ];
    let mut links =
        vec![("basics.url".into(), &basics.url), ("basics.image".into(), &basics.image)];
    for (section, urls) in sections {
        let named = urls.into_iter().enumerate();
        links.extend(named.map(|(at, url)| (format!("{section}[{at}].url"), url)));
    }
    links.into_iter().filter_map(|(path, link)| Some((path, link.as_deref()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Flaw, checked, is_email, leads_to_a_page};

    #[test]
    fn links_lead_to_pages_and_e_mail_addresses_only() {
        for link in [
            "https://maya.example/cv",
            "HTTP://maya.example",
            "mailto:maya@maya.example",
            "github.com/maya",
            "maya.example:8080/cv",
            "/relative",
            "",
        ] {
            assert!(leads_to_a_page(link), "{link}");
        }
        for link in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>",
            "file:///etc/passwd",
            "vbscript:x",
            "ftp://maya.example",
        ] {
            assert!(!leads_to_a_page(link), "{link}");
        }
    }

    #[test]
    fn an_address_is_one_that_somebody_can_be_written_to_at() {
        for text in ["maya@maya.example", "m.o'rourke+cv@mail.maya.example", "майя@пример.рф"]
        {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "maya",
            "@maya.example",
            "maya@",
            "maya@maya",
            "a b@c.d",
            "a@b@c.d",
            "<a@b.c>",
            "a@b..c",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn the_place_of_a_flaw_is_named_and_names_lose_what_hides() {
        let resume = |json: serde_json::Value| checked(serde_json::from_value(json).unwrap());

        let link = resume(serde_json::json!({ "work": [{}, { "url": "javascript:x" }] }));
        let long = resume(serde_json::json!({ "basics": { "name": "a".repeat(501) } }));
        let email = resume(serde_json::json!({ "basics": { "email": "nobody" } }));
        let name = resume(serde_json::json!({ "basics": { "name": "Maya\u{202E}\nL" } }));

        assert_eq!(link, Err(Flaw::Link("work[1].url".into())));
        assert_eq!(long, Err(Flaw::TooLong("basics.name".into())));
        assert_eq!(email, Err(Flaw::Email("basics.email".into())));
        assert_eq!(name.unwrap().basics.name.as_deref(), Some("Maya L"));
    }
}
