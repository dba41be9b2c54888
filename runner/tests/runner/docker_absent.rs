//! Without Docker the runner answers, says what to do, and goes on when Docker is there.

use std::{
    os::unix::{fs::symlink, net::UnixListener},
    time::Duration,
};

use carrel_ids::{SandboxId, WorkspaceId};
use carrel_test_support::{TempData, docker, wait_until};
use carrel_wire::runner::{CheckState, Outcome, Plan, RunnerErrorCode as Code, Sandbox};

use crate::host::{LIMITS, Runner, runner};

fn plan() -> Plan {
    Plan::Start { sandbox: SandboxId::new(), workspace: WorkspaceId::new(), limits: LIMITS }
}

#[tokio::test]
async fn a_missing_docker_is_said_and_found_when_it_comes() {
    let folder = TempData::new().unwrap();
    let socket = folder.join("docker.sock");
    let runner = Runner::new(socket.clone());
    runner.wait().await;
    assert_eq!(runner.command(&plan()).await.unwrap_err().code, Code::DockerUnavailable);
    let listed = runner.get::<Vec<Sandbox>>("/v1/sandboxes").await;
    assert_eq!(listed.unwrap_err().code, Code::DockerUnavailable);

    let health = runner.health().await;
    assert!(!health.ready);
    let check = health.checks.iter().find(|check| check.name == "docker").unwrap();
    assert_eq!(check.state, CheckState::Missing);
    assert!(check.remedy.as_ref().unwrap().contains("systemctl start docker"), "{check:?}");

    symlink(docker::require().unwrap(), &socket).unwrap();
    let stop = Plan::Stop { sandbox: SandboxId::new(), workspace: WorkspaceId::new() };
    let carried_out = || async { runner.command(&stop).await.ok() };
    let outcome = wait_until(Duration::from_secs(15), "Docker to be found", carried_out).await;
    assert_eq!(outcome.unwrap(), Outcome::Stopped);
    let docker = runner.health().await.checks.into_iter().find(|check| check.name == "docker").unwrap();
    assert_eq!(docker.state, CheckState::Fine);
}

#[tokio::test]
async fn sandboxes_work_on_while_docker_is_away_and_can_be_stopped_after() {
    // It says what is missing on this machine.
    drop(runner().await);
    let folder = TempData::new().unwrap();
    let socket = folder.join("docker.sock");
    symlink(docker::require().unwrap(), &socket).unwrap();
    let runner = Runner::new(socket.clone());
    runner.wait().await;
    let workspace = WorkspaceId::new();
    let sandbox = runner.start_sandbox(workspace, LIMITS).await;
    std::fs::remove_file(&socket).unwrap();
    let stop = Plan::Stop { sandbox, workspace };
    assert_eq!(runner.command(&stop).await.unwrap_err().code, Code::DockerUnavailable);
    assert!(runner.sandbox(sandbox).await.unwrap().running);
    assert_eq!(runner.shell(sandbox, "echo fine").await, "fine");
    symlink(docker::require().unwrap(), &socket).unwrap();
    let stopped = || async { runner.command(&stop).await.ok() };
    wait_until(Duration::from_secs(15), "Docker to be found", stopped).await.unwrap();
    runner.assert_clean();
}

#[tokio::test]
async fn a_docker_that_hangs_does_not_hang_the_runner() {
    let folder = TempData::new().unwrap();
    let socket = folder.join("docker.sock");
    let _silent = UnixListener::bind(&socket).unwrap();
    let runner = Runner::new(socket);
    runner.wait().await;
    // One after the other, each waiting for Docker anew, they would take two minutes.
    let plans: Vec<_> = (0..40).map(|_| plan()).collect();
    let refusals = futures_util::future::join_all(plans.iter().map(|plan| runner.command(plan)));
    for refusal in tokio::time::timeout(Duration::from_secs(60), refusals).await.expect("no hanging") {
        assert_eq!(refusal.unwrap_err().code, Code::DockerUnavailable);
    }
}
