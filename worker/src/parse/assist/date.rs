//! Does a line hold a date? The line says it in its own way, the resume in digits.

/// The names of each month, short and long, in the languages resumes are mostly written in.
const MONTHS: [&str; 12] = [
    "jan january januar jänner janv janvier ene enero janeiro gen gennaio januari",
    "feb february februar févr fév fev février febrero fevereiro febbraio februari",
    "mar march mrz märz mars marzo março mrt maart",
    "apr april avr avril abr abril aprile",
    "may mai mayo maio mag maggio mei",
    "jun june juni juin junio junho giu giugno",
    "jul july juli juil juillet julio julho lug luglio",
    "aug august août aout ago agosto augustus",
    "sep sept september septembre septiembre set setembro settembre",
    "oct october okt oktober octobre octubre out outubro ott ottobre",
    "nov november novembre noviembre novembro",
    "dec december dez dezember déc décembre dic diciembre dezembro dicembre",
];

/// Words that stand between the parts of one date.
const LINKS: [&str; 6] = ["de", "del", "do", "of", "年", "月"];

/// What a date says, as far as it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    year: u32,
    month: Option<u32>,
    day: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Number {
        value: u32,
        digits: usize,
    },
    Month(u32),
    /// Something that dates are not made of, dashes between dates among it.
    Break,
}

/// Whether `line` holds the date `value`, which is written `2021`, `2021-06` or `2021-06-15`.
pub fn holds(line: &str, value: &str) -> bool {
    let Some(wanted) = iso(value) else { return false };
    let parts = parts(line);
    let mut at = 0;
    while at < parts.len() {
        let (dates, length) = date_at(parts.get(at..).unwrap_or_default());
        if dates.iter().any(|date| date.says(wanted)) {
            return true;
        }
        at += length.max(1);
    }
    false
}

impl Date {
    fn says(self, wanted: Self) -> bool {
        self.year == wanted.year
            && wanted.month.is_none_or(|month| self.month == Some(month))
            && wanted.day.is_none_or(|day| self.day == Some(day))
    }
}

fn iso(value: &str) -> Option<Date> {
    let mut parts = value.split('-');
    let mut next = |digits: usize| match parts.next() {
        None => Some(None),
        Some(part) if part.len() == digits => part.parse::<u32>().ok().map(Some),
        Some(_) => None,
    };
    let (year, month, day) = (next(4)??, next(2)?, next(2)?);
    let months = month.is_none_or(|month| (1..=12).contains(&month));
    let days = day.is_none_or(|day| (1..=31).contains(&day));
    (months && days && parts.next().is_none()).then_some(Date { year, month, day })
}

/// The readings of the date that starts the parts, and how many parts it takes.
///
/// Dates are taken whole and in order, so that `2019-02 - 2021-05` never holds `2021-02`.
fn date_at(parts: &[Part]) -> (Vec<Date>, usize) {
    let read = |year: Part, month: Option<u32>, day: Option<u32>| {
        vec![Date { year: full_year(year).unwrap_or(0), month, day }]
    };
    match *parts {
        [year, Part::Number { value: month, .. }, Part::Number { value: day, .. }, ..]
            if is_year(year) && month <= 12 && day <= 31 =>
        {
            (read(year, Some(month), Some(day)), 3)
        }
        [year, Part::Number { value: month, .. }, ..] if is_year(year) && month <= 12 => {
            (read(year, Some(month), None), 2)
        }
        [Part::Number { value: one, .. }, Part::Number { value: other, .. }, year, ..]
            if one <= 31 && other <= 31 && is_year(year) =>
        {
            let both = [(one, other), (other, one)].map(|(month, day)| Date {
                year: full_year(year).unwrap_or(0),
                month: Some(month),
                day: Some(day),
            });
            (both.to_vec(), 3)
        }
        [Part::Month(month), Part::Number { value: day, .. }, year, ..]
        | [Part::Number { value: day, .. }, Part::Month(month), year, ..]
            if day <= 31 && is_year(year) =>
        {
            (read(year, Some(month), Some(day)), 3)
        }
        // "May – August 2021" says the year once for both.
        [Part::Month(month), Part::Break, Part::Month(_), year, ..] if is_year(year) => {
            (read(year, Some(month), None), 1)
        }
        [Part::Month(month), year, ..] if full_year(year).is_some() => {
            (read(year, Some(month), None), 2)
        }
        [year, Part::Month(month), ..] if is_year(year) => (read(year, Some(month), None), 2),
        [Part::Number { value: month, digits: 1 | 2 }, year, ..]
            if month <= 12 && full_year(year).is_some() =>
        {
            (read(year, Some(month), None), 2)
        }
        [year, ..] if is_year(year) => (read(year, None, None), 1),
        _ => (Vec::new(), 1),
    }
}

fn is_year(part: Part) -> bool {
    matches!(part, Part::Number { digits: 4, value: 1900..=2100 })
}

/// A year of four digits, or of two where a month stands beside it.
fn full_year(part: Part) -> Option<u32> {
    match part {
        Part::Number { digits: 4, value } => (1900..=2100).contains(&value).then_some(value),
        Part::Number { digits: 2, value } => Some(value + if value <= 40 { 2000 } else { 1900 }),
        Part::Number { .. } | Part::Month(_) | Part::Break => None,
    }
}

/// Numbers and months, with a break wherever something else stands between two of them.
fn parts(line: &str) -> Vec<Part> {
    let line = line.to_lowercase();
    let mut parts = Vec::new();
    for run in runs(&line) {
        let first = run.chars().next().unwrap_or(' ');
        if first.is_ascii_digit() {
            let value = run.parse().unwrap_or(u32::MAX);
            parts.push(Part::Number { value, digits: run.len() });
        } else if first.is_alphabetic() {
            let named = |names: &&str| names.split(' ').any(|name| name == run);
            match MONTHS.iter().position(|names| named(&names)) {
                Some(at) => parts.push(Part::Month(u32::try_from(at + 1).unwrap_or(0))),
                None if LINKS.contains(&run) => {}
                None => parts.push(Part::Break),
            }
        } else if !matches!(run.trim(), "" | "/" | "." | "," | "'" | "’" | "., ")
            && !(run == "-" || run == ". '")
        {
            parts.push(Part::Break);
        }
    }
    parts
}

/// Runs of digits, of letters, and of everything else.
fn runs(line: &str) -> impl Iterator<Item = &str> {
    let kind = |character: char| match character {
        '年' | '月' | '日' => 3,
        _ if character.is_ascii_digit() => 0,
        _ if character.is_alphabetic() => 1,
        _ => 2,
    };
    let mut rest = line;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let end = rest.find(|character| kind(character) != first).unwrap_or(rest.len());
        let (run, tail) = rest.split_at_checked(end)?;
        rest = tail;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_date_is_found_in_the_words_of_its_line() {
        let lines = [
            "2021-06 – Present | Berlin",
            "June 2021 to date",
            "Jun. 2021",
            "06/2021 - 03/2023",
            "15 June 2021",
            "June 15, 2021",
            "juin 2021",
            "junio de 2021",
            "2021年6月",
            "Jun '21",
            "06/21",
            "June – August 2021",
            "2021.06",
            "2019/02-2021/06",
        ];
        for line in lines {
            assert!(holds(line, "2021-06"), "{line}");
            assert!(holds(line, "2021"), "{line}");
        }
        assert!(holds("15.06.2021", "2021-06-15"));
    }

    #[test]
    fn a_date_is_not_put_together_from_parts_of_two() {
        let lines = [
            "2019-02 – 2021-05",
            "2019-02-2021-05",
            "02/2019-05/2021",
            "Feb 2019 – May 2021",
            "2021 – February",
        ];
        for line in lines {
            assert!(!holds(line, "2021-02"), "{line}");
            assert!(!holds(line, "2019-05"), "{line}");
        }
        assert!(holds("02/2019-05/2021", "2021-05"));
    }

    #[test]
    fn a_date_that_the_line_does_not_give_is_not_held() {
        assert!(!holds("since 2021", "2021-01"));
        assert!(!holds("Room 2021-06", "2021-07"));
        assert!(!holds("Marketing 2021", "2021-03"));
        assert!(!holds("20210", "2021"));
        for value in ["", "June 2021", "2021-13", "2021-6", "2021-06-99", "2021-06-15-1", "Present"]
        {
            assert!(!holds("June 2021, Present", value), "{value}");
        }
    }
}
