use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use carrel_wire::agent::{AgentErrorCode, Reply, Request};

use crate::support::{Call, Event, Runner, Sandbox, eventually, path};

fn exec(argv: &[&str], cwd: &str) -> Request {
    Request::Exec {
        argv: argv.iter().map(|word| (*word).to_owned()).collect(),
        cwd: path(cwd),
        env: BTreeMap::from([("GREETING".to_owned(), "hello".to_owned())]),
    }
}

async fn outcome(mut call: Call) -> (Vec<u8>, Vec<u8>, i32) {
    let (mut out, mut error) = (Vec::new(), Vec::new());
    loop {
        match call.event().await {
            Event::Data(data) => out.extend(data),
            Event::ErrorData(data) => error.extend(data),
            Event::Exited(code) => {
                assert!(call.at_end().await);
                return (out, error, code);
            }
            Event::Closed => panic!("closed early"),
        }
    }
}

#[tokio::test]
async fn output_errors_and_exit_code_are_told_apart() {
    let sandbox = Sandbox::start().await;
    std::fs::create_dir(sandbox.at("sub")).unwrap();
    let script = "echo $GREETING; echo $PWD; echo oops >&2; cat; exit 5";
    let call = sandbox.call(exec(&["sh", "-c", script], "sub")).await;
    let (out, error, code) = outcome(call).await;
    let folder = std::fs::canonicalize(sandbox.at("sub")).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), format!("hello\n{}\n", folder.display()));
    assert_eq!((error.as_slice(), code), (&b"oops\n"[..], 5));
    let call = sandbox.call(exec(&["sh", "-c", "kill -15 $$"], "")).await;
    assert_eq!(outcome(call).await.2, 128 + 15);
}

#[tokio::test]
async fn much_output_arrives_whole() {
    let sandbox = Sandbox::start().await;
    let script = "head -c 10000000 /dev/zero";
    let begun = Instant::now();
    let (out, _, code) = outcome(sandbox.call(exec(&["sh", "-c", script], "")).await).await;
    assert_eq!((out.len(), code), (10_000_000, 0));
    println!("10 MB of output in {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_caller_that_reads_late_still_gets_all_of_it() {
    let sandbox = Sandbox::start().await;
    let script = "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 4";
    let call = sandbox.call(exec(&["sh", "-c", script], "")).await;
    // Longer than the agent waits for last words once the command has ended.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let (out, error, code) = outcome(call).await;
    assert_eq!((out.len(), error.len(), code), (300_000, 300_000, 4));
}

#[tokio::test]
async fn what_is_left_in_the_background_holds_nothing_up() {
    let sandbox = Sandbox::start().await;
    // Far longer than any reply is waited for.
    let sleeping = "sleep 5555 & echo $! > sleeper; echo started";
    let call = sandbox.call(exec(&["sh", "-c", sleeping], "")).await;
    let (out, _, code) = outcome(call).await;
    assert_eq!((out.as_slice(), code), (&b"started\n"[..], 0));
    let flooding = "yes & echo $! > pid; exit 6";
    let call = sandbox.call(exec(&["sh", "-c", flooding], "")).await;
    let (_, _, code) = outcome(call).await;
    assert_eq!(code, 6);
    let sleeper = std::fs::read_to_string(sandbox.at("sleeper")).unwrap();
    drop(std::process::Command::new("kill").arg(sleeper.trim()).status());
}

#[tokio::test]
async fn a_caller_that_leaves_ends_the_command() {
    let sandbox = Sandbox::start().await;
    let script = "sleep 4444 & echo $! > pid; wait";
    let call = sandbox.call(exec(&["sh", "-c", script], "")).await;
    let pid = || std::fs::read_to_string(sandbox.at("pid")).unwrap_or_default();
    eventually("started", || pid().ends_with('\n')).await;
    let process = format!("/proc/{}", pid().trim());
    assert!(std::path::Path::new(&process).exists());
    drop(call);
    eventually("killed and buried", || !std::path::Path::new(&process).exists()).await;
}

#[tokio::test]
async fn a_lost_connection_ends_the_command() {
    let mut sandbox = Sandbox::start().await;
    let script = "echo $$ > pid; exec sleep 6666";
    let call = sandbox.call(exec(&["sh", "-c", script], "")).await;
    let pid = || std::fs::read_to_string(sandbox.at("pid")).unwrap_or_default();
    eventually("started", || pid().ends_with('\n')).await;
    let process = format!("/proc/{}", pid().trim());
    sandbox.replace_runner(Runner::closed());
    eventually("killed and buried", || !std::path::Path::new(&process).exists()).await;
    drop(call);
}

#[tokio::test]
async fn what_cannot_be_started_is_refused() {
    let sandbox = Sandbox::start().await;
    let refused = |argv: &'static [&str], cwd| sandbox.refused(exec(argv, cwd));
    assert_eq!(refused(&[], "").await, AgentErrorCode::Invalid);
    assert_eq!(refused(&["no-such-program"], "").await, AgentErrorCode::NotFound);
    assert_eq!(refused(&["true"], "nowhere").await, AgentErrorCode::NotFound);
    assert_eq!(refused(&["a\0b"], "").await, AgentErrorCode::Invalid);
    std::os::unix::fs::symlink("/", sandbox.at("root")).unwrap();
    assert_eq!(refused(&["true"], "root").await, AgentErrorCode::WrongKind);
}

#[tokio::test]
async fn usage_is_measured() {
    let sandbox = Sandbox::start().await;
    let Reply::Usage { usage } = sandbox.ask(Request::Usage).await else {
        panic!("no usage");
    };
    assert!(usage.memory_bytes > 0 && usage.cpu_ms > 0 && usage.processes > 1);
    assert!(usage.disk_bytes > 0 && usage.disk_bytes <= usage.disk_limit_bytes);
    assert!(usage.files <= usage.files_limit);
}
