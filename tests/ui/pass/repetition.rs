#![deny(warnings)]
use ann::prelude::*;

const HALF: usize = 3;

network! {
    /// For any number of channels and any size.
    pub struct Block<const C: usize, const S: usize>: [C, S, S] -> [C, S, S] {
        Conv2d(C, kernel = 3, pad = 1, bias = false), BatchNorm, Relu,
        Conv2d(C, kernel = 3, pad = 1, groups = C), body: BatchNorm,
        Add <- (body, input), Relu,
    }
    /// What is computed from a const generic is declared.
    pub struct Down<const C: usize, const S: usize, const T: usize>: [C, S, S] -> [C, T, T] {
        Conv2d(C, kernel = 3, stride = 2, pad = 1) -> [C, T, T], Relu,
    }
    pub struct Net: [4, 6, 6] -> [2] {
        r#in: Conv2d(8, kernel = 1),
        blocks: Block<8, 6> * 3 <- r#in,
        Add <- (blocks, blocks_1),
        down: Down<8, 6, HALF> -> [8, 3, 3],
        deep: Block<8, 3> -> [8, 3, 3] * 2,
        Dense(5) * 2, Dense(2),
    }
}

fn main() {
    let block = 8 * 8 * 9 + 16 + 8 * 9 + 8 + 16;
    assert_eq!(Block::<8, 6>::PARAMETERS, block);
    let down = 8 * 8 * 9 + 8;
    assert_eq!(Net::PARAMETERS, 8 * 4 + 8 + 5 * block + down + 73 * 5 + 6 * 5 + 6 * 2);
    let net = Net::new(0);
    assert_eq!(net.layout().trainable(), Net::PARAMETERS);
    assert_eq!(net.blocks_2.layout().trainable(), block);
    assert!(net.layout().segment("deep_2.batchnorm1.weight").is_some());
    assert!(net.layout().segment("dense3.bias").is_some());
    // Products and additions of a pixel: 9 * 8 each and a bias, twice; BatchNorm 2, Relu 1, Add 1, whatever they are said to cost.
    assert_eq!(Block::<8, 6>::FLOPS_PER_EXAMPLE, 4 * Block::<8, 3>::FLOPS_PER_EXAMPLE);
}
