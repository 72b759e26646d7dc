//! A learned row of numbers for each index.

use ann_autodiff::{Var, ops};

use super::options::{layer, settings};
use super::size;
use crate::initializer::Gaussian;
use crate::recorder::{Initial, only};
use crate::{Recorder, Result};

layer! {
    /// Row `i` of a table for index `i`: `[t] -> [t, n]`. Parameter: `weight [vocab, n]`.
    ///
    /// Indices are whole numbers from 0 to `vocab - 1`; where they are the network's own input, data with others are refused at
    /// training and prediction, else their rows are NaN. Without other wishes rows are drawn from the standard normal distribution.
    Embedding {
        weight: Initial = Initial::new(Gaussian::new(0.0, 1.0)),
    }
}

settings! {
    Embedding {
        /// How the rows begin.
        init: initializer => |this, value| this.weight.initializer = value;
    }
}

impl<I, O> Embedding<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Embedding", x)?;
        let (vocab, n) = (size(self.spec.vocab)?, size(self.spec.n)?);
        tape.expect_indices(x, vocab);
        let table = tape.parameter("weight", &[vocab, n], &self.weight);
        Ok(tape.tape().apply(ops::Embedding, [x, table]))
    }
}
