//! A sandbox outlives its runner, and the next runner takes it over.

use std::time::Duration;

use carrel_ids::WorkspaceId;
use carrel_test_support::wait_until;
use carrel_wire::runner::{Outcome, Plan, RunnerErrorCode as Code, StopCause};

use crate::{
    agent::exec,
    host::{LIMITS, docker, runner},
};

#[tokio::test]
async fn a_sandbox_goes_on_and_is_reached_again() {
    let mut runner = runner().await;
    let workspace = WorkspaceId::new();
    let sandbox = runner.start_sandbox(workspace, LIMITS).await;
    runner.shell(sandbox, "echo before > /workspace/file; (sleep 300 > /dev/null 2>&1 &)").await;
    let mut open = runner.stream(sandbox).await;
    open.request(&exec(&["sleep", "300"])).await;
    runner.restart(|state| assert_eq!(state.containers().len(), 1)).await;
    assert!(open.frame().await.is_none(), "a stream ends with its runner");

    assert_eq!(runner.shell(sandbox, "cat /workspace/file && pgrep -c sleep > /dev/null").await, "before");
    assert!(runner.sandbox(sandbox).await.unwrap().running);
    let again = runner.command(&Plan::Start { sandbox, workspace, limits: LIMITS }).await;
    assert!(matches!(again, Ok(Outcome::Started { .. })));
    let other = Plan::Start { sandbox: carrel_ids::SandboxId::new(), workspace, limits: LIMITS };
    assert_eq!(runner.command(&other).await.unwrap_err().code, Code::Busy);
    runner.stop_sandbox(sandbox, workspace).await;
    runner.assert_clean();
}

#[tokio::test]
async fn an_end_while_no_runner_ran_is_told_by_the_next_one() {
    let mut runner = runner().await;
    let workspace = WorkspaceId::new();
    let sandbox = runner.start_sandbox(workspace, LIMITS).await;
    runner.restart(|_| drop(docker(&["kill", &format!("carrel-{sandbox}")]))).await;
    let ended = || async { runner.sandbox(sandbox).await.ok().and_then(|sandbox| sandbox.cause) };
    let cause = wait_until(Duration::from_secs(15), "the end to be told", ended).await.unwrap();
    assert_eq!(cause, StopCause::Exited);
    let clean = || async { runner.mounts().is_empty().then_some(()) };
    wait_until(Duration::from_secs(15), "the volume to be unmounted", clean).await.unwrap();
    runner.assert_clean();
    runner.start_sandbox(workspace, LIMITS).await;
}
