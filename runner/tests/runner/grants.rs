//! Nothing is done without a right signature and a right grant, and each refusal has its own code.

use bytes::Bytes;
use carrel_ids::{SandboxId, SessionId, UserId, WorkspaceId};
use carrel_service_auth::{Service, ServiceSecret, SigningKey, client::ServiceClient, grant::Issuer};
use carrel_wire::runner::{Outcome, Plan, RunnerError, RunnerErrorCode as Code};
use reqwest::Method;
use time::{Duration, OffsetDateTime};

use crate::host::{AUDIENCE, LIMITS, Runner, runner};

fn start(workspace: WorkspaceId) -> String {
    let plan = Plan::Start { sandbox: SandboxId::new(), workspace, limits: LIMITS };
    serde_json::to_string(&plan).unwrap()
}

/// Issues with everything named and sends.
#[allow(clippy::too_many_arguments, reason = "each is one thing that can be wrong with a grant")]
async fn attempt(
    runner: &Runner,
    issuer: &Issuer,
    act: &str,
    granted: &str,
    sent: &str,
    audience: &str,
    now: OffsetDateTime,
    workspace: WorkspaceId,
) -> Code {
    let grant = issuer.issue(act, granted, workspace, UserId::new(), SessionId::new(), audience, now).unwrap();
    runner.send(grant, sent.to_owned()).await.unwrap_err().code
}

#[tokio::test]
async fn each_wrong_grant_has_its_own_refusal_and_starts_nothing() {
    let runner = runner().await;
    let (now, own) = (OffsetDateTime::now_utc(), &runner.issuer);
    let foreign = Issuer::new(SigningKey::from_bytes(&[4; 32]), "g1");
    let unknown = Issuer::new(SigningKey::from_bytes(&[3; 32]), "g9");
    let workspace = WorkspaceId::new();
    let (plan, other) = (start(workspace), start(workspace));
    let later = now + Duration::minutes(1);
    let earlier = now - Duration::minutes(2);
    let cases = [
        ("a foreign key", &foreign, "start", &plan, &plan, AUDIENCE, now, Code::GrantInvalid),
        ("an unknown key", &unknown, "start", &plan, &plan, AUDIENCE, now, Code::GrantInvalid),
        ("not valid yet", own, "start", &plan, &plan, AUDIENCE, later, Code::GrantInvalid),
        ("expired", own, "start", &plan, &plan, AUDIENCE, earlier, Code::GrantExpired),
        ("another runner", own, "start", &plan, &plan, "runner/other", now, Code::GrantMismatch),
        ("another plan", own, "start", &plan, &other, AUDIENCE, now, Code::GrantMismatch),
        ("another act", own, "stop", &plan, &plan, AUDIENCE, now, Code::GrantMismatch),
    ];
    for (name, issuer, act, granted, sent, audience, at, code) in cases {
        let refusal = attempt(&runner, issuer, act, granted, sent, audience, at, workspace).await;
        assert_eq!(refusal, code, "{name}");
    }
    let elsewhere = attempt(&runner, own, "start", &plan, &plan, AUDIENCE, now, WorkspaceId::new()).await;
    assert_eq!(elsewhere, Code::GrantMismatch);
    let refusal = runner.send("no.grant".into(), plan.clone()).await.unwrap_err();
    assert_eq!(refusal.code, Code::GrantInvalid);
    runner.assert_clean();
}

#[tokio::test]
async fn a_grant_is_used_once_also_after_a_restart() {
    let mut runner = runner().await;
    let plan = Plan::Stop { sandbox: SandboxId::new(), workspace: WorkspaceId::new() };
    let text = serde_json::to_string(&plan).unwrap();
    let grant = runner.grant("stop", &text, plan.workspace());
    assert_eq!(runner.send(grant.clone(), text.clone()).await, Ok(Outcome::Stopped));
    let again = runner.send(grant.clone(), text.clone()).await.unwrap_err();
    assert_eq!(again.code, Code::GrantReplayed);
    runner.restart(|_| {}).await;
    let again = runner.send(grant, text).await.unwrap_err();
    assert_eq!(again.code, Code::GrantReplayed);
}

#[tokio::test]
async fn a_granted_plan_can_ask_for_nothing_that_it_has_no_field_for() {
    let runner = runner().await;
    let workspace = WorkspaceId::new();
    let plan = start(workspace);
    for smuggled in [
        r#""privileged":true"#,
        r#""mounts":[{"type":"bind","source":"/","target":"/host"}]"#,
        r#""binds":["/var/run/docker.sock:/d"]"#,
        r#""image":"alpine""#,
        r#""network":"host""#,
        r#""cap_add":["SYS_ADMIN"]"#,
        r#""security_opt":["seccomp=unconfined"]"#,
        r#""env":["LD_PRELOAD=/x"]"#,
    ] {
        let text = plan.replacen('{', &format!("{{{smuggled},"), 1);
        let grant = runner.grant("start", &text, workspace);
        let refusal = runner.send(grant, text).await.unwrap_err();
        assert_eq!(refusal.code, Code::PlanInvalid, "{smuggled}");
    }
    for (wrong, code) in [
        (plan.replace("\"sandbox\":\"0", "\"sandbox\":\"../"), Code::PlanInvalid),
        (plan.replace("\"processes\":128", "\"processes\":0"), Code::PlanInvalid),
        (plan.replace("\"memory_bytes\":", "\"memory_bytes\":-"), Code::PlanInvalid),
        (plan.replace("\"processes\":128", "\"processes\":257"), Code::LimitTooHigh),
        (plan.replace("\"cpu_milli\":2000", "\"cpu_milli\":4001"), Code::LimitTooHigh),
    ] {
        assert_ne!(wrong, plan);
        let grant = runner.grant("start", &wrong, workspace);
        let refusal = runner.send(grant, wrong.clone()).await.unwrap_err();
        assert_eq!(refusal.code, code, "{wrong}");
    }
    runner.assert_clean();
}

#[tokio::test]
async fn every_route_needs_a_signature_and_the_secret_alone_starts_nothing() {
    let runner = runner().await;
    let stranger = ServiceSecret::from_bytes(&[12; 32]).unwrap();
    let socket = runner.state().parent().unwrap().join("runner.sock");
    let stranger = ServiceClient::unix(socket, Service::Ide, Service::Runner, &stranger).unwrap();
    let sandbox = SandboxId::new();
    for (method, path) in [
        (Method::GET, "/v1/health".to_owned()),
        (Method::GET, "/v1/sandboxes".to_owned()),
        (Method::GET, format!("/v1/sandboxes/{sandbox}")),
        (Method::GET, format!("/v1/sandboxes/{sandbox}/stream")),
        (Method::POST, "/v1/commands".to_owned()),
        (Method::GET, "/nowhere".to_owned()),
    ] {
        let answer = stranger.send(method, &path, None, Bytes::new()).await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        let error: RunnerError = answer.json().await.unwrap();
        assert_eq!(error.code, Code::SignatureInvalid, "{path}");
    }
    // With the secret of the services but without the cloud's key nothing starts.
    let unsigned = runner.send(String::new(), start(WorkspaceId::new())).await.unwrap_err();
    assert_eq!(unsigned.code, Code::GrantInvalid);
    let nowhere = runner.get::<()>("/v1/containers").await.unwrap_err();
    assert_eq!(nowhere.code, Code::NotFound);
    let missing = runner.sandbox(sandbox).await.unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
    runner.assert_clean();
}
