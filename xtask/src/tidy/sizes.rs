//! Files stay small: above 500 lines one needs a reason in `xtask/tidy/long-files.txt`, and its size there may only shrink.

use super::Finding;
use super::tree::Tree;

const LIMIT: usize = 500;
const REASONS: &str = "xtask/tidy/long-files.txt";
const SOURCES: [&str; 6] = [".rs", ".ts", ".tsx", ".js", ".css", ".sh"];
/// Written by a program; nobody reads it from top to bottom.
const GENERATED: [&str; 1] = ["frontend/src/api/schema.d.ts"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reasons = Vec::new();
    for (index, line) in tree.text(REASONS).unwrap_or_default().lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match parse(line) {
            Some((path, allowed)) => reasons.push((path, allowed, index + 1)),
            None => findings.push(Finding::new(REASONS, index + 1, "expected: PATH LINES REASON")),
        }
    }
    for (path, text) in tree.files(&SOURCES) {
        let lines = code_lines(path, text);
        let allowed = reasons.iter().find(|(listed, ..)| *listed == path).map_or(LIMIT, |(_, allowed, _)| *allowed);
        if lines > allowed && !GENERATED.contains(&path) {
            findings.push(Finding::new(
                path,
                1,
                format!("{lines} lines without tests, {allowed} are allowed: split it"),
            ));
        }
    }
    for (path, allowed, line) in reasons {
        let lines = tree.text(path).map(|text| code_lines(path, text));
        let message = match lines {
            None => format!("{path} does not exist"),
            Some(lines) if lines <= LIMIT => {
                format!("{path} is short enough now: remove this line")
            }
            Some(lines) if lines < allowed => {
                format!("{path} has shrunk to {lines} lines: write that number here")
            }
            Some(_) => continue,
        };
        findings.push(Finding::new(REASONS, line, message));
    }
    findings
}

/// `PATH LINES REASON`, with a reason of at least two words.
fn parse(line: &str) -> Option<(&str, usize)> {
    let mut words = line.split_whitespace();
    let path = words.next()?;
    let lines = words.next()?.parse().ok()?;
    (words.count() >= 2).then_some((path, lines))
}

/// Lines of a file without its tests: a test may be as long as what it tells.
fn code_lines(path: &str, text: &str) -> usize {
    if path.contains("/tests/") || path.contains("/e2e/") || path.contains(".test.") {
        return 0;
    }
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "));
    tests.unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        "x\n".repeat(count)
    }

    #[test]
    fn a_long_file_needs_a_reason_and_may_only_shrink() {
        let long = lines(501);
        let check = |reasons: &str| check(&Tree::of(&[("a/src/long.rs", &long), (REASONS, reasons)])).len();
        assert_eq!(check(""), 1);
        assert_eq!(check("a/src/long.rs 501 one table of routes"), 0);
        assert_eq!(check("a/src/long.rs 600 one table of routes"), 1);
        assert_eq!(check("a/src/long.rs 501"), 2);
        assert_eq!(check("a/src/long.rs 501 one table\na/src/gone.rs 600 no such file"), 1);
    }

    #[test]
    fn tests_do_not_count() {
        let text = format!("{}#[cfg(test)]\nmod tests {{\n{}", lines(500), lines(300));
        assert_eq!(check(&Tree::of(&[("a/src/b.rs", &text), ("a/tests/c.rs", &lines(900))])), []);
    }
}
