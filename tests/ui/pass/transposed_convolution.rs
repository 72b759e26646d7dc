use ann::prelude::*;

network! {
    struct Net: [4, 7, 7] -> [1, 14, 14] {
        up: ConvTranspose2d(1, kernel = 2, stride = 2),
    }
}

fn main() {}
