//! Parses every document of a folder: `parse_dir FROM TO` writes `TO/<file name>.json` for each.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::path::Path;

use roleready_worker::parse;
use shared::document::format::Format;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, rest @ ..] = arguments.as_slice() else {
        println!("parse_dir FROM TO [part of a file name]");
        return Ok(());
    };
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(format) = Format::from_name(&name) else { continue };
        if rest.first().is_some_and(|part| !name.contains(part.as_str())) {
            continue;
        }
        match parse::read(&std::fs::read(&path)?, format) {
            Ok(parsed) => {
                let json = serde_json::to_string_pretty(&parsed.resume)?;
                std::fs::write(Path::new(to).join(format!("{name}.json")), json)?;
            }
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}
