use ann::prelude::*;

network! {
    struct Net: [8] -> [4] {
        scale: Scale(factor = 2.0, 3.0) -> [8],
        Scale(factor = 2.0, factor = 3.0) -> [8],
        Dense(4),
    }
}

struct Scale;

fn main() {}
