//! The checks after the entries: older heads, and that every file is the one that manifest and sums name.

use std::io::{self, Read};

use super::{
    classify::from_text,
    files,
    manifest::{Claims, Digests, check, render_sums},
    report::{Finding, Kind},
    source::{Digesting, FileDigest, Source},
};
use crate::{
    checkpoint::Checkpoint,
    hash::Hash,
    key::VerifierKey,
    note::{self, NoteError, SignedNote},
    proof::verify_consistency,
    range::RangeProof,
};

/// The largest of the files that are read as a whole.
const SMALL: u64 = 1 << 20;

/// Reads a small file as a whole and notes its digest.
pub(super) fn read_small(source: &dyn Source, name: &'static str, digests: &mut Digests) -> io::Result<Vec<u8>> {
    let mut reader = Digesting::new(source.open(name)?);
    let mut bytes = Vec::new();
    reader.by_ref().take(SMALL).read_to_end(&mut bytes)?;
    let digest = reader.finish()?;
    // A longer file is cut here; its digest is that of the whole, so it can never pass as its beginning.
    digests.insert(name, digest);
    Ok(bytes)
}

/// Reads a signed head and checks its signatures; gives it with the names of the keys that signed.
pub(super) fn read_checkpoint(bytes: &[u8], trusted: &[VerifierKey]) -> Result<(Checkpoint, Vec<String>), Finding> {
    let malformed = |detail: &str| Finding::whole(Kind::Checkpoint, detail);
    if bytes.len() > note::MAX_BYTES {
        return Err(malformed("it is too long"));
    }
    let note = SignedNote::parse(bytes).map_err(|error| malformed(&error.to_string()))?;
    check_note(&note, trusted)
}

/// Checks the signatures of a head.
pub(super) fn check_note(note: &SignedNote, trusted: &[VerifierKey]) -> Result<(Checkpoint, Vec<String>), Finding> {
    let checkpoint =
        Checkpoint::parse(note.text()).map_err(|error| Finding::whole(Kind::Checkpoint, error.to_string()))?;
    let signed_by = note.verify(trusted).map_err(|error| match error {
        NoteError::BadSignature(_) => Finding::whole(Kind::Signature, error.to_string()),
        NoteError::NoTrustedKey(_) => Finding::whole(Kind::WrongKey, error.to_string()),
        NoteError::Form => Finding::whole(Kind::Checkpoint, error.to_string()),
    })?;
    if !signed_by.iter().any(|key| key.algorithm() == crate::key::Algorithm::Ed25519 && key.name() == checkpoint.origin)
    {
        return Err(Finding::whole(Kind::WrongKey, format!("no trusted key of {} signed it", checkpoint.origin)));
    }
    Ok((checkpoint, signed_by.iter().map(|key| key.name().to_owned()).collect()))
}

/// An older head in the bundle, shown to be a beginning of this one.
pub(super) fn check_previous(
    source: &dyn Source,
    head: &Checkpoint,
    trusted: &[VerifierKey],
    digests: &mut Digests,
) -> io::Result<Result<Option<Checkpoint>, Finding>> {
    let names = source.names();
    match (names.contains(&files::PREVIOUS), names.contains(&files::CONSISTENCY)) {
        (false, false) => return Ok(Ok(None)),
        (true, true) => {}
        _ => {
            return Ok(Err(Finding::whole(
                Kind::File,
                "an older head needs its consistency proof, and the proof its head",
            )));
        }
    }
    let note = read_small(source, files::PREVIOUS, digests)?;
    let proof = read_small(source, files::CONSISTENCY, digests)?;
    Ok(read_checkpoint(&note, trusted).and_then(|(older, _)| {
        let proof = proof_lines(&proof)
            .ok_or_else(|| Finding::whole(Kind::File, format!("{} is not a list of hashes", files::CONSISTENCY)))?;
        if older.origin != head.origin || !verify_consistency(older.size, head.size, &older.root, &head.root, &proof) {
            return Err(Finding::whole(
                Kind::Fork,
                format!("the signed head of {} entries is not a beginning of that of {}", older.size, head.size),
            ));
        }
        Ok(Some(older))
    }))
}

fn proof_lines(bytes: &[u8]) -> Option<Vec<Hash>> {
    match bytes.strip_suffix(b"\n") {
        Some(lines) => lines.split(|byte| *byte == b'\n').map(from_text).collect(),
        None => bytes.is_empty().then(Vec::new),
    }
}

/// Compares manifest and sums with what was read.
pub(super) fn check_files(
    source: &dyn Source,
    head: &Checkpoint,
    range: &RangeProof,
    filtered: bool,
    digests: &mut Digests,
) -> io::Result<Result<(), Finding>> {
    read_small(source, files::README, digests)?;
    read_small(source, files::KEYS, digests)?;
    let mut manifest_digest = Digests::new();
    let manifest = read_small(source, files::MANIFEST, &mut manifest_digest)?;
    let derived =
        Claims { origin: &head.origin, start: range.start, end: range.end, size: head.size, filter: None, entry: None };
    if let Err(finding) = check(&manifest, derived, filtered, digests) {
        return Ok(Err(finding));
    }
    digests.append(&mut manifest_digest);
    let mut sums_digest = Digests::new();
    let sums = read_small(source, files::SUMS, &mut sums_digest)?;
    let unread =
        source.names().into_iter().find(|name| *name != files::SUMS && !digests.contains_key(name)).map(str::to_owned);
    if let Some(name) = unread {
        return Ok(Err(Finding::whole(Kind::File, format!("{name} does not belong to this export"))));
    }
    let whole = sums_digest.values().all(|digest: &FileDigest| digest.bytes == sums.len() as u64);
    if !whole || sums != render_sums(digests).as_bytes() {
        return Ok(Err(Finding::whole(Kind::File, format!("{} does not fit the files", files::SUMS))));
    }
    Ok(Ok(()))
}
