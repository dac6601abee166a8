//! Annotations that show text: filled form fields and notes typed onto the page.

use lopdf::{Dictionary, Object, Stream};

use super::Run;
use crate::parse::pdf::load::Page;
use crate::parse::pdf::matrix::Matrix;
use crate::parse::pdf::{limit, object};

/// Flags of an annotation that is not shown: invisible, hidden, no view.
const UNSEEN: i64 = 1 | 1 << 1 | 1 << 5;

impl<'a> Run<'_, 'a> {
    pub(super) fn annotations(&mut self, page: &Page<'a>) {
        let document = self.shared.document;
        let annotations = object::array(document, page.dictionary, b"Annots").unwrap_or_default();
        for annotation in annotations.iter().take(limit::LINKS) {
            let annotation = object::resolve(document, annotation).and_then(object::as_dictionary);
            if let Some(annotation) = annotation {
                self.annotation(annotation, page);
            }
        }
    }

    fn annotation(&mut self, annotation: &'a Dictionary, page: &Page<'a>) {
        let document = self.shared.document;
        let kind = object::name(document, annotation, b"Subtype").unwrap_or_default();
        let flags = object::integer(document, annotation, b"F").unwrap_or(0);
        if !matches!(kind, b"Widget" | b"FreeText") || flags & UNSEEN != 0 {
            return;
        }
        let Some(stream) = self.appearance(annotation) else { return };
        let Some(area) = object::rectangle(document, annotation, b"Rect") else { return };
        let matrix = object::matrix(document, &stream.dict, b"Matrix").unwrap_or(Matrix::IDENTITY);
        let Some(bounds) = object::rectangle(document, &stream.dict, b"BBox") else { return };
        let drawn = bounds.through(matrix);
        let scale = |to: f32, from: f32| if from > 0.0 { to / from } else { 1.0 };
        let (x, y) = (scale(area.width(), drawn.width()), scale(area.height(), drawn.height()));
        let fit = Matrix([x, 0.0, 0.0, y, area.x0 - drawn.x0 * x, area.y0 - drawn.y0 * y]);
        self.state.matrix = fit.then(page.matrix);
        self.form(stream, &[page.resources], 0);
    }

    /// What an annotation looks like now, by its state where it has several.
    fn appearance(&self, annotation: &'a Dictionary) -> Option<&'a Stream> {
        let document = self.shared.document;
        let looks = object::dictionary(document, annotation, b"AP")?;
        match object::value(document, looks, b"N")? {
            Object::Stream(stream) => Some(stream),
            Object::Dictionary(states) => {
                let state = object::name(document, annotation, b"AS")?;
                object::value(document, states, state)?.as_stream().ok()
            }
            _ => None,
        }
    }
}
