use ann::prelude::*;

network! {
    struct Net: [8] -> [3] {
        body: Dense(8), head: Dense(4),
        Auxiliary(weight = 0.3) <- (body, head),
        Dense(3),
    }
}

fn main() {}
