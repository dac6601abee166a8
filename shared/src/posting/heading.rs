//! The headings of a posting, in the languages RoleReady reads.

use std::sync::LazyLock;

use super::section::Section;
use crate::taxonomy::token::tokens;
use crate::taxonomy::wording::Phrases;

/// Longer headings are sentences.
const HEADING_WORDS: usize = 8;

/// A heading either names a section or, like "Skills", takes that of its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    Names(Section),
    Skills,
}

impl Heading {
    pub fn within(self, section: Section) -> Section {
        match self {
            Self::Names(named) => named,
            Self::Skills if section == Section::Preferred => Section::Preferred,
            Self::Skills => Section::Required,
        }
    }
}

pub fn heading(line: &str) -> Option<Heading> {
    let bare = line.trim_end_matches([':', '…', '：', '.', '-', '–', ' ']);
    let (heading, share) = best_phrase(bare)?;
    let set_off = line.ends_with([':', '：', '…']);
    let capitals = bare.chars().any(char::is_alphabetic) && !bare.chars().any(char::is_lowercase);
    (share >= 0.5 || set_off && share >= 0.25 || capitals && share >= 0.25).then_some(heading)
}

/// `Nice to have: gRPC, Terraform` and `Perks – canteen, transport`.
pub fn heading_in_front(line: &str) -> Option<(Heading, &str)> {
    [": ", ":** ", ":__ ", "：", " – ", " - ", " — "].iter().find_map(|mark| {
        let (head, rest) = line.split_once(mark)?;
        let (heading, share) = best_phrase(head)?;
        (share >= 0.5 && !rest.trim().is_empty()).then_some((heading, rest.trim()))
    })
}

/// The heading whose phrase covers most of the line, with the share of its words.
#[expect(clippy::cast_precision_loss, reason = "a heading has a handful of words")]
fn best_phrase(line: &str) -> Option<(Heading, f32)> {
    let words: Vec<String> = tokens(line).into_iter().map(|word| word.fold).collect();
    if words.is_empty() || words.len() > HEADING_WORDS && line.is_ascii() || words.len() > 14 {
        return None;
    }
    let joined = format!(" {} ", words.join(" "));
    HEADINGS
        .iter()
        .filter_map(|(heading, phrases)| {
            let longest = phrases.longest_in(&joined)?;
            Some((*heading, longest as f32 / words.len() as f32))
        })
        .fold(None, |best: Option<(Heading, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })
}

/// Where two rows cover a heading equally, the earlier wins.
static HEADINGS: LazyLock<Vec<(Heading, Phrases)>> = LazyLock::new(|| {
    vec![
        (Heading::Names(Section::NotNeeded), Phrases::of(NOT_NEEDED)),
        (Heading::Names(Section::Preferred), Phrases::of(PREFERRED)),
        (Heading::Names(Section::Benefits), Phrases::of(BENEFITS)),
        (Heading::Names(Section::About), Phrases::of(ABOUT)),
        (Heading::Names(Section::Legal), Phrases::of(LEGAL)),
        (Heading::Names(Section::Duties), Phrases::of(DUTIES)),
        (Heading::Names(Section::Required), Phrases::of(REQUIRED)),
        (Heading::Skills, Phrases::of(SKILLS)),
    ]
});

const NOT_NEEDED: &str = "not required, not needed, not necessary, no need for, you don t need, what you don t need, \
    nicht erforderlich, nicht notwendig, no se requiere, no es necesario, no necesario, pas \
    necessaire, non requis, nao e necessario, nao necessario, 不 要 求, 无 需";

const PREFERRED: &str = "nice to have, nice to haves, nice, bonus, bonus points, bonus if, preferred, preferred \
    qualifications, preferred skills, desirable, desired, desirable criteria, good to have, \
    added advantage, advantage, advantages, a plus, plus, pluses, it s a plus if, a plus if, \
    plus if, ideally, ideally also, would be great, even better, even better if, extra credit, \
    optional, great if, brownie points, also helpful, helpful, would be nice, pluspunkte, von \
    vorteil, wunschenswert, idealerweise, nice to know, deseable, deseables, se valorara, \
    valorable, valoramos, un plus, plus si, atouts, atout, souhaite, souhaites, apprecie, serait \
    un plus, les plus, desejavel, desejaveis, diferenciais, diferencial, 加 分 项, 加 分, 优 先, 优 先 条 \
    件";

const BENEFITS: &str = "benefits, perks, perks and benefits, what we offer, we offer, our offer, what you ll get, \
    what you get, why join us, why join, why us, why work with us, why you ll love it here, \
    compensation, salary, pay, package, rewards, what s in it for you, in return, pay and \
    benefits, compensation and benefits, salary and benefits, wir bieten, was wir bieten, das \
    bieten wir, unser angebot, ihre vorteile, deine vorteile, beneficios, ofrecemos, que \
    ofrecemos, te ofrecemos, nous offrons, avantages, ce que nous offrons, nous vous offrons, \
    oferecemos, o que oferecemos, 福 利, 薪 资 福 利, 薪 资, 我 们 提 供, 福 利 待 遇";

const ABOUT: &str = "about us, who we are, about the company, about our company, about our organization, about \
    our team, our company, the company, our values, our culture, our mission, our story, company \
    description, company overview, about, meet the team, uber uns, wer wir sind, das \
    unternehmen, sobre nosotros, quienes somos, la empresa, a propos, a propos de nous, qui \
    sommes nous, l entreprise, sobre nos, quem somos, a empresa, 公 司 介 绍, 公 司 简 介, 关 于 我 们";

const LEGAL: &str = "equal opportunity, equal opportunities, eeo, eeo statement, how to apply, application, \
    apply, application process, how we recruit, our process, interview process, hiring process, \
    recruitment process, the process, disclaimer, privacy notice, notes, next steps, diversity, \
    contact, bewerbung, ihre bewerbung, datenschutz, kontakt, como aplicar, contacto, \
    candidature, pour postuler, como se candidatar, 应 聘 方 式, 联 系 方 式";

const DUTIES: &str = "responsibilities, key responsibilities, your responsibilities, roles and responsibilities, \
    what you ll do, what you will do, what you ll be doing, you ll be doing, you will be doing, \
    your tasks, tasks, duties, main duties, main duties of the job, key duties, duties and \
    responsibilities, day to day, your day to day, a typical day, the role, your role, about the \
    role, role overview, about the job, about this role, the job, job overview, job description, \
    job summary, role summary, overview, summary, your mission, the opportunity, you will, in \
    your first, in your first 12 months you will, essential functions, essential duties, job \
    duties, scope of work, the position, position summary, ihre aufgaben, deine aufgaben, \
    aufgaben, das erwartet dich, das erwartet sie, tatigkeiten, funciones, funciones \
    principales, responsabilidades, tareas, que haras, el puesto, missions, vos missions, tes \
    missions, taches, le poste, atividades, principais atividades, o que voce vai fazer, a vaga, \
    岗 位 职 责, 工 作 职 责, 职 位 描 述, 职 责, 工 作 内 容";

const REQUIRED: &str = "you, requirements, required, job requirements, key requirements, minimum requirements, must have, \
    must haves, must, essential, essential criteria, essential skills, what you bring, what you \
    ll bring, what you ll need, what you need, you ll need, you will need, you have, you ve got, \
    you bring, you should have, you must have, your profile, profile, who you are, you are, \
    about you, what we re looking for, what we are looking for, we re looking for, we are \
    looking for, looking for someone who, ideal candidate, the ideal candidate, person \
    specification, candidate profile, what we need, what we expect, mandatory, required skills, \
    required qualifications, minimum qualifications, basic qualifications, key skills, must have \
    skills, eligibility, your background, ihr profil, dein profil, profil, anforderungen, \
    anforderungsprofil, das bringen sie mit, das bringst du mit, was sie mitbringen, was du \
    mitbringst, voraussetzungen, wir erwarten, requisitos, requisitos minimos, perfil, tu \
    perfil, que buscamos, buscamos, imprescindible, votre profil, profil recherche, ton profil, \
    prerequis, vous avez, seu perfil, o que buscamos, o que esperamos, 任 职 要 求, 岗 位 要 求, 职 位 要 \
    求, 任 职 资 格, 任 职 条 件, 要 求, 我 们 希 望 你";

const SKILLS: &str = "skills, skill, qualifications, qualification, experience, certificates, certifications, \
    education, languages, knowledge, abilities, skills and experience, skills and \
    qualifications, experience and skills, qualifications and experience, education and \
    experience, technical skills, tech stack, our stack, soft skills, competencies, competences, \
    licenses, knowledge and skills, qualifikation, qualifikationen, kenntnisse, \
    sprachkenntnisse, habilidades, conocimientos, competencias, formacion, experiencia, idiomas, \
    formation, langues, qualificacoes, conhecimentos, formacao, 技 能, 技 能 要 求";
