use ann::prelude::*;

network! {
    struct Down<const S: usize, const T: usize>: [4, S, S] -> [4, T, T] {
        conv: Conv2d(4, kernel = 3, stride = 2, pad = 1) -> [4, T, T],
    }
    struct Net: [4, 6, 6] -> [4, 4, 4] { Down<6, 4> }
}

fn main() {
    Net::new(0);
}
