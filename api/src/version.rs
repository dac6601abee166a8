//! Versions of a resume: what it was, and what tailorings made of it.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::{Any, Example};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::{Deserialize, Serialize};
use shared::plain::line;
use shared::resume::Resumes;
use shared::resume::diff::{self, Compared};
use shared::resume::json::JsonResume;
use shared::resume::version::{Kind as DomainKind, Model, Retention, Versions};
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::headers::{done, idempotency, required_revision};
use crate::json::Body;
use crate::mirror::mirror;
use crate::page;
use crate::problem::answer::{Decide, Keep, Read, Refused, Restore};
use crate::problem::{Code, Problem};
use crate::resume::data::ResumeData;

/// Longest note, in characters.
const MAX_NOTE: usize = 200;

pub struct VersionApi {
    pub versions: Versions,
    pub resumes: Resumes,
}

mirror! {
    /// What a version is
    VersionKind of DomainKind { Base, Draft, Tailored }
}

/// What a resume was at some time, or what accepted edits made of it
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Version {
    pub id: Uuid,
    pub resume_id: Uuid,
    pub kind: VersionKind,
    /// What you call it
    pub label: Option<String>,
    /// Where you have sent it; it is kept as long as this says something
    pub sent_to: Option<String>,
    /// The version it was made from
    pub parent_id: Option<Uuid>,
    pub tailoring_id: Option<Uuid>,
    /// JSON Resume v1; not in lists
    pub data: Option<ResumeData>,
    /// When it goes if nobody uses it; absent when it stays
    pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Within a week: use, label or export it to keep it
    pub expires_soon: bool,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

impl Example for Version {
    fn example() -> Self {
        Self {
            id: crate::example::id(7),
            resume_id: crate::example::id(2),
            kind: VersionKind::Tailored,
            label: Some("For Northgate, backend".into()),
            sent_to: None,
            parent_id: Some(crate::example::id(2)),
            tailoring_id: Some(crate::example::id(5)),
            data: Some(ResumeData::example()),
            expires_at: Some(crate::example::time() + chrono::TimeDelta::days(90)),
            expires_soon: false,
            created_at: crate::example::time(),
        }
    }
}

impl Version {
    pub(crate) fn read(row: Model, retention: Retention) -> Self {
        let expires_at = retention.expiry(&row);
        let expires_soon = retention.expires_soon(&row, shared::time::now());
        Self {
            id: row.id,
            resume_id: row.resume_id,
            kind: row.kind.into(),
            label: row.label,
            sent_to: row.sent_to,
            parent_id: row.parent_id,
            tailoring_id: row.tailoring_id,
            data: Some(ResumeData(row.data)),
            expires_at,
            expires_soon,
            created_at: row.created_at,
        }
    }
}

/// A page of versions, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct VersionPage {
    pub items: Vec<Version>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for VersionPage {
    fn example() -> Self {
        Self { items: vec![Version { data: None, ..Version::example() }], next_cursor: None }
    }
}

/// How to name what is kept
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct KeepVersion {
    pub label: Option<String>,
}

impl Example for KeepVersion {
    fn example() -> Self {
        Self { label: Some("Before the holidays".into()) }
    }
}

/// Notes about a version; an empty text takes a note away
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct NoteVersion {
    pub label: Option<String>,
    /// Where you have sent it
    pub sent_to: Option<String>,
}

impl Example for NoteVersion {
    fn example() -> Self {
        Self { label: None, sent_to: Some("Northgate, 28 November".into()) }
    }
}

/// What differs between two versions
#[derive(Debug, Object)]
#[oai(example)]
pub struct VersionDiff {
    /// JSON Patch (RFC 6902): makes the other one into this version
    pub patch: Any<serde_json::Value>,
    /// Each value that differs; of texts, word by word
    pub changes: Any<Vec<Compared>>,
}

impl Example for VersionDiff {
    fn example() -> Self {
        let (mut before, after) = (ResumeData::example().0, ResumeData::example().0);
        before.basics.label = Some("Engineer".into());
        compare(&before, &after)
            .unwrap_or(Self { patch: Any(serde_json::Value::Null), changes: Any(Vec::new()) })
    }
}

#[derive(ApiResponse)]
pub enum ShownVersion {
    /// The version
    #[oai(status = 200)]
    Shown(Json<Version>),
}

#[derive(ApiResponse)]
pub enum CreatedVersion {
    /// The version is stored
    #[oai(status = 201)]
    Created(Json<Version>, #[oai(header = "Location")] String),
}

#[OpenApi(prefix_path = "/resumes", tag = "Tag::Versions")]
impl VersionApi {
    /// List the versions of a resume
    #[oai(path = "/:id/versions", method = "get", operation_id = "list_versions")]
    async fn list(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<VersionPage>, Refused<Read>> {
        let page = page::request(cursor.0, limit.0)?;
        self.resume(&caller, id.0).await?;
        let page = self.versions.list(caller.0.id, id.0, page).await?;
        let page = page.map(|row| Version { data: None, ..self.read(row) });
        let next_cursor = page.next.map(|id| id.to_string());
        Ok(Json(VersionPage { items: page.items, next_cursor }))
    }

    /// Keep the resume as it is now
    #[oai(path = "/:id/versions", method = "post", operation_id = "keep_version")]
    async fn keep(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<KeepVersion>,
        /// The same key again gives the same version, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<CreatedVersion, Refused<Keep>> {
        let key = idempotency(key.0, &("keep_version", id.0, &body.0.label))?;
        let label = note(body.0.label)?;
        let version = self.versions.keep(caller.0.id, id.0, label, key.as_ref()).await?;
        Ok(self.created(version.ok_or_else(no_resume)?))
    }

    /// Show a version
    #[oai(path = "/:id/versions/:vid", method = "get", operation_id = "get_version")]
    async fn get(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        vid: Path<Uuid>,
    ) -> Result<ShownVersion, Refused<Read>> {
        let version = self.find(&caller, id.0, vid.0).await?;
        Ok(ShownVersion::Shown(Json(self.read(version))))
    }

    /// Label a version, or note where you have sent it
    #[oai(path = "/:id/versions/:vid", method = "patch", operation_id = "note_version")]
    async fn note(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        vid: Path<Uuid>,
        body: Body<NoteVersion>,
    ) -> Result<ShownVersion, Refused<Decide>> {
        let (label, sent_to) = (note(body.0.label)?, note(body.0.sent_to)?);
        let noted = self.versions.note(caller.0.id, (id.0, vid.0), label, sent_to).await?;
        Ok(ShownVersion::Shown(Json(self.read(noted.ok_or_else(no_such)?))))
    }

    /// Compare a version with another
    ///
    /// `against` is the id of another version of the resume; without it, the version this one was
    /// made from, or else the resume as it is now.
    #[oai(path = "/:id/versions/:vid/diff", method = "get", operation_id = "compare_versions")]
    async fn diff(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        vid: Path<Uuid>,
        against: Query<Option<Uuid>>,
    ) -> Result<Json<VersionDiff>, Refused<Read>> {
        let version = self.find(&caller, id.0, vid.0).await?;
        let other = match against.0 {
            Some(against) => self.find(&caller, id.0, against).await?.data,
            None => self.origin(&caller, &version).await?,
        };
        Ok(Json(compare(&other, &version.data)?))
    }

    /// Bring an earlier version back as a new one
    ///
    /// A base or draft becomes the resume again, and what the resume was is kept as a draft. A tailored version comes
    /// back as a new tailored version beside the resume, whose words stay the evidence. `If-Match` must hold the
    /// resume's `ETag`.
    #[oai(path = "/:id/versions/:vid/restore", method = "post", operation_id = "restore_version")]
    async fn restore(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        vid: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        /// The same key again gives the same version, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<CreatedVersion, Refused<Restore>> {
        let revision = required_revision(if_match.0.as_deref())?;
        let key = idempotency(key.0, &("restore_version", id.0, vid.0, revision))?;
        let version = (id.0, vid.0);
        let restored = self.versions.restore(caller.0.id, version, revision, key.as_ref()).await?;
        Ok(self.created(done(restored, no_such)?))
    }
}

impl VersionApi {
    fn read(&self, row: Model) -> Version {
        Version::read(row, self.versions.retention)
    }

    fn created(&self, row: Model) -> CreatedVersion {
        let location = format!("/api/v1/resumes/{}/versions/{}", row.resume_id, row.id);
        CreatedVersion::Created(Json(self.read(row)), location)
    }

    async fn find(&self, caller: &Caller, id: Uuid, version: Uuid) -> Result<Model, Problem> {
        self.versions.find(caller.0.id, id, version).await?.ok_or_else(no_such)
    }

    async fn resume(&self, caller: &Caller, id: Uuid) -> Result<JsonResume, Problem> {
        Ok(self.resumes.find(caller.0.id, id).await?.ok_or_else(no_resume)?.data)
    }

    /// What the version was made from, if that is still there; the present resume otherwise.
    async fn origin(&self, caller: &Caller, version: &Model) -> Result<JsonResume, Problem> {
        if let Some(parent) = version.parent_id {
            let parent = self.versions.find(caller.0.id, version.resume_id, parent).await?;
            if let Some(parent) = parent {
                return Ok(parent.data);
            }
        }
        self.resume(caller, version.resume_id).await
    }
}

fn compare(before: &JsonResume, after: &JsonResume) -> Result<VersionDiff, Problem> {
    let unreadable = |error: serde_json::Error| {
        tracing::error!(%error, "a stored version cannot be compared");
        Problem::new(Code::Internal, "The versions cannot be compared.")
    };
    let changes = diff::compared(before, after).map_err(unreadable)?;
    Ok(VersionDiff { patch: Any(diff::patch(&changes)), changes: Any(changes) })
}

/// A note as it is stored: short enough for a line.
pub(crate) fn note(text: Option<String>) -> Result<Option<String>, Problem> {
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_NOTE) {
        let detail = format!("A note must have at most {MAX_NOTE} characters.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    Ok(text.map(|text| line(&text)))
}

fn no_such() -> Problem {
    Problem::new(Code::VersionNotFound, "There is no such version of this resume.")
}

fn no_resume() -> Problem {
    Problem::new(Code::ResumeNotFound, "There is no such resume.")
}
