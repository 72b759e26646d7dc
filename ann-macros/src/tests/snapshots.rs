//! What is emitted, pretty-printed, in `src/snapshots/*.rs`. `ANN_BLESS=overwrite` writes it anew (`cargo xtask bless`).

use std::fs;
use std::path::Path;

fn check(name: &str, text: &str) {
    let tokens = crate::expand(text.parse().unwrap());
    let found = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshots").join(format!("{name}.rs"));
    #[allow(clippy::disallowed_methods, reason = "the switch of the bless command")]
    if std::env::var_os("ANN_BLESS").is_some() {
        fs::write(&path, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{} is not what is emitted; see `cargo xtask bless`", path.display());
}

#[test]
fn a_chain() {
    check(
        "lenet",
        "/// LeNet.\npub struct LeNet: [1, 28, 28] -> [10] { conv1: Conv2d(20, kernel = 5, init = He), MaxPool2d(2), Dense(10) }",
    );
}

#[test]
fn a_graph_with_a_network_within() {
    check("graph", "struct Block: [8] -> [8] { inner: Inner -> [8], body: Dense(8), Add <- (body, input) }");
}

#[test]
fn sizes_by_constants_and_generics() {
    check(
        "constants",
        "struct Net: [1, SIDE, 8] -> [CLASSES] { conv: Conv2d(4, kernel = KERNEL), Dense(CLASSES) }",
    );
    check("generics", "struct Mlp<const H: usize>: [784] -> [10] { Dense(H), Relu, Dense(10) }");
}

#[test]
fn a_two_way_network() {
    check(
        "two_way",
        "struct Dbn<const H: usize>: [784] <-> [30] { Rbm(H, l2 = 0.1), top: Rbm(30, hidden = Gaussian, k = 2) }",
    );
}

#[test]
fn a_stand_in_for_a_network_with_mistakes() {
    check("stub", "pub struct Wrong: [784] -> [10] { fc: Dense(12) }");
}
