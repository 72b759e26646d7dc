//! Long short-term memory.

use std::sync::Arc;

use ann_autodiff::random::Random;
use ann_autodiff::{Var, ops};

use super::options::{constant, layer, settings};
use super::recurrent::{Matrices, Sequences, Way};
use super::size;
use crate::initializer::Initializer;
use crate::recorder::Initial;
use crate::{Recorder, Result};

layer! {
    /// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000); the formulas are those of
    /// [`ops::Lstm`].
    ///
    /// `[t, k] -> [t, n]`; both ways `[t, 2n]`, the direction from the end behind the one from the beginning. Parameters, the gates in
    /// the order input, forget, cell, output: `weight [4n, k]`, `recurrent [4n, n]`, `bias [4n]`, with peepholes `peephole [3n]` (Gers and
    /// Schmidhuber 2000; input, forget, output), and the same under `reverse.`. Padded steps are neither read nor learned from; their
    /// output is 0.
    ///
    /// Without other wishes the weight is drawn by [`Xavier`](crate::initializer::Xavier), the recurrent one is
    /// [orthogonal](crate::initializer::Orthogonal), each for every gate on its own; peepholes are 0, and so is the bias but for the
    /// forget gate's, which is 1, so that at first nothing is forgotten (Jozefowicz et al. 2015).
    Lstm {
        matrices: Matrices = Matrices::default(),
        forget_bias: f64 = 1.0,
        dropout: f64 = 0.0,
    }
}

settings! {
    Lstm {
        /// The initial bias of the forget gate (1 unless said).
        forget_bias: number => |this, value| this.forget_bias = value;
        /// How the input weight of each gate begins.
        init: initializer => |this, value| this.matrices.weight.initializer = value;
        /// How the recurrent weight of each gate begins.
        recurrent_init: initializer => |this, value| this.matrices.recurrent.initializer = value;
        /// Adds `l1` times the sum of both weights' absolute values to the loss; biases are left out.
        l1: number => |this, value| this.matrices.each(|initial| initial.l1 = value);
        /// Adds `l2 / 2` times the sum of both weights' squares to the loss; biases are left out.
        l2: number => |this, value| this.matrices.each(|initial| initial.l2 = value);
        /// The largest norm of the weights from the input into a unit of a gate, and of those from the state; held after each step.
        max_norm: number => |this, value| this.matrices.each(|initial| initial.max_norm = Some(value));
        /// Adds a penalty of any kind on both weights to the loss, one more each time it is called; biases are left out.
        regularizer: regularizer => |this, value| {
            this.matrices.each(|initial| initial.regularizers.push(Arc::clone(&value)));
        };
        /// While training, each value of the input is dropped with this probability; what passes from step to step is not touched
        /// (Zaremba et al. 2014).
        dropout: number => |this, value| this.dropout = value;
    }
}

impl<I, O> Lstm<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let n = size(self.spec.n)?;
        let way = Way::of(self.spec.bidirectional);
        let input = Sequences::of(tape, "Lstm", x, self.dropout, way)?;
        let output = if tape.carries() { ops::LstmOutput::HiddenAndCell } else { ops::LstmOutput::Hidden };
        way.record(tape, |direction| {
            let [weight, recurrent] = self.matrices.record(tape, 4, [n, input.features]);
            let bias = tape.parameter("bias", &[4 * n], &Initial::new(ForgetBias(self.forget_bias)));
            let peephole = if self.spec.peepholes {
                tape.parameter("peephole", &[3 * n], &constant(0.0))
            } else {
                input.none
            };
            let (h, c) = (input.state(tape, n), input.state(tape, n));
            let inputs = [input.x, weight, recurrent, bias, peephole, h, c, input.lengths];
            let y = tape.tape().apply(ops::Lstm { direction, output }, inputs);
            if !tape.carries() {
                return y;
            }
            let part = |number: usize| {
                let sizes = y.extents();
                y.slice(0, number, number + 1).reshape(sizes.get(1..).unwrap_or_default())
            };
            let (y, cell) = (part(0), part(1));
            input.carry(tape, h, y);
            input.carry(tape, c, cell);
            y
        })
    }
}

/// The bias of four gates: this for the second, 0 for the others.
#[derive(Debug)]
struct ForgetBias(f64);

impl Initializer for ForgetBias {
    fn fill(&self, _: &[usize], _: Random, values: &mut [f64]) -> Result<()> {
        let n = values.len() / 4;
        values.fill(0.0);
        values[n..2 * n].fill(self.0);
        Ok(())
    }
}
