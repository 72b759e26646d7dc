use ann::prelude::*;

network! {
    struct Net: [65, _] -> [65, _] {
        Relu,
    }
}

fn main() {}
