use ann::layers::Scan;
use ann::prelude::*;

#[derive(Clone, Debug, Default)]
struct Nothing;

impl ann::Cost for Nothing {
    const PARAMETERS: usize = 0;
    const FLOPS: u64 = 0;
}

network! {
    struct Net: [_, 3] -> [_, 4] {
        scan: Scan<Nothing> -> [_, 4],
    }
}

fn main() {}
