//! `carrel fsck`: whether the content store has what the database names, and what else it has. Changes nothing; the cloud backend
//! may run meanwhile.

use std::process::ExitCode;

use anyhow::Context as _;
use carrel_cloud_backend::{
    authz::LocalAdministrator,
    keeping::fsck::{Problem, Report, fsck},
};
use clap::Args;

use super::block_on;
use crate::{
    cloud,
    content::Content,
    data_folder::DataFolder,
    instance::Instance,
    output::{complain, say},
    settings::Data,
};

/// Exit status: 0 all is there, 1 something is wrong, 2 cannot say.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    content: Content,
    /// Read all content and compare it with the hash that it is stored under; takes as long as reading the whole store
    #[arg(long)]
    read: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Exit status when nothing can be said.
const UNDECIDED: u8 = 2;

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let report = match block_on(compare(options)) {
        Ok(report) => report,
        Err(error) => {
            complain(&format!("{error:#}"));
            return Ok(ExitCode::from(UNDECIDED));
        }
    };
    if options.json {
        say(&serde_json::to_string_pretty(&report)?);
    } else {
        for line in lines(&report, options.read) {
            say(&line);
        }
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn compare(options: &Options) -> anyhow::Result<Report> {
    let folder = DataFolder::existing(&options.data)?;
    let content = options.content.open_existing(&folder, Instance::open(&folder)?.blob_key()?).await?;
    let store = cloud::open_store_as_it_is(&folder).await?;
    let proof = LocalAdministrator::of_machine();
    let compared = fsck(&store, &content, &proof, options.read, |part| {
        tracing::debug!(part, of = 256, "compared");
    });
    let report = compared.await.context("the comparison was broken off")?;
    store.close().await;
    Ok(report)
}

fn lines(report: &Report, read: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for finding in &report.findings {
        let what = match finding.problem {
            Problem::Missing => "is missing",
            Problem::WrongSize => "has the wrong size",
            Problem::WrongContent => "has other content than it was stored with",
            Problem::Unreadable => "cannot be read",
        };
        let rest = if finding.unnamed { " (no version needs it)" } else { "" };
        lines.push(format!("{} {what}{rest}", finding.object));
    }
    if report.files_without_version > 0 {
        lines.push(format!("{} files have no content", report.files_without_version));
    }
    if report.sizes_that_differ > 0 {
        lines.push(format!("{} versions have another size than their content", report.sizes_that_differ));
    }
    let row = |what: &str, count: String, bytes: Option<u64>| {
        let bytes = bytes.map_or_else(String::new, |bytes| format!("{bytes:>18} bytes"));
        format!("{what:<30}{count:>12}{bytes}")
    };
    let whole = |number: i64| u64::try_from(number).unwrap_or(0);
    lines.push(row("versions", report.versions.to_string(), Some(whole(report.version_bytes))));
    lines.push(row("stored, each content once", report.blobs.to_string(), Some(report.blob_bytes)));
    lines.push(row("in the store", String::new(), Some(report.stored_bytes)));
    lines.push(row("in the trash", report.trashed.to_string(), None));
    lines.push(row("reclaimable", report.reclaimable_blobs.to_string(), Some(report.reclaimable_bytes)));
    lines.push(row(
        "unknown to the database",
        report.unreferenced_objects.to_string(),
        Some(report.unreferenced_bytes),
    ));
    lines.push(row("unknown, younger than a day", report.recent_objects.to_string(), None));
    lines.push(row("cut off by a crash", report.strange_objects.to_string(), None));
    if read {
        lines.push(row("read and compared", String::new(), Some(report.read_bytes)));
        if report.under_earlier_keys > 0 {
            lines.push(row("under an earlier key", report.under_earlier_keys.to_string(), None));
        }
    }
    let problems = report.problems + whole(report.files_without_version) + whole(report.sizes_that_differ);
    lines.push(match report.is_clean() {
        true => "All content is there.".to_owned(),
        false => format!("{problems} problems. Restore what is missing from a backup of the content store."),
    });
    lines
}
