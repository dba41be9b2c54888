//! litmus 0.13 (Debian): every test of its five suites passes, none is skipped.

use std::process::Output;

use tokio::process::Command;

use super::{HOME, mounted};
use crate::{
    app::{TestApp, both},
    client::Auth,
};

/// The suites and how many tests each has.
const SUITES: [(&str, u32); 5] = [("basic", 16), ("copymove", 13), ("props", 30), ("locks", 41), ("http", 4)];

#[allow(clippy::disallowed_methods, reason = "a test starts the program that tests")]
async fn run_litmus(app: &TestApp) -> Output {
    let (_, program) = mounted(app).await;
    let Auth::Basic(name, password) = program.auth() else { panic!("an app password is a name and a password") };
    let folder = app.data.join("litmus");
    std::fs::create_dir_all(&folder).unwrap();
    // -k: go on behind a failure, so that the report names all of them.
    Command::new("litmus")
        .args(["-k", &format!("{}{HOME}/", app.base), name, password])
        .current_dir(folder)
        .output()
        .await
        .expect("litmus is installed: `cargo xtask test` does it")
}

both! {
    async fn litmus_passes_whole(app: TestApp) {
        let output = run_litmus(&app).await;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        println!("{text}");
        for (suite, tests) in SUITES {
            let summary = format!("<- summary for `{suite}': of {tests} tests run: {tests} passed, 0 failed. 100.0%");
            assert!(text.contains(&summary), "{suite}:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(!text.contains("SKIPPED") && !text.contains("skipped"), "{text}");
        assert!(output.status.success(), "{text}");
    }
}
