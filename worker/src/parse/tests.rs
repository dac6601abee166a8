use std::io::Write;

use shared::resume::sidecar::FindingCode;
use zip::write::SimpleFileOptions;

use super::*;

const RESUME: &str = include_str!("../../tests/fixtures/resume.txt");
const UNUSUAL: &str = include_str!("../../tests/fixtures/unusual.txt");
const CHINESE: &str = include_str!("../../tests/fixtures/chinese.txt");
const MARKDOWN: &str = include_str!("../../tests/fixtures/resume.md");

/// A package of parts, as word processors write them.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let text =
        format!("<w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}</w:body></w:document>");
    package(&[("word/document.xml", &text)])
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn texts(lines: &Lines) -> Vec<&str> {
    lines.lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn a_text_resume_is_read_into_every_section() {
    let resume = read(RESUME.as_bytes(), Format::Text).unwrap().resume;

    let basics = &resume.basics;
    assert_eq!(basics.name.as_deref(), Some("Lucía Fernández Ortega"));
    assert_eq!(basics.label.as_deref(), Some("Enfermera de urgencias"));
    assert_eq!(basics.phone.as_deref(), Some("+34 612 34 56 78"));
    assert_eq!(basics.location.city.as_deref(), Some("Madrid"));
    assert_eq!(basics.location.country_code.as_deref(), Some("ES"));
    let roles: Vec<_> =
        resume.work.iter().map(|work| (work.position.as_deref(), work.name.as_deref())).collect();
    assert_eq!(
        roles,
        [
            (Some("Enfermera de urgencias"), Some("Hospital Universitario La Ribera")),
            (Some("Auxiliar de enfermería"), Some("Clínica Santa Clara")),
        ]
    );
    assert_eq!(resume.education[0].study_type.as_deref(), Some("Grado"));
    assert_eq!(resume.education[0].score.as_deref(), Some("8,4"));
    assert_eq!(resume.languages.len(), 3);
    assert_eq!(resume.certificates[0].date.as_deref(), Some("2021-06"));
}

#[test]
fn a_current_job_has_no_end() {
    let resume = read(RESUME.as_bytes(), Format::Text).unwrap().resume;

    assert_eq!(resume.work[0].start_date.as_deref(), Some("2019-03"));
    assert_eq!(resume.work[0].end_date, None);
}

#[test]
fn several_roles_under_one_employer_share_its_name() {
    let resume = read(UNUSUAL.as_bytes(), Format::Text).unwrap().resume;

    let names: Vec<_> = resume.work.iter().map(|work| work.name.as_deref().unwrap()).collect();
    assert_eq!(
        names,
        ["Globex Corporation", "Globex Corporation", "Globex Corporation", "Initech"]
    );
    assert_eq!(resume.work[3].position.as_deref(), Some("Business Analyst"));
    assert_eq!(resume.education[0].institution.as_deref(), Some("University of Texas at Austin"));
    assert!(resume.references.is_empty());
}

#[test]
fn a_chinese_resume_is_read() {
    let resume = read(CHINESE.as_bytes(), Format::Text).unwrap().resume;

    assert_eq!(resume.basics.name.as_deref(), Some("王小明"));
    assert_eq!(resume.work[0].name.as_deref(), Some("云帆科技有限公司"));
    assert_eq!(resume.work[0].position.as_deref(), Some("高级软件工程师"));
    assert_eq!(resume.education[0].study_type.as_deref(), Some("本科"));
    assert_eq!(resume.skills[0].keywords, ["Java", "Go", "Python"]);
}

#[test]
fn markdown_headings_lists_tables_and_links_are_understood() {
    let resume = read(MARKDOWN.as_bytes(), Format::Markdown).unwrap().resume;

    assert_eq!(resume.work.len(), 2);
    assert_eq!(resume.work[1].location.as_deref(), Some("Lille"));
    assert_eq!(resume.skills.last().unwrap().keywords, ["HTML", "CSS", "WordPress"]);
    assert_eq!(resume.basics.profiles[0].network.as_deref(), Some("LinkedIn"));
}

#[test]
fn every_value_names_the_line_it_came_from() {
    let parsed = read(RESUME.as_bytes(), Format::Text).unwrap();

    let employer = &parsed.sidecar.fields["/work/0/name"];
    assert!(employer.quote.as_deref().unwrap().contains("Hospital Universitario La Ribera"));
    assert_eq!(employer.page, Some(1));
    assert!(employer.confidence > 0.5 && employer.confidence <= 1.0);
    let lines: Vec<&str> = parsed.text.lines().collect();
    let quotes = parsed.sidecar.fields.values().filter_map(|field| field.quote.as_deref());
    assert!(quotes.into_iter().all(|quote| lines.contains(&quote)));
}

#[test]
fn what_fits_nowhere_is_listed_and_not_lost() {
    let text = format!("{RESUME}\nOTROS DATOS\nCarné de conducir y coche propio\n");

    let parsed = read(text.as_bytes(), Format::Text).unwrap();

    let unplaced: Vec<&str> =
        parsed.sidecar.unplaced.iter().map(|line| line.text.as_str()).collect();
    assert!(unplaced.contains(&"Carné de conducir y coche propio"), "{unplaced:?}");
}

#[test]
fn word_tables_text_boxes_and_tracked_changes_are_read_once_and_final() {
    let body = [
        paragraph("Ada Example"),
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>2019</w:t></w:r></w:p></w:tc>\
         <w:tc><w:p><w:r><w:t>Engineer</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
            .to_owned(),
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p>\
         </w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>boxed</w:t></w:r></w:p></mc:Fallback>\
         </mc:AlternateContent></w:r></w:p>"
            .to_owned(),
        "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"
            .to_owned(),
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:t>Tom &amp; Co</w:t></w:r></w:p>".to_owned(),
    ];

    let lines = docx::read(&docx(&body.concat())).unwrap();

    assert_eq!(texts(&lines), ["Ada Example", "2019\tEngineer", "boxed", "new", "Tom & Co"]);
    assert_eq!(lines.hidden.as_ref().unwrap().characters, 6);
    assert!(lines.findings.iter().any(|finding| finding.code == FindingCode::HiddenText));
}

#[test]
fn an_open_document_text_is_read_with_lists_and_headings() {
    let content = "<office:document-content xmlns:office=\"o\" xmlns:text=\"t\"><office:body><office:text>\
        <text:h text:outline-level=\"1\">Skills</text:h>\
        <text:list><text:list-item><text:p>Go<text:tab/>Rust<text:s text:c=\"2\"/>SQL</text:p></text:list-item></text:list>\
        </office:text></office:body></office:document-content>";

    let lines = odt::read(&package(&[("content.xml", content)])).unwrap();

    assert_eq!(texts(&lines), ["Skills", "Go\tRust SQL"]);
    assert_eq!(lines.lines[0].heading, Some(1));
    assert!(lines.lines[1].bullet);
}

#[test]
fn rich_text_escapes_lists_and_links_are_read() {
    let text = r#"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\b J\'f6rg} M\u252\'fc\u223?\par
        {\listtext\bullet\tab}\ls1 First\par\pard
        {\field{\*\fldinst HYPERLINK "https://example.org"}{\fldrslt page}} \u20013?\u25991?\par}"#;

    let lines = rtf::read(text.as_bytes()).unwrap();

    assert_eq!(texts(&lines), ["Jörg Müß", "First", "page 中文"]);
    assert!(lines.lines[1].bullet);
    let linked = lines.lines[2].spans.iter().find(|span| span.link.is_some()).unwrap();
    assert_eq!(
        (linked.text.as_str(), linked.link.as_deref()),
        ("page", Some("https://example.org"))
    );
}

#[test]
fn text_in_an_old_encoding_is_decoded() {
    let lines = plain::read(b"Jos\xe9 Mu\xf1oz\nIngeniero de se\xf1ales\n").unwrap();

    assert_eq!(texts(&lines), ["José Muñoz", "Ingeniero de señales"]);
}

#[test]
fn lines_broken_to_a_width_are_joined_and_underlined_lines_are_headings() {
    let lines = plain::read(RESUME_WRAPPED.as_bytes()).unwrap();

    assert_eq!(lines.lines[0].heading, Some(2));
    assert_eq!(lines.lines.len(), 2);
    assert!(lines.lines[1].text.ends_with("to the last of them."));
}

const RESUME_WRAPPED: &str = "SUMMARY
-------
Backend engineer with nine years of experience building payment and ledger
systems for banks and shops. Happiest close to the database, comfortable on
call, and at present learning how to write plain words that other people may
read with ease on any evening of the week, from the first line of the text to
the last of them.
";

#[test]
fn hostile_packages_end_in_errors() {
    let deep = format!("{}{}", "<w:sdt>".repeat(1000), paragraph("x"));
    let dtd = "<!DOCTYPE x [<!ENTITY a \"b\">]><w:document><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:document>";
    let large = format!(
        "<w:document><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:document>",
        "x".repeat(17 << 20)
    );

    assert_eq!(docx::read(&docx(&deep)), Err(ParseError::TooComplex));
    assert_eq!(docx::read(&package(&[("word/document.xml", dtd)])), Err(ParseError::Damaged));
    assert_eq!(docx::read(&package(&[("word/document.xml", &large)])), Err(ParseError::TooComplex));
    assert_eq!(docx::read(&package(&[("other.xml", "<a/>")])), Err(ParseError::Damaged));
    assert_eq!(docx::read(b"MZ no package"), Err(ParseError::Damaged));
    assert_eq!(docx::read(b""), Err(ParseError::Empty));
    assert_eq!(docx::read(&docx("")), Err(ParseError::Empty));
}

#[test]
fn a_word_document_cut_short_keeps_what_was_read() {
    let text = format!("<w:document><w:body>{}<w:p><w:r><w:t", paragraph("kept"));

    let lines = docx::read(&package(&[("word/document.xml", &text)])).unwrap();

    assert_eq!(texts(&lines), ["kept"]);
    assert!(lines.findings.iter().any(|finding| finding.code == FindingCode::Truncated));
}

#[test]
fn groups_nested_without_end_are_refused() {
    let text = format!("{{\\rtf1 {}", "{".repeat(100_000));

    assert_eq!(rtf::read(text.as_bytes()), Err(ParseError::TooComplex));
}
