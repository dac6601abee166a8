//! The HTTP API. Start here: `routes` is the one list of what it offers.

use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::middleware::{CatchPanic, Compression, CookieJarManager};
use poem::web::CompressionLevel;
use poem::{Response, Route, get};
use poem_openapi::{OpenApiService, Tags};
use shared::deps::Deps;
use tokio_util::sync::CancellationToken;

pub mod account;
pub mod admin;
pub mod analytics;
pub mod auth;
pub mod batch;
pub mod billing;
pub mod body;
pub mod caller;
mod cors;
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
pub mod me;
mod mirror;
pub mod money;
pub mod operation;
pub mod page;
pub mod period;
pub mod posting;
pub mod problem;
mod proxy;
pub mod quote;
pub mod rate;
pub mod report;
pub mod request_id;
pub mod resume;
pub mod secure;
pub mod server;
pub mod spending;
pub mod streams;
pub mod tailoring;
pub mod usage;
pub mod version;
pub mod webhook;

use account::AccountApi;
use account::key::KeyApi;
use admin::account::AdminAccountApi;
use admin::analytics::AdminAnalyticsApi;
use admin::audit::AuditApi;
use admin::cost::CostApi;
use admin::fleet::FleetApi;
use admin::monitoring::MonitoringApi;
use admin::operation::AdminOperationApi;
use admin::queue::QueueApi;
use admin::retention::RetentionApi;
use analytics::AnalyticsApi;
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
use me::data::DataApi;
use me::limits::LimitsApi;
use operation::OperationApi;
use operation::start::StartApi;
use operation::stream::Follow;
use posting::PostingApi;
use problem::{Code, Problem};
use proxy::Proxies;
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
    /// About yourself: limits and your data
    Me,
    /// What is kept of how the editor is used
    Analytics,
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
    (QueueApi, AdminOperationApi, FleetApi, AuditApi, RetentionApi),
    (LimitsApi, DataApi),
    Running,
);

type Entry = (AuthApi, PasswordApi, AccountApi, KeyApi);
type Money = (QuoteApi, SpendingApi, BillingApi, CostApi, AdminAccountApi, WebhookApi);

type Running = (HealthApi, MonitoringApi, AnalyticsApi, AdminAnalyticsApi);

fn routes(deps: &Deps, closing: CancellationToken) -> OpenApiService<Routes, ()> {
    let (operations, events) = (deps.operations.clone(), deps.events.clone());
    let follow = Follow { operations, events, closing };
    let routes = (
        entry_routes(deps),
        DocumentApi {
            documents: deps.documents.clone(),
            door: deps.door.clone(),
            scanner: deps.scanner.clone(),
            audits: deps.audits.clone(),
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
        me_routes(deps),
        running_routes(deps),
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

fn me_routes(deps: &Deps) -> (LimitsApi, DataApi) {
    (
        LimitsApi { quotas: deps.quotas.clone() },
        DataApi {
            exports: deps.data_exports.clone(),
            erasures: deps.erasures.clone(),
            blobs: deps.blobs.clone(),
        },
    )
}

fn admin_routes(deps: &Deps) -> (QueueApi, AdminOperationApi, FleetApi, AuditApi, RetentionApi) {
    let (operations, steering) = (deps.operations.clone(), deps.steering.clone());
    (
        QueueApi { operations: operations.clone(), steering: steering.clone() },
        AdminOperationApi { operations: operations.clone(), steering },
        FleetApi { operations, fleet: deps.fleet.clone(), queue: deps.queue.clone() },
        AuditApi { audits: deps.audits.clone() },
        RetentionApi { retentions: deps.retentions.clone() },
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
    let proxies = Proxies::new(deps.http.trusted_proxies.clone());
    let limiter = deps.limiter.clone();
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
        .with(Compression::new().with_quality(CompressionLevel::Fastest))
        .with(streams::PlainStreams)
        .catch_all_error(async |error| {
            request_id::keep_route(problem::framework::problem(&error), &error)
        })
        .with(usage::Usage(deps.analytics.clone()))
        .with(CatchPanic::new().with_handler(|_| {
            tracing::error!("answering a request has panicked");
            Problem::new(Code::Internal, "Something failed on our side while answering.")
        }))
        .with(rate::RateLimits { limiter, proxies: proxies.clone() })
        .with(cors::Origins(deps.http.cors_origins.clone()))
        .with(secure::Secure(proxies))
        .with(request_id::RequestId)
        .map_to_response()
        .boxed()
}

/// The OpenAPI document, as it is committed.
pub fn openapi() -> String {
    routes(&Deps::unconnected(), CancellationToken::new()).spec()
}
