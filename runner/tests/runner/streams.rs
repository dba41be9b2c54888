//! The way of bytes to an agent: whole, both ways, many at once, and no faster than the reader.

use std::time::{Duration, Instant};

use carrel_ids::WorkspaceId;
use carrel_service_auth::client::ClientError;
use carrel_wire::{
    agent::{Expect, Reply, Request},
    frame::{Kind, header},
    runner::{RunnerError, RunnerErrorCode as Code},
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    agent::exec,
    host::{LIMITS, MIB, runner},
};

#[tokio::test]
async fn many_streams_run_side_by_side() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let outputs = futures_util::future::join_all((0..20).map(|n| {
        let runner = &runner;
        async move { runner.exec(sandbox, &["sh", "-c", &format!("sleep 0.2; echo {n}")]).await.out }
    }))
    .await;
    let expected: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    assert_eq!(outputs, expected);
}

#[tokio::test]
async fn a_file_goes_in_and_comes_back_in_pieces_of_any_size() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let content: Vec<u8> = (0..5_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut stream = runner.stream(sandbox).await;
    let path = "folder/file".parse().unwrap();
    stream.request(&Request::Write { path, executable: None, expect: Expect::Absent }).await;
    let mut bytes = Vec::new();
    for chunk in content.chunks(200_000) {
        bytes.extend(header(Kind::Data, chunk.len()).unwrap());
        bytes.extend(chunk);
    }
    bytes.extend(header(Kind::End, 0).unwrap());
    // The boundaries of messages mean nothing.
    for piece in bytes.chunks(77_777) {
        stream.socket.send(Message::Binary(piece.to_vec().into())).await.unwrap();
    }
    let (kind, reply) = stream.frame().await.unwrap();
    assert_eq!(kind, Kind::Message);
    let Reply::File { entry } = serde_json::from_slice(&reply).unwrap() else { panic!() };
    assert_eq!(entry.size, 5_000_000);

    let mut stream = runner.stream(sandbox).await;
    stream.request(&Request::Read { path: "folder/file".parse().unwrap() }).await;
    let mut back = Vec::new();
    while let Some((kind, bytes)) = stream.frame().await {
        match kind {
            Kind::Data => back.extend(bytes),
            Kind::End => break,
            Kind::Message | Kind::ErrorData => {}
        }
    }
    assert!(back == content);
}

#[tokio::test]
async fn a_reader_that_does_not_read_stops_the_writer() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let mut slow = runner.stream(sandbox).await;
    slow.request(&exec(&["sh", "-c", "echo $$ > /workspace/pid; exec head -c 200M /dev/zero"])).await;
    // It has written something, and for two seconds nothing more.
    let stopped = async {
        let (mut last, mut same) = (String::new(), 0);
        while same < 10 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let written = runner.exec(sandbox, &["sh", "-c", "grep wchar /proc/$(cat /workspace/pid)/io"]).await.out;
            same = if !written.is_empty() && written == last { same + 1 } else { 0 };
            last = written;
        }
        last.trim_start_matches("wchar:").trim().parse::<u64>().unwrap()
    };
    let written = tokio::time::timeout(Duration::from_secs(60), stopped).await.expect("the writer to be stopped");
    assert!(written < 200 * MIB, "200 MB went somewhere although nobody reads");
    let begin = Instant::now();
    let mut read = 0;
    while let Some((kind, bytes)) = slow.frame().await {
        if kind == Kind::Data {
            read += bytes.len() as u64;
        }
        if kind == Kind::Message {
            break;
        }
    }
    assert_eq!(read, 200 * MIB);
    eprintln!("200 MiB in {:?}", begin.elapsed());
}

#[tokio::test]
async fn the_stream_ends_with_the_sandbox_and_an_unknown_one_is_refused() {
    let runner = runner().await;
    let workspace = WorkspaceId::new();
    let sandbox = runner.start_sandbox(workspace, LIMITS).await;
    let mut open = runner.stream(sandbox).await;
    open.request(&exec(&["sleep", "300"])).await;
    runner.stop_sandbox(sandbox, workspace).await;
    let ended = tokio::time::timeout(Duration::from_secs(10), async { while open.frame().await.is_some() {} });
    ended.await.expect("the stream to end");
    let refused = runner.client.websocket(&format!("/v1/sandboxes/{sandbox}/stream")).await;
    let Err(ClientError::UpgradeRefused { status: 404, body }) = refused else { panic!("{refused:?}") };
    let error: RunnerError = serde_json::from_slice(&body).unwrap();
    assert_eq!(error.code, Code::NotFound);
}

#[tokio::test]
async fn text_and_oversized_frames_are_not_passed_on() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let mut stream = runner.stream(sandbox).await;
    stream.socket.send(Message::Text("{}".into())).await.unwrap();
    assert!(matches!(stream.socket.next().await, Some(Ok(Message::Close(_)) | Err(_)) | None));
    let mut stream = runner.stream(sandbox).await;
    // The other end may close before all of it is sent.
    drop(stream.socket.send(Message::Binary(vec![0; 3 << 20].into())).await);
    assert!(matches!(stream.socket.next().await, Some(Ok(Message::Close(_)) | Err(_)) | None));
    assert_eq!(runner.shell(sandbox, "echo fine").await, "fine");
}
