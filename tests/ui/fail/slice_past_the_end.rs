use ann::prelude::*;

network! {
    struct Net: [8] -> [4] {
        part: Slice(6, 10),
    }
}

fn main() {}
