//! How much of each resume comes back from its exports: `roundtrip FOLDER [OUT]`; files go to OUT.
#![expect(clippy::print_stdout, reason = "the figures are the point")]

use std::path::Path;

use roleready_worker::export::export;
use shared::export::{Format, Template};
use shared::resume::json::JsonResume;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_default();
    let out = arguments.next();
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    files.sort();
    for (format, template) in [
        (Format::Json, Template::Classic),
        (Format::Docx, Template::Classic),
        (Format::Pdf, Template::Classic),
        (Format::Pdf, Template::Modern),
        (Format::Markdown, Template::Classic),
        (Format::Text, Template::Classic),
    ] {
        let (mut kept, mut fields) = (0, 0);
        let mut odd = Vec::new();
        for file in &files {
            let resume: JsonResume = serde_json::from_slice(&std::fs::read(file)?)?;
            let name = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let exported = match export(&resume, format, template) {
                Ok(exported) => exported,
                Err(error) => {
                    println!("{name} {format:?}: refused: {error} {error:?}");
                    continue;
                }
            };
            let trip = &exported.roundtrip;
            kept += trip.kept;
            fields += trip.fields;
            odd.extend(trip.misread.iter().map(|path| format!("{name}{path}")));
            if let Some(out) = &out {
                let file = format!("{name}.{template:?}.{}", format.ending()).to_lowercase();
                std::fs::write(Path::new(out).join(file), &exported.bytes)?;
            }
        }
        println!("{format:?} {template:?}: {kept}/{fields}");
        for path in &odd {
            println!("    {path}");
        }
    }
    Ok(())
}
