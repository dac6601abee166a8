//! Taking a file in: streamed to disk, measured, hashed and looked at on the way.

use std::borrow::Cow;

use poem::web::Field;
use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::ApiRequest;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use shared::document::door::{Door, Question, Task};
use shared::document::format::Format;
use shared::document::sniff::{agrees, sniff};
use shared::document::{MAX_BYTES, name};
use shared::operation::failure::FailureCode;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::DocumentKind;
use crate::body::TooSlow;
use crate::problem::framework;
use crate::problem::{Code, Problem};

/// How much of the file is in memory at a time.
const CHUNK: usize = 64 * 1024;
/// The format allows half of it.
const MAX_PASSWORD: u64 = 256;

/// A file that passed every check.
pub struct Upload {
    pub kind: DocumentKind,
    pub name: String,
    pub format: Format,
    pub size: i64,
    pub sha256: String,
    /// Deleted when it goes out of scope.
    pub file: NamedTempFile,
    /// What opens the file; lives no longer than the request.
    password: Option<SecretString>,
}

/// The body of an upload.
#[derive(ApiRequest)]
pub enum UploadRequest {
    /// A file as `multipart/form-data`
    Multipart(Upload),
}

impl Payload for Upload {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        content_type.starts_with("multipart/form-data")
    }

    fn schema_ref() -> MetaSchemaRef {
        let mut file = MetaSchema::new_with_format("string", "binary");
        file.description = Some("The file, with its name");
        let file = MetaSchemaRef::Inline(Box::new(file));
        let mut form = MetaSchema::new("object");
        form.required = vec!["file"];
        let mut password = MetaSchema::new_with_format("string", "password");
        password.description = Some("What opens an encrypted PDF; used now and not kept");
        let password = MetaSchemaRef::Inline(Box::new(password));
        form.properties =
            vec![("file", file), ("kind", DocumentKind::schema_ref()), ("password", password)];
        MetaSchemaRef::Inline(Box::new(form))
    }

    fn register(registry: &mut Registry) {
        DocumentKind::register(registry);
    }
}

impl ParsePayload for Upload {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let mut parts = poem::web::Multipart::from_request(request, body)
            .await
            .map_err(|_| Problem::new(Code::FileMissing, "The body is not multipart/form-data."))?;
        let mut kind = DocumentKind::Resume;
        let (mut received, mut password) = (None, None);
        while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
            match part.name() {
                Some("kind") => kind = read_kind(part).await?,
                Some("password") => password = read_password(part).await?,
                Some("file") if received.is_none() => received = Some(receive(part).await?),
                _ => return Err(unknown_part().into()),
            }
        }
        let Some(received) = received else {
            return Err(Problem::new(Code::FileMissing, "The part `file` is missing.").into());
        };
        Ok(received.check(kind, password).await?)
    }
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Problem {
    if framework::is::<TooSlow>(error) {
        return framework::too_slow();
    }
    tracing::debug!(%error, "a multipart body broke off");
    Problem::new(Code::InvalidRequest, "The multipart body breaks off or is not well formed.")
}

fn unknown_part() -> Problem {
    let detail = "The only parts are `file`, once, `kind` and `password`.";
    Problem::new(Code::InvalidRequest, detail)
}

async fn read_kind(part: Field) -> Result<DocumentKind, Problem> {
    let text = read_text(part, 64).await?;
    DocumentKind::parse_from_json(Some(text.trim().into())).map_err(|_| {
        let detail = "`kind` must be resume, cover_letter, portfolio or certificate.";
        Problem::new(Code::InvalidRequest, detail)
    })
}

/// Nothing is no password: forms send fields that were left empty.
async fn read_password(part: Field) -> Result<Option<SecretString>, Problem> {
    let text = read_text(part, MAX_PASSWORD + 1).await?;
    if text.len() as u64 > MAX_PASSWORD {
        let detail = format!("`password` is longer than {MAX_PASSWORD} bytes.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    Ok(Some(text).filter(|text| !text.is_empty()).map(SecretString::from))
}

async fn read_text(part: Field, most: u64) -> Result<String, Problem> {
    let mut text = String::new();
    let read = part.into_async_read().take(most).read_to_string(&mut text).await;
    read.map_err(|error| broken(&error))?;
    Ok(text)
}

/// A file on disk that nobody has looked at yet.
struct Received {
    name: String,
    declared: Option<String>,
    size: u64,
    sha256: String,
    file: NamedTempFile,
}

async fn receive(part: Field) -> Result<Received, Problem> {
    let name = name::clean(part.file_name().unwrap_or_default())?;
    let declared = part.content_type().map(str::to_owned);
    let file = NamedTempFile::new().map_err(no_room)?;
    let mut copy = tokio::fs::File::create(file.path()).await.map_err(no_room)?;
    let mut content = part.into_async_read();
    let mut chunk = vec![0; CHUNK];
    let mut hash = Sha256::new();
    let mut size = 0;
    loop {
        let read = content.read(&mut chunk).await.map_err(|error| broken(&error))?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if size > MAX_BYTES {
            return Err(Problem::new(Code::TooLarge, "The file is larger than 10 MiB."));
        }
        hash.update(&chunk[..read]);
        copy.write_all(&chunk[..read]).await.map_err(no_room)?;
    }
    copy.flush().await.map_err(no_room)?;
    Ok(Received { name, declared, size, sha256: hex::encode(hash.finalize()), file })
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn no_room(error: std::io::Error) -> Problem {
    tracing::error!(%error, "cannot keep an upload");
    Problem::new(Code::Unavailable, "There is no room for the file right now.")
}

impl Received {
    async fn check(
        self,
        kind: DocumentKind,
        password: Option<SecretString>,
    ) -> Result<Upload, Problem> {
        if self.size == 0 {
            return Err(Problem::new(Code::FileEmpty, "The file holds no bytes."));
        }
        let path = self.file.path().to_owned();
        let content = tokio::task::spawn_blocking(move || sniff(&path)).await;
        let content = content.map_err(std::io::Error::other).and_then(|sniffed| sniffed);
        let content = content.map_err(no_room)?.ok_or_else(|| {
            Problem::new(Code::FileTypeUnsupported, "The content is of no type that can be read.")
        })?;
        let format = self.agree(content)?;
        Ok(Upload {
            kind,
            name: self.name,
            format,
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            sha256: self.sha256,
            file: self.file,
            password,
        })
    }

    /// Content, name and declared type must say the same.
    fn agree(&self, content: Format) -> Result<Format, Problem> {
        let Some(claimed) = Format::from_name(&self.name) else {
            let detail = "The file name has no ending of a type that can be read.";
            return Err(Problem::new(Code::FileTypeUnsupported, detail));
        };
        if !agrees(content, claimed) {
            return Err(mismatch(
                content,
                &format!("its name ends in .{}", claimed.extensions()[0]),
            ));
        }
        let declared = self.declared.as_deref().map(essence);
        match declared.as_deref() {
            None | Some("application/octet-stream") => Ok(claimed),
            Some(declared) if allowed(claimed).contains(&declared) => Ok(claimed),
            Some(declared) => Err(mismatch(content, &format!("the request declares {declared}"))),
        }
    }
}

impl Upload {
    /// With a password: a copy that needs none takes the place of the file.
    pub async fn unlocked(mut self, door: &Door) -> Result<Self, Problem> {
        let Some(password) = self.password.take() else { return Ok(self) };
        let locked = tokio::fs::read(self.file.path()).await.map_err(no_room)?;
        let question = Question {
            task: Task::Unlock,
            format: self.format,
            password: Some(password.expose_secret().to_owned()),
        };
        let answer = door.ask::<Result<(), FailureCode>>(&question, &locked).await?;
        answer.words.map_err(|failure| not_unlocked(self.format, failure))?;
        let copy = answer.bytes;
        if copy.len() as u64 > MAX_BYTES {
            return Err(Problem::new(Code::TooLarge, "Unlocked, the file is larger than 10 MiB."));
        }
        tokio::fs::write(self.file.path(), &copy).await.map_err(no_room)?;
        self.size = i64::try_from(copy.len()).unwrap_or(i64::MAX);
        self.sha256 = hex::encode(Sha256::digest(&copy));
        Ok(self)
    }
}

fn not_unlocked(format: Format, failure: FailureCode) -> Problem {
    if failure != FailureCode::DocumentEncrypted {
        return failure.into();
    }
    let detail = match format {
        Format::Pdf => "The password does not open the file.",
        _ => "Only a PDF can be opened with a password here.",
    };
    Problem::new(Code::DocumentEncrypted, detail)
}

/// A new name for a stored file: clean, and with the ending of what the file is.
pub fn name_for(format: Format, name: &str) -> Result<String, Problem> {
    let name = name::clean(name)?;
    match Format::from_name(&name) {
        Some(claimed) if claimed == format => Ok(name),
        Some(_) | None => {
            let ending = format.extensions()[0];
            Err(mismatch(format, &format!("the new name does not end in .{ending}")))
        }
    }
}

fn mismatch(content: Format, claim: &str) -> Problem {
    let what = content.extensions()[0].to_uppercase();
    Problem::new(Code::FileTypeMismatch, format!("The content is {what}, but {claim}."))
}

/// Media types that clients are known to declare for a format.
fn allowed(format: Format) -> &'static [&'static str] {
    match format {
        Format::Pdf => &["application/pdf", "application/x-pdf"],
        Format::Docx => &[
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/zip",
        ],
        Format::Doc => &["application/msword"],
        Format::Odt => &["application/vnd.oasis.opendocument.text", "application/zip"],
        Format::Rtf => &["application/rtf", "text/rtf"],
        Format::Html => &["text/html", "application/xhtml+xml"],
        Format::Text => &["text/plain"],
        Format::Markdown => &["text/markdown", "text/x-markdown", "text/plain"],
        Format::JsonResume => &["application/json", "text/json"],
    }
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// `Content-Disposition` for any name (RFC 6266).
pub fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' })
        .collect();
    let encoded: Cow<'_, str> = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}
