//! What nobody owns is removed at the start; what another runner owns is left alone.

use std::{process::Command, time::Duration};

use carrel_ids::{SandboxId, WorkspaceId};
use carrel_test_support::wait_until;
use carrel_wire::runner::StopCause;

use crate::host::{LIMITS, Runner, docker, entries, runner};

/// A container that looks like a sandbox of `instance`.
fn plant(instance: &str, sandbox: SandboxId, run: bool) {
    let image = carrel_runner::image::reference();
    let labels = [
        format!("carrel.instance={instance}"),
        format!("carrel.sandbox={sandbox}"),
        format!("carrel.workspace={}", WorkspaceId::new()),
    ];
    let name = format!("carrel-{sandbox}");
    let mut arguments = vec![if run { "run" } else { "create" }, "--name", &name, "--network", "none"];
    if run {
        arguments.push("--detach");
    }
    for label in &labels {
        arguments.extend(["--label", label]);
    }
    arguments.extend([image.as_str(), "sleep", "600"]);
    docker(&arguments);
}

fn plant_mount(runner: &Runner) {
    let root = runner.state().join("mounts").join(WorkspaceId::new().to_string());
    std::fs::create_dir(&root).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "tmpfs"]).arg(&root).status().unwrap();
    assert!(mounted.success());
}

#[tokio::test]
async fn planted_orphans_are_gone_after_a_restart() {
    let mut runner = runner().await;
    let (running, never_started, unreachable) = (SandboxId::new(), SandboxId::new(), SandboxId::new());
    runner
        .restart(|state| {
            let instance = state.instance();
            plant(&instance, running, true);
            plant(&instance, never_started, false);
            docker(&[
                "create",
                "--label",
                &format!("carrel.instance={instance}"),
                &carrel_runner::image::reference(),
                "true",
            ]);
            let sockets = state.state().join("sockets");
            std::fs::create_dir(sockets.join(SandboxId::new().to_string())).unwrap();
            std::fs::create_dir(sockets.join("rubbish")).unwrap();
            plant_mount(state);
            std::fs::write(state.state().join("volumes/half-made.new"), b"x").unwrap();
            plant(&instance, unreachable, true);
        })
        .await;
    let clean = || async {
        let left = runner.containers().len() + runner.mounts().len();
        let left = left + entries(&runner.state().join("sockets")).len();
        (left == 0).then_some(())
    };
    wait_until(Duration::from_secs(30), "orphans to go", clean).await.unwrap();
    runner.assert_clean();
    assert!(entries(&runner.state().join("volumes")).is_empty());
    assert_eq!(runner.sandbox(running).await.unwrap().cause, Some(StopCause::Unknown));
}

#[tokio::test]
async fn containers_of_others_are_left_alone() {
    let mut first = runner().await;
    let second = runner().await;
    let workspace = WorkspaceId::new();
    let sandbox = second.start_sandbox(workspace, LIMITS).await;
    first.restart(|_| {}).await;
    assert!(first.containers().is_empty());
    assert_eq!(second.shell(sandbox, "echo here").await, "here");
    assert!(first.sandbox(sandbox).await.is_err());
}
