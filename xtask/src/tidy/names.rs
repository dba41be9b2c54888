//! Documents name only routes, settings and commands that exist.

use clap::CommandFactory as _;

use super::Finding;
use super::documents::{code_spans, documents};
use super::tree::Tree;
use crate::Cli;

const DESCRIPTION: &str = "docs/api/openapi.json";
/// Folders whose sources spell the routes that no description lists: the IDE's, the internal ones, and pages.
const ROUTE_SOURCES: [&str; 5] =
    ["cloud-backend/src/", "ide-backend/src/", "runner/src/", "signer/src/", "frontend/src/"];
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "WS"];
const SETTING_SOURCES: [&str; 6] = [".rs", ".ts", ".tsx", ".sh", ".mjs", "compose.yaml"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let known = Known::of(tree);
    let mut findings = Vec::new();
    for (path, text) in documents(tree) {
        for span in code_spans(text) {
            if let Some(problem) = known.problem(span.text) {
                findings.push(Finding::new(path, span.line, problem));
            }
        }
        // Commands stand in fenced blocks as well.
        for (index, line) in text.lines().enumerate() {
            let line = line.trim().trim_start_matches("$ ");
            if let Some(problem) = known.command_problem(line) {
                findings.push(Finding::new(path, index + 1, problem));
            }
        }
    }
    findings
}

struct Known<'a> {
    tree: &'a Tree,
    routes: Vec<String>,
}

impl<'a> Known<'a> {
    fn of(tree: &'a Tree) -> Self {
        let description: serde_json::Value =
            serde_json::from_str(tree.text(DESCRIPTION).unwrap_or_default()).unwrap_or_default();
        let paths = description.get("paths").and_then(|paths| paths.as_object());
        let routes = paths.into_iter().flatten().map(|(path, _)| without_names(path)).collect();
        Self { tree, routes }
    }

    fn problem(&self, span: &str) -> Option<String> {
        let mut words = span.split_whitespace();
        let first = words.next()?;
        if METHODS.contains(&first) {
            return words.next().and_then(|route| self.route_problem(route));
        }
        if first.starts_with("/api/") || first.starts_with("/ide/") {
            return self.route_problem(first);
        }
        if first == "carrel" || first == "cargo" {
            return self.command_problem(span);
        }
        self.setting_problem(first.split('=').next().unwrap_or(first))
    }

    fn route_problem(&self, route: &str) -> Option<String> {
        let route = route.split(['?', '#']).next().unwrap_or(route).trim_end_matches(['…', '.', ',', ')']);
        let plain = without_names(route);
        let described =
            self.routes.iter().any(|known| *known == plain || known.starts_with(&plain) && plain.ends_with('/'));
        (!described && !self.is_spelled(&plain)).then(|| format!("names the route {route}, which does not exist"))
    }

    /// Whether sources of one service spell the route, whole or as a scope and the rest of it.
    fn is_spelled(&self, route: &str) -> bool {
        ROUTE_SOURCES.iter().any(|folder| {
            let sources = || self.tree.files(&[".rs", ".ts", ".tsx"]).filter(|(path, _)| path.starts_with(folder));
            let spelled = |part: &str| {
                let part = part.trim_end_matches('/');
                sources().any(|(_, text)| {
                    text.split('"').any(|literal| without_names(literal).trim_end_matches('/') == part)
                })
            };
            let cuts = route.match_indices('/').map(|(at, _)| at).filter(|&at| at > 0);
            spelled(route) || cuts.into_iter().any(|at| spelled(&route[..at]) && spelled(&route[at..]))
        })
    }

    fn setting_problem(&self, name: &str) -> Option<String> {
        let is_setting = name.strip_prefix("CARREL_").is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        });
        let known = || self.tree.files(&SETTING_SOURCES).any(|(_, text)| text.contains(name));
        (is_setting && !known()).then(|| format!("names the setting {name}, which no source reads"))
    }

    fn command_problem(&self, line: &str) -> Option<String> {
        if let Some(words) = line.strip_prefix("cargo xtask ") {
            let name = words.split_whitespace().next()?;
            let known = Cli::command().get_subcommands().any(|command| command.get_name() == name);
            return (!known).then(|| format!("names `cargo xtask {name}`, which does not exist"));
        }
        let words = line.strip_prefix("carrel ")?;
        let unknown =
            words.split_whitespace().take_while(|word| *word != "#").find(|word| !self.is_word_of_program(word))?;
        Some(format!("names `carrel … {unknown}`, which the program does not know"))
    }

    /// Subcommands are variants of clap enums and options are fields of clap structs; values are in capitals, paths or numbers.
    fn is_word_of_program(&self, word: &str) -> bool {
        let option = word
            .trim_matches(['[', ']', ',', '.'])
            .strip_prefix("--")
            .map(|name| name.split('=').next().unwrap_or(name));
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let spelled = |needles: [String; 2]| {
            let sources = self.tree.files(&[".rs"]).filter(|(path, _)| path.starts_with("carrel/src/"));
            sources.into_iter().any(|(_, text)| needles.iter().any(|needle| text.contains(needle)))
        };
        match option {
            Some("help" | "version") => true,
            Some(name) if is_name(name) => {
                spelled([format!("{}:", name.replace('-', "_")), format!("long = \"{name}\"")])
            }
            _ if is_name(word) => word.split('|').all(|word| spelled([camel(word), format!("name = \"{word}\"")])),
            _ => true,
        }
    }
}

/// `/nodes/{id}/content` as `/nodes/{}/content`.
fn without_names(route: &str) -> String {
    let parts = route.split('/').map(|part| if part.starts_with('{') && part.ends_with('}') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// `app-password` as `AppPassword`.
fn camel(word: &str) -> String {
    let capital = |part: &str| part.chars().next().map(|first| format!("{}{}", first.to_ascii_uppercase(), &part[1..]));
    word.split('-').filter_map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(document: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("README.md", document),
            (DESCRIPTION, r#"{"paths":{"/api/v1/nodes/{id}":{},"/healthz":{}}}"#),
            ("ide-backend/src/routes.rs", r#"scope("/ide/v1/workspaces/{id}").route("/tree", get())"#),
            (
                "carrel/src/arguments.rs",
                "enum Command { Up(Up), AppPassword } struct Up { data: PathBuf, /// CARREL_DATA\n }",
            ),
        ]);
        check(&tree).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn what_exists_is_fine() {
        let text = "`GET /api/v1/nodes/{node}` `/healthz` `GET /ide/v1/workspaces/{id}/tree?path=` `CARREL_DATA=x` `carrel up --data DIR`\n\
            `cargo xtask test`\n```\n$ carrel app-password --data ./data # comment here\ncargo xtask up\n```";
        assert_eq!(findings(text), [""; 0]);
    }

    #[test]
    fn what_does_not_exist_is_found() {
        for text in [
            "`GET /api/v1/nodes`",
            "`/ide/v1/workspaces/{id}/terminals`",
            "`CARREL_NOTHING`",
            "`carrel down`",
            "`carrel up --port 1`",
            "`cargo xtask deploy`",
            "```\ncargo xtask deploy\n```",
            "```\n$ carrel up --port 1\n```",
        ] {
            assert!(!findings(text).is_empty(), "{text}");
        }
    }
}
