//! `cargo xtask tidy`: what a compiler cannot check. Documents must speak of things that exist, and sizes may only shrink.
//!
//! Each check reads a `Tree` of texts and returns findings, so that its test can give it a small tree that is wrong.

mod documents;
mod migrations;
mod modules;
mod names;
mod sizes;
mod threats;
mod tree;
mod words;

use std::fmt;

use anyhow::bail;

use crate::layout::Layout;
use tree::Tree;

/// One thing that is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    file: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: [(&str, Check); 7] = [
    ("sizes", sizes::check),
    ("module heads", modules::check),
    ("migrations", migrations::check),
    ("documents", documents::check),
    ("names in documents", names::check),
    ("threat model", threats::check),
    ("words", words::check),
];

pub(crate) fn run(layout: &Layout) -> anyhow::Result<()> {
    let tree = Tree::read(layout.root())?;
    let mut findings = Vec::new();
    for (_, check) in CHECKS {
        findings.extend(check(&tree));
    }
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {} things to put right", findings.len());
    }
    println!("    {} files, {} checks, nothing found", tree.len(), CHECKS.len());
    Ok(())
}
