//! A resume or a version of it as a file, with what our own reader found in it.

use std::time::Duration;

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, OpenApi};
use shared::export::{
    ExportError, Exported, Exporter, Format as DomainFormat, Template as DomainTemplate,
};
use shared::resume::Resumes;
use shared::resume::json::JsonResume;
use shared::resume::version::Versions;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::mirror::mirror;
use crate::problem::answer::{Export, Refused};
use crate::problem::{Code, Problem};

/// How long writing and reading back may take before the caller is told to try later.
const PATIENCE: Duration = Duration::from_secs(30);

/// Exports at once: one takes a core.
const AT_ONCE: usize = 2;

/// Pointers named in a header at most.
const MOST_NAMED: usize = 20;

pub struct ExportApi {
    pub resumes: Resumes,
    pub versions: Versions,
    pub exporter: Exporter,
    pub desks: std::sync::Arc<Semaphore>,
}

impl ExportApi {
    pub fn new(resumes: Resumes, versions: Versions, exporter: Exporter) -> Self {
        Self { resumes, versions, exporter, desks: std::sync::Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

mirror! {
    /// The kind of file
    ExportFormat of DomainFormat { Json, Docx, Pdf, #[oai(rename = "md")] Markdown, #[oai(rename = "txt")] Text }
}

mirror! {
    /// How a PDF looks
    ExportTemplate of DomainTemplate { Classic, Modern }
}

#[derive(ApiResponse)]
pub enum ExportedFile {
    /// The file
    #[oai(status = 200)]
    File(
        Binary<Vec<u8>>,
        #[oai(header = "Content-Type")] String,
        #[oai(header = "Content-Disposition")] String,
        /// Values read back at their place, of all that the file shows: `kept/fields`
        #[oai(header = "X-RoleReady-Roundtrip")]
        String,
        /// Pointers of values that stand in the file and were read as something else; absent when there are none
        #[oai(header = "X-RoleReady-Misread")]
        Option<String>,
    ),
}

#[OpenApi(prefix_path = "/resumes", tag = "Tag::Resumes")]
impl ExportApi {
    /// Get a resume as a file
    ///
    /// Every file is read back by our own reader before you get it: `X-RoleReady-Roundtrip` says how many values
    /// came back. A file that would lack a value of the resume is refused.
    #[oai(path = "/:id/export", method = "get", operation_id = "export_resume")]
    async fn resume(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        format: Query<ExportFormat>,
        template: Query<Option<ExportTemplate>>,
    ) -> Result<ExportedFile, Refused<Export>> {
        let resume = self.resumes.find(caller.0.id, id.0).await?;
        let resume =
            resume.ok_or_else(|| Problem::new(Code::ResumeNotFound, "There is no such resume."))?;
        Ok(self.export(resume.data, format.0, template.0).await?)
    }

    /// Get a version of a resume as a file
    ///
    /// As the resume itself; counts as using the version.
    #[oai(path = "/:id/versions/:vid/export", method = "get", operation_id = "export_version")]
    async fn version(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        vid: Path<Uuid>,
        format: Query<ExportFormat>,
        template: Query<Option<ExportTemplate>>,
    ) -> Result<ExportedFile, Refused<Export>> {
        let version = self.versions.find(caller.0.id, id.0, vid.0).await?;
        let version = version.ok_or_else(|| {
            Problem::new(Code::VersionNotFound, "There is no such version of this resume.")
        })?;
        self.versions.used(&version).await?;
        Ok(self.export(version.data, format.0, template.0).await?)
    }
}

impl ExportApi {
    async fn export(
        &self,
        resume: JsonResume,
        format: ExportFormat,
        template: Option<ExportTemplate>,
    ) -> Result<ExportedFile, Problem> {
        let format = DomainFormat::from(format);
        let template = template.map(DomainTemplate::from).unwrap_or_default();
        let exported = timeout(PATIENCE, self.write(resume, format, template)).await;
        let exported = exported.map_err(|_| busy())??;
        Ok(file(exported, format))
    }

    /// The permit goes with the work: one that takes too long still holds its place.
    async fn write(
        &self,
        resume: JsonResume,
        format: DomainFormat,
        template: DomainTemplate,
    ) -> Result<Exported, Problem> {
        let permit = self.desks.clone().acquire_owned().await.map_err(|_| busy())?;
        let exporter = self.exporter.clone();
        let work = tokio::task::spawn_blocking(move || {
            let written = exporter.export(&resume, format, template);
            drop(permit);
            written
        });
        let written = work.await.map_err(|error| {
            tracing::error!(panicked = error.is_panic(), "an export has failed");
            Problem::new(Code::Internal, "The document could not be written.")
        })?;
        Ok(written?)
    }
}

fn busy() -> Problem {
    Problem::new(Code::Unavailable, "Writing the document takes too long right now.")
}

fn file(exported: Exported, format: DomainFormat) -> ExportedFile {
    let roundtrip = exported.roundtrip;
    let misread = (!roundtrip.misread.is_empty()).then(|| named(&roundtrip.misread));
    ExportedFile::File(
        Binary(exported.bytes),
        format.media_type().to_owned(),
        format!("attachment; filename=\"resume.{}\"", format.ending()),
        format!("{}/{}", roundtrip.kept, roundtrip.fields),
        misread,
    )
}

/// The first pointers of a list, for a header; `+3` says how many more there are.
fn named(pointers: &[String]) -> String {
    let plain = |pointer: &&String| pointer.bytes().all(|byte| byte.is_ascii_graphic());
    let mut named: Vec<String> = pointers.iter().filter(plain).take(MOST_NAMED).cloned().collect();
    if named.len() < pointers.len() {
        named.push(format!("+{}", pointers.len() - named.len()));
    }
    named.join(", ")
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Lossy(roundtrip) => {
                let detail = format!(
                    "The file would lack {} of {} values: {}.",
                    roundtrip.lost.len(),
                    roundtrip.fields,
                    named(&roundtrip.lost)
                );
                Self::new(Code::ExportLossy, detail)
            }
            ExportError::TooLarge => {
                Self::new(Code::ExportTooLarge, "The resume has more text than a document takes.")
            }
            ExportError::Writer(message) => {
                tracing::error!(error = message, "a document cannot be written");
                Self::new(Code::Internal, "The document could not be written.")
            }
            ExportError::NotHere => {
                Self::new(Code::Unavailable, "This process does not write documents.")
            }
        }
    }
}
