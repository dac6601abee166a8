//! A report told to a person: what counted, what did not, and what to do.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Report;
use super::coverage::{Covered, Status};
use super::score::{Mode, Part};
use super::semantic::{KEYWORD_ONLY, SEMANTIC_ONLY};
use crate::posting::requirement::Importance;
use crate::taxonomy::How;

/// More lines than that nobody reads at a time.
const MOST: usize = 12;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The result in one or two sentences.
    pub summary: String,
    /// How the score adds up.
    pub score: Vec<String>,
    /// What the resume shows, with its own words.
    pub counted: Vec<String>,
    /// What was asked and is not shown, or not enough.
    pub not_counted: Vec<String>,
    /// The next steps, the most useful first.
    pub to_do: Vec<String>,
    /// What to keep in mind about these figures.
    pub remarks: Vec<String>,
}

impl Explanation {
    pub fn of(report: &Report) -> Self {
        let requirements: Vec<&Covered> =
            report.coverage.iter().flat_map(|coverage| &coverage.requirements).collect();
        Self {
            summary: summary(report),
            score: score(report),
            counted: counted(&requirements),
            not_counted: not_counted(&requirements),
            to_do: to_do(report, &requirements),
            remarks: remarks(report),
        }
    }

    pub fn markdown(&self) -> String {
        let mut text = format!("# Your match\n\n{}\n", self.summary);
        let parts = [
            ("How the score adds up", &self.score),
            ("What counted", &self.counted),
            ("What did not count", &self.not_counted),
            ("What you can do", &self.to_do),
            ("Good to know", &self.remarks),
        ];
        for (heading, lines) in parts.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            let _ = write!(text, "\n## {heading}\n\n");
            for line in lines {
                let _ = writeln!(text, "- {line}");
            }
        }
        text
    }
}

fn summary(report: &Report) -> String {
    let reads = format!("Software reads the document with {} of 100.", report.readability.score);
    let (Some(matching), Some(coverage)) = (&report.matching, &report.coverage) else {
        return format!("There was nothing to match the resume to. {reads}");
    };
    let required = coverage.required;
    let all = required.met + required.partly + required.missing;
    let must = match all {
        0 => String::new(),
        _ => format!(" It shows {} of {all} things the posting requires.", required.met),
    };
    format!("The resume matches the posting with {} of 100.{must} {reads}", matching.score)
}

fn score(report: &Report) -> Vec<String> {
    let components = report.matching.iter().flat_map(|matching| &matching.components);
    components
        .map(|part| {
            let name = match part.name {
                Part::Required => "What is required",
                Part::Preferred => "What is welcome",
                Part::Experience => "Years of experience",
                Part::Education => "Education",
                Part::Title => "Job title",
                Part::Meaning => "Likeness in meaning",
            };
            let why = plain(&part.why);
            format!("{name}: {:.0} of {:.0} points ({why})", part.points, part.weight)
        })
        .collect()
}

fn counted(requirements: &[&Covered]) -> Vec<String> {
    let met: Vec<&&Covered> = requirements.iter().filter(|one| one.status == Status::Met).collect();
    let mut lines: Vec<String> = met
        .iter()
        .take(MOST)
        .map(|one| match one.evidence.first() {
            Some(proof) => format!(
                "**{}**: “{}”{}",
                plain(&one.name),
                plain(&proof.quote),
                match proof.how {
                    How::Exact => "",
                    How::Alias => " (another name for it)",
                    How::Stem => " (another form of the word)",
                    How::Derived => " (this implies it)",
                    How::Related => " (close in meaning)",
                }
            ),
            None => format!("**{}**", plain(&one.name)),
        })
        .collect();
    rest(&mut lines, met.len());
    lines
}

fn not_counted(requirements: &[&Covered]) -> Vec<String> {
    let mut open: Vec<&&Covered> =
        requirements.iter().filter(|one| one.status != Status::Met).collect();
    open.sort_by_key(|one| (one.importance == Importance::Preferred, one.status == Status::Partly));
    let mut lines: Vec<String> = open
        .iter()
        .take(MOST)
        .map(|one| {
            let weight = match one.importance {
                Importance::Required => "required",
                Importance::Preferred => "welcome",
            };
            let name = plain(&one.name);
            match (one.status, one.evidence.first()) {
                (Status::Partly, Some(near)) => {
                    format!("**{name}** ({weight}): only something close, “{}”", plain(&near.quote))
                }
                _ => format!("**{name}** ({weight}): no line of the resume shows it"),
            }
        })
        .collect();
    rest(&mut lines, open.len());
    lines
}

fn to_do(report: &Report, requirements: &[&Covered]) -> Vec<String> {
    let missing: Vec<String> = requirements
        .iter()
        .filter(|one| one.status != Status::Met && one.importance == Importance::Required)
        .take(5)
        .map(|one| plain(&one.name))
        .collect();
    let mut lines = Vec::new();
    if !missing.is_empty() {
        lines.push(format!(
            "If you have done this, say where and what came of it: {}. If not, leave it out; \
             nobody is helped by a claim you cannot back up.",
            missing.join(", ")
        ));
    }
    lines.extend(report.readability.findings.iter().map(|finding| plain(&finding.fix)));
    lines.extend(report.stuffing.iter().map(|one| {
        format!(
            "“{}” stands {} times in the resume; use it less often.",
            plain(&one.term),
            one.count
        )
    }));
    lines.extend(report.tips.iter().map(|tip| plain(&tip.text)));
    lines.truncate(MOST);
    lines
}

fn remarks(report: &Report) -> Vec<String> {
    use super::Notice;
    let mut lines: Vec<String> = report
        .notices
        .iter()
        .map(|notice| match notice {
            Notice::NoPosting => "No posting was given, so there is no match.".to_owned(),
            Notice::NothingAsked => "The posting names nothing that could be compared.".to_owned(),
            Notice::KeywordOnly => format!("{KEYWORD_ONLY}."),
            Notice::SemanticOnly => format!("{SEMANTIC_ONLY}."),
            Notice::HiddenTextIgnored => {
                "Text that a reader cannot see was left out of everything.".to_owned()
            }
            Notice::NoDocument => {
                "Without a document, only the data was judged for how well it reads.".to_owned()
            }
            Notice::TodayUnknown => "The years of a current job were left out.".to_owned(),
        })
        .collect();
    if report.matching.as_ref().is_some_and(|matching| matching.mode == Mode::Hybrid) {
        lines.push("Likeness in meaning adds to the score, but proves no requirement.".to_owned());
    }
    if report.matching.is_some() {
        lines.push(
            "The score compares words of the resume with words of the posting. It is no forecast \
             of what an employer decides."
                .to_owned(),
        );
    }
    lines
}

fn rest(lines: &mut Vec<String>, all: usize) {
    if all > MOST {
        lines.push(format!("and {} more", all - MOST));
    }
}

/// One line that Markdown shows as it stands.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for c in word.chars() {
            if matches!(c, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '\\' | '|' | '!') {
                plain.push('\\');
            }
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ats::check;
    use crate::posting::facts;

    #[test]
    fn a_report_says_what_counted_what_did_not_and_what_to_do() {
        let resume = serde_json::from_value(json!({
            "work": [{ "highlights": ["Moved 34 services to K8s.", "Wrote Go services with *care*."] }]
        }))
        .unwrap();
        let posting = facts::read("Engineer\n\nRequirements\n- Kubernetes\n- Go\n- Kafka\n");
        let report = check(&resume, Some(&posting), None, None);

        let text = Explanation::of(&report).markdown();

        assert!(text.contains("It shows 2 of 3 things the posting requires."), "{text}");
        assert!(
            text.contains("- **Kubernetes**: “Moved 34 services to K8s.” (another name for it)")
        );
        assert!(text.contains("with \\*care\\*"), "{text}");
        assert!(text.contains("- **Kafka** (required): no line of the resume shows it"));
        assert!(text.contains("say where and what came of it: Kafka."));
    }
}
