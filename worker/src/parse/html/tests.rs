use super::*;
use crate::parse::line::Line;

fn read_lines(page: &str) -> Lines {
    read(page.as_bytes()).unwrap()
}

fn texts(lines: &Lines) -> Vec<&str> {
    lines.lines.iter().map(|line: &Line| line.text.as_str()).collect()
}

#[test]
fn headings_lists_tables_and_links_are_understood() {
    let lines = read_lines(
        "<!doctype html><title>CV</title><h1>Ada&nbsp;Example</h1>
         <p>Reach me at <a href='mailto:ada@example.org'>mail</a><br>Berlin &amp; Lyon
         <ul><li>First<li>Second <b>half</b></ul>
         <table><tr><td>2019<td>Engineer</table>",
    );

    assert_eq!(
        texts(&lines),
        [
            "Ada Example",
            "Reach me at mail",
            "Berlin & Lyon",
            "First",
            "Second half",
            "2019\tEngineer"
        ]
    );
    assert_eq!(lines.lines[0].heading, Some(1));
    assert!(lines.lines[3].bullet && lines.lines[4].bullet && !lines.lines[5].bullet);
    let targets = lines.lines[1].spans.iter().filter_map(|span| span.link.as_deref());
    assert_eq!(targets.collect::<Vec<_>>(), ["mailto:ada@example.org"]);
}

#[test]
fn what_a_page_does_not_show_is_set_apart() {
    let lines = read_lines(
        "<style>.x, .kw { color: red; display:none } @media print { .shown { display: none } }</style>
         <p>seen</p><p class=shown>seen too</p><p hidden>abc</p><p style='font-size:0'>abc</p>
         <div class='kw'>abc<p>abc</p></div><script>var p = '<p>no</p>'</script>",
    );

    assert_eq!(texts(&lines), ["seen", "seen too"]);
    assert_eq!(lines.hidden.unwrap().characters, 12);
}

#[test]
fn a_page_nested_without_end_is_read() {
    let page = format!("{}deep", "<div><b>".repeat(100_000));

    assert_eq!(texts(&read_lines(&page)), ["deep"]);
}

#[test]
fn a_page_without_text_is_empty() {
    assert_eq!(read(b"<html><body><img src=cv.png></body></html>"), Err(ParseError::Empty));
}
