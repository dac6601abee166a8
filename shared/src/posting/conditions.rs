//! The terms of the job: kind of contract, rank, years of experience.

use std::sync::LazyLock;

use regex::Regex;

use super::header::{HEADER_LINES, first_line};
use super::section::{Line, Section};
use crate::taxonomy::token::tokens;
use crate::taxonomy::wording::folded;

/// `full-time`, `part-time`, `permanent` and the like, joined by spaces.
pub fn employment_type(text: &str) -> Option<String> {
    const WORDS: &[(&str, &[&str])] = &[
        (
            "full-time",
            &[
                "full time",
                "fulltime",
                "ft",
                "vollzeit",
                "tiempo completo",
                "jornada completa",
                "temps plein",
                "tempo integral",
                "clt",
                "全 职",
                "work from office",
            ],
        ),
        (
            "part-time",
            &[
                "part time",
                "teilzeit",
                "tiempo parcial",
                "media jornada",
                "temps partiel",
                "meio periodo",
                "兼 职",
            ],
        ),
        ("permanent", &["permanent", "unbefristet", "indefinido", "cdi"]),
        ("fixed-term", &["fixed term", "ftc", "befristet", "cdd", "temporal"]),
        ("contract", &["contract", "contractor", "freelance", "freiberuflich"]),
        ("temporary", &["temporary", "interim"]),
        (
            "internship",
            &["internship", "intern", "praktikum", "practicas", "stage", "estagio", "实 习"],
        ),
        ("shift", &["3 shift", "shift work", "shifts", "schichtarbeit"]),
    ];
    let header: String = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(HEADER_LINES)
        .collect::<Vec<_>>()
        .join("\n");
    let folded = folded(&header);
    let found: Vec<&str> = WORDS
        .iter()
        .filter(|(_, words)| words.iter().any(|word| folded.contains(&format!(" {word} "))))
        .map(|(name, _)| *name)
        .filter(|name| *name != "contract" || !folded.contains(" contract type "))
        .collect();
    (!found.is_empty()).then(|| found.join(" "))
}

/// The rank in the title.
pub fn seniority(text: &str) -> Option<String> {
    const WORDS: &[(&str, &[&str])] = &[
        (
            "intern",
            &[
                "intern",
                "internship",
                "trainee",
                "praktikant",
                "praktikum",
                "werkstudent",
                "stagiaire",
                "becario",
                "estagiario",
                "实 习",
            ],
        ),
        ("executive", &["chief", "ceo", "cto", "cfo", "coo", "vp", "vice president"]),
        ("director", &["director", "direktor", "directeur", "diretor", "head", "总 监"]),
        ("principal", &["principal"]),
        ("lead", &["lead", "team lead", "teamleiter", "teamleiterin"]),
        ("senior", &["senior", "sr", "expert", "高 级", "资 深", "pleno"]),
        ("staff", &["staff"]),
        ("manager", &["manager", "leiter", "leiterin", "gerente", "经 理"]),
        ("junior", &["junior", "jr", "graduate", "entry level", "berufseinsteiger", "初 级"]),
        ("mid", &["mid", "mid level", "intermediate"]),
    ];
    let folded = folded(first_line(text)?);
    WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| folded.contains(&format!(" {word} "))))
        .map(|(name, _)| (*name).to_owned())
}

static YEARS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|zwei|drei|vier|fünf|dos|tres|cinco|deux|trois|cinq)\s*\+?\s*(?:(?:-|–|to|bis|a|à)\s*\d{1,2}\s*)?\+?\s*(?P<unit>years?|yrs?|jahren?|jahre|años|ans\b|années|anos|年|months?|monate?n?|meses|mois)",
    )
    .ok()
});

/// The years of experience asked for, and the line that asks. Less than a year is none.
pub fn min_years(lines: &[Line<'_>]) -> Option<(u32, String)> {
    let of = |wanted: fn(Section) -> bool| {
        lines.iter().filter(move |line| wanted(line.section)).find_map(years_in)
    };
    of(|section| section == Section::Required)
        .or_else(|| of(|section| matches!(section, Section::Opening | Section::Duties)))
}

fn years_in(line: &Line<'_>) -> Option<(u32, String)> {
    const SPANS: [&str; 16] = [
        "within", "next", "first", "every", "last", "past", "after", "since", "for", "over", "up",
        "hired", "than", "founded", "aged", "age",
    ];
    let folded_line = folded(line.text);
    let about_work = [
        " experience ",
        " exp ",
        " erfahrung ",
        " berufserfahrung ",
        " experiencia ",
        " pqe ",
        " as ",
        " in ",
        " building ",
        " working ",
        " background ",
        " work ",
        " with ",
        " post ",
        " als ",
        " como ",
        " comme ",
        " d experience ",
        " 经 验 ",
    ]
    .iter()
    .any(|cue| folded_line.contains(cue));
    let regex = YEARS.as_ref()?;
    let found = regex.captures_iter(line.text).find(|found| {
        let before = found.get(0).and_then(|m| line.text.get(..m.start())).unwrap_or_default();
        let word = tokens(before).pop().map(|word| word.fold).unwrap_or_default();
        !SPANS.contains(&word.as_str()) || folded_line.contains(" experience ") && word != "within"
    });
    let found = found.filter(|_| about_work || line.section == Section::Required)?;
    let number: u32 = number(found.name("n")?.as_str())?;
    let unit = found.name("unit")?.as_str().to_lowercase();
    let in_months = ["month", "monat", "meses", "mois"].iter().any(|word| unit.starts_with(word));
    let years = if in_months { number / 12 } else { number };
    (1..=40).contains(&years).then(|| (years, line.text.to_owned()))
}

fn number(text: &str) -> Option<u32> {
    let word = text.to_lowercase();
    let spelled = match word.as_str() {
        "one" => 1,
        "two" | "zwei" | "dos" | "deux" => 2,
        "three" | "drei" | "tres" | "trois" => 3,
        "four" | "vier" => 4,
        "five" | "fünf" | "cinco" | "cinq" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        digits => digits.parse().ok()?,
    };
    Some(spelled)
}
