//! Words that must not stand in the repository: paths of one machine, marks of unfinished work, tests that are switched off, and
//! hosts that are not on the list.

use super::Finding;
use super::tree::Tree;

/// Hosts that a text of the repository may name, one per line.
const HOSTS: &str = "xtask/tidy/hosts.txt";
/// This check's own words and fixtures.
const OWN: &str = "xtask/src/tidy/";

struct Word {
    text: &'static str,
    endings: &'static [&'static str],
    reason: &'static str,
}

const CODE: &[&str] = &[".rs", ".ts", ".tsx", ".js", ".css", ".sql", ".sh", ".toml", ".yaml", ".yml"];
const FRONTEND: &[&str] = &[".ts", ".tsx"];
const ALL: &[&str] = &[""];

const WORDS: [Word; 17] = [
    Word { text: "/work/", endings: ALL, reason: "a path of one machine" },
    Word { text: "/root/.", endings: ALL, reason: "a path of one machine" },
    Word { text: "TODO", endings: CODE, reason: "unfinished work is an issue, not a comment" },
    Word { text: "FIXME", endings: CODE, reason: "unfinished work is an issue, not a comment" },
    Word { text: "XXX", endings: CODE, reason: "unfinished work is an issue, not a comment" },
    Word { text: "HACK", endings: CODE, reason: "unfinished work is an issue, not a comment" },
    Word { text: "#[ignore", endings: &[".rs"], reason: "a test runs or does not exist" },
    Word { text: "@ts-ignore", endings: FRONTEND, reason: "a type error is solved" },
    Word { text: "test.only(", endings: FRONTEND, reason: "one test would run alone" },
    Word { text: "it.only(", endings: FRONTEND, reason: "one test would run alone" },
    Word { text: "describe.only(", endings: FRONTEND, reason: "one test would run alone" },
    Word { text: "test.skip(", endings: FRONTEND, reason: "a test runs or does not exist" },
    Word { text: "it.skip(", endings: FRONTEND, reason: "a test runs or does not exist" },
    Word { text: "describe.skip(", endings: FRONTEND, reason: "a test runs or does not exist" },
    Word { text: "test.fixme(", endings: FRONTEND, reason: "a test runs or does not exist" },
    Word {
        text: "\"resolved\":",
        endings: &["package-lock.json"],
        reason: "the lock file must not name a registry's address",
    },
    Word { text: "unsafe {", endings: &[".rs"], reason: "no unsafe code" },
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let hosts: Vec<&str> = tree.text(HOSTS).unwrap_or_default().lines().filter(|line| !line.starts_with('#')).collect();
    let mut findings = Vec::new();
    for (path, text) in tree.files(ALL).filter(|(path, _)| !path.starts_with(OWN)) {
        let words: Vec<&Word> =
            WORDS.iter().filter(|word| word.endings.iter().any(|ending| path.ends_with(ending))).collect();
        for (index, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| stands_in(line, word.text)) {
                findings.push(Finding::new(path, index + 1, format!("`{}`: {}", word.text, word.reason)));
            }
            if line.contains("eslint-disable") && !line.contains(" -- ") {
                findings.push(Finding::new(path, index + 1, "a rule that is switched off says why, after ` -- `"));
            }
            // What the lock files of the package managers name is theirs: cargo-deny checks where Cargo.lock leads.
            let in_lock = path == "Cargo.lock" || path.ends_with("package-lock.json");
            for host in hosts_in(line).filter(|host| !in_lock && !is_allowed(host, &hosts)) {
                findings.push(Finding::new(path, index + 1, format!("names the host {host}, which is not in {HOSTS}")));
            }
        }
    }
    findings
}

/// Words in capitals are whole words; the rest is found wherever it stands.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let whole = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        !word.chars().all(|c| c.is_ascii_uppercase())
            || whole(line[..at].chars().next_back()) && whole(line[at + word.len()..].chars().next())
    })
}

/// The hosts of addresses in a line.
fn hosts_in(line: &str) -> impl Iterator<Item = &str> {
    line.split("https://").flat_map(|piece| piece.split("http://")).skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').unwrap_or(rest.len());
        let host = rest[..end].trim_end_matches('.');
        (host.contains('.') && !host.starts_with('.')).then_some(host)
    })
}

/// Listed, or of a kind that leads nowhere: loopback, other literal addresses, and names that say that they are examples.
fn is_allowed(host: &str, listed: &[&str]) -> bool {
    let numeric = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    let reserved = ["test", "invalid", "localhost"];
    let last = host.rsplit('.').next().unwrap_or_default();
    numeric || reserved.contains(&last) || host.split('.').any(|label| label == "example") || listed.contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text), (HOSTS, "www.w3.org")])).len()
    }

    #[test]
    fn each_word_is_found_in_its_kind_of_file() {
        for word in &WORDS {
            let path = format!("a/b{}", word.endings[0]);
            assert_eq!(findings(&path, &format!("x {} y", word.text)), 1, "{}", word.text);
        }
        assert_eq!(findings("a.md", "TODO lists are not for documents"), 0);
        assert_eq!(findings("a.rs", "const TODOS: u8 = 1;"), 0);
    }

    #[test]
    fn a_rule_that_is_switched_off_says_why() {
        assert_eq!(findings("a.ts", "// eslint-disable-next-line no-console -- told to the person who runs it"), 0);
        assert_eq!(findings("a.ts", "// eslint-disable-next-line no-console"), 1);
    }

    #[test]
    fn a_host_must_be_listed() {
        assert_eq!(findings("a.rs", "https://www.w3.org/2000/svg http://127.0.0.1:8080 https://a.example/b"), 0);
        assert_eq!(findings("a.rs", "see https://somewhere.dev/x."), 1);
        assert_eq!(findings("a.rs", "http://one.dev and https://two.dev"), 2);
    }
}
