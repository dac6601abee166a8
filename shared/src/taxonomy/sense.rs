//! Whether an ambiguous word is meant as a term where it stands.

use std::sync::LazyLock;

use super::Taxonomy;
use super::TermKind;
use super::pattern::{Candidate, Care, Form, Pattern};
use super::token::{Gap, Token};
use super::wording::Phrases;

/// The candidates that name their term beyond reasonable doubt.
pub fn accepted(
    taxonomy: &Taxonomy,
    text: &str,
    words: &[Token],
    candidates: &[Candidate],
) -> Vec<Candidate> {
    let scene = Scene { taxonomy, text, words, candidates };
    let meant: Vec<Candidate> =
        candidates.iter().filter(|candidate| scene.is_meant(candidate)).cloned().collect();
    let scene = Scene { taxonomy, text, words, candidates: &meant };
    meant.iter().filter(|candidate| !scene.is_part_of_a_name(candidate)).cloned().collect()
}

/// No name is longer; looking further would make long texts slow.
const LONGEST: usize = 24;

/// How far from a name the words may stand that tell its sense.
const CONTEXT: usize = 60;

/// How near a word must stand to show that another sense is meant.
const BESIDE: usize = 4;

struct Scene<'s> {
    taxonomy: &'s Taxonomy,
    text: &'s str,
    words: &'s [Token],
    candidates: &'s [Candidate],
}

impl Scene<'_> {
    fn is_meant(&self, candidate: &Candidate) -> bool {
        let Some(pattern) = self.taxonomy.patterns.get(candidate.pattern) else { return false };
        if !pattern.context.is_empty()
            && !self.has_context(pattern, candidate)
            && !self.stands_in_a_list(candidate)
        {
            return false;
        }
        if !pattern.unless.is_empty() && self.is_other_sense(pattern, candidate) {
            return false;
        }
        match pattern.care {
            Care::None | Care::Fixed => self.spells_it(pattern, candidate),
            Care::Acronym => self.has_its_case(pattern, candidate) || self.is_list_item(candidate),
            Care::Case => {
                self.is_list_item(candidate)
                    || self.has_its_case(pattern, candidate)
                        && !self.is_season_or_glued(candidate)
                        && (!self.opens_a_sentence(candidate)
                            || self.has_cue(candidate)
                            || self.stands_in_a_list(candidate))
            }
            Care::Strict => {
                !self.is_season_or_glued(candidate)
                    && (self.is_list_item(candidate)
                        || self.has_its_case(pattern, candidate)
                            && (self.has_cue(candidate)
                                || !self.opens_a_sentence(candidate)
                                    && self.stands_in_a_list(candidate)))
            }
            Care::Language => self.stands_in_a_list(candidate) || self.is_spoken(candidate),
        }
    }

    /// `React` inside `React Native` is another tool; `communication` inside
    /// `stakeholder communication` is still communication.
    fn is_part_of_a_name(&self, candidate: &Candidate) -> bool {
        let Some(pattern) = self.taxonomy.patterns.get(candidate.pattern) else { return true };
        if pattern.care == Care::None && pattern.context.is_empty() {
            return false;
        }
        self.near(candidate).iter().any(|other| {
            other.words.len() > candidate.words.len()
                && other.words.start <= candidate.words.start
                && other.words.end >= candidate.words.end
                && other.term != candidate.term
                && self.taxonomy.patterns.get(other.pattern).is_some_and(|p| p.form != Form::Sign)
        })
    }

    /// The candidates that may touch or hold this one; they stand in the order of their first word.
    fn near(&self, candidate: &Candidate) -> &[Candidate] {
        let first = candidate.words.start.saturating_sub(LONGEST);
        let last = candidate.words.end + 2;
        let from = self.candidates.partition_point(|other| other.words.start < first);
        let to = self.candidates.partition_point(|other| other.words.start <= last);
        self.candidates.get(from..to).unwrap_or_default()
    }

    fn has_context(&self, pattern: &Pattern, candidate: &Candidate) -> bool {
        let from = candidate.words.start.saturating_sub(CONTEXT);
        let before = self.words.get(from..candidate.words.start).unwrap_or_default();
        let after = self.words.get(candidate.words.end..).unwrap_or_default();
        before.iter().chain(after.iter().take(CONTEXT)).any(|word| {
            pattern.context.iter().any(|cue| {
                word.fold == *cue || cue.len() > 4 && word.fold.starts_with(cue.as_str())
            })
        })
    }

    /// `Born in Java` is an island, `Rust Belt` a region.
    fn is_other_sense(&self, pattern: &Pattern, candidate: &Candidate) -> bool {
        let from = candidate.words.start.saturating_sub(BESIDE);
        let to = (candidate.words.end + BESIDE).min(self.words.len());
        let near = self.words.get(from..to).unwrap_or_default();
        near.iter().any(|word| pattern.unless.contains(&word.fold))
    }

    /// `IT support` is not what "it supports".
    fn spells_it(&self, pattern: &Pattern, candidate: &Candidate) -> bool {
        let words = self.words.get(candidate.words.clone()).unwrap_or_default();
        pattern.form == Form::Sign
            || pattern.surface.iter().zip(words).all(|(surface, word)| {
                surface != "IT" || self.text.get(word.start..word.end) == Some("IT")
            })
    }

    fn has_its_case(&self, pattern: &Pattern, candidate: &Candidate) -> bool {
        let words = self.words.get(candidate.words.clone()).unwrap_or_default();
        words.len() == pattern.surface.len()
            && words
                .iter()
                .zip(&pattern.surface)
                .all(|(word, surface)| self.text.get(word.start..word.end) == Some(surface))
    }

    /// Set apart on both sides, so that even the letter case does not matter:
    /// `python, go, sql`, but not `wine pairing, sap tapping`.
    fn is_list_item(&self, candidate: &Candidate) -> bool {
        let set_apart = |at: usize| {
            self.words.get(at).is_none_or(|word| {
                matches!(word.gap, Gap::List | Gap::Slash | Gap::Clause | Gap::Sentence)
                    || is_conjunction(&word.fold)
                    || is_level(&word.fold)
            })
        };
        let before = candidate.words.start.checked_sub(1).and_then(|at| self.words.get(at));
        let opens = set_apart(candidate.words.start)
            || before.is_some_and(|word| is_conjunction(&word.fold));
        opens && set_apart(candidate.words.end) && self.stands_in_a_list(candidate)
    }

    /// Alone in its text, or beside another term with only a comma or the like between.
    fn stands_in_a_list(&self, candidate: &Candidate) -> bool {
        let all = 0..self.words.len();
        let rest = self.words.get(candidate.words.end..).unwrap_or_default();
        if candidate.words.start == all.start && rest.iter().all(|word| is_level(&word.fold)) {
            return !self.is_glued(candidate);
        }
        !self.is_glued(candidate)
            && self.near(candidate).iter().any(|other| {
                other.term != candidate.term
                    && self.is_alike(other, candidate)
                    && (self.is_list_between(other.words.end, candidate.words.start)
                        || self.is_list_between(candidate.words.end, other.words.start))
            })
    }

    fn is_alike(&self, other: &Candidate, candidate: &Candidate) -> bool {
        let kind =
            |candidate: &Candidate| self.taxonomy.terms.get(candidate.term).map(|term| term.kind);
        let Some(pattern) = self.taxonomy.patterns.get(other.pattern) else { return false };
        let is_name = pattern.form != Form::Sign
            && (matches!(pattern.care, Care::None | Care::Fixed | Care::Language)
                || self.has_its_case(pattern, other));
        let spoken = Some(TermKind::Language);
        is_name && (kind(other) == spoken) == (kind(candidate) == spoken)
    }

    /// Whether only a list mark or "and" stands between two word positions.
    fn is_list_between(&self, end: usize, start: usize) -> bool {
        if start == end + 2 {
            // and/or
            let both = self.words.get(end..start).unwrap_or_default();
            return both.iter().all(|word| is_conjunction(&word.fold));
        }
        if start < end || start > end + 1 {
            return false;
        }
        let listed = |at: usize| {
            self.words.get(at).is_some_and(|word| {
                matches!(word.gap, Gap::List | Gap::Slash | Gap::Clause | Gap::Sentence)
            })
        };
        if start == end {
            return listed(start);
        }
        self.words.get(end).is_some_and(|word| is_conjunction(&word.fold))
    }

    fn opens_a_sentence(&self, candidate: &Candidate) -> bool {
        self.words.get(candidate.words.start).is_some_and(|word| {
            let before = self.text.get(..word.start).unwrap_or_default().trim_end();
            word.opens_clause() && !before.ends_with(['(', '[', '（'])
        })
    }

    /// Touches a sign that makes it part of something else: `R&D`, `C$75`, `Go-to-market`.
    fn is_glued(&self, candidate: &Candidate) -> bool {
        let Some(last) = self.words.get(candidate.words.end.saturating_sub(1)) else { return true };
        let Some(first) = self.words.get(candidate.words.start) else { return true };
        let after = self.text.get(last.end..).and_then(|rest| rest.chars().next());
        let before = self.text.get(..first.start).and_then(|head| head.chars().next_back());
        let glue =
            |c: char| matches!(c, '$' | '&' | '-' | '\'' | '’' | '%' | '€' | '£' | '@' | '_');
        after.is_some_and(glue) || before.is_some_and(glue) && !self.is_elided(candidate)
    }

    /// `d'Excel` is Excel.
    fn is_elided(&self, candidate: &Candidate) -> bool {
        let before = candidate.words.start.checked_sub(1).and_then(|at| self.words.get(at));
        before.is_some_and(|word| matches!(word.fold.as_str(), "d" | "l"))
    }

    fn is_season_or_glued(&self, candidate: &Candidate) -> bool {
        let next = self.words.get(candidate.words.end);
        let year = next.is_some_and(|word| {
            word.fold.len() == 4
                && word.gap == Gap::Space
                && word.fold.chars().all(|c| c.is_ascii_digit())
        });
        let before = candidate.words.start.checked_sub(1).and_then(|at| self.words.get(at));
        let seasonal = |word: &&Token| {
            matches!(
                word.fold.as_str(),
                "each" | "every" | "this" | "last" | "next" | "early" | "late" | "during" | "since"
            )
        };
        year || before.as_ref().is_some_and(seasonal) || self.is_glued(candidate)
    }

    /// A word right before or after that only stands beside a tool or language.
    fn has_cue(&self, candidate: &Candidate) -> bool {
        let before = candidate.words.start.checked_sub(1).and_then(|at| self.words.get(at));
        let first = self.words.get(candidate.words.start);
        let next = self.words.get(candidate.words.end);
        let touches = |word: Option<&Token>| word.is_some_and(|word| word.gap == Gap::Space);
        touches(first) && before.is_some_and(|word| CUES_BEFORE.has(&word.fold))
            || touches(next) && next.is_some_and(|word| CUES_AFTER.has(&word.fold))
            || touches(first)
                && before.is_some_and(|word| word.fold == "and" || word.fold == "or")
                && self.has_term_nearby(candidate)
    }

    fn has_term_nearby(&self, candidate: &Candidate) -> bool {
        self.near(candidate).iter().any(|other| {
            other.term != candidate.term
                && other.words.end < candidate.words.start
                && other.words.end + 2 >= candidate.words.start
        })
    }

    fn is_spoken(&self, candidate: &Candidate) -> bool {
        let from = candidate.words.start.saturating_sub(5);
        let to = (candidate.words.end + 5).min(self.words.len());
        let near = self.words.get(from..to).unwrap_or_default();
        let before = candidate.words.start.checked_sub(1).and_then(|at| self.words.get(at));
        let capital = self.words.get(candidate.words.start).is_some_and(|word| {
            self.text.get(word.start..word.end).is_some_and(|w| !w.starts_with(char::is_lowercase))
        });
        near.iter().any(|word| SPEAKING.has(&word.fold))
            || capital
                && before
                    .is_some_and(|word| matches!(word.fold.as_str(), "in" | "auf" | "en" | "em"))
    }
}

fn is_conjunction(word: &str) -> bool {
    matches!(word, "and" | "or" | "und" | "oder" | "y" | "o" | "et" | "ou" | "e")
}

/// Words that only say how well: `Docker (basics)`.
fn is_level(word: &str) -> bool {
    LEVELS.has(word)
}

static LEVELS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "a, plus, basic, basics, beginner, intermediate, advanced, expert, proficient, fluent, native, good, \
         very, working, knowledge, years, year, yrs, fundamentals, professional, conversational, \
         level, skills, a1, a2, b1, b2, c1, c2, grundkenntnisse, gut, sehr, muttersprache, \
         verhandlungssicher, fliessend, avanzado, intermedio, basico, nativo, avance, courant, \
         notions, avancado, fluente, intermediario, intermediaria, fortgeschritten, grundlegend, intermediaire, \
          language, mother",
    )
});

static CUES_BEFORE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "in, with, using, via, on, to, mit, en, con, avec, em, com, auf, strong, advanced, idiomatic, \
         embedded, modern, programming, language, writing, write, wrote, written, learning, learn, \
         know, knows, knowledge, ms, microsoft, apple, apache, basic, some, solid, our, into, from, \
         like, including, especially, production, used, use, uses, than, proficient, languages, \
         stack, plain, standard",
    )
});

static CUES_AFTER: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "is, skills, knowledge, required, preferred, desirable, programming, language, developer, developers, development, code, codebase, services, \
         service, microservices, scripts, script, scripting, packages, package, firmware, libraries, \
         library, engineer, engineers, apps, app, application, applications, framework, backend, \
         backends, modules, shiny, studio, databases, database, components, frontend, frontends, api, \
         apis, charts, cluster, clusters, screens, screen, pages, views, widgets, forms, plugins, queries, consumers, topics, streams, \
         stored, deployments, environments, manifests, playbooks, tests, suites, \
         jobs, pipelines, models, macros, formulas, spreadsheets, \
         workbooks, dashboards, projects, stack, experience, programmer",
    )
});

static SPEAKING: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "souhaite, apprecie, intermediario, intermedio, avanzado, avancado, basico, asset, plus, required, preferred, desirable, advantage, helpful, essential, erforderlich, \
         vorteil, requerido, valorable, requis, fluent, fluently, fluency, native, bilingual, trilingual, speak, speaks, speaking, speaker, \
         speakers, spoken, written, language, languages, mother, tongue, conversational, proficient, \
         proficiency, a1, a2, b1, b2, c1, c2, verbal, oral, intermediate, basic, working, works, \
         read, write, fliessend, muttersprache, muttersprachler, kenntnisse, sprachkenntnisse, \
         deutschkenntnisse, verhandlungssicher, sprache, wort, schrift, idioma, idiomas, nativo, \
         nativa, hablado, fluido, dominio, bilingue, nivel, langue, courant, courants, maternelle, \
         fluente, multilingual, translate, translated, skills",
    )
});
