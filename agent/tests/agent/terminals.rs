use std::time::Duration;

use carrel_wire::agent::{AgentErrorCode, Reply, Request, Terminal, TerminalControl, TerminalId};

use crate::support::{Call, Event, Sandbox, eventually};

pub(crate) async fn open(sandbox: &Sandbox) -> TerminalId {
    let id = TerminalId::new();
    let reply = sandbox.ask(Request::OpenTerminal { terminal: id, cols: 80, rows: 24, title: "bash".to_owned() }).await;
    let Reply::Terminal { terminal } = reply else {
        panic!("{reply:?}");
    };
    assert_eq!((terminal.id, terminal.exit_code), (id, None));
    id
}

pub(crate) async fn attach(sandbox: &Sandbox, terminal: TerminalId) -> Call {
    let mut call = sandbox.call(Request::AttachTerminal { terminal }).await;
    let Reply::Terminal { terminal: told } = call.reply().await else {
        panic!("not attached");
    };
    assert_eq!(told.id, terminal);
    call
}

async fn list(sandbox: &Sandbox) -> Vec<Terminal> {
    match sandbox.ask(Request::ListTerminals).await {
        Reply::Terminals { terminals } => terminals,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_shell_echoes_and_is_where_and_what_it_should_be() {
    let sandbox = Sandbox::start().await;
    let mut call = attach(&sandbox, open(&sandbox).await).await;
    call.send_data(b"echo $((6*7))-$TERM-$LANG-$PWD-$0; tty\n").await;
    let root = std::fs::canonicalize(sandbox.at("")).unwrap();
    let expected = format!("42-xterm-256color-{}-{}", lang(), root.display());
    let seen = call.until("/dev/pts/").await;
    assert!(seen.contains(&expected), "{seen}");
    call.send_data(b"ps -o sid= -p $$ | tr -d ' ' | sed \"s/^$$\\$/own session/\"\n").await;
    call.until("own session\r\n").await;
}

fn lang() -> String {
    std::env::var("LANG").unwrap_or_else(|_| "C.UTF-8".to_owned())
}

#[tokio::test]
async fn a_new_size_reaches_the_shell() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"stty size\n").await;
    call.until("24 80\r\n").await;
    call.send(&TerminalControl::Resize { cols: 132, rows: 43 }).await;
    call.send_data(b"stty size\n").await;
    call.until("43 132\r\n").await;
    assert_eq!(list(&sandbox).await.first().map(|t| (t.id, t.cols, t.rows)), Some((id, 132, 43)));
}

#[tokio::test]
async fn who_comes_back_sees_what_happened_meanwhile() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"echo first-$((1+1))\n").await;
    call.until("first-2").await;
    call.send_data(b"sleep 0.5; echo away-$((1+1))\n").await;
    call.until("sleep").await;
    drop(call);
    tokio::time::sleep(Duration::from_millis(800)).await;
    let mut call = attach(&sandbox, id).await;
    let seen = call.until("away-2").await;
    assert!(seen.contains("first-2"));
}

#[tokio::test]
async fn two_who_are_attached_see_and_type_the_same() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut one = attach(&sandbox, id).await;
    let mut two = attach(&sandbox, id).await;
    one.send_data(b"echo from-$((0+1))\n").await;
    one.until("from-1\r\n").await;
    two.until("from-1\r\n").await;
    two.send_data(b"echo from-$((1+1))\n").await;
    one.until("from-2\r\n").await;
    two.until("from-2\r\n").await;
    one.hang_up().await;
    closed(&mut one).await;
    two.send_data(b"echo still-$((1+1))\n").await;
    two.until("still-2\r\n").await;
}

#[tokio::test]
async fn the_exit_code_is_told_now_and_later() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"echo last-$((1+1)); exit 7\n").await;
    call.until("last-2").await;
    assert_eq!(exit(&mut call).await, 7);
    assert_eq!(list(&sandbox).await.first().map(|t| t.exit_code), Some(Some(7)));
    let mut late = attach(&sandbox, id).await;
    late.until("last-2").await;
    assert_eq!(exit(&mut late).await, 7);
    assert!(late.at_end().await);
    let killed = open(&sandbox).await;
    let mut call = attach(&sandbox, killed).await;
    call.send_data(b"kill -9 $$\n").await;
    assert_eq!(exit(&mut call).await, 128 + 9);
}

/// Waits until the other end has closed the stream; a prompt may still be on its way.
async fn closed(call: &mut Call) {
    loop {
        match call.event().await {
            Event::Data(_) => {}
            Event::Closed => return,
            other => panic!("{other:?}"),
        }
    }
}

async fn exit(call: &mut Call) -> i32 {
    loop {
        match call.event().await {
            Event::Data(_) => {}
            Event::Exited(code) => return code,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn closing_ends_all_that_runs_in_the_session() {
    let sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"sleep 1111 & (trap '' HUP; exec sleep 2222) & jobs -p | tr '\\n' ' '; echo pids-$((1+1))\n").await;
    call.send_data(b"(trap '' HUP TERM; sleep 3333)\n").await;
    call.until("pids-2").await;
    let running = || {
        ["1111", "2222", "3333"]
            .iter()
            .filter(|seconds| {
                let sleeps =
                    std::process::Command::new("pgrep").args(["-f", &format!("^sleep {seconds}$")]).output().unwrap();
                let pids = String::from_utf8(sleeps.stdout).unwrap();
                pids.lines().any(|pid| in_workspace(&sandbox, pid))
            })
            .count()
    };
    eventually("jobs run", || running() == 3).await;
    sandbox.done(Request::CloseTerminal { terminal: id }).await;
    eventually("jobs ended", || running() == 0).await;
    let attach = Request::AttachTerminal { terminal: id };
    assert_eq!(sandbox.refused(attach).await, AgentErrorCode::NotFound);
    assert!(list(&sandbox).await.is_empty());
}

/// Other tests run at the same time: only processes of this sandbox count.
fn in_workspace(sandbox: &Sandbox, pid: &str) -> bool {
    std::fs::read_link(format!("/proc/{pid}/cwd"))
        .is_ok_and(|cwd| cwd == std::fs::canonicalize(sandbox.at("")).unwrap())
}

#[tokio::test]
async fn ids_are_used_once_and_numbers_are_limited() {
    let sandbox = Sandbox::start().await;
    let first = open(&sandbox).await;
    let again = Request::OpenTerminal { terminal: first, cols: 80, rows: 24, title: String::new() };
    assert_eq!(sandbox.refused(again).await, AgentErrorCode::Exists);
    for _ in 1..32 {
        open(&sandbox).await;
    }
    let one_more = || Request::OpenTerminal { terminal: TerminalId::new(), cols: 80, rows: 24, title: String::new() };
    assert_eq!(sandbox.refused(one_more()).await, AgentErrorCode::TooMany);
    let mut call = attach(&sandbox, first).await;
    call.send_data(b"exit\n").await;
    exit(&mut call).await;
    let Reply::Terminal { .. } = sandbox.ask(one_more()).await else {
        panic!("one that has ended makes room");
    };
}

#[tokio::test]
async fn bytes_arrive_as_they_are() {
    let sandbox = Sandbox::start().await;
    let mut call = attach(&sandbox, open(&sandbox).await).await;
    call.send_data(b"stty -echo -opost; printf 'go-%s\\n' on\n").await;
    call.until("go-on").await;
    call.send_data(b"printf '\\0\\1\\2\\0\\377\\377\\377\\377after\\n'\n").await;
    let mut seen = Vec::new();
    while !seen.ends_with(b"after\n") {
        match call.event().await {
            Event::Data(data) => seen.extend(data),
            other => panic!("{other:?}"),
        }
        if let Some(end) = seen.windows(6).position(|w| w == b"after\n") {
            seen.truncate(end + 6);
        }
    }
    assert!(seen.ends_with(b"\x00\x01\x02\x00\xff\xff\xff\xffafter\n"), "{seen:?}");
}
