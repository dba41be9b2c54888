//! Verifies the log in the database: every row, the search table, every signed head and the stored head.

use carrel_audit_log::{
    Checkpoint, VerifierKey,
    bundle::{Finding, Kind, Report, Verdict},
    note::NoteError,
    replay::{Replay, StoredHead, StoredRow},
};

use super::LogName;
use crate::{
    authz::LogReader,
    store::{KeptCheckpoint, Store, StoreError},
};

/// Rows read at a time.
const PAGE: i64 = 1000;

/// Reads the whole log in constant memory; `progress` hears how many entries were read.
///
/// # Errors
/// [`StoreError`] when the database cannot be read at all; everything else is in the report.
pub async fn verify_log(
    store: &Store,
    reader: &impl LogReader,
    log: &LogName,
    trusted: &[VerifierKey],
    mut progress: impl FnMut(u64),
) -> Result<Report, StoreError> {
    let mut report = Report::undecidable(String::new());
    report.origin = Some(log.origin().to_owned());
    if trusted.is_empty() {
        report.verdict = Verdict::Undecidable { reason: "no key was given".to_owned() };
        return Ok(report);
    }
    report.verdict = match check(store, reader, log, trusted, &mut report, &mut progress).await? {
        Ok(()) => Verdict::Intact,
        Err(finding) => Verdict::Tampered(finding),
    };
    Ok(report)
}

async fn check(
    store: &Store,
    reader: &impl LogReader,
    log: &LogName,
    trusted: &[VerifierKey],
    report: &mut Report,
    progress: &mut impl FnMut(u64),
) -> Result<Result<(), Finding>, StoreError> {
    let stored_head = store.stored_head(reader).await?;
    let mut replay = Replay::new(log.origin());
    let mut last = None;
    let mut next_signed = next_checkpoint(store, log, 0).await?;
    loop {
        let rows = store.stored_entries(reader, replay.size(), PAGE).await?;
        for row in &rows {
            let stored = StoredRow {
                index: row.index,
                id: row.id,
                leaf: &row.leaf,
                leaf_hash: &row.leaf_hash,
                chain: &row.chain,
                projection: row.shown.as_ref(),
            };
            if let Err(finding) = replay.row(&stored) {
                return Ok(Err(finding));
            }
            if row.shown.is_none() {
                return Ok(Err(Finding {
                    kind: Kind::Projection,
                    index: Some(row.index),
                    detail: "the search table lacks the entry".to_owned(),
                }));
            }
            while let Some(kept) = next_signed.take_if(|kept| kept.size <= replay.size()) {
                let checked = check_signature(&kept, log, trusted, report)
                    .and_then(|signed| replay.checkpoint(&signed).map(|()| signed));
                match checked {
                    Ok(signed) => last = Some(signed),
                    Err(finding) => return Ok(Err(finding)),
                }
                next_signed = next_checkpoint(store, log, kept.size).await?;
            }
        }
        report.entries = replay.size();
        report.end = replay.size();
        progress(replay.size());
        if rows.is_empty() {
            break;
        }
    }
    // A signed head beyond the last row says that rows are gone.
    if let Some(kept) = next_signed {
        match check_signature(&kept, log, trusted, report) {
            Ok(signed) => last = Some(signed),
            Err(finding) => return Ok(Err(finding)),
        }
    }
    report.size = last.as_ref().map_or(0, |signed| signed.size);
    if report.entries > report.size {
        report.warnings.push(format!("no signed head covers the last {} entries yet", report.entries - report.size));
    }
    Ok(match &stored_head {
        Some((epoch, ..)) if *epoch != log.epoch() => Err(whole(Kind::Rewrite, "the stored head is of another epoch")),
        Some((_, size, root, chain)) => replay.head(&StoredHead { size: *size, root, chain }, last.as_ref()),
        None if replay.size() == 0 && last.is_none() => Ok(()),
        None => Err(whole(Kind::Rewrite, "the stored head is missing")),
    })
}

async fn next_checkpoint(store: &Store, log: &LogName, after: u64) -> Result<Option<KeptCheckpoint>, StoreError> {
    Ok(store.checkpoints_after(log, after, 1).await?.pop())
}

fn check_signature(
    kept: &KeptCheckpoint,
    log: &LogName,
    trusted: &[VerifierKey],
    report: &mut Report,
) -> Result<Checkpoint, Finding> {
    let signed_by = kept.note.verify(trusted).map_err(|error| match error {
        NoteError::BadSignature(_) => whole(Kind::Signature, &error.to_string()),
        NoteError::NoTrustedKey(_) => whole(Kind::WrongKey, &error.to_string()),
        NoteError::Form => whole(Kind::Checkpoint, &error.to_string()),
    })?;
    for key in signed_by {
        if !report.signed_by.iter().any(|name| name == key.name()) {
            report.signed_by.push(key.name().to_owned());
        }
    }
    let signed = Checkpoint::parse(kept.note.text()).map_err(|error| whole(Kind::Checkpoint, &error.to_string()))?;
    if signed.size != kept.size || signed.origin != log.origin() {
        return Err(whole(Kind::Checkpoint, "a signed head is kept under another size or log"));
    }
    Ok(signed)
}

fn whole(kind: Kind, detail: &str) -> Finding {
    Finding { kind, index: None, detail: detail.to_owned() }
}
