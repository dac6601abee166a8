//! A resume as a Word document: real headings, real lists, no tables for layout.

use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, Docx, Hyperlink, HyperlinkType, IndentLevel, Level, LevelJc, LevelText,
    LineSpacing, NumberFormat, Numbering, NumberingId, PageMargin, Paragraph, Run, RunFonts,
    SpecialIndentType, Start, Style, StyleType,
};
use shared::export::ExportError;

use super::page::{Entry, Page, Section};

/// Half points.
const BODY: usize = 21;
const INK: &str = "1F2937";
const MUTED: &str = "4B5563";
const LIST: usize = 1;

pub fn write(page: &Page) -> Result<Vec<u8>, ExportError> {
    let mut docx = blank();
    for paragraph in head(page) {
        docx = docx.add_paragraph(paragraph);
    }
    if !page.summary.is_empty() {
        docx = docx.add_paragraph(heading("Summary"));
        for paragraph in &page.summary {
            docx = docx.add_paragraph(plain(paragraph));
        }
    }
    for section in &page.sections {
        docx = write_section(docx, section);
    }
    let mut file = Cursor::new(Vec::new());
    docx.build().pack(&mut file).map_err(|error| super::writer(&error))?;
    Ok(file.into_inner())
}

fn blank() -> Docx {
    let fonts = RunFonts::new().ascii("Calibri").hi_ansi("Calibri").cs("Calibri");
    let margin = PageMargin {
        top: 1_000,
        bottom: 1_000,
        left: 1_150,
        right: 1_150,
        header: 600,
        footer: 600,
        gutter: 0,
    };
    let bullet = Level::new(
        0,
        Start::new(1),
        NumberFormat::new("bullet"),
        LevelText::new("•"),
        LevelJc::new("left"),
    )
    .indent(Some(360), Some(SpecialIndentType::Hanging(260)), None, None);
    Docx::new()
        .default_fonts(fonts)
        .default_size(BODY)
        .page_size(11_906, 16_838)
        .page_margin(margin)
        .add_style(style("Title", "Title", 40, 0, 20).bold())
        .add_style(style("Subtitle", "Subtitle", 25, 0, 60).color(MUTED))
        .add_style(style("Heading1", "heading 1", 26, 240, 60).bold().outline_lvl(0))
        .add_style(style("Heading2", "heading 2", 23, 140, 0).bold().outline_lvl(1))
        .add_abstract_numbering(AbstractNumbering::new(LIST).add_level(bullet))
        .add_numbering(Numbering::new(LIST, LIST))
}

fn style(id: &str, name: &str, size: usize, before: u32, after: u32) -> Style {
    Style::new(id, StyleType::Paragraph)
        .name(name)
        .based_on("Normal")
        .next("Normal")
        .q_format(true)
        .size(size)
        .color(INK)
        .line_spacing(LineSpacing::new().before(before).after(after))
}

fn head(page: &Page) -> Vec<Paragraph> {
    let mut head = Vec::new();
    if !page.name.is_empty() {
        head.push(styled("Title", &page.name));
    }
    if !page.label.is_empty() {
        head.push(styled("Subtitle", &page.label));
    }
    let mut contact = Paragraph::new().line_spacing(LineSpacing::new().after(80));
    for (at, part) in page.contact.iter().enumerate() {
        if at > 0 {
            contact = contact.add_run(Run::new().add_text(" · "));
        }
        contact = linked(contact, part);
    }
    if !page.contact.is_empty() {
        head.push(contact);
    }
    head
}

fn write_section(mut docx: Docx, section: &Section) -> Docx {
    docx = docx.add_paragraph(heading(section.title));
    for entry in &section.entries {
        for paragraph in entry_paragraphs(entry) {
            docx = docx.add_paragraph(paragraph);
        }
    }
    for line in &section.lines {
        let mut item = bullet();
        if !line.label.is_empty() {
            item = item.add_run(Run::new().add_text(format!("{}: ", line.label)).bold());
        }
        docx = docx.add_paragraph(item.add_run(Run::new().add_text(&line.text)));
    }
    docx
}

fn entry_paragraphs(entry: &Entry) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    let title = [entry.title.as_str(), entry.at.as_str()];
    let title: Vec<&str> = title.into_iter().filter(|part| !part.is_empty()).collect();
    if !title.is_empty() {
        paragraphs.push(styled("Heading2", &title.join(" — ")).keep_next(true));
    }
    let below: Vec<&str> = [entry.dates.as_str(), entry.place.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    if !below.is_empty() || !entry.url.is_empty() {
        let mut line = Paragraph::new().line_spacing(LineSpacing::new().after(40)).keep_next(true);
        let text = below.join(" | ");
        line = line.add_run(Run::new().add_text(&text).italic().color(MUTED));
        if !entry.url.is_empty() {
            let separator = if text.is_empty() { "" } else { " | " };
            line = linked(line.add_run(Run::new().add_text(separator)), &entry.url);
        }
        paragraphs.push(line);
    }
    paragraphs.extend(entry.paragraphs.iter().map(|paragraph| plain(paragraph)));
    let items = entry.bullets.iter().map(|text| bullet().add_run(Run::new().add_text(text)));
    paragraphs.extend(items);
    paragraphs
}

fn heading(title: &str) -> Paragraph {
    styled("Heading1", title).keep_next(true)
}

fn styled(style: &str, text: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(Run::new().add_text(text))
}

fn plain(text: &str) -> Paragraph {
    Paragraph::new().line_spacing(LineSpacing::new().after(60)).add_run(Run::new().add_text(text))
}

fn bullet() -> Paragraph {
    Paragraph::new()
        .numbering(NumberingId::new(LIST), IndentLevel::new(0))
        .line_spacing(LineSpacing::new().after(30))
}

/// Addresses can be clicked; the words shown are the address.
fn linked(paragraph: Paragraph, text: &str) -> Paragraph {
    let run = Run::new().add_text(super::page::bare(text));
    match target(text) {
        Some(target) => paragraph
            .add_hyperlink(Hyperlink::new(target, HyperlinkType::External).add_run(run.color(INK))),
        None => paragraph.add_run(run),
    }
}

/// Only what is plainly an address; never another scheme than these.
fn target(text: &str) -> Option<String> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return Some(text.to_owned());
    }
    let mail =
        text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    mail.then(|| format!("mailto:{text}"))
}
