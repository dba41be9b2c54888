//! rclone copies a tree here and finds it equal, whichever server it takes this for.

use std::{path::Path, time::Duration};

use tokio::process::Command;

use super::{credentials, synced};
use crate::{
    app::{Backend, spawn_app_with},
    client::Client,
};

/// Runs rclone against the server as one of the kinds that it knows; what it said.
#[allow(clippy::disallowed_methods, reason = "a test starts the program that tests")]
async fn rclone(base: &str, home: &Path, client: &Client, vendor: &str, arguments: &[&str]) -> String {
    let program = std::env::var("CARREL_RCLONE").unwrap_or_else(|_| "rclone".to_owned());
    let (user, password) = credentials(client);
    let obscured = Command::new(&program).args(["obscure", &password]).env("HOME", home).output().await;
    let obscured = obscured.expect("CARREL_RCLONE names rclone: `cargo xtask test` does it").stdout;
    let run = Command::new(&program)
        .args(arguments)
        .args(["--config", "/dev/null", "--retries", "1", "--low-level-retries", "2", "-v"])
        .env("HOME", home)
        .env("RCLONE_CONFIG_C_TYPE", "webdav")
        .env("RCLONE_CONFIG_C_VENDOR", vendor)
        .env("RCLONE_CONFIG_C_URL", format!("{base}/remote.php/dav/files/{user}"))
        .env("RCLONE_CONFIG_C_USER", &user)
        .env("RCLONE_CONFIG_C_PASS", String::from_utf8_lossy(&obscured).trim())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(600), run).await.expect("rclone is done in time").unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{vendor} {arguments:?}: {said}");
    said
}

async fn copies(vendor: &str) {
    let app = spawn_app_with(Backend::Sqlite, |config| config.max_upload_bytes = 1 << 30).await;
    let (owner, client) = synced(&app).await;
    let (source, home) = (app.data.join("source"), app.data.join("home"));
    for (path, size) in [("a.txt", 3), ("sub/\u{fc} b.txt", 70_000), ("sub/deep/c", 1), ("large.bin", 24 * 1024 * 1024)]
    {
        let file = source.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, (0..size).map(|n: u32| u8::try_from(n % 251).unwrap()).collect::<Vec<_>>()).unwrap();
        let then = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(then).unwrap();
    }
    std::fs::create_dir_all(&home).unwrap();
    let from = source.to_str().unwrap();
    let run = async |arguments: &[&str]| rclone(&app.base, &home, &client, vendor, arguments).await;
    run(&["copy", from, "c:dst"]).await;
    let checked = run(&["check", from, "c:dst"]).await;
    assert!(checked.contains("0 differences found") && checked.contains("4 matching files"), "{checked}");
    // By content, not by size alone.
    assert!(!checked.contains("hashes could not be checked"), "{checked}");
    let times = run(&["lsl", "c:dst"]).await;
    assert_eq!(times.matches("2020-09-13 12:26:40").count(), 4, "{times}");
    // The second time there is nothing to do.
    let again = run(&["copy", from, "c:dst"]).await;
    assert!(again.contains("There was nothing to transfer"), "{again}");
    run(&["moveto", "c:dst/sub", "c:moved"]).await;
    run(&["deletefile", "c:dst/a.txt"]).await;
    assert_eq!(owner.names(owner.root).await, ["dst", "moved"]);
    let about = run(&["about", "c:"]).await;
    assert!(about.contains("Used:"), "{about}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_copies_and_checks_as_with_nextcloud() {
    copies("nextcloud").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_copies_and_checks_as_with_owncloud() {
    copies("owncloud").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rclone_copies_and_checks_as_with_infinite_scale() {
    copies("infinitescale").await;
}
