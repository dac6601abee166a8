//! Uploading files, and reading what was uploaded.

use poem::http::header;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;
use serde_json::json;
use shared::audit::{Action, Audits, Deed, Mandate};
use shared::blobs::Blobs;
use shared::document::door::Door;
use shared::document::format::Format as DomainFormat;
use shared::document::scan::{Finding, Scanner, WhenDown};
use shared::document::{Documents, Kind as DomainKind, Model, NewDocument};
use shared::idempotency::KeyError;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::headers::{done, etag, idempotency, required_revision, revision};
use crate::json::Body;
use crate::mirror::mirror;
use crate::page;
use crate::problem::answer::{Change, Read, Refused, TakeIn};
use crate::problem::{Code, Problem};
use crate::request_id;

pub mod upload;

use upload::{Upload, UploadRequest};

pub struct DocumentApi {
    pub documents: Documents,
    pub door: Door,
    pub scanner: Option<Scanner>,
    pub audits: Audits,
    pub blobs: Blobs,
}

mirror! {
    /// What the person says the file is
    DocumentKind of DomainKind { Resume, CoverLetter, Portfolio, Certificate }
}

mirror! {
    /// What the file is by its content
    DocumentFormat of DomainFormat { Pdf, Docx, Doc, Odt, Rtf, Html, Text, Markdown, JsonResume }
}

/// An uploaded file
#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct Document {
    pub id: Uuid,
    pub kind: DocumentKind,
    pub name: String,
    pub format: DocumentFormat,
    /// Bytes
    pub size: i64,
    /// Of the content, in hexadecimal
    pub sha256: String,
    /// Counts the changes, from 1; also the `ETag`
    pub revision: i64,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

impl Example for Document {
    fn example() -> Self {
        Self {
            id: crate::example::id(1),
            kind: DocumentKind::Resume,
            name: "maya-orourke.pdf".into(),
            format: DocumentFormat::Pdf,
            size: 48_213,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
            revision: 1,
            created_at: crate::example::time(),
        }
    }
}

impl From<Model> for Document {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind.into(),
            name: row.name,
            format: row.format.into(),
            size: row.size,
            sha256: row.sha256,
            revision: row.revision,
            created_at: row.created_at,
        }
    }
}

/// A page of documents, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct DocumentPage {
    pub items: Vec<Document>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for DocumentPage {
    fn example() -> Self {
        Self { items: vec![Document::example()], next_cursor: None }
    }
}

#[derive(ApiResponse)]
pub enum Uploaded {
    /// The file is stored
    #[oai(status = 201)]
    Created(
        Json<Document>,
        #[oai(header = "Location")] String,
        #[oai(header = "ETag")] String,
        /// `not-scanned`: the virus scanner did not answer, and the file was taken all the same
        #[oai(header = "X-RoleReady-Notice")]
        Option<String>,
    ),
}

#[derive(ApiResponse)]
pub enum ShownDocument {
    /// The document as it is now
    #[oai(status = 200)]
    Shown(Json<Document>, #[oai(header = "ETag")] String),
}

impl From<Model> for ShownDocument {
    fn from(row: Model) -> Self {
        let tag = etag(row.revision);
        Self::Shown(Json(row.into()), tag)
    }
}

/// What a document is called and said to be
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct RenameDocument {
    /// With the ending of its format
    pub name: String,
    pub kind: DocumentKind,
}

impl Example for RenameDocument {
    fn example() -> Self {
        Self { name: "maya-lindqvist-2026.pdf".into(), kind: DocumentKind::Resume }
    }
}

#[derive(ApiResponse)]
pub enum Deleted {
    /// It is gone
    #[oai(status = 204)]
    Gone,
}

#[OpenApi(prefix_path = "/documents", tag = "Tag::Documents")]
impl DocumentApi {
    /// Upload a file
    ///
    /// PDF, DOCX, DOC, ODT, RTF, HTML, text, Markdown or JSON Resume, up to 10 MiB. The content
    /// decides what the file is; its name must agree. Start reading it with `POST /resumes/parse`.
    ///
    /// A PDF that needs a password can come with it, in the part `password`. What is kept is then
    /// a copy that needs none: the password is used while this request is answered, and is neither
    /// stored nor logged. It belongs here and not to `POST /resumes/parse`, since what an operation
    /// needs is stored until the operation ends. Without the password the file is kept locked, and
    /// reading it fails with `document-encrypted`.
    #[oai(path = "/", method = "post", operation_id = "upload_document")]
    async fn upload(
        &self,
        caller: Caller,
        request: UploadRequest,
        /// The same key again, with the same file, gives the same document, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<Uploaded, Refused<TakeIn>> {
        let UploadRequest::Multipart(upload) = request;
        let asked = (DomainKind::from(upload.kind), &upload.name, &upload.sha256);
        let key = idempotency(key.0, &("upload_document", asked))?;
        let upload = upload.unlocked(&self.door).await?;
        let notice = self.scan(&caller, &upload).await?;
        let id = Uuid::now_v7();
        let blob = format!("documents/{}/{id}", caller.0.id);
        self.blobs.put_file(&blob, upload.file.path()).await?;
        let new = NewDocument {
            id,
            kind: upload.kind.into(),
            name: upload.name,
            format: upload.format,
            size: upload.size,
            sha256: upload.sha256,
            blob: blob.clone(),
        };
        let document = self.documents.create(caller.0.id, new, key.as_ref()).await;
        if is_repeated(&document, id) {
            self.blobs.delete(&blob).await?;
        }
        let document = Document::from(document?);
        let location = format!("/api/v1/documents/{}", document.id);
        let tag = etag(document.revision);
        Ok(Uploaded::Created(Json(document), location, tag, notice))
    }

    /// List your documents
    #[oai(path = "/", method = "get", operation_id = "list_documents")]
    async fn list(
        &self,
        caller: Caller,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<DocumentPage>, Refused<Read>> {
        let page = page::request(cursor.0, limit.0)?;
        let page = self.documents.list(caller.0.id, page).await?.map(Document::from);
        let next_cursor = page.next.map(|id| id.to_string());
        Ok(Json(DocumentPage { items: page.items, next_cursor }))
    }

    /// Show a document
    #[oai(path = "/:id", method = "get", operation_id = "get_document")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<ShownDocument, Refused<Read>> {
        Ok(self.find(&caller, id.0).await?.into())
    }

    /// Rename a document
    ///
    /// The content stays as it was uploaded; the new name must keep the ending of its format.
    /// `If-Match` must hold the `ETag` of what you read.
    #[oai(path = "/:id", method = "put", operation_id = "rename_document")]
    async fn rename(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Body<RenameDocument>,
    ) -> Result<ShownDocument, Refused<Change>> {
        let revision = required_revision(if_match.0.as_deref())?;
        let format = self.find(&caller, id.0).await?.format;
        let new = (upload::name_for(format, &body.0.name)?, body.0.kind.into());
        let renamed = self.documents.rename(caller.0.id, id.0, revision, new).await?;
        Ok(done(renamed, no_such)?.into())
    }

    /// Download the file
    ///
    /// Always as an attachment, never to be shown by a browser in place.
    #[oai(path = "/:id/content", method = "get", operation_id = "download_document")]
    async fn download(
        &self,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Result<poem_openapi::payload::Response<Binary<Vec<u8>>>, Refused<Read>> {
        let document = self.find(&caller, id.0).await?;
        let content = self.blobs.get(&document.blob).await?;
        let disposition = upload::attachment(&document.name);
        Ok(poem_openapi::payload::Response::new(Binary(content.to_vec()))
            .header(header::CONTENT_TYPE, document.format.media_type())
            .header(header::CONTENT_DISPOSITION, disposition))
    }

    /// Delete a document
    ///
    /// Resumes that were read from it stay.
    #[oai(path = "/:id", method = "delete", operation_id = "delete_document")]
    async fn delete(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Result<Deleted, Refused<Change>> {
        let revision = revision(if_match.0.as_deref())?;
        let deleted = done(self.documents.delete(caller.0.id, id.0, revision).await?, no_such)?;
        self.blobs.delete(&deleted.blob).await?;
        Ok(Deleted::Gone)
    }
}

impl DocumentApi {
    /// Refuses a file that is infected, and notes who has sent it. What there is to say about one that is taken.
    async fn scan(&self, caller: &Caller, upload: &Upload) -> Result<Option<String>, Problem> {
        let Some(scanner) = &self.scanner else { return Ok(None) };
        match scanner.check(upload.file.path()).await {
            Ok(Finding::Clean) => Ok(None),
            Ok(Finding::Infected(signature)) => {
                let mandate = Mandate {
                    actor_id: caller.0.id,
                    reason: "The virus scanner found something.".into(),
                    request_id: request_id::current(),
                };
                let target = format!("account/{}", caller.0.id);
                let detail = json!({ "signature": signature, "sha256": upload.sha256 });
                let deed = Deed { action: Action::RefuseFile, target, detail: Some(detail) };
                self.audits.note(&mandate, deed).await?;
                Err(Problem::new(
                    Code::FileInfected,
                    "The virus scanner found something in the file.",
                ))
            }
            Err(error) => {
                tracing::error!(%error, "a file cannot be checked for viruses");
                match scanner.when_down {
                    WhenDown::Accept => Ok(Some("not-scanned".into())),
                    WhenDown::Refuse => Err(Problem::new(
                        Code::Unavailable,
                        "Files are checked for viruses, and the scanner does not answer right now.",
                    )),
                }
            }
        }
    }

    async fn find(&self, caller: &Caller, id: Uuid) -> Result<Model, Problem> {
        self.documents.find(caller.0.id, id).await?.ok_or_else(no_such)
    }
}

/// Whether the file that was just stored is nobody's. After a lost answer its row may be there: it stays.
fn is_repeated(created: &Result<Model, KeyError>, id: Uuid) -> bool {
    match created {
        Ok(document) => document.id != id,
        Err(KeyError::Reused | KeyError::InProgress | KeyError::Deleted) => true,
        Err(KeyError::Database(_)) => false,
    }
}

fn no_such() -> Problem {
    Problem::new(Code::DocumentNotFound, "There is no such document.")
}
