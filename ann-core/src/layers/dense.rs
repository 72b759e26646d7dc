//! The dense layer.

use ann_autodiff::Var;

use super::options::{constant, layer, settings, weight};
use super::size;
use crate::recorder::{Initial, only};
use crate::{Recorder, Result};

layer! {
    /// `y = x W^T + b`: every output a weighted sum of all inputs.
    ///
    /// `[.., k] -> [.., n]`; an image `[c, h, w]` is flattened first. Parameters: `weight [n, k]` and `bias [n]`; tied to another
    /// dense layer it uses that one's `weight [k, n]` transposed, and learns a bias only.
    ///
    /// Without other wishes the weight is drawn by [`Xavier`](crate::initializer::Xavier), the bias is 0.
    Dense {
        weight: Initial = weight(),
        bias: Initial = constant(0.0),
        tied: Option<String> = None,
    }
}

settings! {
    Dense {
        /// How the weight begins.
        init: initializer => |this, value| this.weight.initializer = value;
        /// How the bias begins.
        bias_init: initializer => |this, value| this.bias.initializer = value;
        /// Adds `l1` times the sum of the weight's absolute values to the loss; the bias is left out.
        l1: number => |this, value| this.weight.l1 = value;
        /// Adds `l2 / 2` times the sum of the weight's squares to the loss (Caffe's `weight_decay`); the bias is left out.
        l2: number => |this, value| this.weight.l2 = value;
        /// The largest norm of a unit's weights, held after each step.
        max_norm: number => |this, value| this.weight.max_norm = Some(value);
        /// Adds a penalty of any kind on the weight to the loss, one more each time it is called; the bias is left out.
        regularizer: regularizer => |this, value| this.weight.regularizers.push(value);
        /// Uses the weight of the dense layer with this label, transposed.
        tied: label => |this, value| this.tied = Some(value);
    }
}

impl<I, O> Dense<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let mut x = only("Dense", x)?;
        let extents = x.extents();
        if extents.len() == 4 {
            x = x.reshape(&[extents[0], extents[1..].iter().product()]);
        }
        let (n, k) = (size(self.spec.n)?, x.extents().last());
        let bias = |tape: &Recorder<'t>| tape.parameter("bias", &[n], &self.bias);
        if let Some(label) = &self.tied {
            let y = x.matmul(tape.shared(&format!("{label}.weight")));
            return Ok(if self.spec.bias { y + bias(tape) } else { y });
        }
        let weight = tape.parameter("weight", &[n, k], &self.weight);
        Ok(if self.spec.bias { x.linear(weight, bias(tape)) } else { x.matmul_transposed(weight) })
    }
}
