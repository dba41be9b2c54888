use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use carrel_wire::agent::Request;

use crate::support::{Call, Event, Sandbox, eventually, path};
use crate::terminals::{attach, open};

async fn shell(sandbox: &Sandbox, script: &str) -> (String, i32) {
    let mut call: Call = sandbox
        .call(Request::Exec {
            argv: ["sh", "-c", script].map(str::to_owned).to_vec(),
            cwd: path(""),
            env: BTreeMap::new(),
        })
        .await;
    let mut out = Vec::new();
    loop {
        match call.event().await {
            Event::Data(data) | Event::ErrorData(data) => out.extend(data),
            Event::Exited(code) => return (String::from_utf8(out).unwrap(), code),
            Event::Closed => panic!("closed early"),
        }
    }
}

fn children(parent: u32) -> Vec<String> {
    let listed = Command::new("ps").args(["-o", "stat=,args=", "--ppid", &parent.to_string()]).output().unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn orphans_are_buried_and_exit_codes_are_not_stolen() {
    let sandbox = Sandbox::start().await;
    // Daemons that end soon: their parents are gone when they do.
    let script = "for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sleep 0.3 &); done; exit 9";
    assert_eq!(shell(&sandbox, script).await.1, 9);
    eventually("inherited", || children(sandbox.pid()).iter().any(|line| line.contains("sleep 0.3"))).await;
    eventually("buried", || children(sandbox.pid()).is_empty()).await;
    // Children of its own end while orphans do: each status arrives where it belongs.
    for code in 0..50 {
        let script = format!("(setsid true &); exit {code}");
        assert_eq!(shell(&sandbox, &script).await.1, code);
    }
    eventually("buried", || children(sandbox.pid()).is_empty()).await;
}

#[tokio::test]
async fn children_are_killed_before_the_agent_when_memory_is_short() {
    let sandbox = Sandbox::start().await;
    let score = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap();
    let own: i32 = score(&sandbox.pid().to_string()).trim().parse().unwrap();
    let (child, _) = shell(&sandbox, "cat /proc/self/oom_score_adj").await;
    assert_eq!(child.trim().parse::<i32>().unwrap(), (own + 300).min(1000));
    assert_eq!(score(&sandbox.pid().to_string()).trim(), own.to_string());
}

#[tokio::test]
async fn the_agent_cannot_be_read_by_its_user() {
    let sandbox = Sandbox::start().await;
    let owner = Command::new("stat").args(["-c", "%U", &format!("/proc/{}/environ", sandbox.pid())]).output().unwrap();
    // An undumpable process belongs to root in /proc, whoever runs it.
    assert_eq!(String::from_utf8(owner.stdout).unwrap().trim(), "root");
    let (out, _) = shell(&sandbox, "umask").await;
    assert_eq!(out.trim(), "0022");
}

#[tokio::test]
async fn a_stop_is_quick_and_hangs_terminals_up() {
    let mut sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"(trap '' HUP TERM; sleep 5555) &\n").await;
    let in_front = r#"sh -c 'trap "echo bye > said; exit" HUP; echo set-$((1+1)); while :; do sleep 0.02; done'"#;
    call.send_data(format!("{in_front}\n").as_bytes()).await;
    call.until("set-2").await;
    let begun = Instant::now();
    let pid = sandbox.pid().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let child = sandbox.child();
    let ended = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let took = begun.elapsed();
    println!("stopped after {took:?}");
    assert!(ended.success());
    assert!(took < Duration::from_millis(900), "{took:?}");
    loop {
        match call.event().await {
            Event::Data(_) => {}
            Event::Exited(code) => {
                assert_eq!(code, 128 + 1, "hung up, and told so");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(std::fs::read_to_string(sandbox.at("said")).unwrap(), "bye\n");
}
