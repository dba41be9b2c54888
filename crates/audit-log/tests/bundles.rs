//! Bundles: whole ones verify, in both forms and with standard tools; no byte of one can change unseen.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a process of its own is what is tested, or a standard tool tests it")]

mod support;

use std::{fs, io::Cursor, process::Command};

use carrel_audit_log::bundle::{
    FolderContainer, Kind, Report, Trust, Verdict, verify_archive, verify_path, verify_path_with,
};
use support::{Log, Wish};

fn verify(log: &Log, bytes: &[u8]) -> Report {
    verify_archive(Cursor::new(bytes), &Trust { keys: vec![log.vkey()], since: None })
}
fn wishes() -> Vec<Wish> {
    let every_third: fn(u64) -> bool = |index| index % 3 == 0;
    let none: fn(u64) -> bool = |_| false;
    vec![
        Wish { start: 0, end: 7, size: 7, shown: None, extras: true },
        Wish { start: 2, end: 6, size: 7, shown: None, extras: false },
        Wish { start: 1, end: 7, size: 7, shown: Some(every_third), extras: true },
        Wish { start: 1, end: 7, size: 7, shown: Some(none), extras: true },
        Wish { start: 4, end: 4, size: 7, shown: None, extras: true },
    ]
}

#[test]
fn whole_bundles_verify_in_both_forms() {
    let log = Log::new(7);
    let folder = tempfile::tempdir().unwrap();
    for (number, wish) in wishes().iter().enumerate() {
        let bytes = log.bundle(wish);
        let report = verify(&log, &bytes);
        assert_eq!(report.verdict, Verdict::Intact, "{number}");
        let shown = (wish.start..wish.end).filter(|index| wish.shown.is_none_or(|shown| shown(*index))).count() as u64;
        assert_eq!((report.entries, report.entries + report.withheld), (shown, wish.end - wish.start));
        assert_eq!(report.disclosures, if wish.extras { shown } else { 0 });
        assert_eq!(log.bundle(wish), bytes, "the same export has the same bytes");

        let archive = folder.path().join(format!("{number}.tar"));
        fs::write(&archive, &bytes).unwrap();
        assert_eq!(verify_path(&archive, &[log.vkey()]), report);
        let unpacked = folder.path().join(number.to_string());
        tar::Archive::new(bytes.as_slice()).unpack(&unpacked).unwrap();
        assert_eq!(verify_path(&unpacked, &[log.vkey()]), report);
        let written = folder.path().join(format!("{number}-written"));
        log.write(wish, FolderContainer::create(&written).unwrap());
        assert_eq!(verify_path(&written, &[log.vkey()]), report);
        let sums = Command::new("sha256sum")
            .args(["--check", "--strict", "SHA256SUMS"])
            .current_dir(&unpacked)
            .output()
            .unwrap();
        assert!(sums.status.success(), "{}", String::from_utf8_lossy(&sums.stdout));
    }
}

/// Every byte, one bit of it; the bit changes from byte to byte.
#[test]
fn no_byte_of_a_bundle_changes_unseen() {
    let log = Log::new(4);
    let odd: fn(u64) -> bool = |index| index % 2 == 1;
    for wish in [
        Wish { start: 0, end: 4, size: 4, shown: Some(odd), extras: true },
        Wish { start: 1, end: 3, size: 4, shown: None, extras: false },
    ] {
        let whole = log.bundle(&wish);
        assert_eq!(verify(&log, &whole).exit_code(), 0);
        let mut bytes = whole.clone();
        for position in 0..bytes.len() {
            let flip = 1 << (position % 8);
            bytes[position] ^= flip;
            let report = verify(&log, &bytes);
            assert_ne!(report.exit_code(), 0, "byte {position} of {} with {flip:#x}", whole.len());
            bytes[position] ^= flip;
        }
        assert_eq!(bytes, whole);
        for cut in 0..whole.len() {
            assert_ne!(verify(&log, &whole[..cut]).exit_code(), 0, "cut at {cut}");
        }
        let longer = [whole.as_slice(), &[0; 512]].concat();
        assert_ne!(verify(&log, &longer).exit_code(), 0);
    }
}

#[test]
fn a_flipped_byte_in_an_entry_names_the_entry() {
    let log = Log::new(7);
    let whole = log.bundle(&wishes()[1]);
    for (number, leaf) in log.leaves[2..6].iter().enumerate() {
        let at = whole.windows(leaf.len()).position(|window| window == leaf.as_slice()).unwrap();
        for offset in [0, leaf.len() / 2, leaf.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at + offset] ^= 1;
            let Verdict::Tampered(finding) = verify(&log, &bytes).verdict else { panic!("not found") };
            assert_eq!((finding.index, finding.kind), (Some(number as u64 + 2), Kind::Edit));
        }
    }
}

#[test]
fn what_is_no_bundle_cannot_be_judged() {
    let log = Log::new(7);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(verify_path(&folder.path().join("missing"), &[log.vkey()]).exit_code(), 2);
    assert_eq!(verify_path(folder.path(), &[log.vkey()]).exit_code(), 2);
    assert_eq!(verify(&log, b"").exit_code(), 2);
    assert_eq!(verify(&log, &[0; 1024]).exit_code(), 2);
    assert_eq!(verify(&log, &b"PK\x03\x04".repeat(1000)).exit_code(), 2);
    let whole = log.bundle(&wishes()[0]);
    assert_eq!(verify_archive(Cursor::new(&whole), &Trust::default()).exit_code(), 2);
    let unpacked = folder.path().join("unpacked");
    tar::Archive::new(whole.as_slice()).unpack(&unpacked).unwrap();
    fs::write(unpacked.join("summary.txt"), "all is well").unwrap();
    assert_eq!(verify_path(&unpacked, &[log.vkey()]).exit_code(), 2);
}

#[test]
fn a_line_of_any_length_is_only_an_edit() {
    let log = Log::new(7);
    let folder = tempfile::tempdir().unwrap();
    log.write(&wishes()[1], FolderContainer::create(&folder.path().join("b")).unwrap());
    let entries = folder.path().join("b/entries.jsonl");
    let mut text = fs::read(&entries).unwrap();
    text.splice(10..10, std::iter::repeat_n(b'x', 30_000_000));
    fs::write(&entries, text).unwrap();
    let Verdict::Tampered(finding) = verify_path(&folder.path().join("b"), &[log.vkey()]).verdict else {
        panic!("not found")
    };
    assert_eq!((finding.index, finding.kind), (Some(2), Kind::Edit));
}

#[test]
fn a_head_that_was_kept_must_be_a_beginning() {
    let log = Log::new(7);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.tar");
    let with = |wish: &Wish, since| {
        fs::write(&path, log.bundle(wish)).unwrap();
        verify_path_with(&path, &Trust { keys: vec![log.vkey()], since: Some(since) }).exit_code()
    };
    let wishes = wishes();
    assert_eq!(with(&wishes[0], log.checkpoint(5)), 0);
    assert_eq!(with(&wishes[0], log.checkpoint(7)), 0);
    assert_eq!(with(&wishes[2], log.checkpoint(3)), 0, "through the older head in the bundle");
    assert_eq!(with(&wishes[2], log.checkpoint(4)), 2, "nothing in the bundle reaches back");
    assert_eq!(with(&wishes[0], log.sign(5, [7; 32])), 1);
    assert_eq!(with(&wishes[0], log.sign(8, [7; 32])), 1);
}

#[test]
fn reports_read_well() {
    let log = Log::new(7);
    let whole = log.bundle(&wishes()[2]);
    let report = verify(&log, &whole);
    assert!(report.to_string().starts_with("verified: 2 entries are complete, in order and unchanged\n"), "{report}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(
        (json["verdict"].as_str(), json["entries"].as_u64(), json["end"].as_u64()),
        (Some("intact"), Some(2), Some(7))
    );
    let at = whole.windows(13).position(|window| window == b"file.uploaded").unwrap();
    let mut bytes = whole;
    bytes[at] ^= 1;
    let report = verify(&log, &bytes);
    assert!(report.to_string().starts_with("TAMPERED: entry 3: edited: "), "{report}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(
        (json["verdict"].as_str(), json["kind"].as_str(), json["index"].as_u64()),
        (Some("tampered"), Some("edit"), Some(3))
    );
}
