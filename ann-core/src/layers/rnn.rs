//! A plain recurrent layer.

use std::sync::Arc;

use ann_autodiff::{Epilogue, Var, ops};
use ann_spec::layers::RnnActivation;

use super::options::{constant, layer, settings};
use super::recurrent::{Matrices, Sequences, Way};
use super::size;
use crate::{Recorder, Result};

layer! {
    /// `h[t] = f(W x[t] + U h[t-1] + b)` (Elman 1990).
    ///
    /// `[t, k] -> [t, n]`; both ways `[t, 2n]`, the direction from the end behind the one from the beginning. Parameters: `weight [n, k]`,
    /// `recurrent [n, n]`, `bias [n]`, and the same under `reverse.`. Padded steps are neither read nor learned from; their output is 0.
    ///
    /// Without other wishes the weight is drawn by [`Xavier`](crate::initializer::Xavier), the recurrent one is
    /// [orthogonal](crate::initializer::Orthogonal), the bias is 0.
    Rnn {
        matrices: Matrices = Matrices::default(),
        dropout: f64 = 0.0,
    }
}

settings! {
    Rnn {
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

impl<I, O> Rnn<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let n = size(self.spec.n)?;
        let way = Way::of(self.spec.bidirectional);
        let input = Sequences::of(tape, "Rnn", x, self.dropout, way)?;
        let activation = match self.spec.activation {
            RnnActivation::Tanh => Epilogue::Tanh,
            RnnActivation::Relu => Epilogue::Relu,
            RnnActivation::Sigmoid => Epilogue::Sigmoid,
        };
        way.record(tape, |direction| {
            let [weight, recurrent] = self.matrices.record(tape, 1, [n, input.features]);
            let bias = tape.parameter("bias", &[n], &constant(0.0));
            let state = input.state(tape, n);
            let op = ops::Rnn { activation, direction };
            let y = tape.tape().apply(op, [input.x, weight, recurrent, bias, state, input.lengths]);
            input.carry(tape, state, y);
            y
        })
    }
}
