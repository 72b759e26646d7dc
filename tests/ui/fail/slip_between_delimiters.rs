//! A slip of syntax inside an argument list: the other layers, the next network and all uses are still checked.

use ann::prelude::*;

network! {
    struct Slip: [784] -> [10] {
        hidden: Dense(16 +), Relu,
        drop: Dropout(1.5),
        Dense(12, kernal = 2),
    }

    struct Shape: [1, , 28] -> [10] {
        Dense(10),
    }

    struct Next: [8] -> [4] {
        fc: Dense(5),
    }
}

fn main() {
    let _ = (Slip::new(0), Shape::new(0).clone(), Next::PARAMETERS);
}
