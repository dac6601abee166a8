use super::*;

/// Start, end, and whether it goes on, as text.
fn shown(period: Option<Period>) -> String {
    let Some(period) = period else { return "none".to_owned() };
    let date = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
    let current = if period.current { "+" } else { "" };
    format!("{}/{}{current}", date(period.start), date(period.end))
}

#[test]
fn periods_are_read_in_many_forms_and_languages() {
    let table = [
        ("Jun 2021 – Present", "2021-06/+"),
        ("June 2021 - present", "2021-06/+"),
        ("Feb, 2019 - May, 2021", "2019-02/2021-05"),
        ("Sept 2012 – June 2016", "2012-09/2016-06"),
        ("(Aug 2016 – Jan 2019)", "2016-08/2019-01"),
        ("06/2021 – now", "2021-06/+"),
        ("2019-02 to 2021-05", "2019-02/2021-05"),
        ("2018 – 2020", "2018/2020"),
        ("2018-19", "2018/2019"),
        ("2012 2016", "2012/2016"),
        ("Jan – Mar 2020", "2020-01/2020-03"),
        ("04/2020 – heute", "2020-04/+"),
        ("seit 05/2019", "2019-05/+"),
        ("März 2015 bis Dezember 2017", "2015-03/2017-12"),
        ("marzo de 2019 – actualidad", "2019-03/+"),
        ("desde enero 2020", "2020-01/+"),
        ("sept. 2014 – déc. 2017", "2014-09/2017-12"),
        ("janvier 2018 à aujourd’hui", "2018-01/+"),
        ("jan/2021 - atual", "2021-01/+"),
        ("2019年3月 - 至今", "2019-03/+"),
        ("2015年7月 至 2019年2月", "2015-07/2019-02"),
        ("март 2018 – по настоящее время", "2018-03/+"),
        ("Summer 2013", "/2013"),
        ("Q3 2020 – Q1 2021", "2020/2021"),
        ("12.03.2020", "/2020-03-12"),
        ("May 12, 2019", "/2019-05-12"),
        ("Awarded on: Jan 01, 2024", "/2024-01-01"),
        ("Jan '19 – Feb '21", "2019-01/2021-02"),
        ("Aug, 2016 - Jan, 2019\t2 years 5 months", "2016-08/2019-01"),
    ];

    for (text, expected) in table {
        assert_eq!(shown(whole(text)), expected, "{text}");
    }
}

#[test]
fn a_text_that_says_more_than_a_date_is_no_date() {
    for text in [
        "Built in 2019",
        "40M transactions",
        "3.6/4.0",
        "2210 Folsom St",
        "+1 415 555 0137",
        "Room 2020b",
    ] {
        assert_eq!(shown(whole(text)), "none", "{text}");
    }
}

#[test]
fn dates_behind_a_head_are_parted_from_it() {
    let table = [
        ("Engineer, Acme (Jun 2021 – Present)", Some(("Engineer, Acme", "2021-06/+"))),
        ("Licence, Board of Trade, June 2021", Some(("Licence, Board of Trade", "/2021-06"))),
        ("Best Poster 2015", Some(("Best Poster", "/2015"))),
        ("unplanned stoppages down 42% since 2019", None),
        ("built with three classmates in Spring 2024", None),
    ];

    for (text, expected) in table {
        let found = trailing(text).map(|(kept, period)| (kept, shown(Some(period))));
        assert_eq!(found, expected.map(|(kept, period)| (kept, period.to_owned())), "{text}");
    }
}

#[test]
fn a_duration_is_no_date() {
    assert!(is_duration("2 years 3 months"));
    assert!(is_duration("(3 Monate)"));
    assert!(!is_duration("2 years at Acme"));
}
