//! Networks that must compile, and mistakes with the messages they give. `cargo xtask bless` writes the messages anew.
#![allow(clippy::unwrap_used, reason = "a test")]

#[test]
fn networks_compile_or_say_why_not() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
