//! From start to removal: what a sandbox is given, and that nothing of it stays behind.

use std::time::Duration;

use carrel_ids::{SandboxId, WorkspaceId};
use carrel_test_support::wait_until;
use carrel_wire::runner::{CheckState, Outcome, Plan, RunnerErrorCode as Code, Sandbox, StopCause};

use crate::host::{LIMITS, docker, entries, runner};

#[tokio::test]
async fn a_umask_that_closes_everything_closes_no_sandbox() {
    // As the service file sets it; each test is a process of its own.
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let runner = runner().await;
    let workspace = WorkspaceId::new();
    let sandbox = runner.start_sandbox(workspace, LIMITS).await;
    assert_eq!(
        runner.shell(sandbox, "echo made > /workspace/file && cp /workspace/file ~ && cat ~/file").await,
        "made"
    );
    runner.stop_sandbox(sandbox, workspace).await;
    rustix::process::umask(before);
}

#[tokio::test]
async fn a_sandbox_starts_works_and_leaves_only_its_volume() {
    let runner = runner().await;
    let (sandbox, workspace) = (SandboxId::new(), WorkspaceId::new());
    let plan = Plan::Start { sandbox, workspace, limits: LIMITS };
    let first = runner.command(&plan).await.unwrap();
    let Outcome::Started { timing, image, .. } = &first else { panic!("{first:?}") };
    eprintln!("{timing:?}");
    assert!(image.starts_with("sha256:"));
    assert_eq!(runner.command(&plan).await.unwrap(), first, "the same plan again");

    let described = runner.sandbox(sandbox).await.unwrap();
    assert!(described.running && described.agent_connected);
    let listed: Vec<Sandbox> = runner.get("/v1/sandboxes").await.unwrap();
    assert_eq!(listed, [described]);

    let second = Plan::Start { sandbox: SandboxId::new(), workspace, limits: LIMITS };
    assert_eq!(runner.command(&second).await.unwrap_err().code, Code::Busy);
    let stolen = Plan::Stop { sandbox, workspace: WorkspaceId::new() };
    assert_eq!(runner.command(&stolen).await.unwrap_err().code, Code::NotFound);

    runner.shell(sandbox, "echo kept > /workspace/file && echo kept > ~/.profile").await;
    runner.stop_sandbox(sandbox, workspace).await;
    runner.stop_sandbox(sandbox, workspace).await;
    runner.assert_clean();
    let ended = runner.sandbox(sandbox).await.unwrap();
    assert_eq!((ended.running, ended.cause), (false, Some(StopCause::Requested)));

    let sandbox = runner.start_sandbox(workspace, LIMITS).await;
    assert_eq!(runner.shell(sandbox, "cat /workspace/file ~/.profile").await, "kept\nkept");
    let removed = runner.command(&Plan::RemoveVolume { workspace }).await.unwrap();
    assert_eq!(removed, Outcome::VolumeRemoved);
    runner.assert_clean();
    assert!(entries(&runner.state().join("volumes")).is_empty());
    let removed = runner.command(&Plan::RemoveVolume { workspace }).await.unwrap();
    assert_eq!(removed, Outcome::VolumeRemoved, "nothing to remove is success");
}

#[tokio::test]
async fn commands_for_one_workspace_exclude_each_other() {
    let runner = runner().await;
    let workspace = WorkspaceId::new();
    let plans = [(); 3].map(|()| Plan::Start { sandbox: SandboxId::new(), workspace, limits: LIMITS });
    let outcomes = futures_util::future::join_all(plans.iter().map(|plan| runner.command(plan))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for refusal in outcomes.into_iter().filter_map(Result::err) {
        assert_eq!(refusal.code, Code::Busy);
    }
    assert_eq!(runner.containers().len(), 1);
}

#[tokio::test]
async fn a_sandbox_that_ends_by_itself_is_noticed_with_its_cause() {
    let runner = runner().await;
    let workspace = WorkspaceId::new();
    let sandbox = runner.start_sandbox(workspace, LIMITS).await;
    docker(&["kill", &format!("carrel-{sandbox}")]);
    let ended = || async { runner.sandbox(sandbox).await.unwrap().cause };
    let cause = wait_until(Duration::from_secs(15), "the end to be noticed", ended).await.unwrap();
    assert_eq!(cause, StopCause::Exited);
    runner.assert_clean();
    runner.start_sandbox(workspace, LIMITS).await;
}

#[tokio::test]
async fn a_start_that_fails_leaves_nothing() {
    let runner = runner().await;
    let (sandbox, workspace) = (SandboxId::new(), WorkspaceId::new());
    // Something else has the name of the container to be.
    let name = format!("carrel-{sandbox}");
    let image = carrel_runner::image::reference();
    docker(&["create", "--name", &name, &image, "true"]);
    let refusal = runner.command(&Plan::Start { sandbox, workspace, limits: LIMITS }).await.unwrap_err();
    assert_eq!(refusal.code, Code::Internal);
    runner.assert_clean();
    runner.start_sandbox(workspace, LIMITS).await;
}

#[tokio::test]
async fn this_machine_has_what_sandboxes_need() {
    let runner = runner().await;
    let health = runner.health().await;
    for name in ["docker", "workspace_image", "volume_limits", "seccomp", "agent_binary"] {
        let check = health.checks.iter().find(|check| check.name == name).unwrap();
        assert_eq!(check.state, CheckState::Fine, "{check:?}");
    }
    for check in &health.checks {
        assert_eq!(check.remedy.is_some(), check.state != CheckState::Fine, "{check:?}");
    }
    assert!(health.ready);
    runner.assert_clean();
}
