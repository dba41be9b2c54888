//! The official client of tus, a program of its own, uploads here.
#![allow(clippy::disallowed_methods, reason = "starting the client is what this is for")]

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::{
    actors::Owner,
    app::{Backend, spawn_app_with, spawn_instead},
};

const LARGE: u64 = 100 * 1024 * 1024;

/// Ends with this value.
struct Running(Child);
impl Drop for Running {
    fn drop(&mut self) {
        // An error means that it has ended already.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_067_the_official_client_goes_on_when_the_server_was_killed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/tus_client");
    assert!(
        folder.join("node_modules/tus-js-client").is_dir(),
        "run `npm ci` in {}, or `cargo xtask test`, which does",
        folder.display()
    );
    let app = spawn_app_with(Backend::Sqlite, |config| config.max_upload_bytes = LARGE).await;
    let owner = Owner::of(&app).await;
    let token = app.create_token(owner.name, &["files:read", "files:write"]).await;
    // A plain exec under setpriv: the kernel ends it with the thread that started it, so no killed test leaves one.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", "node", "upload.mjs", &app.base, &token, &owner.root.to_string()]);
    let started = command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut client = Running(started.unwrap());
    let (said, mut lines) = tokio::sync::mpsc::unbounded_channel();
    let output = client.0.stdout.take().unwrap();
    std::thread::spawn(move || {
        BufReader::new(output).lines().map_while(Result::ok).all(|line| said.send(line).is_ok())
    });
    let mut accepted: Vec<u64> = Vec::new();
    let mut instead = None;
    let done = loop {
        let line = lines.recv().await.expect("the client ended without a word");
        match line.split_once(' ') {
            Some(("accepted", bytes)) => accepted.push(bytes.parse().unwrap()),
            Some(("done", result)) => break result.to_owned(),
            _ => panic!("{line}"),
        }
        if accepted.len() == 4 {
            instead = Some(spawn_instead(&app, |config| config.max_upload_bytes = LARGE).await);
        }
    };
    let instead = instead.expect("it was over before the server was killed");
    let (node, sum) = done.split_once(' ').unwrap();
    let node = owner.at(&instead.base).get(&format!("/api/v1/nodes/{node}")).await.expect(200).json();
    assert_eq!((node["size"].as_u64(), node["version"]["sha256"].as_str()), (Some(64 * 1024 * 1024), Some(sum)));
    // Nothing that was acknowledged was sent again.
    assert!(accepted.windows(2).all(|pair| pair[0] < pair[1]), "{accepted:?}");
    assert_eq!(app.database.count("SELECT COUNT(*) FROM upload_parts").await, 0);
}
