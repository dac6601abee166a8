//! Sentences of a posting that say nothing about what the person should be able to do.

use std::sync::LazyLock;

use crate::taxonomy::wording::{Phrases, folded};

/// Whether a sentence is about pay, benefits, the company's fairness or the application.
pub fn is_boilerplate(sentence: &str) -> bool {
    let folded = folded(sentence);
    let weak = WEAK.count_in(&folded);
    STRONG.any_in(&folded) || weak >= 2
}

/// Whether a sentence speaks to a program that reads the posting, not to a person.
///
/// It is data like the rest and says nothing of the work.
pub fn is_addressed_to_a_tool(sentence: &str) -> bool {
    TOOL.any_in(&folded(sentence))
}

static TOOL: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(TOOL_LIST));
const TOOL_LIST: &str = "ignore previous, ignore all previous, ignore the previous, ignore prior, ignore all \
    prior, ignore the above, ignore your instructions, disregard previous, disregard all \
    previous, disregard prior, disregard the above, disregard your instructions, previous \
    instructions, system prompt, system message, system instruction, ai screening, ai assistants \
    reading, ai assistant reading, ai tools reading, ai models reading, note to ai, notes to ai, \
    instruction to ai, instructions to ai, instructions for ai, instruction for ai, instructions \
    for the ai, message to ai, to any ai, if you are an ai, if you re an ai, if you are a \
    language model, if you are an llm, language model reading, llm reading, as an ai model, \
    resume tools, resume writing tools, resume builders, automated tools, automated resume, \
    screening instruction, screening software, rank this, ranked first, set the score, set score, \
    score of 100, score 100, 100 points, give every candidate, mark every candidate, mark all \
    requirements, all requirements as met, ignoriere alle, ignoriere die, vorherige anweisungen, \
    ignora las instrucciones, ignorez les instructions, ignore as instrucoes, 忽 略 之 前, 忽 略 以 上";

/// The text without the lines that are nothing but boilerplate, for prompts.
pub fn without_boilerplate(text: &str) -> String {
    use super::section::{Section, lines};
    let kept: Vec<&str> = lines(text)
        .into_iter()
        .filter(|line| {
            !matches!(line.section, Section::Benefits | Section::About | Section::Legal)
                && !is_boilerplate(line.text)
                && !is_addressed_to_a_tool(line.text)
        })
        .map(|line| line.text)
        .collect();
    kept.join("\n")
}

/// One of these settles it.
static STRONG: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(STRONG_LIST));
const STRONG_LIST: &str = "equal opportunity, equal opportunities, without regard to, discriminate, discrimination, \
    sexual orientation, gender identity, national origin, reasonable accommodation, reasonable \
    accommodations, background check, criminal record, conviction records, we reserve the right, \
    only shortlisted, does not charge, do not pay, apply now, click apply, cover letter, send \
    your cv, send cv, share your cv, submit your, your application, applicants will be, \
    applications will be, all qualified applicants, we encourage applications, encourage \
    applications, particularly encourage, diversity candidates, all backgrounds, parental leave, \
    annual leave, paid leave, days holiday, days annual, bank holidays, company pension, health \
    insurance, medical dental, dental vision, stock options, 401 k, 401k, profit sharing, cycle \
    to work, bike to work, free parking, car parking, no agencies, recruitment agencies, notice \
    period, visa sponsorship, right to work, schwerbehinderte, chancengleichheit, betriebliche \
    altersvorsorge, urlaubstage, igualdad de oportunidades, seguro medico, egalite des chances, \
    mutuelle, tickets restaurant, vale refeicao, plano de saude, 五 险 一 金, 带 薪 年 假";

/// Two of these settle it.
static WEAK: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(WEAK_LIST));
const WEAK_LIST: &str = "benefits, bonus, salary, pension, dental, compensation, competitive, perks, discount, \
    holiday, holidays, leave, insurance, allowance, gym, wellness, birthday, lunch, snacks, \
    coffee, equity, 401, vacation, retreat, stipend, mission, values, diverse, inclusive, \
    diversity, inclusion, culture, applicants, applicant, vacancy, closing date, interview, \
    interviews, shortlisted, urlaub, gehalt, vacaciones, salario, conges, ferias, canteen, \
    transport, mediclaim, tips, staff meals, uniform, hols, remote first, flexitime, employees";
