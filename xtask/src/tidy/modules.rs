//! Each module says at its head what it owns.

use super::Finding;
use super::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.files(&[".rs"])
        .filter(|(path, text)| !is_test(path) && !text.starts_with("//! "))
        .map(|(path, _)| Finding::new(path, 1, "a module opens with `//!`: what it owns, what it must not know"))
        .collect()
}

/// The names of tests say what they are about.
fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_a_head_is_found() {
        let tree = Tree::of(&[
            ("a/src/lib.rs", "//! Owns a."),
            ("a/src/b.rs", "use std::io;\n//! Late."),
            ("a/tests/compile_fail/c.rs", "fn main() {}"),
            ("a/src/b_tests.rs", "use super::*;"),
        ]);
        let findings = check(&tree);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].file, "a/src/b.rs");
    }
}
