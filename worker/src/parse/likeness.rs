//! Is it a resume at all?

use shared::resume::json::JsonResume;

/// Below this a person is told that it does not look like one.
pub const DOUBTFUL: f32 = 0.4;

/// How much a document looks like a resume, 0 to 1, by what was found in it.
pub fn of(resume: &JsonResume) -> f32 {
    let basics = &resume.basics;
    let dated = resume.work.iter().filter(|work| work.start_date.is_some()).count();
    let schools = resume.education.iter().filter(|school| school.institution.is_some()).count();
    let further = [
        resume.languages.is_empty(),
        resume.certificates.is_empty(),
        resume.projects.is_empty(),
        resume.volunteer.is_empty(),
        resume.publications.is_empty(),
    ];
    let signs = [
        (basics.email.is_some() || basics.phone.is_some(), 0.25),
        (basics.name.is_some(), 0.05),
        (!resume.work.is_empty(), 0.15),
        (dated > 0, 0.2),
        (schools > 0, 0.2),
        (!resume.skills.is_empty(), 0.1),
        (further.contains(&false), 0.1),
    ];
    let sum: f32 = signs.into_iter().filter(|(found, _)| *found).map(|(_, worth)| worth).sum();
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::{DOUBTFUL, of};
    use crate::parse::read;
    use shared::document::format::Format;

    #[test]
    fn a_resume_looks_like_one_and_an_invoice_does_not() {
        let resume = include_bytes!("../../tests/fixtures/resume.txt");
        let invoice = "INVOICE 4711\n\nTo: Example Ltd.\nDate: 12 March 2024\n\nPaper, A4  20.00\n                       Toner  85.00\n\nTotal  105.00\n\nPlease pay within 14 days.\n";

        let resume = of(&read(resume, Format::Text).unwrap().resume);
        let invoice = of(&read(invoice.as_bytes(), Format::Text).unwrap().resume);

        assert!(resume > 0.8, "{resume}");
        assert!(invoice < DOUBTFUL, "{invoice}");
    }
}
