//! Batch normalization (Ioffe and Szegedy 2015): per channel of images, per feature otherwise.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::misfit::Wanted;
use crate::rule::{Reckoning, one, times, tri, value, work};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// Normalizes each channel of `[c, h, w]` or each feature of `[n]` over the batch.
    pub struct BatchNorm {
        /// Whether a scale and a shift are learned.
        pub affine: bool,
    }
}

impl BatchNorm {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "BatchNorm",
        from: "[n] or [c, h, w]",
        to: "same",
        line: "normalizes each feature or channel over the batch",
        arguments: &[
            Parameter::new("momentum", Kind::Fraction, "the share of a new batch in the running statistics")
                .or("0.1"),
            EPS,
            AFFINE,
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { affine: args.flag_or("affine", true) }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        let (input, _) = tri!(channels(&mut reckoning, inputs));
        reckoning.give(input)
    }

    /// A scale and a shift for each channel or feature. Running statistics are not learned and do not count.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        let (_, channels) = tri!(channels(&mut Reckoning::new(), inputs));
        if self.affine { times(2, tri!(value(channels))) } else { Ok(0) }
    }

    /// A subtraction and a product, and as many for scale and shift.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(one(inputs)), if self.affine { 4 } else { 2 })
    }
}

/// The input and how many of its channels or features are normalized, each on its own.
const fn channels(reckoning: &mut Reckoning, inputs: &[Shape]) -> Result<(Shape, Dim), Misfit> {
    let input = tri!(one(inputs));
    if input.rank() != 1 && input.rank() != 3 {
        return Err(Misfit::Rank { input, wanted: Wanted::FeaturesOrImage });
    }
    let channels = input.dim(0);
    // Statistics are kept for each: there must be so many at all times.
    if channels.is_steps() {
        reckoning.know(channels);
    }
    Ok((input, channels))
}

/// What keeps a division from zero.
pub(super) const EPS: Parameter =
    Parameter::new("eps", Kind::Positive, "what is added to the variance").or("1e-5");
/// Whether scale and shift are learned.
pub(super) const AFFINE: Parameter =
    Parameter::new("affine", Kind::Flag, "whether a scale and a shift are learned").or("true");
