use ann::prelude::*;

const GROUPS: usize = 5;

network! {
    struct Net: [64, 8, 8] -> [10] {
        conv4: Conv2d(96, kernel = 3, groups = GROUPS),
        Dense(10),
    }
}

fn main() {}
