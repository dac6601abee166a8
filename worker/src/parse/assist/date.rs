//! Does a line hold a date? The line says it in its own way, the resume in digits.

use crate::parse::field::date;

/// Whether `line` holds the date `value`, which is written `2021`, `2021-06` or `2021-06-15`.
///
/// Less than the line says is held too: `2021` by June 2021.
pub fn holds(line: &str, value: &str) -> bool {
    let says = |date: date::Date| {
        let date = date.to_string();
        date.strip_prefix(value).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let is_year = value.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    is_year
        && periods(line).any(|period| {
            let dates = [period.start, period.end];
            dates.into_iter().flatten().any(says)
        })
}

fn periods(line: &str) -> impl Iterator<Item = date::Period> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let found = date::find(rest)?;
        rest = rest.get(found.end.max(1)..)?;
        Some(found.period)
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
            "06/2021 - 03/2023",
            "15 June 2021",
            "juin 2021",
            "junio de 2021",
            "2021年6月",
            "June – August 2021",
            "Acme, 2018 - 2019, again 06/2021",
        ];
        for line in lines {
            assert!(holds(line, "2021-06"), "{line}");
            assert!(holds(line, "2021"), "{line}");
        }
        assert!(holds("15.06.2021", "2021-06-15"));
    }

    #[test]
    fn a_date_is_not_put_together_from_parts_of_two() {
        for line in ["2019-02 – 2021-05", "02/2019-05/2021", "Feb 2019 – May 2021"] {
            assert!(!holds(line, "2021-02"), "{line}");
            assert!(!holds(line, "2019-05"), "{line}");
            assert!(holds(line, "2021-05"), "{line}");
        }
    }

    #[test]
    fn a_date_that_the_line_does_not_give_is_not_held() {
        assert!(!holds("since 2021", "2021-01"));
        assert!(!holds("Marketing 2021", "2021-03"));
        assert!(!holds("20210", "2021"));
        for value in ["", "2", "20", "202", "June 2021", "2021-", "2021-6", "2021-06-99", "Present"]
        {
            assert!(!holds("June 2021, Present", value), "{value}");
        }
    }
}
