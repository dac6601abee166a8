//! Tables for spreadsheets: lines of text that no spreadsheet takes for a formula.

use std::fmt::Write;

/// A cell. Texts are other people's and made harmless; numbers are ours.
pub enum Cell<'a> {
    Text(&'a str),
    Number(i64),
    Usd(i64),
}

/// Adds a line to the table.
pub fn line(table: &mut String, cells: &[Cell<'_>]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            table.push(',');
        }
        match cell {
            Cell::Text(text) => text_cell(table, text),
            Cell::Number(number) => drop(write!(table, "{number}")),
            Cell::Usd(amount) => table.push_str(&shared::money::NanoUsd(*amount).to_usd()),
        }
    }
    table.push_str("\r\n");
}

fn text_cell(table: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || text.contains([',', '"', '\n', '\r']);
    if !quoted {
        table.push_str(text);
        return;
    }
    table.push('"');
    if formula {
        table.push('\'');
    }
    table.push_str(&text.replace('"', "\"\""));
    table.push('"');
}

#[cfg(test)]
mod tests {
    use super::{Cell, line};

    #[test]
    fn a_text_that_would_be_a_formula_is_only_text() {
        let mut table = String::new();

        line(
            &mut table,
            &[
                Cell::Text("=HYPERLINK(\"http://x\")"),
                Cell::Text("@cmd"),
                Cell::Text("gpt-4o"),
                Cell::Number(-3),
                Cell::Usd(-700),
            ],
        );

        assert_eq!(table, "\"'=HYPERLINK(\"\"http://x\"\")\",\"'@cmd\",gpt-4o,-3,-0.0000007\r\n");
    }
}
