//! Each limit holds, and what hits it is the sandbox alone.

use std::time::Duration;

use carrel_ids::WorkspaceId;
use carrel_test_support::wait_until;
use carrel_wire::runner::{Limits, StopCause};

use crate::host::{LIMITS, MIB, docker, entries, runner};

#[tokio::test]
async fn a_volume_stops_at_its_bytes_and_shows_its_size() {
    let runner = runner().await;
    let limits = Limits { disk_bytes: 64 * MIB, files: 2000, ..LIMITS };
    let sandbox = runner.start_sandbox(WorkspaceId::new(), limits).await;
    let full = runner.exec(sandbox, &["sh", "-c", "head -c 200M /dev/zero > big; echo $?; stat -c %s big"]).await;
    assert!(full.err.contains("No space left on device"), "{full:?}");
    let size: u64 = full.out.lines().nth(1).unwrap().parse().unwrap();
    assert!(size < 64 * MIB, "{size}");
    let total: u64 = runner.shell(sandbox, "df --output=size -B1 /workspace | tail -1").await.trim().parse().unwrap();
    assert!(total <= 64 * MIB, "{total}");
    // The home folder shares the same limit.
    let home = runner.exec(sandbox, &["sh", "-c", "head -c 1M /dev/zero > ~/more"]).await;
    assert!(home.err.contains("No space left on device"), "{home:?}");
    // Deleting gives the space back, to the host too.
    runner.shell(sandbox, "rm big ~/more && head -c 1M /dev/zero > small").await;
}

#[tokio::test]
async fn a_volume_stops_at_its_number_of_files() {
    let runner = runner().await;
    let limits = Limits { disk_bytes: 64 * MIB, files: 1000, ..LIMITS };
    let sandbox = runner.start_sandbox(WorkspaceId::new(), limits).await;
    let script = "i=0; while true > f$i; do i=$((i+1)); [ $i -lt 5000 ] || break; done; echo $i";
    let done = runner.exec(sandbox, &["sh", "-c", script]).await;
    let made: u64 = done.out.trim().parse().unwrap();
    assert!((900..1200).contains(&made), "{made}");
    assert!(done.err.contains("No space left on device"), "{done:?}");
}

#[tokio::test]
async fn what_is_in_a_volume_takes_no_more_of_the_host_than_it_is_and_is_given_back() {
    let runner = runner().await;
    let limits = Limits { disk_bytes: 512 * MIB, ..LIMITS };
    let sandbox = runner.start_sandbox(WorkspaceId::new(), limits).await;
    let used = || {
        use std::os::unix::fs::MetadataExt as _;
        let images = entries(&runner.state().join("volumes"));
        images.iter().map(|path| std::fs::metadata(path).unwrap().blocks() * 512).sum::<u64>()
    };
    let empty = used();
    assert!(empty < 16 * MIB, "{empty}");
    runner.shell(sandbox, "head -c 100M /dev/urandom > big && sync").await;
    assert!(used() > 100 * MIB);
    runner.shell(sandbox, "rm big && sync").await;
    let freed = || async { (used() < 40 * MIB).then_some(()) };
    wait_until(Duration::from_secs(30), "the space to be given back", freed).await.unwrap();
}

#[tokio::test]
async fn a_fork_bomb_meets_the_limit_of_processes() {
    let runner = runner().await;
    let limits = Limits { processes: 64, ..LIMITS };
    let sandbox = runner.start_sandbox(WorkspaceId::new(), limits).await;
    let script = "for i in $(seq 200); do sleep 20 & done; wait";
    let bomb = runner.exec(sandbox, &["timeout", "5", "bash", "-c", script]).await;
    assert!(bomb.err.contains("Resource temporarily unavailable"), "{bomb:?}");
    let after = || async {
        let done = runner.exec(sandbox, &["sh", "-c", "pkill sleep; echo fine"]).await;
        (done.out == "fine").then_some(())
    };
    wait_until(Duration::from_secs(40), "the sandbox to work again", after).await.unwrap();
}

#[tokio::test]
async fn a_memory_bomb_is_ended_and_the_sandbox_lives() {
    let runner = runner().await;
    let limits = Limits { memory_bytes: 128 * MIB, ..LIMITS };
    let sandbox = runner.start_sandbox(WorkspaceId::new(), limits).await;
    let bomb = runner.exec(sandbox, &["python3", "-c", "x = bytearray(1 << 30)"]).await;
    assert_ne!(bomb.code, 0);
    // What lies in memory without a process that could be ended leaves the agent enough to live.
    for place in ["/tmp", "/dev/shm"] {
        let fill = format!("head -c 400M /dev/zero > {place}/big");
        let full = runner.exec(sandbox, &["sh", "-c", &fill]).await;
        assert!(full.err.contains("No space left on device"), "{full:?}");
    }
    assert_eq!(runner.shell(sandbox, "rm /tmp/big /dev/shm/big; echo fine").await, "fine");
    assert!(runner.sandbox(sandbox).await.unwrap().running);
}

#[tokio::test]
async fn the_end_of_the_agent_for_want_of_memory_is_told_as_such() {
    let runner = runner().await;
    let limits = Limits { memory_bytes: 64 * MIB, ..LIMITS };
    let sandbox = runner.start_sandbox(WorkspaceId::new(), limits).await;
    let bomb = runner.exec(sandbox, &["python3", "-c", "x = bytearray(1 << 30)"]).await;
    assert_ne!(bomb.code, 0);
    docker(&["kill", &format!("carrel-{sandbox}")]);
    let ended = || async { runner.sandbox(sandbox).await.unwrap().cause };
    let cause = wait_until(Duration::from_secs(15), "the end to be noticed", ended).await.unwrap();
    assert_eq!(cause, StopCause::OutOfMemory);
}
