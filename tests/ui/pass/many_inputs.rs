#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Wide: [4] -> [4] {
        a: Dense(4), b: Dense(4) <- input, c: Dense(4) <- input, d: Dense(4) <- input,
        e: Dense(4) <- input, f: Dense(4) <- input, g: Dense(4) <- input, h: Dense(4) <- input,
        Add <- (a, b, c, d, e, f, g, h),
    }
}

fn main() {
    let _ = Wide::new(0);
}
