//! A rectifier with a learned slope below 0 (He et al. 2015).

use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{Reckoning, common, tri, value, work};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// `y = x` above 0, `a x` below; a slope `a` is learned for each channel of `[c, h, w]`, else for each feature.
    pub struct PRelu {}
}

impl PRelu {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "PRelu",
        from: "[k], [t, k] or [c, h, w]",
        to: "same",
        line: "y = x above 0, a x below, with a learned slope for each channel or feature",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        let input = tri!(common(inputs));
        if slopes(&input).is_steps() {
            reckoning.know(slopes(&input));
        }
        reckoning.give(input)
    }

    /// The slopes.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        value(slopes(&tri!(common(inputs))))
    }

    /// A comparison and a product each.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(common(inputs)), 2)
    }
}

/// How many slopes there are: one a channel of an image, one a feature otherwise.
const fn slopes(input: &Shape) -> Dim {
    if input.rank() == 2 { input.dim(1) } else { input.dim(0) }
}
