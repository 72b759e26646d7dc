//! What the rules of the layers have in common. All of it `const fn`: rustc's constant evaluation runs the same text.

use crate::extent::{self, Rounding, Unfit};
use crate::misfit::Wanted;
use crate::{Dim, Misfit, Shape, Symbol};

/// `?` for const functions.
macro_rules! tri {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(misfit) => return Err(misfit),
        }
    };
}
pub(crate) use tri;

/// A rule at work: remembers which sizes it would have had to know.
///
/// A size that is open is no mistake while it is only copied. A rule that needs its value goes on without it, so that
/// everything else is still checked, and [`Reckoning::give`] tells at the end.
#[derive(Clone, Copy)]
pub(crate) struct Reckoning {
    open: Option<Symbol>,
}

impl Reckoning {
    pub(crate) const fn new() -> Self {
        Self { open: None }
    }

    /// The value of a size; if it is open, that it was wanted is remembered.
    pub(crate) const fn know(&mut self, dim: Dim) -> Option<usize> {
        match dim {
            Dim::Known(size) => Some(size),
            Dim::Open(symbol) => {
                // The one furthest from being known decides what is to be done about it.
                self.open = match self.open {
                    Some(other) if symbol.distance() <= other.distance() => Some(other),
                    _ => Some(symbol),
                };
                None
            }
        }
    }

    /// The output, or what kept the rule from being sure of it.
    pub(crate) const fn give(self, shape: Shape) -> Result<Shape, Misfit> {
        match self.open {
            None => Ok(shape),
            Some(symbol) => Err(Misfit::Open { symbol, sketch: shape }),
        }
    }

    /// How many windows fit along an axis of the input. Windows that keep the size copy it, known or not.
    pub(crate) const fn windows(
        &mut self,
        input: &Shape,
        axis: usize,
        window: &Window,
    ) -> Result<Dim, Misfit> {
        if window.keeps_size(axis - 1) {
            return Ok(input.dim(axis));
        }
        let Some(known) = self.numbers(input, axis, window) else { return Ok(Dim::COMPUTED) };
        let [extent, kernel, stride, pad, dilation] = known;
        match extent::windows(extent, kernel, stride, pad, dilation, window.rounding) {
            Ok(count) => Ok(Dim::Known(count)),
            Err(Unfit::TooLarge) => Err(Misfit::TooLarge),
            Err(Unfit::Zero | Unfit::NoRoom) => Err(Misfit::NoRoom {
                input: *input,
                kernel: window.kernel,
                pad: window.pad,
                dilation: window.dilation,
                argument: window.argument,
            }),
        }
    }

    /// How far the windows of a transposed convolution reach together.
    pub(crate) const fn transposed(
        &mut self,
        input: &Shape,
        axis: usize,
        window: &Window,
    ) -> Result<Dim, Misfit> {
        let Some(known) = self.numbers(input, axis, window) else { return Ok(Dim::COMPUTED) };
        let [extent, kernel, stride, pad, dilation] = known;
        match extent::transposed(extent, kernel, stride, pad, dilation) {
            Ok(size) => Ok(Dim::Known(size)),
            Err(Unfit::TooLarge) => Err(Misfit::TooLarge),
            Err(Unfit::Zero | Unfit::NoRoom) => Err(Misfit::NothingLeft { input: *input, pad: window.pad }),
        }
    }

    /// All that decides the windows along one axis, if it is known.
    const fn numbers(&mut self, input: &Shape, axis: usize, window: &Window) -> Option<[usize; 5]> {
        let side = axis - 1;
        let known = (
            self.know(input.dim(axis)),
            self.know(window.kernel[side]),
            self.know(window.stride[side]),
            self.know(window.pad[side]),
            self.know(window.dilation[side]),
        );
        match known {
            (Some(extent), Some(kernel), Some(stride), Some(pad), Some(dilation)) => {
                Some([extent, kernel, stride, pad, dilation])
            }
            _ => None,
        }
    }

    /// That the groups divide the channels on both sides.
    pub(crate) const fn groups(&mut self, groups: Dim, inputs: Dim, outputs: Dim) -> Result<(), Misfit> {
        // One group divides everything, so that open channels pass.
        if let Some(1) = groups.value() {
            return Ok(());
        }
        // So does any size itself.
        if let (Some(true), Some(true)) = (groups.equals(inputs), groups.equals(outputs)) {
            return Ok(());
        }
        let known = (self.know(groups), self.know(inputs), self.know(outputs));
        let Some(groups) = known.0 else { return Ok(()) };
        let inputs = undivided(known.1, groups);
        let outputs = undivided(known.2, groups);
        if inputs.is_none() && outputs.is_none() {
            return Ok(());
        }
        Err(Misfit::Groups { groups, inputs, outputs })
    }
}

/// The count, if there is one and `groups` does not divide it.
const fn undivided(count: Option<usize>, groups: usize) -> Option<usize> {
    match count {
        Some(count) if !count.is_multiple_of(groups) => Some(count),
        _ => None,
    }
}

/// The windows of a convolution or a pooling.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) kernel: [Dim; 2],
    pub(crate) stride: [Dim; 2],
    pub(crate) pad: [Dim; 2],
    pub(crate) dilation: [Dim; 2],
    pub(crate) rounding: Rounding,
    /// The argument that gives the kernel.
    pub(crate) argument: &'static str,
}

impl Window {
    /// Whether there are as many windows on a side as numbers in the input, however many: with steps of 1 and
    /// `2 pad = dilation (kernel - 1)`.
    const fn keeps_size(&self, side: usize) -> bool {
        match (self.kernel[side], self.stride[side], self.pad[side], self.dilation[side]) {
            (Dim::Known(kernel), Dim::Known(1), Dim::Known(pad), Dim::Known(dilation)) => {
                match (extent::reach(kernel, dilation), pad.checked_mul(2)) {
                    (Ok(reach), Some(added)) => added == reach - 1,
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

/// That a size is not zero, and fits. An open one passes: it is looked at again when it is known.
pub(crate) const fn positive(argument: &'static str, size: Dim) -> Result<(), Misfit> {
    match size {
        Dim::Known(0) => Err(Misfit::Zero { argument }),
        // Where shapes are types, the largest number stands for `_`.
        Dim::Known(usize::MAX) => Err(Misfit::TooLarge),
        _ => Ok(()),
    }
}

/// That neither size is zero.
pub(crate) const fn positive_pair(argument: &'static str, sizes: [Dim; 2]) -> Result<(), Misfit> {
    tri!(positive(argument, sizes[0]));
    positive(argument, sizes[1])
}

/// The one input of a layer, with no axis of size zero.
pub(crate) const fn one(inputs: &[Shape]) -> Result<Shape, Misfit> {
    let [input] = inputs else { return Err(Misfit::OneInput { found: inputs.len() }) };
    tri!(filled(input));
    Ok(*input)
}

/// That no axis has size zero.
pub(crate) const fn filled(input: &Shape) -> Result<(), Misfit> {
    let mut axis = 0;
    while axis < input.rank() {
        if let Dim::Known(0) = input.dim(axis) {
            return Err(Misfit::Empty { input: *input });
        }
        axis += 1;
    }
    Ok(())
}

/// The one input of a layer, which is an image.
pub(crate) const fn image(reckoning: &mut Reckoning, inputs: &[Shape]) -> Result<Shape, Misfit> {
    let input = tri!(one(inputs));
    if input.rank() != 3 {
        return Err(Misfit::Rank { input, wanted: Wanted::Image });
    }
    // Channels may be open, but never be steps.
    if input.dim(0).is_steps() {
        reckoning.know(input.dim(0));
    }
    Ok(input)
}

/// The one input of a layer, which has this many axes.
pub(crate) const fn ranked(inputs: &[Shape], rank: usize, wanted: Wanted) -> Result<Shape, Misfit> {
    let input = tri!(one(inputs));
    if input.rank() == rank { Ok(input) } else { Err(Misfit::Rank { input, wanted }) }
}

/// The one input of a layer that takes features, sequences and images.
pub(crate) const fn common(inputs: &[Shape]) -> Result<Shape, Misfit> {
    let input = tri!(one(inputs));
    if 1 <= input.rank() && input.rank() <= 3 {
        Ok(input)
    } else {
        Err(Misfit::Rank { input, wanted: Wanted::Any })
    }
}

/// The value of a size where a count cannot do without it.
pub(crate) const fn value(dim: Dim) -> Result<usize, Misfit> {
    match dim {
        Dim::Known(size) => Ok(size),
        Dim::Open(symbol) => Err(Misfit::Open { symbol, sketch: Shape::known(&[]) }),
    }
}

/// A product that fits.
pub(crate) const fn times(one: usize, two: usize) -> Result<usize, Misfit> {
    match one.checked_mul(two) {
        Some(product) => Ok(product),
        None => Err(Misfit::TooLarge),
    }
}

/// A sum that fits.
pub(crate) const fn plus(one: usize, two: usize) -> Result<usize, Misfit> {
    match one.checked_add(two) {
        Some(sum) => Ok(sum),
        None => Err(Misfit::TooLarge),
    }
}

/// How many numbers a shape holds, all its sizes known.
pub(crate) const fn numbers(shape: &Shape) -> Result<usize, Misfit> {
    let mut product = 1;
    let mut axis = 0;
    while axis < shape.rank() {
        product = tri!(times(product, tri!(value(shape.dim(axis)))));
        axis += 1;
    }
    Ok(product)
}

/// How many numbers a shape holds, of a sequence of unknown length those of one step.
pub(crate) const fn numbers_a_step(shape: &Shape) -> Result<u64, Misfit> {
    let mut product = 1;
    let mut axis = 0;
    while axis < shape.rank() {
        if !shape.dim(axis).is_steps() {
            product = tri!(times(product, tri!(value(shape.dim(axis)))));
        }
        axis += 1;
    }
    Ok(product as u64)
}

/// A count of operations: `each` for every number of `shape`, of a sequence of unknown length for one step.
pub(crate) const fn work(shape: &Shape, each: u64) -> Result<u64, Misfit> {
    match tri!(numbers_a_step(shape)).checked_mul(each) {
        Some(flops) => Ok(flops),
        None => Err(Misfit::TooLarge),
    }
}
