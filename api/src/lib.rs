//! The HTTP API. Start here: `routes` is the one list of what it offers.

use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::middleware::{CatchPanic, Compression, SetHeader};
use poem::{Response, Route};
use poem_openapi::{OpenApiService, Tags};
use shared::deps::Deps;
use tokio_util::sync::CancellationToken;

pub mod admin;
pub mod analytics;
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
pub mod usage;
pub mod version;
pub mod webhook;

use admin::account::AdminAccountApi;
use admin::analytics::AdminAnalyticsApi;
use admin::audit::AuditApi;
use admin::cost::CostApi;
use admin::fleet::FleetApi;
use admin::monitoring::MonitoringApi;
use admin::operation::AdminOperationApi;
use admin::queue::QueueApi;
use analytics::AnalyticsApi;
use batch::BatchApi;
use billing::BillingApi;
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
    /// What is kept of how the editor is used
    Analytics,
    /// For those who run it
    Health,
}

/// The one list of routes.
type Routes = (
    DocumentApi,
    (ResumeApi, StartApi),
    PostingApi,
    (CoverageApi, MatchesApi, ExplanationApi),
    OperationApi,
    (TailoringApi, DecideApi, BatchApi),
    (VersionApi, ExportApi),
    Money,
    (QueueApi, AdminOperationApi, FleetApi, AuditApi),
    Running,
);

type Money = (QuoteApi, SpendingApi, BillingApi, CostApi, AdminAccountApi, WebhookApi);

type Running = (HealthApi, MonitoringApi, AnalyticsApi, AdminAnalyticsApi);

fn routes(deps: &Deps, closing: CancellationToken) -> OpenApiService<Routes, ()> {
    let (operations, events) = (deps.operations.clone(), deps.events.clone());
    let follow = Follow { operations, events, closing };
    let routes = (
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
        running_routes(deps),
    );
    OpenApiService::new(routes, "RoleReady", env!("CARGO_PKG_VERSION"))
        .summary("The backend behind a resume editor")
        .description(DESCRIPTION)
        .url_prefix("/api/v1")
        .server("/")
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
        AdminAccountApi { spending, subscriptions: subscriptions.clone() },
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

fn running_routes(deps: &Deps) -> Running {
    (
        HealthApi {
            vitals: deps.vitals.clone(),
            fleet: deps.fleet.clone(),
            metrics_elsewhere: deps.metrics_elsewhere,
        },
        MonitoringApi { monitor: deps.monitor.clone() },
        AnalyticsApi { analytics: deps.analytics.clone() },
        AdminAnalyticsApi { analytics: deps.analytics.clone() },
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
        .data(deps.accounts.clone())
        .with(body::BodyLimit)
        .with(headers::PlainHeaders)
        .with(Compression::new())
        .catch_all_error(async |error| {
            request_id::keep_route(problem::framework::problem(&error), &error)
        })
        .with(usage::Usage(deps.analytics.clone()))
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
