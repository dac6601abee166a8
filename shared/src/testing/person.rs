//! Somebody with a small document, a small resume and a posting, who asks for operations.

use std::io::Write;

use uuid::Uuid;

use crate::account::{self, Role, Tier};
use crate::deps::Deps;
use crate::document::format::Format;
use crate::document::{Kind as DocumentKind, NewDocument};
use crate::operation::Kind;
use crate::operation::input::Engine;
use crate::posting::NewPosting;
use crate::resume::json::JsonResume;
use crate::submit::{Budget, PostingSource, Request, Work};
use crate::tailoring::{Intensity, Mode, Options};

const DOCUMENT: &str = "Dana Example\ndana@example.org\n\nSkills\nRust, SQL\n";

const POSTING: &str = "Backend Engineer\n\nRequirements\n- Rust\n- PostgreSQL\n";

pub struct Person {
    pub account: account::Model,
    document_id: Uuid,
    resume_id: Uuid,
    posting_id: Uuid,
}

impl Person {
    pub async fn new(deps: &Deps, tier: Tier) -> Self {
        let account = deps.accounts.create(Role::Candidate, tier).await.expect("an account");
        let resume = deps.resumes.create(account.id, resume(), None).await.expect("a resume");
        let posting = NewPosting { title: None, company: None, text: POSTING.to_owned() };
        let posting = deps.postings.create(account.id, posting, None).await.expect("a posting");
        let document_id = upload(deps, account.id).await;
        Self { account, document_id, resume_id: resume.id, posting_id: posting.id }
    }

    /// A request for an operation of this kind, to be carried out by the given engine.
    pub fn asks(&self, kind: Kind, engine: Engine) -> Request {
        let posting = PostingSource::Stored(self.posting_id);
        let resume_id = self.resume_id;
        let work = match kind {
            Kind::Parse => Work::Parse { document_id: self.document_id },
            Kind::Ats => Work::Ats { resume_id, posting },
            Kind::Tailor => Work::Tailor { resume_id, posting, options: whole_resume() },
        };
        Request {
            account: self.account.clone(),
            work,
            engine,
            key: None,
            budget: Budget::default(),
        }
    }
}

fn whole_resume() -> Options {
    Options { mode: Mode::Full, sections: Vec::new(), intensity: Intensity::Keywords, tone: None }
}

fn resume() -> JsonResume {
    let resume = serde_json::json!({
        "basics": { "name": "Dana Example", "summary": "Backend engineer." },
        "work": [{
            "name": "Example Ltd",
            "position": "Engineer",
            "startDate": "2020-01",
            "highlights": ["Built services in Rust with Postgres."],
        }],
        "skills": [{ "name": "Rust" }],
    });
    serde_json::from_value(resume).expect("a resume")
}

async fn upload(deps: &Deps, account_id: Uuid) -> Uuid {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(DOCUMENT.as_bytes()).expect("a file to write to");
    let (id, blob) = (Uuid::now_v7(), Uuid::now_v7().to_string());
    deps.blobs.put_file(&blob, file.path()).await.expect("a stored file");
    let document = NewDocument {
        id,
        kind: DocumentKind::Resume,
        name: "dana.txt".to_owned(),
        format: Format::Text,
        size: i64::try_from(DOCUMENT.len()).expect("a small document"),
        sha256: crate::call::hash(DOCUMENT.as_bytes()),
        blob,
    };
    deps.documents.create(account_id, document, None).await.expect("a document").id
}
