//! A resume as Markdown: headings and lists, nothing a reader program stumbles over.

use super::page::{Entry, Page, Section, bare};

pub fn write(page: &Page) -> String {
    let mut text = Text::default();
    if !page.name.is_empty() {
        text.block(&format!("# {}", escape(&page.name)));
    }
    if !page.label.is_empty() {
        text.block(&format!("**{}**", escape(&page.label)));
    }
    let contact: Vec<String> = page.contact.iter().map(|part| shown(part)).collect();
    text.block(&contact.join(" · "));
    if !page.summary.is_empty() {
        text.block("## Summary");
        text.paragraphs(&page.summary);
    }
    for section in &page.sections {
        write_section(&mut text, section);
    }
    text.0
}

fn write_section(text: &mut Text, section: &Section) {
    text.block(&format!("## {}", section.title));
    for entry in &section.entries {
        write_entry(text, entry);
    }
    let lines = section.lines.iter().map(|line| match line.label.as_str() {
        "" => escape(&line.text),
        label => format!("**{}:** {}", escape(label), escape(&line.text)),
    });
    text.list(lines);
}

fn write_entry(text: &mut Text, entry: &Entry) {
    let title = [&entry.title, &entry.at].into_iter().filter(|part| !part.is_empty());
    let title: Vec<String> = title.map(|part| escape(part)).collect();
    if !title.is_empty() {
        text.block(&format!("### {}", title.join(" — ")));
    }
    let below =
        [&entry.dates, &entry.place, &entry.url].into_iter().filter(|part| !part.is_empty());
    let below: Vec<String> = below.map(|part| shown(part)).collect();
    if !below.is_empty() {
        text.block(&format!("*{}*", below.join(" | ")));
    }
    text.paragraphs(&entry.paragraphs);
    text.list(entry.bullets.iter().map(|bullet| escape(bullet)));
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn block(&mut self, block: &str) {
        if block.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(block);
        self.0.push('\n');
    }

    fn paragraphs(&mut self, paragraphs: &[String]) {
        for paragraph in paragraphs {
            self.block(&escape(paragraph));
        }
    }

    fn list(&mut self, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.map(|item| format!("- {item}")).collect();
        self.block(&items.join("\n"));
    }
}

/// Addresses without their scheme.
fn shown(part: &str) -> String {
    escape(bare(part))
}

/// The person's words as words: what would be a mark, a tag or a link of Markdown is escaped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut opens = true;
    while let Some(character) = characters.next() {
        let after = characters.peek();
        let mark = match character {
            // Inside a word an underscore is no emphasis, but not every reader knows.
            '\\' | '*' | '`' | '[' | ']' | '<' | '_' => true,
            '#' | '-' | '+' | '>' | '|' | '~' | '=' => {
                opens && after.is_none_or(|c| !c.is_alphanumeric())
            }
            _ => false,
        };
        if mark {
            escaped.push('\\');
        }
        escaped.push(character);
        opens = false;
    }
    escaped
}
