//! `roleready parse`: a document, or a folder of them, into JSON Resume.

use std::path::{Path, PathBuf};
use std::thread;

use clap::Args;
use futures::StreamExt;
use indicatif::ProgressBar;
use worker::parse::Parsed;

use super::help::Helper;
use super::{Stopped, files};
use crate::console::{complain, say};

#[derive(Args)]
pub struct Arguments {
    /// A PDF, DOCX, DOC, ODT, RTF, HTML, text, Markdown or JSON Resume file, or a folder of them
    path: PathBuf,
    /// With a folder: where to write `<file name>.json` for each file
    #[arg(long)]
    out: Option<PathBuf>,
    /// With an encrypted PDF: a file that holds its password
    #[arg(long)]
    password_file: Option<PathBuf>,
    /// On one line, for programs
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: &Arguments) -> Result<(), Stopped> {
    if arguments.path.is_dir() {
        let Some(out) = &arguments.out else {
            return Err(Stopped { code: 2, message: "a folder needs --out DIR".into() });
        };
        return folder(&arguments.path, out).await;
    }
    let password = arguments.password_file.as_deref().map(password).transpose()?;
    let parsed = files::document(&arguments.path, password.as_deref()).await?;
    let parsed = Helper::connect()?.read(parsed).await;
    let text = if arguments.json {
        serde_json::to_string(&parsed.resume)
    } else {
        serde_json::to_string_pretty(&parsed.resume)
    };
    let text = text.map_err(Stopped::unavailable)?;
    if let Some(out) = &arguments.out {
        return std::fs::write(out, text).map_err(Stopped::unavailable);
    }
    say(text);
    Ok(())
}

/// A password in an argument would be seen by everybody on the machine.
fn password(file: &Path) -> Result<String, Stopped> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Stopped::bad_input(format!("cannot read {}: {error}", file.display())))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

async fn folder(from: &Path, out: &Path) -> Result<(), Stopped> {
    let files = files::documents_in(from)?;
    std::fs::create_dir_all(out).map_err(Stopped::unavailable)?;
    let bar = ProgressBar::new(files.len() as u64);
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    let mut reading =
        futures::stream::iter(&files).map(|file| one(file, out)).buffer_unordered(at_once);
    let mut failed = 0;
    while let Some(outcome) = reading.next().await {
        if let Err(stopped) = outcome {
            failed += 1;
            bar.suspend(|| complain(&stopped.message));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    complain(format!(
        "{} of {} files read into {}",
        files.len() - failed,
        files.len(),
        out.display()
    ));
    if failed > 0 {
        return Err(Stopped::bad_input(format!("{failed} file(s) could not be read")));
    }
    Ok(())
}

async fn one(file: &Path, out: &Path) -> Result<(), Stopped> {
    let Parsed { resume, .. } = files::document(file, None).await?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let text = serde_json::to_string_pretty(&resume).map_err(Stopped::unavailable)?;
    std::fs::write(out.join(format!("{name}.json")), text).map_err(Stopped::unavailable)
}
