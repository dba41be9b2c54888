//! What must not stay behind when no workspace runs: containers, mounts, sockets of this instance.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// Waits until nothing is left; what still is when the time is up.
pub(crate) async fn wait_for_none(data: &Path, patience: Duration) -> Vec<String> {
    let started = Instant::now();
    loop {
        let left = find(data);
        if left.is_empty() || started.elapsed() > patience {
            return left;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn find(data: &Path) -> Vec<String> {
    let data = data.to_string_lossy().into_owned();
    let mut left = Vec::new();
    let containers = Command::new("docker")
        .args(["ps", "--all", "--filter", "label=carrel.instance", "--format", "{{.ID}}"])
        .output()
        .expect("docker");
    for id in String::from_utf8_lossy(&containers.stdout).lines() {
        let mounts = Command::new("docker")
            .args(["inspect", "--format", "{{json .HostConfig.Mounts}}{{json .HostConfig.Binds}}", id])
            .output();
        if mounts.is_ok_and(|mounts| String::from_utf8_lossy(&mounts.stdout).contains(&data)) {
            left.push(format!("container {id}"));
        }
    }
    let mounts = std::fs::read_to_string("/proc/self/mounts").expect("readable");
    left.extend(mounts.lines().filter(|line| line.contains(&data)).map(|line| format!("mount {line}")));
    let sockets = std::fs::read_dir(Path::new(&data).join("runner/sockets"));
    left.extend(
        sockets.into_iter().flatten().flatten().map(|entry| format!("socket folder {}", entry.path().display())),
    );
    left
}
