//! Local response normalization (Krizhevsky et al. 2012, section 3.3; divisor as in Caffe: alpha / size).
//!
//! y[c] = x[c] * s[c]^(-beta),   s[c] = k + alpha/size * sum of x[c']^2 over the `size` channels around c

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{Reckoning, image, times, tri, value, work};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// Local response normalization, across channels or within each: `[c, h, w] -> [c, h, w]`.
    pub struct Lrn {
        /// Channels in a window, or its height and width within a channel; odd.
        pub size: Dim,
        /// Whether the window lies within a channel.
        pub within_channel: bool,
    }
}

impl Lrn {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Lrn",
        from: "[c, h, w]",
        to: "same",
        line: "local response normalization",
        arguments: &[
            Parameter::new("size", Kind::Size, "the number of channels in a window").positional(),
            Parameter::new("alpha", Kind::Number, "the weight of the squares").or("1e-4"),
            Parameter::new("beta", Kind::Number, "the exponent").or("0.75"),
            Parameter::new("k", Kind::Number, "what is added to the squares").or("1.0"),
            Parameter::new("within_channel", Kind::Flag, "whether the window lies within a channel")
                .or("false"),
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { size: args.size("size"), within_channel: args.flag_or("within_channel", false) }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        if let Some(size) = reckoning.know(self.size)
            && size.is_multiple_of(2)
        {
            return Err(Misfit::EvenWindow { size });
        }
        let input = tri!(image(&mut reckoning, inputs));
        reckoning.give(input)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// A square and an addition for every value of every window, and four operations for each output.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        let input = tri!(image(&mut Reckoning::new(), inputs));
        let size = tri!(value(self.size));
        let window = if self.within_channel { tri!(times(size, size)) } else { size };
        let Some(each) = (window as u64).checked_mul(2) else { return Err(Misfit::TooLarge) };
        work(&input, each.saturating_add(4))
    }
}
