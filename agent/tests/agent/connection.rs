use std::time::Duration;

use carrel_wire::agent::{AgentErrorCode, Reply, Request};
use tokio::net::UnixListener;

use crate::support::{Runner, Sandbox, error_code};
use crate::terminals::{attach, open};

#[tokio::test]
async fn terminals_survive_a_lost_connection() {
    let mut sandbox = Sandbox::start().await;
    let id = open(&sandbox).await;
    let mut call = attach(&sandbox, id).await;
    call.send_data(b"MARK=kept; echo set-$((1+1))\n").await;
    call.until("set-2").await;
    drop(call);
    std::fs::remove_file(sandbox.socket()).unwrap();
    let listener = UnixListener::bind(sandbox.socket()).unwrap();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let runner = Runner::accept(&listener).await;
        sender.send(runner).ok();
    });
    // The old listener is gone; now its connection goes too.
    sandbox.replace_runner(Runner::closed());
    sandbox.replace_runner(receiver.await.unwrap());
    let mut call = attach(&sandbox, id).await;
    call.until("set-2").await;
    call.send_data(b"echo mark-$MARK\n").await;
    call.until("mark-kept").await;
}

#[tokio::test]
async fn dials_for_ever_when_nobody_listens() {
    let mut sandbox = Sandbox::start().await;
    std::fs::remove_file(sandbox.socket()).unwrap();
    sandbox.replace_runner(Runner::closed());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let listener = UnixListener::bind(sandbox.socket()).unwrap();
    sandbox.replace_runner(Runner::accept(&listener).await);
    let Reply::Terminals { terminals } = sandbox.ask(Request::ListTerminals).await else {
        panic!("not served");
    };
    assert!(terminals.is_empty());
}

#[tokio::test]
async fn nonsense_is_refused_and_harms_nobody() {
    let sandbox = Sandbox::start().await;
    let mut call = sandbox.raw_call().await;
    call.send(&serde_json::json!({"op": "mount", "path": "/"})).await;
    assert_eq!(error_code(call.reply().await), AgentErrorCode::Invalid);
    let mut call = sandbox.raw_call().await;
    call.send(&serde_json::json!({"op": "read", "path": "../../etc/passwd"})).await;
    assert_eq!(error_code(call.reply().await), AgentErrorCode::Invalid);
    let mut call = sandbox.raw_call().await;
    call.send_bytes(&[9, 255, 255, 255, 255]).await;
    assert_eq!(error_code(call.reply().await), AgentErrorCode::Invalid);
    let Reply::Terminals { .. } = sandbox.ask(Request::ListTerminals).await else {
        panic!("not served");
    };
}

#[tokio::test]
async fn many_streams_at_once_are_served() {
    let sandbox = Sandbox::start().await;
    let mut calls = Vec::new();
    for _ in 0..200 {
        calls.push(sandbox.call(Request::ListTerminals).await);
    }
    for call in &mut calls {
        let Reply::Terminals { .. } = call.reply().await else {
            panic!("not served");
        };
    }
}
