#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Inception: [16, 8, 8] -> [10] {
        one: Conv2d(4, kernel = 1),
        three: Conv2d(8, kernel = 3, pad = 1) <- input,
        pool: MaxPool2d(3, stride = 1, pad = 1) <- input,
        all: Concat <- (one, three, pool),
        left: Slice(0, 14),
        right: Slice(14, 28) <- all,
        Mul <- (left, right),
        GlobalAvgPool2d,
        Dense(10),
    }
}

fn main() {
    let _ = Inception::new(0);
}
