//! The transposed convolution.

use ann_autodiff::Var;
use ann_autodiff::ops::Windows;

use super::options::{constant, layer, settings, weight};
use super::{pair, size};
use crate::recorder::{Initial, only};
use crate::{Recorder, Result};

layer! {
    /// The way back of a convolution (Zeiler et al. 2010): each number of the image is spread over a window of the output.
    ///
    /// `[c, h, w] -> [n, h', w']` with `h' = (h - 1) stride - 2 pad + dilation (kernel - 1) + 1`. Parameters:
    /// `weight [c, n / groups, kernel, kernel]` and `bias [n]`.
    ///
    /// Without other wishes the weight is drawn by [`Xavier`](crate::initializer::Xavier), the bias is 0.
    ConvTranspose2d {
        weight: Initial = weight(),
        bias: Initial = constant(0.0),
    }
}

settings! {
    ConvTranspose2d {
        /// How the weight begins.
        init: initializer => |this, value| this.weight.initializer = value;
        /// How the bias begins.
        bias_init: initializer => |this, value| this.bias.initializer = value;
        /// Adds `l1` times the sum of the weight's absolute values to the loss; the bias is left out.
        l1: number => |this, value| this.weight.l1 = value;
        /// Adds `l2 / 2` times the sum of the weight's squares to the loss (Caffe's `weight_decay`); the bias is left out.
        l2: number => |this, value| this.weight.l2 = value;
        /// The largest norm of a filter, held after each step.
        max_norm: number => |this, value| this.weight.max_norm = Some(value);
        /// Adds a penalty of any kind on the weight to the loss, one more each time it is called; the bias is left out.
        regularizer: regularizer => |this, value| this.weight.regularizers.push(value);
    }
}

impl<I, O> ConvTranspose2d<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("ConvTranspose2d", x)?;
        let n = size(self.spec.n)?;
        let [kh, kw] = pair(self.spec.kernel)?;
        let groups = size(self.spec.groups)?;
        let windows = Windows {
            stride: pair(self.spec.stride)?,
            pad: pair(self.spec.pad)?,
            dilation: pair(self.spec.dilation)?,
            groups,
        };
        let channels = x.extents().get(1).copied().unwrap_or_default();
        let weight = tape.parameter("weight", &[channels, n / groups.max(1), kh, kw], &self.weight);
        Ok(if self.spec.bias {
            x.conv_transpose2d_bias(weight, tape.parameter("bias", &[n], &self.bias), windows)
        } else {
            x.conv_transpose2d(weight, windows)
        })
    }
}
