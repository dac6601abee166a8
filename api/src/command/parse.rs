//! `roleready parse`: a document, or a folder of them, into JSON Resume.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clap::Args;
use indicatif::ProgressBar;
use worker::parse::Parsed;

use super::help::Helper;
use super::{Stopped, files};
use crate::console::{complain, say};

#[derive(Args)]
pub struct Arguments {
    /// A PDF, DOCX, ODT, RTF, text or Markdown file, or a folder of them
    path: PathBuf,
    /// With a folder: where to write `<file name>.json` for each file
    #[arg(long)]
    out: Option<PathBuf>,
    /// On one line, for programs
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: &Arguments) -> Result<(), Stopped> {
    if arguments.path.is_dir() {
        let Some(out) = &arguments.out else {
            return Err(Stopped { code: 2, message: "a folder needs --out DIR".into() });
        };
        return folder(&arguments.path, out);
    }
    let parsed = Helper::connect()?.read(files::document(&arguments.path)?).await;
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

fn folder(from: &Path, out: &Path) -> Result<(), Stopped> {
    let files = files::documents_in(from)?;
    std::fs::create_dir_all(out).map_err(Stopped::unavailable)?;
    let bar = ProgressBar::new(files.len() as u64);
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(stopped) = one(file, out) {
                        failed.fetch_add(1, Ordering::Relaxed);
                        bar.suspend(|| complain(&stopped.message));
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let failed = failed.into_inner();
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

fn one(file: &Path, out: &Path) -> Result<(), Stopped> {
    let Parsed { resume, .. } = files::document(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let text = serde_json::to_string_pretty(&resume).map_err(Stopped::unavailable)?;
    std::fs::write(out.join(format!("{name}.json")), text).map_err(Stopped::unavailable)
}
