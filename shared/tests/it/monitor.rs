//! Who is told of what is wrong, how often, and that it is over.

use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use roleready_shared::account::Tier;
use roleready_shared::deps::Deps;
use roleready_shared::monitor::alert::{Finding, Rule, Severity};
use roleready_shared::monitor::notice;
use roleready_shared::monitor::rate::Subject;
use roleready_shared::operation::claim::Claim;
use roleready_shared::operation::failure::FailureCode;
use roleready_shared::operation::input::Engine;
use roleready_shared::operation::{self, Column, Kind};
use roleready_shared::page::PageRequest;
use roleready_shared::testing::Installation;
use roleready_shared::testing::person::Person;
use roleready_shared::time;
use sea_orm::ActiveEnum as _;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const ALL: PageRequest = PageRequest { before: None, limit: 50 };

/// Each is taken, or refused with the status that comes next.
struct Hook {
    url: String,
    heard: Arc<Mutex<Vec<(String, String)>>>,
}

impl Hook {
    async fn answering(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<_>>> = Arc::default();
        let kept = heard.clone();
        tokio::spawn(async move {
            let mut statuses = statuses.iter();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let status = statuses.next().copied().unwrap_or(200);
                let request = hear(stream, status).await;
                if status == 200 {
                    kept.lock().unwrap().push(request);
                }
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> Vec<(String, String)> {
        self.heard.lock().unwrap().clone()
    }
}

/// The signature and the body of one request.
async fn hear(stream: TcpStream, status: u16) -> (String, String) {
    let mut stream = BufReader::new(stream);
    let (mut signature, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "roleready-signature" => value.clone_into(&mut signature),
            "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let answer =
        format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.unwrap();
    (signature, String::from_utf8(body).unwrap())
}

/// A server that takes e-mail; what came after DATA.
async fn mail_server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mails: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = mails.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 test\r\n").await.unwrap();
            let (mut mail, mut in_data) = (String::new(), false);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap() == 0 {
                    break;
                }
                let answer = match line.trim_end() {
                    "." if in_data => {
                        in_data = false;
                        kept.lock().unwrap().push(std::mem::take(&mut mail));
                        "250 taken"
                    }
                    _ if in_data => {
                        mail.push_str(&line);
                        continue;
                    }
                    "DATA" => {
                        in_data = true;
                        "354 go on"
                    }
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
        }
    });
    (url, mails)
}

fn finding(severity: Severity) -> Finding {
    let summary = "It is so.".to_owned();
    Finding { rule: Rule::BreakerOpen, subject: "model".into(), severity, summary }
}

async fn observe(deps: &Deps, found: Vec<Finding>) {
    deps.monitor.alerts.observe(&[Rule::BreakerOpen], found).await.unwrap();
    deps.monitor.alerts.deliver().await.unwrap();
}

#[tokio::test]
async fn an_alert_is_told_once_when_it_opens_worsens_and_is_over_with_a_signature_that_holds() {
    roleready_shared::telemetry::install_tls();
    for installation in Installation::each().await {
        let hook = Hook::answering(&[]).await;
        let (server, mails) = mail_server().await;
        let deps = installation
            .with("ALERT_WEBHOOK_URL", &hook.url)
            .with("ALERT_WEBHOOK_SECRET", "hush")
            .with("SMTP_URL", &server)
            .with("MAIL_FROM", "RoleReady <alerts@example.org>")
            .with("ALERT_EMAIL", "on-call@example.org")
            .open()
            .await;

        for severity in [Severity::Warning, Severity::Warning, Severity::Critical] {
            observe(&deps, vec![finding(severity)]).await;
        }
        observe(&deps, Vec::new()).await;
        observe(&deps, Vec::new()).await;

        let heard = hook.heard();
        let bodies: Vec<serde_json::Value> =
            heard.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
        let events: Vec<&str> =
            bodies.iter().map(|body| body["alert"]["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["opened", "worsened", "recovered"]);
        assert!(
            bodies[1]["text"].as_str().unwrap().contains("now critical: breaker_open of model")
        );
        for (signature, body) in &heard {
            let (at, signed) = signature.split_once(",v1=").unwrap();
            let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").unwrap();
            mac.update(format!("{}.{body}", at.strip_prefix("t=").unwrap()).as_bytes());
            assert_eq!(hex::encode(mac.finalize().into_bytes()), signed);
        }
        let mails = mails.lock().unwrap().clone();
        assert_eq!(mails.len(), 3);
        assert!(
            mails[0].contains("Subject: RoleReady warning: breaker_open of model"),
            "{mails:?}"
        );
        assert!(mails[0].contains("To: on-call@example.org"), "{mails:?}");
    }
}

#[tokio::test]
async fn what_could_not_be_told_is_told_later_and_by_one_process_only() {
    roleready_shared::telemetry::install_tls();
    for installation in Installation::each().await {
        let hook = Hook::answering(&[503]).await;
        let installation = installation.with("ALERT_WEBHOOK_URL", &hook.url);
        let deps = installation.open().await;
        observe(&deps, vec![finding(Severity::Warning)]).await;
        let at_first = hook.heard().len();
        deps.monitor.alerts.deliver().await.unwrap();
        let too_soon = hook.heard().len();

        make_due(&installation).await;
        let (one, other) =
            tokio::join!(deps.monitor.alerts.deliver(), deps.monitor.alerts.deliver());
        one.unwrap();
        other.unwrap();

        assert_eq!((at_first, too_soon, hook.heard().len()), (0, 0, 1));
    }
}

#[tokio::test]
async fn processes_that_see_the_same_at_once_raise_one_alert() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let alerts = &deps.monitor.alerts;
        let see = || alerts.observe(&[Rule::BreakerOpen], vec![finding(Severity::Warning)]);

        let (one, other, third) = tokio::join!(see(), see(), see());

        for seen in [one, other, third] {
            seen.unwrap();
        }
        assert_eq!(alerts.list(false, ALL).await.unwrap().items.len(), 1);
    }
}

/// Operations that ended so, one after the other.
async fn end(deps: &Deps, person: &Person, codes: impl IntoIterator<Item = FailureCode>) {
    for code in codes {
        let request = person.asks(Kind::Parse, Engine::Rules);
        let operation = deps.operations.submit(&request).await.unwrap();
        let operation = deps.operations.claim(operation.id, "worker").await.unwrap().unwrap();
        let claim = Claim { operation_id: operation.id, fence: operation.fence };
        deps.operations.fail(claim, code).await.unwrap();
    }
}

#[tokio::test]
async fn failures_of_ours_raise_an_alert_that_is_over_when_they_are_and_what_was_refused_counts_not()
 {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let person = Person::new(&deps, Tier::Premium).await;
        let open = async || deps.monitor.alerts.open().await.unwrap();

        end(&deps, &person, [FailureCode::DocumentScanned; 25]).await;
        deps.monitor.check_rates().await.unwrap();
        let after_refusals = open().await;
        end(&deps, &person, [FailureCode::Internal; 25]).await;
        deps.monitor.check_rates().await.unwrap();
        let after_failures = open().await;
        let health = deps.monitor.health_score().await.unwrap();
        long_ago(&installation).await;
        deps.monitor.check_rates().await.unwrap();
        let at_last = open().await;

        assert_eq!((after_refusals.len(), at_last.len()), (0, 0));
        let alert = &after_failures[0];
        assert_eq!((alert.rule, alert.severity), (Rule::SuccessRate, Severity::Critical));
        assert_eq!((alert.subject.as_str(), after_failures.len()), ("parse", 1));
        assert_eq!((health.grade(), health.score), (Some("F"), Some(0.0)));
        let trend = deps.monitor.trend(7).await.unwrap();
        assert_eq!(trend.len(), Subject::ALL.len(), "one look in five minutes is kept");
    }
}

#[tokio::test]
async fn a_fleet_without_workers_and_a_queue_where_nothing_ends_raise_alerts_unless_it_is_paused() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let person = Person::new(&deps, Tier::Premium).await;
        deps.operations.submit(&person.asks(Kind::Ats, Engine::Rules)).await.unwrap();
        let rules = async || {
            deps.monitor.check_conditions().await.unwrap();
            let open = deps.monitor.alerts.open().await.unwrap();
            let mut rules: Vec<&str> = open.iter().map(|alert| alert.rule.as_str()).collect();
            rules.sort_unstable();
            rules
        };

        let fresh = rules().await;
        long_ago(&installation).await;
        let stuck = rules().await;
        deps.operations.set_paused(Kind::Ats, true).await.unwrap();
        let paused = rules().await;

        assert_eq!(fresh, ["no_worker"]);
        assert_eq!(stuck, ["no_worker", "queue_stuck"]);
        assert_eq!(paused, ["no_worker"]);
    }
}

#[test]
fn every_alert_has_its_entry_in_the_runbook() {
    let runbook = include_str!("../../../docs/RUNBOOK.md");

    for rule in Rule::ALL {
        let name = format!("| `{}`", rule.as_str());
        assert!(runbook.contains(&name), "{name} is missing");
        assert_eq!(rule.to_value(), rule.as_str());
    }
}

/// As if the pause before the next try were over.
async fn make_due(installation: &Installation) {
    let db = roleready_shared::database::connect(&installation.config()).await.unwrap();
    notice::Entity::update_many()
        .col_expr(notice::Column::NextAt, Expr::val(time::now()))
        .exec(&db)
        .await
        .unwrap();
}

/// As if everything had happened two hours earlier.
async fn long_ago(installation: &Installation) {
    let db = roleready_shared::database::connect(&installation.config()).await.unwrap();
    let then = time::now() - chrono::TimeDelta::hours(2);
    operation::Entity::update_many()
        .col_expr(Column::CreatedAt, Expr::val(then))
        .col_expr(Column::RunAt, Expr::val(then))
        .exec(&db)
        .await
        .unwrap();
    operation::Entity::update_many()
        .col_expr(Column::FinishedAt, Expr::val(then))
        .filter(Column::FinishedAt.is_not_null())
        .exec(&db)
        .await
        .unwrap();
}
