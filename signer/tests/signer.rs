//! The signer as a process of its own: what it signs, what it refuses, and what a kill leaves behind.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a process of its own is what is tested, or a standard tool tests it")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use carrel_audit_log::{
    Checkpoint, Hash, SignedNote, hash, proof,
    tree::{Frontier, NodeId},
};
use carrel_signer::client::{SignError, SignerClient};

const ORIGIN: &str = "cloud.example.test/audit/1";

/// Set in the child process: the folder to serve.
const FOLDER: &str = "CARREL_TEST_SIGNER";

struct Signer {
    child: Child,
    client: SignerClient,
}

impl Signer {
    /// Starts this very test program again; there it runs [`serve_when_asked`].
    async fn start(folder: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "serve_when_asked", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let signer = Self { child, client: SignerClient::connect(&folder.join("signer.sock")) };
        let deadline = Instant::now() + Duration::from_secs(10);
        while signer.client.verification_key().await.is_err() {
            assert!(Instant::now() < deadline, "the signer did not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        signer
    }
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.kill();
        }
    }
}

#[test]
fn serve_when_asked() {
    let Ok(folder) = std::env::var(FOLDER).map(PathBuf::from) else { return };
    let config = carrel_signer::Config {
        socket: folder.join("signer.sock"),
        state_dir: folder.join("signer"),
        origin: ORIGIN.into(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(carrel_signer::serve(config, std::future::pending())).unwrap();
}

fn hashes(count: u8) -> Vec<Hash> {
    (0..count).map(|number| hash::leaf_hash(&[number])).collect()
}
fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.append(*leaf));
    tree.root()
}
fn checkpoint(leaves: &[Hash]) -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size: leaves.len() as u64, root: root(leaves) }
}
fn consistency(leaves: &[Hash], old: u64) -> Vec<Hash> {
    let node = |id: NodeId| {
        Ok::<_, ()>(root(
            &leaves[usize::try_from(id.start()).unwrap()..usize::try_from(id.start() + id.width()).unwrap()],
        ))
    };
    proof::consistency(old, leaves.len() as u64).unwrap().run(node).unwrap()
}
async fn extend(signer: &Signer, leaves: &[Hash], old: u64) -> Result<SignedNote, SignError> {
    signer.client.sign(old, &consistency(leaves, old), &checkpoint(leaves)).await
}

#[tokio::test]
async fn signs_heads_that_extend_the_last_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut signer = Signer::start(folder.path()).await;
    let key = signer.client.verification_key().await.unwrap();
    assert_eq!(key.name(), ORIGIN);
    let leaves = hashes(20);

    let first = extend(&signer, &leaves[..7], 0).await.unwrap();
    assert_eq!(first.verify(std::slice::from_ref(&key)).unwrap(), [&key]);
    let second = extend(&signer, &leaves[..12], 7).await.unwrap();

    // The same head again, whatever the old size: the same bytes.
    assert_eq!(extend(&signer, &leaves[..12], 7).await.unwrap().to_string(), second.to_string());
    assert_eq!(extend(&signer, &leaves[..12], 12).await.unwrap().to_string(), second.to_string());

    // A smaller head, a proof from an older size, and another head of the same size.
    assert!(matches!(extend(&signer, &leaves[..7], 0).await, Err(SignError::Conflict { signed: 12 })));
    assert!(matches!(extend(&signer, &leaves[..20], 7).await, Err(SignError::Conflict { signed: 12 })));
    let mut forged = leaves.clone();
    forged[3] = [0; 32];
    assert!(matches!(extend(&signer, &forged[..12], 12).await, Err(SignError::Conflict { signed: 12 })));
    // A rewritten history, longer.
    assert!(matches!(extend(&signer, &forged, 12).await, Err(SignError::Proof)));
    // Another log.
    let other = Checkpoint { origin: "cloud.example.test/audit/2".into(), ..checkpoint(&leaves) };
    assert!(matches!(signer.client.sign(12, &consistency(&leaves, 12), &other).await, Err(SignError::Refused(404))));

    // After a kill it knows the same key and the same head.
    signer.kill();
    assert!(matches!(signer.client.verification_key().await, Err(SignError::Unavailable(_))));
    let signer = Signer::start(folder.path()).await;
    assert_eq!(signer.client.verification_key().await.unwrap(), key);
    assert!(matches!(extend(&signer, &leaves[..7], 0).await, Err(SignError::Conflict { signed: 12 })));
    assert_eq!(extend(&signer, &leaves[..12], 0).await.unwrap().to_string(), second.to_string());
    extend(&signer, &leaves, 12).await.unwrap();
}

/// The head is on the disk before the answer: a kill in between is a state in which the client asks again.
#[tokio::test]
async fn a_kill_between_keeping_and_answering_gives_the_same_bytes_later() {
    let (folder, reference) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut signer = Signer::start(folder.path()).await;
    let leaves = hashes(9);
    extend(&signer, &leaves[..4], 0).await.unwrap();
    signer.kill();
    // The state of a signer that kept the head of 9 and was killed before it answered.
    fs::create_dir(reference.path().join("signer")).unwrap();
    fs::copy(folder.path().join("signer/key.pem"), reference.path().join("signer/key.pem")).unwrap();
    fs::write(reference.path().join("signer/head"), checkpoint(&[]).text()).unwrap();
    fs::write(folder.path().join("signer/head"), checkpoint(&leaves).text()).unwrap();
    let signer = Signer::start(folder.path()).await;
    let again = extend(&signer, &leaves, 4).await.unwrap();
    let undisturbed = Signer::start(reference.path()).await;
    assert_eq!(extend(&undisturbed, &leaves, 0).await.unwrap().to_string(), again.to_string());
}

/// Kills at random moments while heads are signed: every head that was answered is remembered, none goes back.
#[tokio::test]
async fn kills_lose_no_signed_head() {
    let folder = tempfile::tempdir().unwrap();
    let leaves = hashes(200);
    let mut answered = 0;
    for round in 0..12_u64 {
        let mut signer = Signer::start(folder.path()).await;
        let client = signer.client.clone();
        let sent = leaves.clone();
        let asking = tokio::spawn(async move {
            let mut last = answered;
            for size in answered + 1..=200 {
                let head = &sent[..usize::try_from(size).unwrap()];
                match client.sign(last, &consistency(head, last), &checkpoint(head)).await {
                    Ok(_) => last = size,
                    // The kill before this one kept a head whose answer was lost.
                    Err(SignError::Conflict { signed }) if signed >= size => last = signed.min(size),
                    Err(_) => break,
                }
            }
            last
        });
        tokio::time::sleep(Duration::from_millis(3 + round * 4)).await;
        signer.kill();
        answered = asking.await.unwrap();
        let signer = Signer::start(folder.path()).await;
        if answered > 0 {
            let older = &leaves[..usize::try_from(answered - 1).unwrap()];
            assert!(
                matches!(extend(&signer, older, 0).await, Err(SignError::Conflict { signed }) if signed >= answered && signed <= answered + 1)
            );
        }
    }
    assert!(answered > 0);
}

#[tokio::test]
async fn key_and_socket_are_the_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut signer = Signer::start(folder.path()).await;
    let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("signer"), mode("signer/key.pem"), mode("signer.sock")), (0o700, 0o600, 0o600));
    // A second signer on the same folder would sign a second history.
    let config = |origin: &str| carrel_signer::Config {
        socket: folder.path().join("second.sock"),
        state_dir: folder.path().join("signer"),
        origin: origin.into(),
    };
    assert!(matches!(carrel_signer::serve(config(ORIGIN), async {}).await, Err(carrel_signer::ServeError::Locked(_))));
    extend(&signer, &hashes(3), 0).await.unwrap();
    signer.kill();
    // The head of one log is not that of another, a damaged head is not an empty log, and an open key is no key.
    assert!(carrel_signer::serve(config("cloud.example.test/audit/2"), async {}).await.is_err());
    assert!(carrel_signer::serve(config(ORIGIN), async {}).await.is_ok());
    let head = fs::read(folder.path().join("signer/head")).unwrap();
    fs::write(folder.path().join("signer/head"), "").unwrap();
    assert!(carrel_signer::serve(config(ORIGIN), async {}).await.is_err());
    // Neither is a head that was taken away, or one whose key was.
    fs::remove_file(folder.path().join("signer/head")).unwrap();
    assert!(carrel_signer::serve(config(ORIGIN), async {}).await.is_err());
    fs::write(folder.path().join("signer/head"), head).unwrap();
    let key = fs::read(folder.path().join("signer/key.pem")).unwrap();
    fs::remove_file(folder.path().join("signer/key.pem")).unwrap();
    assert!(carrel_signer::serve(config(ORIGIN), async {}).await.is_err());
    fs::write(folder.path().join("signer/key.pem"), key).unwrap();
    fs::set_permissions(folder.path().join("signer/key.pem"), fs::Permissions::from_mode(0o600)).unwrap();
    assert!(carrel_signer::serve(config(ORIGIN), async {}).await.is_ok());
    fs::set_permissions(folder.path().join("signer/key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(carrel_signer::serve(config(ORIGIN), async {}).await.is_err());
}

#[tokio::test]
async fn silent_and_senseless_clients_do_not_stop_it() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::start(folder.path()).await;
    let socket = folder.path().join("signer.sock");
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(tokio::net::UnixStream::connect(&socket).await.unwrap());
    }
    for text in ["GET / HTTP/1.1\r\n\r\n", "POST /add-checkpoint HTTP/1.1\r\nContent-Length: 3\r\n\r\nold"] {
        let mut stream = tokio::net::UnixStream::connect(&socket).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 40"), "{answer}");
    }
    extend(&signer, &hashes(3), 0).await.unwrap();
}

/// The memory that this process adds to the machine; prints the figure.
#[tokio::test]
async fn it_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    let signer = Signer::start(folder.path()).await;
    let leaves = hashes(100);
    for size in 1..=100 {
        extend(&signer, &leaves[..size], size as u64 - 1).await.unwrap();
    }
    let smaps = fs::read_to_string(format!("/proc/{}/smaps_rollup", signer.child.id())).unwrap();
    let field = |name: &str| {
        smaps.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap()
    };
    eprintln!("signer: {} kB PSS, {} kB private and dirty", field("Pss:"), field("Private_Dirty:"));
    assert!(field("Private_Dirty:") < 5 * 1024);
}
