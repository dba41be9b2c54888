//! What must not compile: each case in `tests/proofs/` is a way around a right or around the log.

#[test]
fn t_008_a_forgotten_check_or_a_forgotten_entry_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/proofs/*.rs");
}
