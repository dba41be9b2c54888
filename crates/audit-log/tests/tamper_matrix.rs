//! The tamper matrix of the format: twenty ways to forge, each with what the verifier must say. Prints the table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod support;

use std::{fs, path::Path};

use carrel_audit_log::{
    Leaf, SignedNote, VerifierKey,
    bundle::{FolderContainer, Kind, Trust, Verdict, verify_path_with},
    checkpoint::log_key,
    hash,
    key::Algorithm,
    note::NoteSignature,
    projection::Projection,
    replay::{Replay, StoredHead, StoredRow},
};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use support::{Log, ORIGIN, Wish};

const COUNT: u64 = 12;

/// A bundle in a folder of its own; the attacker may edit any file and repair manifest and sums afterwards.
struct Forgery {
    log: Log,
    folder: tempfile::TempDir,
    trust: Trust,
}

impl Forgery {
    fn new() -> Self {
        let log = Log::new(COUNT);
        let folder = tempfile::tempdir().unwrap();
        let wish = Wish { start: 0, end: COUNT, size: COUNT, shown: None, extras: true };
        log.write(&wish, FolderContainer::create(&folder.path().join("b")).unwrap());
        let trust = Trust { keys: vec![log.vkey()], since: None };
        Self { log, folder, trust }
    }
    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("b").join(name)
    }
    fn lines(&self, change: impl FnOnce(&mut Vec<String>)) {
        self.edit("entries.jsonl", |text| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            change(&mut lines);
            lines.iter().map(|line| format!("{line}\n")).collect()
        });
    }
    fn edit(&self, name: &str, change: impl FnOnce(String) -> String) {
        let path = self.path(name);
        let text = change(fs::read_to_string(&path).unwrap());
        fs::write(path, text).unwrap();
        repair(&self.folder.path().join("b"));
    }
    fn checkpoint(&self, note: &SignedNote) {
        self.edit("checkpoint", |_| note.to_string());
    }
    fn verdict(&self) -> (u8, Option<Kind>, Option<u64>) {
        let report = verify_path_with(&self.folder.path().join("b"), &self.trust);
        match &report.verdict {
            Verdict::Tampered(finding) => (report.exit_code(), Some(finding.kind), finding.index),
            _ => (report.exit_code(), None, None),
        }
    }
}

/// What a careful attacker does: the manifest and the sums name the changed files.
fn repair(folder: &Path) {
    let digest =
        |name: &str| fs::read(folder.join(name)).map(|bytes| (hex::encode(Sha256::digest(&bytes)), bytes.len()));
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    for (name, entry) in manifest["files"].as_object_mut().unwrap() {
        let (sha256, bytes) = digest(name).unwrap();
        *entry = serde_json::json!({"sha256": sha256, "bytes": bytes});
    }
    fs::write(folder.join("manifest.json"), serde_json::to_vec(&manifest).unwrap()).unwrap();
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let names = sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name);
    let sums: String = names.map(|name| format!("{}  {name}\n", digest(name).unwrap().0)).collect();
    fs::write(folder.join("SHA256SUMS"), sums).unwrap();
}

/// Another key with the same name and the same four bytes of key id is too costly to search for here, so the forger
/// simply writes the log's id on a signature of another key: a verifier sees the same.
fn signed_by_other_key(log: &Log, with_the_logs_id: bool) -> SignedNote {
    let other = SigningKey::from_bytes(&hash::sha256(b"the forger's key"));
    let text = log.checkpoint(COUNT).text().to_owned();
    let key = log_key(ORIGIN, other.verifying_key().as_bytes()).unwrap();
    let key_id = if with_the_logs_id { log.vkey().id() } else { key.id() };
    let bytes = other.sign(text.as_bytes()).to_bytes().to_vec();
    SignedNote::new(text, vec![NoteSignature { name: ORIGIN.into(), key_id, bytes }]).unwrap()
}

/// The stored log as rows, for the two rows of the matrix that concern a database.
fn stored(log: &Log, rows: u64, forge: impl Fn(u64, &mut Projection)) -> (u8, Option<Kind>, Option<u64>) {
    let (mut replay, mut chain) = (Replay::new(ORIGIN), hash::genesis(ORIGIN));
    let (mut frontier, mut whole_chain) = (carrel_audit_log::tree::Frontier::new(), chain);
    for (index, leaf_hash) in (0_u64..).zip(log.hashes()) {
        frontier.append(leaf_hash);
        whole_chain = hash::chain(index, &whole_chain, &leaf_hash);
    }
    for (index, leaf) in (0_u64..).zip(&log.leaves).take(usize::try_from(rows).unwrap()) {
        let leaf_hash = hash::leaf_hash(leaf);
        chain = hash::chain(index, &chain, &leaf_hash);
        let parsed = Leaf::parse(leaf).unwrap();
        let mut projection = Projection::of(&parsed);
        forge(index, &mut projection);
        let row = StoredRow {
            index,
            id: parsed.id,
            leaf,
            leaf_hash: &leaf_hash,
            chain: &chain,
            projection: Some(&projection),
        };
        if let Err(finding) = replay.row(&row) {
            return (1, Some(finding.kind), finding.index);
        }
    }
    let head = StoredHead { size: COUNT, root: &frontier.root(), chain: &whole_chain };
    match replay.head(&head, None) {
        Ok(()) => (0, None, None),
        Err(finding) => (1, Some(finding.kind), finding.index),
    }
}

fn flip(from: &'static str, to: &'static str) -> impl Fn() -> (u8, Option<Kind>, Option<u64>) {
    move || {
        let forgery = Forgery::new();
        forgery.lines(|lines| {
            assert!(lines[5].contains(from));
            lines[5] = lines[5].replacen(from, to, 1);
        });
        forgery.verdict()
    }
}
fn lines(change: impl Fn(&mut Vec<String>)) -> (u8, Option<Kind>, Option<u64>) {
    let forgery = Forgery::new();
    forgery.lines(change);
    forgery.verdict()
}

#[test]
fn each_of_the_twenty_forgeries_is_found_and_named() {
    let whole = Forgery::new();
    assert_eq!(whole.verdict(), (0, None, None));
    assert_eq!(stored(&whole.log, COUNT, |_, _| {}), (0, None, None));
    let (file, head) = (Some(Kind::File), Some(Kind::Checkpoint));
    type Row = (&'static str, Option<Kind>, Option<u64>, (u8, Option<Kind>, Option<u64>));
    let rows: Vec<Row> = vec![
        ("bit in an identifier", Some(Kind::Edit), Some(5), flip("019a9f2c", "019a9f2d")()),
        ("bit in the time", Some(Kind::Edit), Some(5), flip("2026-11-20", "2026-11-21")()),
        ("bit in actor or action", Some(Kind::Edit), Some(5), flip("role.granted", "role.grantee")()),
        ("bit in details or commitment", Some(Kind::Edit), Some(5), flip("4096", "4097")()),
        ("first entry deleted", Some(Kind::Delete), Some(0), lines(|lines| drop(lines.remove(0)))),
        ("middle entry deleted", Some(Kind::Delete), Some(5), lines(|lines| drop(lines.remove(5)))),
        ("last entry deleted", Some(Kind::CutTail), Some(11), lines(|lines| drop(lines.pop()))),
        ("two entries swapped", Some(Kind::Reorder), Some(4), lines(|lines| lines.swap(4, 8))),
        ("entry doubled", Some(Kind::Insert), Some(6), lines(|lines| lines.insert(6, lines[5].clone()))),
        ("entry inserted", Some(Kind::Insert), Some(6), lines(|lines| lines.insert(6, lines[5].replace("4096", "1")))),
        ("tail cut after the last checkpoint", Some(Kind::CutTail), Some(10), stored(&whole.log, 10, |_, _| {})),
        ("tail cut to an older checkpoint", Some(Kind::CutTail), Some(8), {
            let mut forgery = Forgery::new();
            let wish = Wish { start: 0, end: 8, size: 8, shown: None, extras: true };
            fs::remove_dir_all(forgery.path("")).unwrap();
            forgery.log.write(&wish, FolderContainer::create(&forgery.path("")).unwrap());
            assert_eq!(forgery.verdict().0, 0, "only who kept the newer head can know");
            forgery.trust.since = Some(forgery.log.checkpoint(COUNT));
            forgery.verdict()
        }),
        ("root replaced", Some(Kind::Signature), None, {
            let forgery = Forgery::new();
            let (text, other) = (forgery.log.checkpoint(COUNT), forgery.log.sign(COUNT, [9; 32]));
            forgery.edit("checkpoint", |note| note.replace(text.text(), other.text()));
            forgery.verdict()
        }),
        ("signed by an unknown key", Some(Kind::WrongKey), None, {
            let forgery = Forgery::new();
            forgery.checkpoint(&signed_by_other_key(&forgery.log, false));
            forgery.verdict()
        }),
        ("key id of the log on another key", Some(Kind::Signature), None, {
            let forgery = Forgery::new();
            forgery.checkpoint(&signed_by_other_key(&forgery.log, true));
            forgery.verdict()
        }),
        ("old checkpoint instead of the new", head, None, {
            let forgery = Forgery::new();
            forgery.checkpoint(&forgery.log.checkpoint(8));
            forgery.verdict()
        }),
        (
            "search table edited",
            Some(Kind::Projection),
            Some(4),
            stored(&whole.log, COUNT, |index, row| {
                if index == 4 {
                    row.actor = Some("user-1".into());
                }
            }),
        ),
        ("CSV edited", Some(Kind::Projection), Some(3), {
            let forgery = Forgery::new();
            forgery.edit("entries.csv", |text| text.replace("node-3", "node-4"));
            forgery.verdict()
        }),
        ("wrong salt", Some(Kind::Personal), Some(0), {
            let forgery = Forgery::new();
            forgery.edit("personal.jsonl", |text| text.replacen("paWl", "paWm", 1));
            forgery.verdict()
        }),
        ("same JSON in another spelling", Some(Kind::Edit), Some(5), {
            let spellings: [fn(&str) -> String; 3] = [
                |line| line.replacen(':', ": ", 1),
                |line| line.replacen("\"v\":1", "\"v\":1,\"v\":1", 1),
                |line| line.replacen("cloud-1", "\\u0063loud-1", 1),
            ];
            let mut verdicts = spellings.map(|spell| lines(|lines| lines[5] = spell(&lines[5]))).to_vec();
            verdicts.dedup();
            assert_eq!(verdicts.len(), 1);
            verdicts[0]
        }),
    ];
    println!("{:>2}  {:<36} {:<12} {:>5}  exit", "no", "forgery", "named as", "entry");
    for (number, (name, kind, index, (exit, found, at))) in rows.iter().enumerate() {
        let at_text = at.map_or("-".to_owned(), |at| at.to_string());
        println!("{:>2}  {name:<36} {:<12} {at_text:>5}  {exit}", number + 1, format!("{:?}", found.expect("found")));
        assert_eq!((*exit, *found, *at), (1, *kind, *index), "{name}");
    }
    assert_eq!((rows.len(), file), (20, Some(Kind::File)));
}

#[test]
fn a_second_key_with_the_same_name_does_not_hide_the_first() {
    let forgery = Forgery::new();
    let other = SigningKey::from_bytes(&hash::sha256(b"the forger's key"));
    let key = VerifierKey::new(ORIGIN, Algorithm::Ed25519, other.verifying_key().as_bytes()).unwrap();
    let note = forgery.log.checkpoint(COUNT);
    assert_eq!(note.verify(&[key, forgery.log.vkey()]).unwrap(), [&forgery.log.vkey()]);
}

#[test]
fn a_consistent_forgery_of_entries_and_hashes_is_found_by_the_root() {
    let forgery = Forgery::new();
    forgery.lines(|lines| lines[5] = lines[5].replace("4096", "4097"));
    let entries = fs::read_to_string(forgery.path("entries.jsonl")).unwrap();
    let hashes = entries.lines().map(|line| hex::encode(hash::leaf_hash(line.as_bytes())) + "\n").collect();
    forgery.edit("leaf-hashes.txt", |_| hashes);
    assert_eq!(forgery.verdict(), (1, Some(Kind::Rewrite), None));
    let only_hashes = Forgery::new();
    only_hashes.edit("leaf-hashes.txt", |text| text.replacen(&text[65..70], "00000", 1));
    assert_eq!(only_hashes.verdict(), (1, Some(Kind::File), Some(1)));
}
