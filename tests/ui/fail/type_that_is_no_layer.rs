use ann::prelude::*;

#[derive(Clone, Debug, Default)]
struct Mine;

network! {
    struct Net: [8] -> [8] {
        mine: Mine -> [8],
    }
}

fn main() {}
