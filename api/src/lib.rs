//! The HTTP API. Start here: `routes` is the one list of what it offers.

use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::middleware::{CatchPanic, Compression, CookieJarManager, SetHeader};
use poem::{Response, Route, get};
use poem_openapi::{OpenApiService, Tags};
use shared::deps::Deps;
use tokio_util::sync::CancellationToken;

pub mod account;
pub mod admin;
pub mod auth;
pub mod batch;
pub mod billing;
pub mod body;
pub mod caller;
pub mod coverage;
mod csv;
pub mod document;
mod example;
pub mod explanation;
pub mod export;
pub mod facts;
pub mod headers;
pub mod health;
pub mod json;
pub mod matches;
mod mirror;
pub mod money;
pub mod operation;
pub mod page;
pub mod period;
pub mod posting;
pub mod problem;
pub mod quote;
pub mod report;
pub mod request_id;
pub mod resume;
pub mod spending;
pub mod tailoring;
pub mod version;
pub mod webhook;

use account::AccountApi;
use account::key::KeyApi;
use admin::account::AdminAccountApi;
use admin::audit::AuditApi;
use admin::cost::CostApi;
use admin::fleet::FleetApi;
use admin::operation::AdminOperationApi;
use admin::queue::QueueApi;
use auth::AuthApi;
use auth::password::PasswordApi;
use auth::post::Post;
use batch::BatchApi;
use billing::BillingApi;
use caller::Guard;
use caller::cookie::AccessCookie;
use coverage::CoverageApi;
use document::DocumentApi;
use explanation::ExplanationApi;
use export::ExportApi;
use health::HealthApi;
use matches::MatchesApi;
use operation::OperationApi;
use operation::start::StartApi;
use operation::stream::Follow;
use posting::PostingApi;
use problem::{Code, Problem};
use quote::QuoteApi;
use resume::ResumeApi;
use spending::SpendingApi;
use tailoring::TailoringApi;
use tailoring::decide::DecideApi;
use version::VersionApi;
use webhook::WebhookApi;

#[derive(Tags)]
enum Tag {
    /// Who calls: accounts, sessions, keys
    Accounts,
    /// Files as they were uploaded
    Documents,
    /// Resumes as data
    Resumes,
    /// Job postings
    Postings,
    /// Long work: reading, checking, tailoring
    Operations,
    /// Proposed edits with their proof
    Tailorings,
    /// What a resume was, and what tailorings made of it
    Versions,
    /// What work costs, has cost, and may cost
    Spending,
    /// For billing: everybody's costs, and payments
    Billing,
    /// For admins: see and steer the queue
    Admin,
    /// For those who run it
    Health,
}

/// The one list of routes.
type Routes = (
    Entry,
    DocumentApi,
    (ResumeApi, StartApi),
    PostingApi,
    (CoverageApi, MatchesApi, ExplanationApi),
    OperationApi,
    (TailoringApi, DecideApi, BatchApi),
    (VersionApi, ExportApi),
    Money,
    (QueueApi, AdminOperationApi, FleetApi, AuditApi),
    HealthApi,
);

type Entry = (AuthApi, PasswordApi, AccountApi, KeyApi);
type Money = (QuoteApi, SpendingApi, BillingApi, CostApi, AdminAccountApi, WebhookApi);

fn routes(deps: &Deps, closing: CancellationToken) -> OpenApiService<Routes, ()> {
    let (operations, events) = (deps.operations.clone(), deps.events.clone());
    let follow = Follow { operations, events, closing };
    let routes = (
        entry_routes(deps),
        DocumentApi {
            documents: deps.documents.clone(),
            door: deps.door.clone(),
            blobs: deps.blobs.clone(),
        },
        (
            ResumeApi {
                resumes: deps.resumes.clone(),
                dispatch: deps.dispatch.clone(),
                rankings: deps.rankings.clone(),
                quotes: deps.quotes.clone(),
            },
            StartApi { dispatch: deps.dispatch.clone(), quotes: deps.quotes.clone() },
        ),
        PostingApi { postings: deps.postings.clone(), rankings: deps.rankings.clone() },
        match_routes(deps),
        OperationApi {
            operations: deps.operations.clone(),
            dispatch: deps.dispatch.clone(),
            follow,
        },
        tailoring_routes(deps),
        version_routes(deps),
        money_routes(deps),
        admin_routes(deps),
        HealthApi,
    );
    OpenApiService::new(routes, "RoleReady", env!("CARGO_PKG_VERSION"))
        .summary("The backend behind a resume editor")
        .description(DESCRIPTION)
        .url_prefix("/api/v1")
        .server("/")
}

fn entry_routes(deps: &Deps) -> Entry {
    let (sign_ins, cookies) = (deps.sign_ins.clone(), deps.cookies);
    let post = Post::new(deps);
    (
        AuthApi { sign_ins: sign_ins.clone(), cookies, post: post.clone() },
        PasswordApi { sign_ins, cookies, post },
        AccountApi,
        KeyApi { accounts: deps.accounts.clone() },
    )
}

fn match_routes(deps: &Deps) -> (CoverageApi, MatchesApi, ExplanationApi) {
    let (resumes, postings) = (deps.resumes.clone(), deps.postings.clone());
    (
        CoverageApi { resumes: resumes.clone(), postings: postings.clone() },
        MatchesApi { resumes, postings, rankings: deps.rankings.clone() },
        ExplanationApi { operations: deps.operations.clone() },
    )
}

fn tailoring_routes(deps: &Deps) -> (TailoringApi, DecideApi, BatchApi) {
    let tailorings = deps.tailorings.clone();
    (
        TailoringApi { tailorings: tailorings.clone() },
        DecideApi {
            tailorings,
            dispatch: deps.dispatch.clone(),
            quotes: deps.quotes.clone(),
            retention: deps.versions.retention,
        },
        BatchApi { batches: deps.batches.clone(), quotes: deps.quotes.clone() },
    )
}

fn version_routes(deps: &Deps) -> (VersionApi, ExportApi) {
    (
        VersionApi { versions: deps.versions.clone(), resumes: deps.resumes.clone() },
        ExportApi::new(deps.resumes.clone(), deps.versions.clone(), deps.exporter.clone()),
    )
}

fn money_routes(deps: &Deps) -> Money {
    let (operations, spending) = (deps.operations.clone(), deps.spending.clone());
    let subscriptions = deps.subscriptions.clone();
    (
        QuoteApi { quotes: deps.quotes.clone(), operations: operations.clone() },
        SpendingApi { spending: spending.clone(), operations },
        BillingApi { spending: spending.clone() },
        CostApi { spending: spending.clone() },
        AdminAccountApi {
            accounts: deps.accounts.clone(),
            spending,
            subscriptions: subscriptions.clone(),
        },
        WebhookApi { subscriptions, payments: deps.payments.clone() },
    )
}

fn admin_routes(deps: &Deps) -> (QueueApi, AdminOperationApi, FleetApi, AuditApi) {
    let (operations, steering) = (deps.operations.clone(), deps.steering.clone());
    (
        QueueApi { operations: operations.clone(), steering: steering.clone() },
        AdminOperationApi { operations: operations.clone(), steering },
        FleetApi { operations, fleet: deps.fleet.clone(), queue: deps.queue.clone() },
        AuditApi { audits: deps.audits.clone() },
    )
}

const DESCRIPTION: &str = "Upload a resume, read it into data, check it against a job posting, \
and get edits that make it fit, each proved by the resume's own words.\n\n\
Long work answers `202` with `Location`; follow it by polling or as server-sent events. \
Every refusal is a problem (RFC 9457) with `code`, `detail`, `remedy` and `request_id`.";

/// Everything that answers HTTP. Streams end when it is `closing`.
pub fn app(deps: &Deps, closing: CancellationToken) -> BoxEndpoint<'static, Response> {
    let service = routes(deps, closing);
    let document = service.spec_endpoint();
    let page = service.scalar();
    Route::new()
        .nest("/api/v1", service)
        .at("/openapi.json", document)
        .nest("/docs", page)
        .at("/.well-known/jwks.json", get(auth::jwks::published))
        .data(deps.sign_ins.clone())
        .data(Guard::new(deps))
        .with(AccessCookie)
        .with(CookieJarManager::new())
        .with(body::BodyLimit)
        .with(headers::PlainHeaders)
        .with(Compression::new())
        .catch_all_error(async |error| problem::framework::problem(&error))
        .with(CatchPanic::new().with_handler(|_| {
            tracing::error!("answering a request has panicked");
            Problem::new(Code::Internal, "Something failed on our side while answering.")
        }))
        .with(security_headers())
        .with(request_id::RequestId)
        .map_to_response()
        .boxed()
}

fn security_headers() -> SetHeader {
    SetHeader::new()
        .overriding("x-content-type-options", "nosniff")
        .overriding("referrer-policy", "no-referrer")
        .overriding("x-frame-options", "DENY")
}

/// The OpenAPI document, as it is committed.
pub fn openapi() -> String {
    routes(&Deps::unconnected(), CancellationToken::new()).spec()
}
