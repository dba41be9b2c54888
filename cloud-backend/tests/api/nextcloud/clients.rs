//! Debian's nextcloudcmd and owncloudcmd keep folders equal: both ways, with deletions, renames and conflicts.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::process::Command;

use super::{FILES, credentials, synced};
use crate::{
    actors::{AppPassword, Owner},
    app::{Backend, TestApp, spawn_app_with},
    client::Client,
    dav::dav,
    spaces::Team,
};

/// A folder of a machine that a client keeps equal with the server.
struct Machine {
    program: &'static str,
    folder: PathBuf,
    home: PathBuf,
    url: String,
    name: String,
    password: String,
}

impl Machine {
    fn of(app: &TestApp, client: &Client, program: &'static str, name: &str) -> Self {
        let (user, password) = credentials(client);
        let (folder, home) = (app.data.join(name), app.data.join(format!("{name}-home")));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir_all(&home).unwrap();
        Self { program, folder, home, url: app.base.clone(), name: user, password }
    }

    /// One run of the client; what it said.
    #[allow(clippy::disallowed_methods, reason = "a test starts the program that tests")]
    async fn sync(&self) -> String {
        let excluded = self.home.join("excluded");
        std::fs::write(&excluded, "*~\n").unwrap();
        let run = Command::new(self.program)
            .args(["--non-interactive", "--trust", "-u", &self.name, "-p", &self.password, "--exclude"])
            .arg(&excluded)
            .arg(&self.folder)
            .arg(&self.url)
            .env("HOME", &self.home)
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("QT_QPA_PLATFORM", "offscreen")
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(Duration::from_secs(1800), run).await.expect("the client is done in time");
        let output = output.unwrap_or_else(|e| panic!("{} is installed by `cargo xtask test`: {e}", self.program));
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {said}", self.program);
        said
    }

    /// What is in the folder, without what the client keeps for itself.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let (mut found, mut folders) = (BTreeMap::new(), vec![self.folder.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name.starts_with(".sync_") || name.starts_with("._sync_") || name.ends_with("cloudsync.log") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let below = path.strip_prefix(&self.folder).unwrap().to_string_lossy().into_owned();
                    found.insert(below, std::fs::read(&path).unwrap());
                }
            }
        }
        found
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
    }
}

fn age(path: &Path, to: SystemTime) {
    std::fs::File::options().write(true).open(path).unwrap().set_modified(to).unwrap();
}

fn modified(path: &Path) -> SystemTime {
    path.metadata().unwrap().modified().unwrap()
}

async fn two_machines(program: &'static str, backend: Backend) -> (TestApp, Owner, AppPassword, Machine, Machine) {
    let app = spawn_app_with(backend, |config| config.max_upload_bytes = 4 << 30).await;
    let (owner, client) = synced(&app).await;
    let (a, b) = (Machine::of(&app, &client, program, "a"), Machine::of(&app, &client, program, "b"));
    (app, owner, client, a, b)
}

async fn keeps_equal(program: &'static str, backend: Backend) {
    let (_app, owner, client, a, b) = two_machines(program, backend).await;
    let team = Team::of(&owner, "Team").await;
    owner.file(team.root, "shared.txt", "team").await;
    a.write("one.txt", "one");
    a.write("folder/sub/two.txt", "two");
    a.write("folder/\u{fc}ml\u{e4}ut & <x>.txt", "three");
    a.write("empty.txt", "");
    // Larger than what these clients send whole.
    let large: Vec<u8> = (0..24 * 1024 * 1024_u32)
        .flat_map(|n| if n % 4 == 0 { n.to_le_bytes().to_vec() } else { Vec::new() })
        .collect();
    a.write("large.bin", &large);
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    age(&a.folder.join("one.txt"), then);
    let said = a.sync().await;
    b.sync().await;
    let (left, right) = (a.files(), b.files());
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>(), "{said}");
    assert!(
        left == right && left.len() == 6 && left["large.bin"] == large && left["Team/shared.txt"] == b"team",
        "{:?}",
        left.keys()
    );
    assert_eq!(modified(&b.folder.join("one.txt")), then);

    // A rename here is a rename there: the node stays.
    let before = owner.names(owner.root).await;
    let number = async || {
        let listing = super::listed(&client, &format!("{FILES}/folder/sub/"), &["oc:fileid"]).await;
        listing.split("<oc:fileid>").nth(2).map(|rest| rest.split('<').next().unwrap().to_owned())
    };
    let id = number().await.unwrap();
    std::fs::rename(b.folder.join("folder/sub/two.txt"), b.folder.join("folder/sub/2.txt")).unwrap();
    // A deletion, a change, something new in the team's space, and what the browser does meanwhile.
    std::fs::remove_file(b.folder.join("empty.txt")).unwrap();
    b.write("Team/from b.txt", "b");
    dav(&client, "PUT", &format!("{FILES}/one.txt")).body("one, by the browser").send().await.expect(204);
    b.sync().await;
    a.sync().await;
    assert_eq!(number().await.unwrap(), id);
    let files = a.files();
    assert!(
        files == b.files() && !files.contains_key("empty.txt") && !files.contains_key("folder/sub/two.txt"),
        "{:?}",
        files.keys()
    );
    assert_eq!(
        (files["folder/sub/2.txt"].as_slice(), files["one.txt"].as_slice()),
        (&b"two"[..], &b"one, by the browser"[..])
    );
    assert_eq!(owner.names(team.root).await, ["from b.txt", "shared.txt"]);
    assert_eq!(owner.names(owner.root).await.len() + 1, before.len());

    // Both changed: nothing is lost on either side.
    a.write("one.txt", "what a has");
    b.write("one.txt", "what b has, longer");
    a.sync().await;
    b.sync().await;
    let files = b.files();
    assert_eq!(files["one.txt"], b"what a has");
    let kept: Vec<_> = files.iter().filter(|(name, _)| name.starts_with("one") && *name != "one.txt").collect();
    assert!(kept.len() == 1 && kept[0].1 == b"what b has, longer", "{:?}", files.keys());

    // A whole folder goes, here and there.
    std::fs::remove_dir_all(a.folder.join("folder")).unwrap();
    a.sync().await;
    b.sync().await;
    assert!(b.files().keys().all(|name| !name.starts_with("folder/")), "{:?}", b.files().keys());
    let said = b.sync().await;
    assert_eq!(a.files().get("Team/from b.txt"), b.files().get("Team/from b.txt"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nextcloudcmd_keeps_two_machines_equal_on_sqlite() {
    keeps_equal("nextcloudcmd", Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nextcloudcmd_keeps_two_machines_equal_on_postgres() {
    keeps_equal("nextcloudcmd", Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owncloudcmd_keeps_two_machines_equal_on_sqlite() {
    keeps_equal("owncloudcmd", Backend::Sqlite).await;
}

/// 10,000 files and one of 2 GiB, with each client; only where the time is given.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_files_and_a_large_one_are_kept_equal() {
    if std::env::var_os("CARREL_TEST_LONG").is_none() {
        println!("left out: it takes long. `cargo xtask test --long` runs it.");
        return;
    }
    for program in ["nextcloudcmd", "owncloudcmd"] {
        let (_app, _, _, a, b) = two_machines(program, Backend::Sqlite).await;
        for number in 0..10_000 {
            a.write(&format!("d{}/f{number}.txt", number / 100), number.to_string());
        }
        let large = std::fs::File::create(a.folder.join("large.bin")).unwrap();
        large.set_len(2 << 30).unwrap();
        a.sync().await;
        b.sync().await;
        assert_eq!(b.folder.join("large.bin").metadata().unwrap().len(), 2 << 30);
        std::fs::remove_file(a.folder.join("large.bin")).unwrap();
        std::fs::remove_file(b.folder.join("large.bin")).unwrap();
        assert!(a.files() == b.files() && a.files().len() == 10_000, "{program}");
    }
}
