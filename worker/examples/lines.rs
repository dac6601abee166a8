//! Prints the lines of a PDF as the reader sees them: `lines FILE…`, with `-v` their places too.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use roleready_worker::parse::line::Line;
use roleready_worker::parse::pdf;

fn main() -> std::io::Result<()> {
    let (flags, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|arg| arg == "-v");
    for file in files {
        match pdf::read(&std::fs::read(&file)?) {
            Ok(read) => {
                for line in &read.lines {
                    print(line, !flags.is_empty());
                }
                if !flags.is_empty() {
                    println!("{:?} {:?}", read.findings, read.hidden);
                }
            }
            Err(error) => println!("{file}: {error}"),
        }
    }
    Ok(())
}

fn print(line: &Line, verbose: bool) {
    if verbose {
        let Line { page, column, x0, x1, y, size, gap_above, level, .. } = line;
        let bold = if line.bold { "b" } else { " " };
        print!(
            "{page}.{column} {x0:5.0}-{x1:<5.0}{y:5.0} {size:4.1}{bold} ^{gap_above:4.1} {level} "
        );
    }
    println!("{}{}", if line.bullet { "• " } else { "" }, line.text);
}
