//! A resume as PDF: set by Typst, which is kept in a crate of its own because it takes long to build.

use shared::export::{ExportError, Template};
use typeset::{Look, TypesetError};

use super::page::Page;

pub fn write(page: &Page, template: Template) -> Result<Vec<u8>, ExportError> {
    let page = serde_json::to_vec(page).map_err(|error| super::writer(&error))?;
    let look = match template {
        Template::Classic => Look::Classic,
        Template::Modern => Look::Modern,
    };
    typeset::pdf(page, look).map_err(|error| match error {
        TypesetError::TooLong => ExportError::TooLarge,
        TypesetError::Template(_) | TypesetError::Pdf(_) => super::writer(&error),
    })
}
