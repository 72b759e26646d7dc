#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Unused: [2] -> [2] { Dense(2) }
}

fn main() {
    network! { struct Local: [2] -> [3] { Dense(3) } }
    assert_eq!(Local::PARAMETERS, 9);
    let _ = (Local::new(0), Unused::new(0));
}
