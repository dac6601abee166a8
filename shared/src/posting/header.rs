//! Title, company, place and terms of the job, told mostly by the first lines.

use std::sync::LazyLock;

use regex::Regex;

use super::section::without_bullet;
use crate::taxonomy::token::tokens;
use crate::taxonomy::wording::{Phrases, folded};

/// Header facts stand in the first lines.
pub const HEADER_LINES: usize = 6;

const COMPANY_LABELS: [&str; 9] = [
    "company",
    "employer",
    "unternehmen",
    "empresa",
    "entreprise",
    "公司",
    "firma",
    "organisation",
    "organization",
];

const PLACE_LABELS: [&str; 11] = [
    "location",
    "standort",
    "arbeitsort",
    "ubicación",
    "lugar",
    "lieu",
    "local",
    "localização",
    "工作地点",
    "地点",
    "based in",
];

const DASHES: [&str; 3] = [" – ", " — ", " - "];

/// The title of the job, without the company, place and terms beside it.
pub fn title(text: &str) -> Option<String> {
    if let Some(title) = label(
        text,
        &["job title", "position", "title", "role", "stelle", "puesto", "poste", "vaga", "职位"],
    ) {
        return Some(title);
    }
    let line = first_line(text)?;
    let line = without_announcement(line);
    let line = line.split(" | ").next().unwrap_or(line);
    let line = line.split(" @ ").next().unwrap_or(line);
    let line = line.split(". ").next().unwrap_or(line);
    let line = match organization(line).and_then(|name| line.find(name.as_str())) {
        Some(at) if at > 0 => line.get(..at).unwrap_or(line),
        Some(_) | None => line,
    };
    let line = line.trim_end_matches([',', ' ', '-', '–', '—']);
    let (title, rest) = split_at_dash(line);
    let title = match rest {
        Some(rest) if !is_company(text, rest) && !is_place(rest) && tokens(rest).len() <= 5 => line,
        _ => title,
    };
    let title = match title.rsplit_once('(') {
        Some((head, inside)) if is_aside(inside.split(')').next().unwrap_or(inside)) => head,
        _ => title,
    };
    let title = title.trim().trim_end_matches([',', ':', '-', '–']).trim();
    (!title.is_empty() && title.chars().count() <= 120).then(|| calm(title))
}

/// Who hires.
pub fn company(text: &str) -> Option<String> {
    if let Some(company) = label(text, &COMPANY_LABELS) {
        return Some(company.split('(').next().unwrap_or(&company).trim().to_owned());
    }
    let named = header_lines(text).find_map(organization);
    let beside_title = || {
        let (_, rest) = split_at_dash(without_announcement(first_line(text)?));
        let rest = rest?.split([',', '(', '|']).next()?.trim();
        let capital = rest.chars().next().is_some_and(char::is_uppercase);
        let shouted = !rest.chars().any(char::is_lowercase);
        (capital && !shouted && !is_place(rest)).then(|| rest.to_owned())
    };
    let between_bars = || {
        let part = first_line(text)?.split(" | ").nth(1)?.trim();
        (!is_place(part) && tokens(part).len() <= 5).then(|| part.to_owned())
    };
    let about = || {
        let mut headings = text.lines().filter_map(|line| {
            let name = without_bullet(line).0.strip_prefix("About ")?;
            let own = !matches!(
                name.split(' ').next()?,
                "us" | "Us" | "the" | "The" | "our" | "Our" | "you" | "You" | "this"
            );
            let capital = name.chars().next().is_some_and(char::is_uppercase);
            (own && capital && tokens(name).len() <= 4)
                .then(|| name.trim_end_matches(':').to_owned())
        });
        headings.next()
    };
    let below_title = || {
        let line = header_lines(text).nth(1)?;
        let place = place(line)?;
        let (name, _) = line.split_once(place.as_str())?;
        let name = name.trim().trim_end_matches(['—', '–', '-', ',', '|', '·']).trim();
        let capital = name.chars().next().is_some_and(char::is_uppercase);
        (capital && tokens(name).len() <= 6).then(|| name.to_owned())
    };
    named
        .or_else(below_title)
        .or_else(between_bars)
        .or_else(about)
        .or_else(beside_title)
        .or_else(|| text.lines().find_map(organization))
}

/// Where the job is.
pub fn location(text: &str) -> Option<String> {
    if let Some(place) = label(text, &PLACE_LABELS) {
        return Some(place);
    }
    let in_title = first_line(text).and_then(|line| {
        let (_, rest) = split_at_dash(line);
        let asides = line.split(['(', '|']).skip(1).chain(rest);
        asides.map(|part| part.split(')').next().unwrap_or(part)).find_map(place)
    });
    let below = || header_lines(text).skip(1).find_map(place);
    in_title.or_else(below).or_else(|| {
        let found = BASED_IN.as_ref()?.captures(text)?;
        Some(found.get(1)?.as_str().to_owned())
    })
}

pub fn first_line(text: &str) -> Option<&str> {
    text.lines().map(|line| without_bullet(line).0).find(|line| !line.is_empty())
}

fn header_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(HEADER_LINES)
}

static BASED_IN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:based|located|reside|residing|mit Sitz|Standort) in ((?:\p{Lu}[\p{L}'’-]+)(?: \p{Lu}[\p{L}'’-]+){0,2}(?:, \p{Lu}[\p{L}]+)?)")
        .ok()
});

/// The first part of a line that names a place.
fn place(line: &str) -> Option<String> {
    if let Some(name) = organization(line)
        && let Some((_, rest)) = line.split_once(name.as_str())
    {
        let rest = rest.split(['·', '|', '•', '(']).next().unwrap_or(rest);
        let rest = rest.trim_matches([',', ' ', '.', '–', '-', '·']);
        let capital = rest.chars().next().is_some_and(char::is_uppercase);
        let short = (1..=5).contains(&tokens(rest).len());
        return (capital && short && !rest.chars().any(|c| c.is_ascii_digit()))
            .then(|| rest.to_owned());
    }
    let mut parts = line
        .split(['·', '|', '•', '(', ')'])
        .flat_map(|part| part.split(" – "))
        .flat_map(|part| part.split(" — "))
        .flat_map(|part| part.split(". "))
        .map(|part| part.split(" / ").next().unwrap_or(part).trim());
    let part = parts.find(|part| is_place(part))?;
    let known = |name: &str| PLACES.has(folded(name).trim());
    // "Clinique Saint-Rémi, Nantes" begins with who, not where.
    let part = match part.rsplit_once(", ") {
        Some((who, city)) if known(city) && !known(who) && tokens(who).len() > 2 => city,
        _ => part,
    };
    Some(part.trim_matches([',', ' ', '.']).to_owned()).filter(|place| !place.is_empty())
}

/// What follows `Location:` in the header, up to the next label or mark.
fn label(text: &str, names: &[&str]) -> Option<String> {
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(HEADER_LINES * 2) {
        for part in line.split([';', '|']).flat_map(|part| part.split(" — ")) {
            let Some((name, value)) = part.split_once([':', '：']) else { continue };
            let name = without_bullet(name).0.to_lowercase();
            if !names.contains(&name.as_str()) {
                continue;
            }
            let value = value.trim();
            let end = value.find(". ").filter(|at| {
                value
                    .get(..*at)
                    .is_some_and(|head| !head.ends_with("Nig") && !head.ends_with("Inc"))
            });
            let value =
                end.and_then(|at| value.get(..at)).unwrap_or(value).trim_matches('*').trim();
            if !value.is_empty() && value.chars().count() <= 120 {
                return Some(value.to_owned());
            }
        }
    }
    None
}

fn without_announcement(line: &str) -> &str {
    const WORDS: [&str; 8] = [
        "vacancy",
        "hiring",
        "we are hiring",
        "now hiring",
        "we re hiring",
        "job",
        "stellenangebot",
        "wir suchen",
    ];
    for mark in [":", " – ", " - ", " — "] {
        if let Some((head, rest)) = line.split_once(mark)
            && WORDS.contains(&folded(head).trim())
        {
            return rest.trim();
        }
    }
    line
}

fn split_at_dash(line: &str) -> (&str, Option<&str>) {
    let cut =
        DASHES.iter().filter_map(|dash| line.split_once(dash)).min_by_key(|(head, _)| head.len());
    cut.map_or((line, None), |(head, rest)| (head.trim(), Some(rest.trim())))
}

/// Whether a name beside the title is the company's: the text uses it again.
fn is_company(text: &str, rest: &str) -> bool {
    if label(text, &COMPANY_LABELS).is_some() {
        return false;
    }
    let name = rest.split([',', '(']).next().unwrap_or(rest).trim();
    organization(name).is_some()
        || name.chars().any(char::is_lowercase) && text.matches(name).count() >= 2
        || rest.contains('(') && name.chars().any(char::is_lowercase) && tokens(name).len() <= 3
        || header_lines(text).next().is_some_and(|line| line.ends_with(rest))
            && rest.starts_with("The ")
}

fn is_aside(inside: &str) -> bool {
    let folded = folded(inside);
    [
        "m w d",
        "f m d",
        "m f d",
        "w m d",
        "m f",
        "h f",
        "positions",
        "remote",
        "hybrid",
        "full time",
        "mid",
        "contract",
        "junior",
        "f h",
    ]
    .iter()
    .any(|aside| folded.contains(&format!(" {aside} ")))
        && !folded.contains(" f m d ")
        || is_place(inside.trim_end_matches(')'))
}

/// `SAP Consultant` stays, `SOUS CHEF` becomes `Sous Chef`.
fn calm(title: &str) -> String {
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = title.chars().filter(|c| c.is_uppercase()).count();
    if capitals * 10 < letters * 7 {
        return title.to_owned();
    }
    let calmed = title.split(' ').map(|word| {
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if word.chars().count() > 3 && !word.chars().any(char::is_lowercase) => {
                first.to_string() + &chars.as_str().to_lowercase()
            }
            Some(_) | None => word.to_owned(),
        }
    });
    calmed.collect::<Vec<_>>().join(" ")
}

static ORGANIZATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:\p{Lu}[\p{L}\d&.'’-]*\s+(?:(?:&|and|und|of|de|the)\s+)?){1,5}(?:Pvt\.?\s+Ltd|Nig\.?\s+Ltd|GmbH(?:\s*&\s*Co\.?\s*KG)?|AG|SE|KG|Ltd|Limited|Inc|LLC|LLP|PLC|plc|DAC|B\.?V|S\.A|SAS|SARL|S\.L|Corp|Corporation|University Health Board|Health Board|NHS Trust|NHS Foundation Trust|University|Hospital|Council|School|Academy|Bank|Group)\b\.?",
    )
    .ok()
});

fn organization(line: &str) -> Option<String> {
    let found = ORGANIZATION.as_ref()?.find(line)?;
    Some(found.as_str().trim().to_owned())
}

/// A city, or a city with its region or country, or remote.
fn is_place(part: &str) -> bool {
    let part = part.trim();
    let folded = folded(part);
    if folded.contains(" remote ") && tokens(part).len() <= 4 || folded.trim() == "hybrid" {
        return true;
    }
    let Some((city, region)) = part.split_once(", ") else {
        return PLACES.has(folded.trim());
    };
    let capital = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
    let digits = part.chars().any(|c| c.is_ascii_digit() && !part.starts_with(c));
    let is_region = region.split(", ").all(|name| {
        let words = tokens(name).len();
        capital(name.trim()) && (1..=3).contains(&words)
    });
    capital(city) && tokens(city).len() <= 4 && is_region && !digits && tokens(part).len() <= 8
        || organization(city).is_some() && is_region
}

/// Places that stand alone where a city and its country would be told by the comma.
static PLACES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(
        "london, manchester, birmingham, leeds, glasgow, edinburgh, cardiff, bristol, liverpool, \
         dublin, cork, galway, belfast, paris, lyon, marseille, toulouse, bordeaux, lille, nantes, \
         berlin, munich, munchen, hamburg, koln, cologne, frankfurt, stuttgart, dusseldorf, leipzig, \
         dresden, hannover, nurnberg, wien, vienna, graz, zurich, geneva, basel, bern, madrid, \
         barcelona, valencia, sevilla, zaragoza, malaga, bilbao, lisboa, lisbon, porto, roma, rome, \
         milan, milano, torino, napoli, amsterdam, rotterdam, utrecht, eindhoven, brussels, antwerp, \
         ghent, copenhagen, stockholm, gothenburg, oslo, bergen, helsinki, warsaw, warszawa, krakow, \
         wroclaw, prague, brno, budapest, bucharest, sofia, athens, istanbul, ankara, kyiv, \
         new york, boston, chicago, seattle, austin, houston, dallas, denver, atlanta, miami, \
         philadelphia, phoenix, portland, san francisco, los angeles, san diego, washington, \
         detroit, minneapolis, toronto, montreal, vancouver, calgary, ottawa, quebec, mexico city, \
         ciudad de mexico, guadalajara, monterrey, bogota, medellin, lima, santiago, buenos aires, \
         montevideo, sao paulo, rio de janeiro, belo horizonte, curitiba, recife, brasilia, \
         bengaluru, bangalore, mumbai, delhi, new delhi, gurgaon, noida, hyderabad, chennai, pune, \
         kolkata, ahmedabad, karachi, lahore, dhaka, colombo, singapore, kuala lumpur, jakarta, \
         bangkok, manila, hanoi, tokyo, osaka, kyoto, seoul, taipei, hong kong, sydney, melbourne, \
         brisbane, perth, adelaide, auckland, wellington, lagos, abuja, ibadan, accra, nairobi, \
         kampala, johannesburg, cape town, durban, cairo, casablanca, tunis, dubai, abu dhabi, doha, \
         riyadh, tel aviv, beirut, amman, germany, deutschland, france, spain, espana, italy, \
         ireland, uk, united kingdom, usa, us, canada, india, brazil, brasil, mexico, netherlands, \
         poland, portugal, australia, nigeria, south africa, 上 海, 北 京, 深 圳, 广 州, 杭 州, 成 都",
    )
});
