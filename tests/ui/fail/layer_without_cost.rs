use ann::prelude::*;

use ann::{Recorder, Var};

#[derive(Clone, Debug, Default)]
struct Mine;

impl Layer for Mine {
    type Input = Rank1<8>;
    type Output = Rank1<8>;

    fn record<'t>(&self, _: &Recorder<'t>, x: Var<'t, Rank1<8>>) -> Result<Var<'t, Rank1<8>>> {
        Ok(x)
    }
}

network! {
    struct Net: [8] -> [8] {
        mine: Mine -> [8],
    }
}

fn main() {}
