//! [`Cell`]: what one step does with one sequence; everything else is the same for all recurrent layers.

use std::fmt::Debug;

use crate::Scalar;
use crate::cpu::isa::Isa;

/// A kind of cell. A row is one sequence of the batch at one step.
pub(super) trait Cell: Copy + Debug + Send + Sync + 'static {
    /// How many gates it has, each as wide as the state.
    const GATES: usize;
    /// Whether the gates, and one value more a step, are kept for backward; else the one gate is the output.
    const KEEPS: bool;
    /// Whether it has a second state, the cell, whose value at each step is what is kept beside the gates.
    const HAS_CELL: bool;
    /// Whether what passes back through the recurrent product is another than through that of the input.
    const SPLIT: bool;
    /// Which input is the state before the first step; that of the cell follows it.
    const STATE: usize;

    /// A step.
    fn forward<T: Scalar>(&self, isa: Isa, given: Given<'_, T>, row: Forward<'_, T>);

    /// A step backward.
    fn backward<T: Scalar>(&self, isa: Isa, given: Given<'_, T>, row: Backward<'_, T>);
}

/// The parameters that are no matrices.
#[derive(Clone, Copy)]
pub(super) struct Given<'a, T> {
    /// `[gates n]`
    pub(super) bias: &'a [T],
    /// What stands between the bias and the state among the inputs: peepholes, or the inner bias.
    pub(super) special: &'a [T],
}

/// A row of a step.
pub(super) struct Forward<'a, T> {
    /// `W x`; becomes the gates. Empty where it is in `y`.
    pub(super) gates: &'a mut [T],
    /// `U h` of the state before.
    pub(super) z: &'a [T],
    /// What is kept beside the gates.
    pub(super) extra: &'a mut [T],
    /// The state before; becomes the one after.
    pub(super) h: &'a mut [T],
    /// The same of the cell.
    pub(super) c: &'a mut [T],
    /// The output.
    pub(super) y: &'a mut [T],
}

/// A row of a step backward.
pub(super) struct Backward<'a, T> {
    pub(super) gates: &'a [T],
    pub(super) extra: &'a [T],
    pub(super) y: &'a [T],
    /// The state before.
    pub(super) h: &'a [T],
    /// The cell before.
    pub(super) c: &'a [T],
    pub(super) dy: &'a [T],
    /// The gradient by the cell as an output; may be empty.
    pub(super) dy_c: &'a [T],
    /// The gradient by the state after; becomes that by the state before, but for what passes through the product.
    pub(super) dh: &'a mut [T],
    /// The gradient by the cell after; becomes that by the cell before.
    pub(super) dc: &'a mut [T],
    /// The gradient by `W x`.
    pub(super) dz: &'a mut [T],
    /// The gradient by `U h`, where it is another.
    pub(super) du: &'a mut [T],
    /// The gradient by the bias, summed over the steps of this sequence, to which this one is added; and by what stands between the bias
    /// and the state among the inputs, if there is something.
    pub(super) sums: &'a mut [T],
    pub(super) special: &'a mut [T],
}
