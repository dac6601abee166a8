//! Every refusal: what it is called, its status, and what to do next. One table.

use poem::http::StatusCode;
use poem_openapi::Object;
use poem_openapi::types::Example;
use serde::Serialize;

use crate::money::Money;
use crate::request_id;

pub mod answer;
pub mod domain;
pub mod framework;

/// Why a request was refused or an operation failed (RFC 9457)
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Problem {
    /// A name for this kind of problem that never changes
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words
    pub title: String,
    /// The HTTP status
    pub status: u16,
    /// The last part of `type`, to switch on
    pub code: String,
    /// What happened, in plain words
    pub detail: String,
    /// What to do next
    pub remedy: String,
    /// Quote this when you ask for help
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// When a limit that was reached is lifted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Of a spending limit: where you stand and what was needed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spending: Option<Box<Room>>,
}

/// The room that a spending limit leaves
#[derive(Clone, Debug, PartialEq, Serialize, Object)]
pub struct Room {
    /// What may be spent on a UTC day
    pub cap: Money,
    /// What was spent today
    pub settled: Money,
    /// What is set aside for calls that are out
    pub held: Money,
    /// What has to be set aside for the work
    pub needed: Money,
}

impl Example for Problem {
    fn example() -> Self {
        let mut problem = Self::new(Code::ResumeNotFound, "There is no such resume.");
        problem.request_id = Some("0198f3c2b1d77d0e9a4c5b6a79881234".into());
        problem
    }
}

/// The one list of problems: code, status, title, remedy.
macro_rules! problems {
    ($($name:ident $code:literal $status:ident $title:literal $remedy:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($name),* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            fn entry(self) -> (&'static str, StatusCode, &'static str, &'static str) {
                match self { $(Self::$name => ($code, StatusCode::$status, $title, $remedy)),* }
            }
        }
    };
}

problems! {
    InvalidRequest "invalid-request" BAD_REQUEST "The request is not valid" "Correct the request as the detail says and send it again."
    MailTokenInvalid "mail-token-invalid" BAD_REQUEST "The token of the mail is wrong, old or used" "Ask for another mail; the newest one counts."
    FileMissing "file-missing" BAD_REQUEST "There is no file in the request" "Send the file as the part `file` of a multipart/form-data request."
    FileEmpty "file-empty" BAD_REQUEST "The file is empty" "Check the file on your side and upload it again."
    FileNameSuspicious "file-name-suspicious" BAD_REQUEST "The file name is not acceptable" "Rename the file, without slashes or control characters, and upload it again."
    FileTypeMismatch "file-type-mismatch" BAD_REQUEST "The file is not what its name says" "Give the file the ending of what it is, or save it again in the format its name says."
    PostingEmpty "posting-empty" BAD_REQUEST "The posting is empty" "Paste the text of the job posting."
    PostingTooLong "posting-too-long" BAD_REQUEST "The posting is too long" "Shorten it to 50,000 characters; the parts about the work and the requirements matter."
    Unauthenticated "unauthenticated" UNAUTHORIZED "It is not known who is calling" "Send the header `Authorization: Bearer` with your API key or access token; POST /api/v1/auth/refresh renews an access token."
    WrongCredentials "wrong-credentials" UNAUTHORIZED "The e-mail address or the password is wrong" "Check both; POST /api/v1/auth/password/forgot sends a mail for a new password."
    SignedOut "signed-out" UNAUTHORIZED "The session is over" "Log in again."
    SpendingCapReached "spending-cap-reached" PAYMENT_REQUIRED "Today's spending limit leaves no room" "Ask with `engine: \"rules\"`, which costs nothing; or go on after `resets_at`; or choose a higher tier."
    Forbidden "forbidden" FORBIDDEN "You may not do this" "Call with the key of an account that may; `roleready admin create-key --role admin` makes one."
    ScopeMissing "scope-missing" FORBIDDEN "The API key may not do this" "Call with a key that has the scope, or make one with POST /api/v1/me/keys."
    CsrfMissing "csrf-missing" FORBIDDEN "The request does not show that it comes from your own page" "Send the cookie `roleready_csrf` back as the header `X-CSRF-Token`."
    NotFound "not-found" NOT_FOUND "There is nothing at this address" "Compare the address with the documentation at /docs."
    AccountNotFound "account-not-found" NOT_FOUND "The account does not exist" "Check the id."
    KeyNotFound "key-not-found" NOT_FOUND "The API key does not exist" "Check the id, or list your keys at /api/v1/me/keys."
    DocumentNotFound "document-not-found" NOT_FOUND "The document does not exist" "Check the id, or upload the document again."
    ResumeNotFound "resume-not-found" NOT_FOUND "The resume does not exist" "Check the id, or list your resumes at /api/v1/resumes."
    PostingNotFound "posting-not-found" NOT_FOUND "The posting does not exist" "Check the id, or list your postings at /api/v1/postings."
    OperationNotFound "operation-not-found" NOT_FOUND "The operation does not exist" "Check the id, or list your operations at /api/v1/operations."
    TailoringNotFound "tailoring-not-found" NOT_FOUND "The tailoring does not exist" "Check the id; a finished tailor operation names it in its result."
    ProposalNotFound "proposal-not-found" NOT_FOUND "The edit does not exist" "Check the id, or list the edits of the tailoring."
    GapNotFound "gap-not-found" NOT_FOUND "The gap does not exist" "Read the tailoring again: `gaps` names the requirements that can be answered."
    BatchNotFound "batch-not-found" NOT_FOUND "The batch does not exist" "Check the id that the start of the batch answered with."
    VersionNotFound "version-not-found" NOT_FOUND "The version does not exist" "Check the id, or list the versions of the resume."
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "This address does not know that method" "Compare the method with the documentation at /docs."
    EmailTaken "email-taken" CONFLICT "There is an account with this e-mail address" "Log in; POST /api/v1/auth/password/forgot sends a mail for a new password."
    TooManyKeys "too-many-keys" CONFLICT "The account has as many API keys as it may have" "Revoke one that is not used any more."
    StateConflict "state-conflict" CONFLICT "Its state does not allow this" "Read it again: the detail says which state it has to be in."
    ResumeChanged "resume-changed" CONFLICT "The resume has changed since the edits were made" "Send POST to the tailoring's address followed by /rebase: it keeps what still applies and says what does not."
    TailoringApplied "tailoring-applied" CONFLICT "The accepted edits are a version already" "Read the version that `version_id` names, or tailor the resume again for other edits."
    ProposalLost "proposal-lost" CONFLICT "The edit was lost when the resume changed" "Change the resume itself, or tailor it again."
    NothingAccepted "nothing-accepted" CONFLICT "No edit is accepted" "Accept at least one edit first."
    EditUnsupported "edit-unsupported" CONFLICT "The resume does not support an accepted edit" "Reject that edit or put it in your own words, then apply again."
    StaleRevision "stale-revision" PRECONDITION_FAILED "It has changed since you read it" "Read it again, apply your change to what it is now, and send the new ETag."
    TooLarge "too-large" PAYLOAD_TOO_LARGE "The request is too large" "Send less: files up to 10 MiB, resumes up to 1 MiB."
    FileTypeUnsupported "file-type-unsupported" UNSUPPORTED_MEDIA_TYPE "This type of file cannot be read" "Upload a PDF, DOCX, DOC, ODT, RTF, HTML, text, Markdown or JSON Resume file."
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body has the wrong content type" "Send JSON with `Content-Type: application/json`, or a file as multipart/form-data."
    DocumentEncrypted "document-encrypted" UNPROCESSABLE_ENTITY "The document is protected by a password" "Save a copy without the password and upload that; a PDF may also come with its password in the part `password`."
    DocumentScanned "document-scanned" UNPROCESSABLE_ENTITY "The document holds pictures of pages, not text" "Upload the file the pages were printed from, or run text recognition over it first."
    DocumentEmpty "document-empty" UNPROCESSABLE_ENTITY "There is no text in the document" "Check that the file opens and shows your resume, then upload it again."
    DocumentDamaged "document-damaged" UNPROCESSABLE_ENTITY "The document is damaged" "Open the file, save it again and upload the new copy."
    DocumentTooComplex "document-too-complex" UNPROCESSABLE_ENTITY "The document is too complex to read safely" "Save it anew as a plain PDF or DOCX and upload that."
    PostingWithoutRequirements "posting-without-requirements" UNPROCESSABLE_ENTITY "No requirement was found in the posting" "Paste the whole posting, with the part that says what is asked for."
    InputDeleted "input-deleted" UNPROCESSABLE_ENTITY "Something the operation needed was deleted" "Upload or create it again and start a new operation."
    ExportLossy "export-lossy" UNPROCESSABLE_ENTITY "The file would hide that something is missing" "Choose another format: DOCX, Markdown and JSON hold every script. For a PDF, the server needs a font for the script the resume is in."
    ExportTooLarge "export-too-large" UNPROCESSABLE_ENTITY "The resume is too long for a document" "Shorten it, or export it as JSON."
    IdempotencyKeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY "The Idempotency-Key was used for another request" "Use a new key for a new request; the same key only to repeat the same request."
    RevisionRequired "revision-required" PRECONDITION_REQUIRED "The change does not say what it is based on" "Send the header `If-Match` with the ETag of what you read."
    QuotaUsedUp "quota-used-up" TOO_MANY_REQUESTS "The daily quota is used up" "Go on after the time in `resets_at`, or choose a higher tier."
    TooManyWaiting "too-many-waiting" TOO_MANY_REQUESTS "Too many of your operations are waiting" "Wait until some have ended, or cancel some."
    TooManyAttempts "too-many-attempts" TOO_MANY_REQUESTS "There were too many attempts" "Try again after the time in `resets_at`; each failure doubles the wait, up to a quarter of an hour."
    WorkerLost "worker-lost" INTERNAL_SERVER_ERROR "The operation was interrupted too often" "Start the operation again; it did not count against your quota."
    Internal "internal" INTERNAL_SERVER_ERROR "Something failed on our side" "Try again; if it stays, report the request id."
    SignInOff "sign-in-off" NOT_IMPLEMENTED "Nobody can sign in with a password here" "Call with an API key; who runs this installation sets ROLEREADY_SECRET to allow passwords."
    MailOff "mail-off" NOT_IMPLEMENTED "No mail goes out from here" "Ask who runs this installation; they set SMTP_URL and MAIL_FROM."
    Unavailable "unavailable" SERVICE_UNAVAILABLE "A part of the service does not answer" "Try again in a few seconds; nothing was lost."
}

impl Code {
    pub fn as_str(self) -> &'static str {
        self.entry().0
    }

    pub fn status(self) -> StatusCode {
        self.entry().1
    }
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let (name, status, title, remedy) = code.entry();
        Self {
            kind: format!("https://roleready.example/problems/{name}"),
            title: title.into(),
            status: status.as_u16(),
            code: name.into(),
            detail: detail.into(),
            remedy: remedy.into(),
            request_id: request_id::current(),
            resets_at: None,
            spending: None,
        }
    }
}
