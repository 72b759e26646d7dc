use ann::layers::Scan;
use ann::prelude::*;

#[derive(Clone, Debug, Default)]
struct Nothing;

network! {
    struct Net: [_, 3] -> [_, 4] {
        scan: Scan<Nothing> -> [_, 4],
    }
}

fn main() {}
