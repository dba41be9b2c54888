//! Documents name only files that exist.
//!
//! Two forms are read: links `[text](path)` from the document's own folder, and code spans that look like a path from the root
//! (`` `runner/src/lib.rs` ``, `` `docs/adr/` ``, `` `store/{a,b}.rs` ``, `` `file.rs::name` `` for a name in a file). Files of a data
//! folder are written with `DIR/` before them.

use super::Finding;
use super::tree::Tree;

/// Endings by which a span without `/` is taken for a file.
const ENDINGS: [&str; 12] =
    [".rs", ".ts", ".tsx", ".toml", ".md", ".json", ".sql", ".sh", ".yaml", ".yml", ".service", ".css"];
/// First parts of media types, which look like paths.
const MEDIA_TYPES: [&str; 6] = ["application", "audio", "image", "multipart", "text", "video"];

/// First parts of paths that are not in the repository: a data folder, and what a build leaves.
const ELSEWHERE: [&str; 2] = ["DIR", "target"];

/// A piece of a document with the number of its line.
pub(super) struct Span<'a> {
    pub(super) line: usize,
    pub(super) text: &'a str,
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in documents(tree) {
        for span in code_spans(text) {
            if let Err(missing) = check_span(tree, span.text) {
                findings.push(Finding::new(path, span.line, format!("names `{missing}`, which does not exist")));
            }
        }
        for link in links(text) {
            let target = resolve(path, link.text);
            if !tree.exists(&target) && !tree.exists(&format!("{target}/")) {
                findings.push(Finding::new(path, link.line, format!("links to `{target}`, which does not exist")));
            }
        }
    }
    findings
}

/// The documents that are held to the tree: not the change log, which tells of the past.
pub(super) fn documents(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.files(&[".md"]).filter(|(path, _)| {
        *path != "CHANGELOG.md" && (!path.contains('/') || path.starts_with("docs/") || path.starts_with("deploy/"))
    })
}

/// Spans between single backticks, outside fenced blocks.
pub(super) fn code_spans(text: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    for (line, content) in prose(text) {
        let pieces = content.split('`').enumerate();
        spans.extend(pieces.filter(|(index, _)| index % 2 == 1).map(|(_, text)| Span { line, text }));
    }
    spans
}

/// Lines outside fenced blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((index + 1, line))
    })
}

/// Targets of links within the repository.
fn links(text: &str) -> Vec<Span<'_>> {
    let mut links = Vec::new();
    for (line, content) in prose(text) {
        for piece in content.split("](").skip(1) {
            let target = piece.split([')', '#', ' ']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains(':') {
                links.push(Span { line, text: target });
            }
        }
    }
    links
}

/// A link's target as a path from the root.
fn resolve(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn check_span<'a>(tree: &Tree, span: &'a str) -> Result<(), &'a str> {
    let (path, name) = span.split_once("::").map_or((span, None), |(path, name)| (path, Some(name)));
    if !looks_like_a_path(path) {
        return Ok(());
    }
    for file in alternatives(path) {
        let found = if file.contains('/') { tree.exists(&file) } else { tree.has_name(&file) };
        if !found {
            return Err(path);
        }
        if let (Some(name), Some(text)) = (name, tree.text(&file))
            && !text.contains(name)
        {
            return Err(span);
        }
    }
    Ok(())
}

fn looks_like_a_path(span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-{},@".contains(c);
    if span.is_empty() || !span.chars().all(plain) || span.starts_with(['/', '@', '-', '.']) && !span.starts_with(".c")
    {
        return false;
    }
    let first = span.split('/').next().unwrap_or_default();
    if span.contains('/') {
        return !ELSEWHERE.contains(&first) && !MEDIA_TYPES.contains(&first);
    }
    ENDINGS.iter().any(|ending| span.ends_with(ending) && span.len() > ending.len())
}

/// `a/{b,c}.rs` as `a/b.rs` and `a/c.rs`.
fn alternatives(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let Some((choices, after)) = rest.split_once('}') else {
        return vec![path.to_owned()];
    };
    choices.split(',').flat_map(|choice| alternatives(&format!("{before}{choice}{after}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(document: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("docs/guides/a.md", document),
            ("docs/guides/b.md", ""),
            ("runner/src/lib.rs", "pub fn serve() {}"),
            ("runner/src/app.rs", ""),
        ]);
        check(&tree).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn paths_that_exist_are_fine() {
        let text = "`runner/src/lib.rs` `runner/src/` `lib.rs` `runner/src/{lib,app}.rs` `runner/src/lib.rs::serve` [b](b.md#head)";
        assert_eq!(findings(text), [""; 0]);
    }

    #[test]
    fn what_is_no_path_is_let_alone() {
        let text = "`GET /api/v1/nodes` `text/html` `a b/c` `DIR/run/cloud.sock` `FileAccess<Write>` [x](https://a.example/b)\n```\n`gone/file.rs`\n```";
        assert_eq!(findings(text), [""; 0]);
    }

    #[test]
    fn each_form_of_a_missing_file_is_found() {
        for span in [
            "`runner/src/gone.rs`",
            "`runner/gone/`",
            "`gone.rs`",
            "`runner/src/{lib,gone}.rs`",
            "`runner/src/lib.rs::gone`",
        ] {
            assert_eq!(findings(span).len(), 1, "{span}");
        }
        assert_eq!(findings("[b](../b.md)").len(), 1);
        assert_eq!(findings("[b](b.md) and [c](c.md)").len(), 1);
    }
}
