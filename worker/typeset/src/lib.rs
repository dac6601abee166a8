//! A page as PDF, set by Typst from embedded templates. A crate of its own, because Typst takes long to build.
//!
//! The page comes as JSON and is shown as text: nothing in it is ever read as markup.

use std::fmt;
use std::sync::LazyLock;

use thiserror::Error;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::{self, FontStore};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

/// A resume of more pages is none.
const MOST_PAGES: usize = 40;

/// A page of more bytes is not set: setting takes time in proportion.
const MOST_BYTES: usize = 400_000;

/// Of the modern template; under the SIL Open Font License, which lies beside them.
const REGULAR: &[u8] = include_bytes!("../fonts/FiraSans-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../fonts/FiraSans-SemiBold.ttf");

/// Results of earlier pages that Typst remembers.
const REMEMBERED: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Classic,
    Modern,
}

#[derive(Debug, Error)]
pub enum TypesetError {
    #[error("the page is too long")]
    TooLong,
    #[error("the template does not compile: {0}")]
    Template(Messages),
    #[error("the PDF cannot be written: {0}")]
    Pdf(Messages),
}

/// What Typst complains of. Its messages name templates, never the page's words.
#[derive(Debug)]
pub struct Messages(Vec<String>);

impl fmt::Display for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl Messages {
    fn of<'a>(diagnostics: impl IntoIterator<Item = &'a SourceDiagnostic>) -> Self {
        Self(diagnostics.into_iter().map(|one| one.message.to_string()).collect())
    }
}

/// Sets the page, which is JSON. Takes a while: not for the event loop.
pub fn pdf(page: Vec<u8>, look: Look) -> Result<Vec<u8>, TypesetError> {
    if page.len() > MOST_BYTES {
        return Err(TypesetError::TooLong);
    }
    let desk = Desk::new(page, look);
    let document = typst::compile::<PagedDocument>(&desk).output;
    let outcome = document.map_err(|errors| TypesetError::Template(Messages::of(&errors)));
    let outcome = outcome.and_then(|document| {
        if document.pages().len() > MOST_PAGES {
            return Err(TypesetError::TooLong);
        }
        typst_pdf::pdf(&document, &PdfOptions::default())
            .map_err(|errors| TypesetError::Pdf(Messages::of(&errors)))
    });
    comemo::evict(REMEMBERED);
    outcome
}

/// Everything a template may see: itself, the parts both share, the page. No files, no network, no clock.
struct Desk {
    main: FileId,
    template: Source,
    parts: Source,
    page: (FileId, Bytes),
}

static LIBRARY: LazyLock<LazyHash<Library>> =
    LazyLock::new(|| LazyHash::new(Library::builder().build()));

/// The fonts of the templates, and those of the machine for scripts they lack.
static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut store = FontStore::new();
    for file in [REGULAR, SEMIBOLD] {
        store.extend(Font::iter(Bytes::new(file)).map(|font| (font.clone(), font.info().clone())));
    }
    store.extend(fonts::embedded());
    store.extend(fonts::system());
    store
});

impl Desk {
    fn new(page: Vec<u8>, look: Look) -> Self {
        let template = match look {
            Look::Classic => include_str!("../templates/classic.typ"),
            Look::Modern => include_str!("../templates/modern.typ"),
        };
        let (main, parts, data) = (file("/main.typ"), file("/parts.typ"), file("/page.json"));
        Self {
            main,
            template: Source::new(main, template.to_owned()),
            parts: Source::new(parts, include_str!("../templates/parts.typ").to_owned()),
            page: (data, Bytes::new(page)),
        }
    }
}

fn file(path: &'static str) -> FileId {
    // The paths are the three above, all valid.
    #[expect(clippy::expect_used, reason = "the paths are constants")]
    let path = VirtualPath::new(path).expect("a valid path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.template, &self.parts]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (page, bytes) = &self.page;
        if id == *page { Ok(bytes.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
