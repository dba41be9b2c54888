//! Both databases have the same migrations, by name.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

const DIALECTS: [&str; 2] = ["migrations/sqlite/", "migrations/postgres/"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let names = DIALECTS.map(|folder| names(tree, folder));
    let mut findings = Vec::new();
    for (here, there) in [(0, 1), (1, 0)] {
        for name in names[here].difference(&names[there]) {
            let file = format!("{}{name}", DIALECTS[here]);
            findings.push(Finding::new(&file, 1, format!("has no counterpart in {}", DIALECTS[there])));
        }
    }
    let mut numbers = BTreeSet::new();
    for name in &names[0] {
        let number = name.split('_').next().unwrap_or_default();
        if !number.chars().all(|c| c.is_ascii_digit()) || !numbers.insert(number) {
            let file = format!("{}{name}", DIALECTS[0]);
            findings.push(Finding::new(&file, 1, "a migration begins with a number of its own and `_`"));
        }
    }
    findings
}

fn names<'a>(tree: &'a Tree, folder: &str) -> BTreeSet<&'a str> {
    tree.files(&[".sql"]).filter_map(|(path, _)| path.strip_prefix(folder)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_in_one_dialect_only_is_found() {
        let tree = Tree::of(&[
            ("migrations/sqlite/0001_identity.sql", ""),
            ("migrations/postgres/0001_identity.sql", ""),
            ("migrations/sqlite/0002_files.sql", ""),
            ("migrations/postgres/0002_file.sql", ""),
        ]);
        assert_eq!(check(&tree).len(), 2);
    }

    #[test]
    fn two_migrations_of_one_number_are_found() {
        let files = ["sqlite/0001_a", "postgres/0001_a", "sqlite/0001_b", "postgres/0001_b"]
            .map(|name| (format!("migrations/{name}.sql"), ""));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        assert_eq!(check(&Tree::of(&files)).len(), 1);
    }
}
