#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Cell: [4] -> [4] { Dense(4), Relu }
    struct Pair: [4] -> [4] { a: Cell -> [4], b: Cell -> [4] }
    struct Four: [4] -> [4] { first: Pair -> [4], second: Pair -> [4] }
}

fn main() {
    let net = Four::new(0);
    assert_eq!(net.layout().segments()[0].name, "first.a.dense1.weight");
    assert_eq!(Four::PARAMETERS, 80);
    let copy = net.clone();
    assert_eq!(copy.second.b.parameter("dense1.weight").unwrap(), net.parameter("second.b.dense1.weight").unwrap());
}
