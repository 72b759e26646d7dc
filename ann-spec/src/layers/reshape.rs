//! The same numbers under another shape.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{Reckoning, filled, one, tri};
use crate::{Misfit, Shape, Source};

spec! {
    /// The same numbers under another shape of the same count.
    pub struct Reshape {
        /// The shape.
        pub sizes: Shape,
    }
}

impl Reshape {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Reshape",
        from: "any",
        to: "[d, ..]",
        line: "the same numbers under another shape",
        arguments: &[Parameter::new("sizes", Kind::Sizes, "the sizes of the new shape").positional()],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { sizes: args.sizes("sizes") }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        let input = tri!(one(inputs));
        tri!(filled(&self.sizes));
        if let Some(true) = input.equals(&self.sizes) {
            return Ok(self.sizes);
        }
        let (found, wanted) = (known(&mut reckoning, &input), known(&mut reckoning, &self.sizes));
        if found && wanted {
            let (Some(one), Some(two)) = (input.elements(), self.sizes.elements()) else {
                return Err(Misfit::TooLarge);
            };
            if one != two {
                return Err(Misfit::Count { input, wanted: self.sizes });
            }
        }
        reckoning.give(self.sizes)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// Nothing is computed.
    pub const fn flops(&self, _inputs: &[Shape]) -> Result<u64, Misfit> {
        Ok(0)
    }
}

/// Whether all sizes are known.
const fn known(reckoning: &mut Reckoning, shape: &Shape) -> bool {
    let mut all = true;
    let mut axis = 0;
    while axis < shape.rank() {
        all &= reckoning.know(shape.dim(axis)).is_some();
        axis += 1;
    }
    all
}
