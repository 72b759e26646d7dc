use ann::prelude::*;

network! {
    struct Net: [8] -> [4] {
    }
}

fn main() {}
