//! Lines, columns, rows and bullets.

use super::build::at;
use super::*;

fn column(x: i32, top: i32, words: &[&str]) -> String {
    (0..).zip(words).map(|(line, text)| at(x, top - 14 * line, text)).collect()
}

const LEFT: [&str; 6] = ["CONTACT", "ada@example.org", "London", "SKILLS", "Analysis", "Poetry"];
const RIGHT: [&str; 6] = [
    "EXPERIENCE",
    "Analyst of engines at a house in St James",
    "Wrote the first program that was ever made",
    "Described how a machine may weave numbers",
    "EDUCATION",
    "Private lessons by mathematicians of name",
];

fn expected() -> Vec<&'static str> {
    LEFT.into_iter().chain(RIGHT).collect()
}

#[test]
fn columns_are_read_one_after_the_other() {
    let read =
        read(&page(&format!("{}{}", column(50, 600, &LEFT), column(220, 600, &RIGHT)))).unwrap();

    assert_eq!(texts(&read), expected());
    assert_eq!((read.lines[0].column, read.lines[6].column), (0, 1));
    assert_eq!(codes(&read), []);
}

#[test]
fn columns_drawn_line_by_line_are_read_apart_and_found() {
    let rows: String = (0..)
        .zip(LEFT.iter().zip(RIGHT))
        .map(|(line, (left, right))| {
            at(50, 600 - 14 * line, left) + &at(220, 593 - 14 * line, right)
        })
        .collect();

    let read = read(&page(&rows)).unwrap();

    assert_eq!(texts(&read), expected());
    assert_eq!(codes(&read), [FindingCode::ColumnsOutOfOrder]);
}

#[test]
fn a_name_above_two_columns_comes_first() {
    let content = format!(
        "{}{}BT /F2 24 Tf 50 700 Td (Ada Lovelace) Tj ET",
        column(50, 600, &LEFT),
        column(220, 600, &RIGHT)
    );

    assert_eq!(lines(&page(&content))[0], "Ada Lovelace");
}

#[test]
fn dates_at_the_right_margin_stay_with_their_titles() {
    let content: String =
        [("Analyst", "2019 - 2021"), ("Programmer", "2015 - 2019"), ("Pupil", "2010 - 2015")]
            .iter()
            .zip([600, 560, 520])
            .map(|((title, dates), y)| {
                at(50, y, title) + &at(480, y, dates) + &at(50, y - 14, "House of Engines, London")
            })
            .collect();

    assert_eq!(
        lines(&page(&content))[..3],
        ["Analyst\t2019 - 2021", "House of Engines, London", "Programmer\t2015 - 2019"]
    );
}

#[test]
fn a_date_over_two_lines_in_the_margin_is_one_cell() {
    let entry = |y: i32, dates: [&str; 2]| {
        let text = [
            "Analyst of engines, London",
            "Wrote the first program that was ever made",
            "and more",
        ];
        at(50, y, dates[0]) + &at(54, y - 14, dates[1]) + &column(100, y, &text)
    };
    let content = entry(700, [r"2019 \226", "Present"]) + &entry(640, [r"2015 \226", "2019"]);

    let read = lines(&page(&content));

    assert_eq!(
        read[..2],
        [
            "2019 – Present\tAnalyst of engines, London",
            "Wrote the first program that was ever made"
        ]
    );
    assert_eq!(read[3], "2015 – 2019\tAnalyst of engines, London");
}

#[test]
fn places_and_dates_stacked_at_the_right_stay_with_the_head_of_their_entry() {
    let content = at(50, 700, "House of Engines, Analyst")
        + &at(460, 700, "London, England")
        + &at(60, 686, r"\225 Wrote the first program that was ever made")
        + &at(460, 686, "2019 - 2021    ");

    let read = lines(&page(&content));

    assert_eq!(read[0], "House of Engines, Analyst\tLondon, England\t2019 - 2021");
    assert_eq!(read[1], "Wrote the first program that was ever made");
}

#[test]
fn places_drawn_before_all_titles_stay_with_them_too() {
    let places = at(480, 600, "London") + &at(480, 558, "London");
    let entries = column(
        50,
        600,
        &["Analyst", "House of Engines", "Wrote programs", "Pupil", "At home", "Read books"],
    );

    assert_eq!(lines(&page(&(places + &entries)))[0], "Analyst\tLondon");
}

#[test]
fn contact_details_spread_over_the_width_are_no_columns() {
    let content = at(50, 700, "ada@example.org")
        + &at(200, 700, "01632 960123")
        + &at(330, 700, "London, England")
        + &at(450, 700, "ada.example")
        + &column(50, 670, &LEFT.repeat(3))
        + &column(400, 670, &RIGHT.repeat(3));

    assert_eq!(
        lines(&page(&content))[0],
        "ada@example.org\t01632 960123\tLondon, England\tada.example"
    );
}

#[test]
fn dates_drawn_after_all_titles_stay_with_them_too() {
    let titles =
        column(50, 600, &["Analyst, House of Engines", "Programmer, Mill", "Pupil, at home"]);
    let dates = column(480, 600, &["2019 - 2021", "2015 - 2019", "2010 - 2015"]);

    assert_eq!(lines(&page(&(titles + &dates)))[0], "Analyst, House of Engines\t2019 - 2021");
}

#[test]
fn headings_in_the_margin_go_before_their_text() {
    let entry = |y: i32, label: &str, text: [&str; 3]| {
        format!("BT /F2 14 Tf 40 {} Td ({label}) Tj ET\n", y - 7) + &column(200, y, &text)
    };
    let content = [
        entry(
            700,
            "Work",
            [
                "Analyst of engines at a house",
                "Wrote the first program ever made",
                "Weaved numbers",
            ],
        ),
        entry(
            600,
            "School",
            ["Private lessons in mathematics", "Logic with a professor of name", "Music"],
        ),
        entry(
            500,
            "Other",
            ["Horses and the races they run", "Flying machines made of paper", "Chess"],
        ),
    ]
    .concat();

    let read = lines(&page(&content));

    assert_eq!([&read[0], &read[4], &read[8]], ["Work", "School", "Other"]);
    assert_eq!(read[1], "Analyst of engines at a house");
}

#[test]
fn bullets_are_taken_off_whatever_they_look_like() {
    for mark in [r"\225", "-", r"\226"] {
        let content = at(72, 700, &format!("{mark} Wrote a program")) + &at(80, 686, "that weaves");

        let read = read(&page(&content)).unwrap();

        assert_eq!(texts(&read), ["Wrote a program", "that weaves"], "{mark}");
        assert_eq!([read.lines[0].bullet, read.lines[1].bullet], [true, false], "{mark}");
    }
}

#[test]
fn a_dot_drawn_before_a_line_is_its_bullet() {
    let read =
        read(&page(&format!("0 g 62 702 3 3 re f {}", at(72, 700, "Wrote a program")))).unwrap();

    assert!(read.lines[0].bullet);
}

#[test]
fn a_dash_within_a_date_that_wraps_is_no_bullet() {
    let content =
        at(72, 700, "Analyst at the house of engines, 04/2020") + &at(72, 686, r"\226 today");

    let read = read(&page(&content)).unwrap();

    assert!(!read.lines[1].bullet);
    assert_eq!(read.lines[1].text, "– today");
}

#[test]
fn bullets_further_in_are_of_a_deeper_level() {
    let content =
        at(72, 700, r"\225 Wrote") + &at(90, 686, r"\225 in Ada") + &at(72, 672, r"\225 Taught");

    let levels: Vec<u8> =
        read(&page(&content)).unwrap().lines.iter().map(|line| line.level).collect();

    assert_eq!(levels, [0, 1, 0]);
}

#[test]
fn white_space_above_counts_in_line_steps() {
    let content = column(72, 700, &["one", "two", "three", "four"]) + &at(72, 630, "five");

    let gaps: Vec<f32> =
        read(&page(&content)).unwrap().lines.iter().map(|line| line.gap_above).collect();

    assert!(
        gaps[0].abs() < 0.01 && (gaps[1] - 1.0).abs() < 0.05 && (gaps[4] - 2.0).abs() < 0.05,
        "{gaps:?}"
    );
}

#[test]
fn text_up_the_side_of_a_page_comes_last() {
    let content = format!(
        "BT /F1 10 Tf 0 1 -1 0 30 100 Tm (Curriculum vitae) Tj ET {}",
        at(72, 700, "Ada Lovelace, Analyst")
    );

    assert_eq!(lines(&page(&content)), ["Ada Lovelace, Analyst", "Curriculum vitae"]);
}
