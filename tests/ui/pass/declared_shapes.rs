#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Net: [1, 8, 8] -> [10] {
        conv: Conv2d(4, kernel = 3) -> [4, 6, 6],
        Dense(10) -> [10],
    }
}

fn main() {
    let _ = Net::new(0);
}
