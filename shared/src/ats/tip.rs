//! Advice on the writing, with counts; never part of a score.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::resume::json::JsonResume;
use crate::taxonomy::token::tokens;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    pub code: TipCode,
    pub text: String,
    /// JSON pointers.
    #[serde(rename = "where")]
    pub place: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TipCode {
    FewNumbers,
    LongBullets,
    ShortBullets,
    WeakOpenings,
    NoSummary,
    FirstPerson,
    RepeatedOpenings,
}

const LONG: usize = 40;
const SHORT: usize = 4;

struct Bullet<'r> {
    path: String,
    text: &'r str,
    words: Vec<String>,
}

pub fn tips(resume: &JsonResume) -> Vec<Tip> {
    let bullets = bullets(resume);
    let mut tips = Vec::new();
    let all = bullets.len();
    let with_number =
        bullets.iter().filter(|bullet| bullet.text.chars().any(char::is_numeric)).count();
    if all >= 4 && with_number * 5 < all {
        let text = format!(
            "{with_number} of {all} bullet points name a number; say how many, how much or how fast where you know it."
        );
        tips.push(Tip { code: TipCode::FewNumbers, text, place: Vec::new() });
    }
    let mut openings: HashMap<&str, usize> = HashMap::new();
    for word in bullets.iter().filter_map(|bullet| bullet.words.first()) {
        *openings.entry(word).or_default() += 1;
    }
    let mut each = |code: TipCode, advice: &str, test: &dyn Fn(&Bullet<'_>) -> bool| {
        let place: Vec<String> = bullets
            .iter()
            .filter(|bullet| test(bullet))
            .map(|bullet| bullet.path.clone())
            .collect();
        if !place.is_empty() {
            let text = format!("{} of {all} bullet points {advice}", place.len());
            tips.push(Tip { code, text, place });
        }
    };
    each(TipCode::LongBullets, "are longer than 40 words; split them.", &|bullet| {
        bullet.words.len() > LONG
    });
    each(TipCode::ShortBullets, "say less than five words; add what came of it.", &|bullet| {
        bullet.words.len() <= SHORT && bullet.text.is_ascii()
    });
    each(TipCode::WeakOpenings, "open without an action; start with what you did.", &|bullet| {
        WEAK.iter().any(|weak| bullet.text.to_lowercase().starts_with(weak))
    });
    each(TipCode::FirstPerson, "speak as \"I\"; leave it out.", &|bullet| {
        bullet.words.first().is_some_and(|word| word == "i")
    });
    each(TipCode::RepeatedOpenings, "open with a word used three times or more.", &|bullet| {
        let first = bullet.words.first().and_then(|word| openings.get(word.as_str()));
        bullet.words.len() > 1 && first.is_some_and(|count| *count >= 3)
    });
    if resume.basics.summary.as_ref().is_none_or(|text| text.trim().is_empty()) {
        let text = "Two or three sentences at the top tell a reader at once who you are.";
        let place = vec!["/basics/summary".to_owned()];
        tips.push(Tip { code: TipCode::NoSummary, text: text.to_owned(), place });
    }
    tips
}

fn bullets(resume: &JsonResume) -> Vec<Bullet<'_>> {
    let work = resume.work.iter().enumerate().flat_map(|(job, work)| {
        work.highlights
            .iter()
            .enumerate()
            .map(move |(at, text)| (format!("/work/{job}/highlights/{at}"), text))
    });
    let projects = resume.projects.iter().enumerate().flat_map(|(project, one)| {
        one.highlights
            .iter()
            .enumerate()
            .map(move |(at, text)| (format!("/projects/{project}/highlights/{at}"), text))
    });
    work.chain(projects)
        .map(|(path, text)| Bullet {
            path,
            words: tokens(text).into_iter().map(|word| word.fold).collect(),
            text,
        })
        .collect()
}

const WEAK: [&str; 8] = [
    "responsible for",
    "duties included",
    "tasked with",
    "helped with",
    "worked on",
    "in charge of",
    "verantwortlich für",
    "responsable de",
];
