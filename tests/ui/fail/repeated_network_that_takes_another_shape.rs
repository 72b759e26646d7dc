use ann::prelude::*;

network! {
    struct Block: [8] -> [4] { Dense(4) }
    struct Net: [8] -> [4] { blocks: Block -> [4] * 3 }
}

fn main() {}
