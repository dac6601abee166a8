//! What a posting says it pays.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};

/// The pay as stated, in whole units of the currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salary {
    pub min: u64,
    pub max: u64,
    /// ISO 4217, or the sign when it is not known.
    pub currency: String,
    pub period: Period,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

const SIGN: &str = r"R\$|C\$|CA\$|A\$|AU\$|US\$|NZ\$|S\$|HK\$|MX\$|\$|€|£|¥|₹|₦|₺|₽|₩|zł|CHF|USD|EUR|GBP|BRL|INR|NGN|CAD|AUD|SEK|NOK|DKK|PLN|JPY|CNY|RMB|ZAR|SGD|MXN|Rs\.?|N";
const NUMBER: &str = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?";

static RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?P<before>{SIGN})\s?(?P<min>{NUMBER})\s?(?P<kmin>[kK万])?(?:\s?(?:-|–|—|to|bis|a|à|hasta)\s?(?:{SIGN})?\s?(?P<max>{NUMBER})\s?(?P<kmax>[kK万])?)?\s?(?P<unit>LPA|lakhs?)?"
    ))
    .ok()
});
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?P<min>{NUMBER})\s?(?P<kmin>[kK万千])?\s?(?:-|–|—|~|至)\s?(?P<max>{NUMBER})\s?(?P<kmax>[kK万千])?(?P<unit>\x00)?(?P<before>)"
    ))
    .ok()
});
static TRAILING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?P<min>{NUMBER})\s?(?P<kmin>[kK万])?\s?(?:€|EUR)?\s?(?:-|–|—|to|bis|a|à|y|et)\s?(?P<max>{NUMBER})\s?(?P<kmax>[kK万])?\s?(?P<unit>LPA|lakhs?)?\s?(?P<before>€|£|EUR|USD|GBP|CHF|zł|PLN|元|LPA)"
    ))
    .ok()
});

/// The first pay range or amount of the text.
pub fn read(text: &str) -> Option<Salary> {
    text.lines().find_map(line)
}

fn line(line: &str) -> Option<Salary> {
    let leading = RANGE.iter().flat_map(|regex| regex.captures_iter(line));
    let trailing = TRAILING.iter().flat_map(|regex| regex.captures_iter(line));
    // Chinese postings often give no currency.
    let bare = BARE.iter().filter(|_| line.contains('薪')).flat_map(|r| r.captures_iter(line));
    leading.chain(trailing).chain(bare).find_map(|found| amount(line, &found))
}

fn amount(line: &str, found: &Captures<'_>) -> Option<Salary> {
    let text = |name: &str| found.name(name).map(|m| m.as_str());
    let end = found.get(0)?.end();
    let tail: String = line.get(end..)?.chars().take(30).collect::<String>().to_lowercase();
    // "$1,500 learning stipend", "R$ 300 home office help", "$2.4 billion".
    let scale = tail.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty());
    if matches!(scale, Some("m" | "mn" | "mio" | "million" | "b" | "bn" | "billion" | "crore")) {
        return None;
    }
    let lakh = text("unit").is_some() || text("before") == Some("LPA");
    let (kmin, kmax) = (text("kmin"), text("kmax"));
    let max_text = text("max");
    let min = scaled(text("min")?, kmin.or(kmax), lakh)?;
    let max = max_text.map_or(Some(min), |max| scaled(max, kmax.or(kmin), lakh))?;
    let currency = currency(text("before")?);
    let period = period(line, &tail, min);
    let plausible = match period {
        Period::Hour => min >= 5,
        Period::Day | Period::Week => min >= 50,
        Period::Month => min >= 400,
        Period::Year => min >= 8_000,
    };
    (plausible && max >= min && (max_text.is_some() || says_pay(line))).then_some(Salary {
        min,
        max,
        currency,
        period,
    })
}

fn says_pay(line: &str) -> bool {
    let line = line.to_lowercase();
    ["salary", "pay", "per ", "/h", "an hour", "a year", "a month", "gehalt", "salario", "salaire"]
        .iter()
        .any(|word| line.contains(word))
        && !["raised", "stipend", "bonus of", "budget", "allowance", "revenue"]
            .iter()
            .any(|word| line.contains(word))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is checked to be positive and far below the limit"
)]
fn scaled(number: &str, thousand: Option<&str>, lakh: bool) -> Option<u64> {
    let grouped = number.split([',', '.', '\'', ' ']).collect::<Vec<_>>();
    let plain = if grouped.len() > 1 && grouped.iter().skip(1).all(|part| part.len() == 3) {
        grouped.concat()
    } else {
        number.replace(['\'', ' '], "").replace(',', ".")
    };
    let value: f64 = plain.parse().ok().or_else(|| {
        let (whole, _) = plain.rsplit_once('.')?;
        whole.replace('.', "").parse().ok()
    })?;
    let factor = match thousand {
        Some("万") => 10_000.0,
        Some(_) => 1_000.0,
        None if lakh => 100_000.0,
        None => 1.0,
    };
    let value = value * factor;
    (value > 0.0 && value < 1e12).then_some(value as u64)
}

fn currency(sign: &str) -> String {
    let code = match sign {
        "$" | "US$" => "USD",
        "R$" => "BRL",
        "C$" | "CA$" => "CAD",
        "A$" | "AU$" => "AUD",
        "NZ$" => "NZD",
        "S$" => "SGD",
        "HK$" => "HKD",
        "MX$" => "MXN",
        "€" => "EUR",
        "£" => "GBP",
        "¥" | "元" | "RMB" | "" => "CNY",
        "₹" | "Rs" | "Rs." | "LPA" => "INR",
        "₦" | "N" => "NGN",
        "zł" => "PLN",
        "₺" => "TRY",
        "₽" => "RUB",
        "₩" => "KRW",
        other => other,
    };
    code.to_owned()
}

/// Said right after the amount, else anywhere in the line, else told by the size.
fn period(line: &str, tail: &str, min: u64) -> Period {
    const WORDS: &[(Period, &[&str])] = &[
        (Period::Hour, &["hour", "/hr", "/h", "p/h", "stunde", "hora", "heure", "hourly"]),
        (Period::Day, &["per day", "a day", "/day", "daily", "tag", "por dia"]),
        (Period::Week, &["per week", "a week", "weekly", "/week"]),
        (
            Period::Month,
            &["month", "/mo", "monat", "mes", "mês", "mois", "monthly", "mensual", "月"],
        ),
        (
            Period::Year,
            &["year", "annum", "annual", "/yr", "p.a", "jahr", "año", "ano", "an ", "lpa", "年"],
        ),
    ];
    let find = |text: &str| {
        WORDS.iter().find(|(_, words)| words.iter().any(|word| text.contains(word))).map(|w| w.0)
    };
    let by_size = match min {
        0..=150 => Period::Hour,
        151..=7_999 => Period::Month,
        _ => Period::Year,
    };
    let in_line = || find(&line.to_lowercase()).filter(|_| (150..20_000).contains(&min));
    find(tail).or_else(in_line).unwrap_or(by_size)
}
