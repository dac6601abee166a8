//! A resume as plain text, for forms that take nothing else.

use super::page::{Entry, Page, Section};

pub fn write(page: &Page) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let head = [page.name.clone(), page.label.clone()].into_iter().chain(page.contact.clone());
    blocks.push(head.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"));
    if !page.summary.is_empty() {
        blocks.push(format!("SUMMARY\n\n{}", page.summary.join("\n")));
    }
    blocks.extend(page.sections.iter().map(section));
    blocks.retain(|block| !block.is_empty());
    let mut text = blocks.join("\n\n");
    text.push('\n');
    text
}

fn section(section: &Section) -> String {
    let mut blocks = vec![section.title.to_uppercase()];
    blocks.extend(section.entries.iter().map(entry));
    let lines: Vec<String> = section
        .lines
        .iter()
        .map(|line| match line.label.as_str() {
            "" => line.text.clone(),
            label => format!("{label}: {}", line.text),
        })
        .collect();
    if !lines.is_empty() {
        blocks.push(lines.join("\n"));
    }
    blocks.join("\n\n")
}

fn entry(entry: &Entry) -> String {
    let part = |parts: &[&String], separator: &str| {
        let parts = parts.iter().filter(|part| !part.is_empty());
        parts.map(|part| part.as_str()).collect::<Vec<_>>().join(separator)
    };
    let mut lines = vec![
        part(&[&entry.title, &entry.at], " — "),
        part(&[&entry.dates, &entry.place, &entry.url], " | "),
    ];
    lines.extend(entry.paragraphs.iter().cloned());
    lines.extend(entry.bullets.iter().map(|bullet| format!("- {bullet}")));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}
