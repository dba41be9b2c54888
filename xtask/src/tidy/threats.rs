//! The threat model answers every row of the register, and each proof that it claims is a test that exists.
//!
//! A row is `| T-nn … | zone | file | test | residual risk |`. Its test is one or more spans `` `path::name` ``, or the word `open`
//! with the issue that will close it. Comments in code that name a row must name one that exists.

use std::collections::BTreeSet;

use super::Finding;
use super::documents::code_spans;
use super::tree::Tree;

const MODEL: &str = "threat-model.md";
/// The numbers of the register, first and last of each part.
const REGISTER: [(u32, u32); 7] = [(1, 28), (30, 42), (50, 70), (80, 90), (100, 116), (120, 136), (140, 153)];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(MODEL) else {
        return vec![Finding::new(MODEL, 1, "is missing")];
    };
    let mut findings = Vec::new();
    let mut answered = BTreeSet::new();
    for (index, row) in text.lines().enumerate().filter(|(_, line)| line.starts_with("| T-")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        answered.extend(numbers(cells[0]));
        for problem in problems(tree, &cells) {
            findings.push(Finding::new(MODEL, index + 1, problem));
        }
    }
    for number in REGISTER.iter().flat_map(|&(first, last)| first..=last) {
        if !answered.contains(&number) {
            findings.push(Finding::new(MODEL, 1, format!("T-{number:02} of the register is not answered")));
        }
    }
    findings.extend(unknown_references(tree, &answered));
    findings
}

fn problems(tree: &Tree, cells: &[&str]) -> Vec<String> {
    match cells {
        // A row that is open says which issue will close it, and claims nothing.
        [_, closes] if closes.contains("issue ") => Vec::new(),
        [_, _, file, test, _] => {
            let mut problems = Vec::new();
            if code_spans(file).is_empty() {
                problems.push("names no file that stops the threat".to_owned());
            }
            let claims = code_spans(test);
            if claims.is_empty() {
                problems.push("names no test: a row without one belongs into the list of open rows".to_owned());
            }
            problems.extend(claims.iter().filter_map(|claim| missing_test(tree, claim.text)));
            problems
        }
        _ => vec!["has neither the five cells of an answered row nor the two of an open one".to_owned()],
    }
}

/// Why `path::name` is no test of this repository.
fn missing_test(tree: &Tree, claim: &str) -> Option<String> {
    let Some((path, name)) = claim.split_once("::") else {
        return Some(format!("`{claim}` is no test: write `path::name`"));
    };
    let Some(text) = tree.text(path) else {
        return Some(format!("the test file {path} does not exist"));
    };
    let found = if path.ends_with(".rs") {
        text.contains(&format!("fn {name}(")) && (path.contains("/tests/") || text.contains("test]"))
    } else {
        ["'", "\"", "`"].iter().any(|quote| text.contains(&format!("{quote}{name}{quote}")))
    };
    (!found).then(|| format!("{path} has no test `{name}`"))
}

/// The numbers in `T-30, T-31`.
fn numbers(text: &str) -> Vec<u32> {
    text.split("T-")
        .skip(1)
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

fn unknown_references(tree: &Tree, answered: &BTreeSet<u32>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files(&[".rs", ".ts", ".tsx", ".sql"]) {
        // This check's own fixtures name rows that must not exist.
        if path.starts_with("xtask/src/tidy/") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            for number in numbers(line).into_iter().filter(|number| !answered.contains(number)) {
                findings.push(Finding::new(path, index + 1, format!("T-{number} is not in {MODEL}")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Findings for a model of one row, without those about the rest of the register.
    fn findings(row: &str) -> Vec<String> {
        let tree = Tree::of(&[
            (MODEL, row),
            ("a/tests/b.rs", "#[test]\nfn it_holds() {}\n"),
            ("e2e/c.spec.ts", "test(\"the main job\", async () => {});"),
            ("a/src/lib.rs", "// T-30: the scope stands in the WHERE clause"),
        ]);
        let messages = check(&tree).into_iter().map(|finding| finding.message);
        messages.filter(|message| !message.ends_with("is not answered")).collect()
    }

    #[test]
    fn a_row_with_a_test_that_exists_is_fine() {
        assert_eq!(findings("| T-30 IDOR | cloud | `a/src/lib.rs` | `a/tests/b.rs::it_holds` | none |"), [""; 0]);
        assert_eq!(findings("| T-30 IDOR | cloud | `a/src/lib.rs` | `e2e/c.spec.ts::the main job` | none |"), [""; 0]);
        assert_eq!(findings("| T-30 | issue 7 |"), [""; 0]);
    }

    #[test]
    fn a_claim_without_its_test_is_found() {
        for test in ["`a/tests/b.rs::it_does_not`", "`a/tests/gone.rs::it_holds`", "`it_holds`", "by review"] {
            let row = format!("| T-30 IDOR | cloud | `a/src/lib.rs` | {test} | none |");
            assert_eq!(findings(&row).len(), 1, "{row}");
        }
        assert_eq!(findings("| T-30 IDOR | cloud | the store | `a/tests/b.rs::it_holds` | none |").len(), 1);
        assert_eq!(findings("| T-30 | later |").len(), 1);
    }

    #[test]
    fn a_comment_that_names_no_row_and_a_row_that_is_not_answered_are_found() {
        assert_eq!(findings("| T-31 | issue 7 |"), ["T-30 is not in threat-model.md"]);
        let tree = Tree::of(&[(MODEL, "| T-01, T-02 | issue 7 |")]);
        let unanswered: u32 = REGISTER.iter().map(|(first, last)| last - first + 1).sum();
        assert_eq!((unanswered, check(&tree).len()), (121, 119));
    }
}
