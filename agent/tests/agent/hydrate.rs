use std::time::Instant;

use carrel_wire::agent::{AgentErrorCode, Incoming, Reply, Request};

use crate::support::{Sandbox, error_code, mode, path};

#[tokio::test]
async fn two_thousand_files_arrive() {
    let sandbox = Sandbox::start().await;
    std::fs::create_dir_all(sandbox.at("f3")).unwrap();
    std::fs::write(sandbox.at("f3/63"), "an older content").unwrap();
    let begun = Instant::now();
    let mut call = sandbox.call(Request::Hydrate).await;
    call.send(&Incoming::Folder { path: path("empty/folder") }).await;
    for number in 0..2000 {
        call.send(&Incoming::File { path: path(&format!("f{}/{number}", number % 20)), executable: number % 100 == 0 })
            .await;
        call.send_data(format!("content {number}").as_bytes()).await;
        call.send_end().await;
    }
    let large = vec![b'x'; 5_000_000];
    call.send(&Incoming::File { path: path("large"), executable: false }).await;
    call.send_data(&large).await;
    call.send_end().await;
    call.send(&Incoming::Done).await;
    let Reply::Hydrated { files, bytes } = call.reply().await else {
        panic!("not hydrated");
    };
    let took = begun.elapsed();
    println!("2,001 files in {took:?}");
    assert_eq!(files, 2001);
    assert!(bytes > 5_000_000);
    assert!(sandbox.at("empty/folder").is_dir());
    assert_eq!(std::fs::read(sandbox.at("f3/63")).unwrap(), b"content 63");
    assert_eq!(std::fs::read(sandbox.at("large")).unwrap(), large);
    assert_eq!(mode(&sandbox.at("f0/100")), 0o755);
    assert_eq!(mode(&sandbox.at("f1/101")), 0o644);
    assert_eq!(sandbox.scan().await.len(), 2001 + 20 + 2);
}

#[tokio::test]
async fn a_refusal_names_the_file_and_reaches_a_caller_that_sends_first() {
    let sandbox = Sandbox::start().await;
    std::fs::create_dir(sandbox.at("folder")).unwrap();
    let mut call = sandbox.call(Request::Hydrate).await;
    call.send(&Incoming::File { path: path("folder"), executable: false }).await;
    for _ in 0..40 {
        call.send_data(&vec![0; 100_000]).await;
    }
    call.send_end().await;
    call.send(&Incoming::Done).await;
    match call.reply().await {
        Reply::Error { error } => assert!(error.message.starts_with("folder: "), "{error}"),
        other => panic!("{other:?}"),
    }
    assert!(call.at_end().await);
    let left: Vec<_> = std::fs::read_dir(sandbox.at("")).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[tokio::test]
async fn frames_out_of_order_are_refused() {
    let sandbox = Sandbox::start().await;
    let mut call = sandbox.call(Request::Hydrate).await;
    call.send_data(b"of no file").await;
    assert_eq!(error_code(call.reply().await), AgentErrorCode::Invalid);
}
