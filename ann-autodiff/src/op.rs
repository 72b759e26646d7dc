//! [`Op`]: an operation, its forward and its backward side by side.
//!
//! An operation's file is its definition, in plain Rust for any [`Scalar`]; all definitions together are the
//! [`Reference`](crate::Reference) backend. What is erased here ([`AnyOp`]) is what a tape keeps.

use std::any::Any;
use std::fmt::{self, Debug};
use std::ops::{Deref, DerefMut};

use crate::{Extents, Scalar, random::Random};

/// An operation of `N` inputs and one output.
///
/// `forward` and `backward` are written for clarity: a backend may bring something faster, which is then tested against
/// them. There is no way to leave backward out.
///
/// An operation of one's own runs everywhere from the day it is written:
///
/// ```
/// use ann_autodiff::{Case, Extents, Fill, Op, Output, Role, Saved, Saves, Scalar, View, check_gradient};
///
/// /// `y = x^3`, elementwise.
/// #[derive(Clone, Debug, PartialEq)]
/// struct Cube;
///
/// impl Op<1> for Cube {
///     const NAME: &'static str = "cube";
///     const SAVES: Saves = Saves::INPUTS;
///     const ROLES: [Role; 1] = [Role::Differentiable];
///     const CASES: &'static [Case<Self>] = &[Case { name: "plain", op: Self, inputs: &[Fill::normal(&[2, 3])] }];
///
///     fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
///         Ok(x)
///     }
///     fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
///         for (x, y) in x.iter().zip(y.iter_mut()) {
///             *y = *x * *x * *x;
///         }
///     }
///     fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
///         for ((x, dy), dx) in saved.x[0].iter().zip(dy).zip(dx) {
///             *dx += T::from_f64(3.0) * *x * *x * *dy;
///         }
///     }
/// }
///
/// check_gradient(|_, x| x[0].map(Cube).sum(), &[(&[3], &[0.5, -1.0, 2.0])])?;
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
pub trait Op<const N: usize>: Clone + Debug + PartialEq + Send + Sync + 'static {
    /// The name in messages.
    const NAME: &'static str;
    /// What `backward` may look at; the rest has no memory by then.
    const SAVES: Saves;
    /// What each input is to differentiation.
    const ROLES: [Role; N];
    /// Inputs on which the gradient is checked against finite differences; at least one.
    const CASES: &'static [Case<Self>];

    /// The sizes of the output, or why the inputs do not fit.
    fn shape(&self, inputs: [Extents; N]) -> Result<Extents, String>;

    /// How many numbers `forward` leaves for `backward` beside its output, in `Output::kept`.
    fn kept(&self, _inputs: [Extents; N]) -> usize {
        0
    }

    /// Writes all of `y`. Nothing may be read from it before it is written.
    fn forward<T: Scalar>(&self, x: [View<'_, T>; N], y: Output<'_, T>);

    /// Adds to each of `dx` the gradient by that input, `dy` being the gradient by the output.
    ///
    /// The slice of an input whose gradient nobody wants is empty.
    fn backward<T: Scalar>(&self, saved: Saved<'_, T, N>, dy: &[T], dx: [&mut [T]; N]);
}

/// What an input is to differentiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It has a gradient.
    Differentiable,
    /// It has none: labels, indices, masks.
    Fixed,
    /// A running statistic: instead of a gradient, backward gives how far it is from the batch's own, so that
    /// `statistic -= rate * dx` moves it towards the batch.
    Statistic,
}

/// What `backward` may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saves {
    inputs: u8,
    output: bool,
}

impl Saves {
    /// Nothing but `dy`.
    pub const NOTHING: Self = Self { inputs: 0, output: false };
    /// The output.
    pub const OUTPUT: Self = Self { inputs: 0, output: true };
    /// All inputs.
    pub const INPUTS: Self = Self { inputs: u8::MAX, output: false };

    /// The inputs of these numbers.
    pub const fn inputs(numbers: &[usize]) -> Self {
        let mut inputs = 0;
        let mut i = 0;
        while i < numbers.len() {
            inputs |= 1 << numbers[i];
            i += 1;
        }
        Self { inputs, output: false }
    }

    /// The output as well.
    #[must_use]
    pub const fn and_output(self) -> Self {
        Self { output: true, ..self }
    }

    /// Whether input `number` is saved.
    pub const fn input(self, number: usize) -> bool {
        self.inputs & (1 << number) != 0
    }

    /// Whether the output is saved.
    pub const fn output(self) -> bool {
        self.output
    }
}

/// When a plan runs: what random operations draw from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// The seed of the run.
    pub seed: u64,
    /// The number of the step.
    pub step: u64,
}

impl Moment {
    /// The random numbers of one operation at this moment.
    pub fn random(self, stream: u64) -> Random {
        Random::new(self.seed).child(stream).stream(self.step)
    }
}

/// A tensor to read: its elements, as a slice, and its sizes.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    /// The elements, row-major.
    pub data: &'a [T],
    /// The sizes.
    pub extents: Extents,
}

impl<T> Deref for View<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.data
    }
}

/// The tensor to write, as a slice, and what goes with it.
#[derive(Debug)]
pub struct Output<'a, T> {
    /// The elements, row-major.
    pub data: &'a mut [T],
    /// The sizes.
    pub extents: Extents,
    /// Room for what backward will need, as long as [`Op::kept`] said.
    pub kept: &'a mut [T],
    /// What random operations draw from.
    pub moment: Moment,
}

impl<T> Deref for Output<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.data
    }
}

impl<T> DerefMut for Output<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.data
    }
}

/// What `backward` may look at: what [`Op::SAVES`] declared. The elements of the rest are empty; all sizes are known.
#[derive(Clone, Copy, Debug)]
pub struct Saved<'a, T, const N: usize> {
    /// The inputs.
    pub x: [View<'a, T>; N],
    /// The output.
    pub y: View<'a, T>,
    /// What forward left.
    pub kept: &'a [T],
    /// What random operations drew from.
    pub moment: Moment,
}

/// Inputs to check an operation on.
#[derive(Debug)]
pub struct Case<O: 'static> {
    /// What is special about it.
    pub name: &'static str,
    /// The operation with its settings.
    pub op: O,
    /// How each input is filled.
    pub inputs: &'static [Fill],
}

/// An input of a case: its sizes and how to fill it.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    /// The sizes.
    pub dims: &'static [usize],
    /// What with.
    pub with: Draw,
}

/// What an input of a case is filled with. Kinks are avoided by choosing values away from them.
#[derive(Clone, Copy, Debug)]
pub enum Draw {
    /// Standard normal numbers.
    Normal,
    /// Of either sign, at least 0.1 away from 0.
    AwayFromZero,
    /// Between 0.5 and 2.
    Positive,
    /// Between 0.05 and 0.95.
    Probability,
    /// All at least 0.01 apart, in random order: no ties.
    Distinct,
    /// Integers from 0 to below.
    Below(usize),
    /// These.
    These(&'static [f64]),
}

impl Fill {
    /// Standard normal numbers.
    pub const fn normal(dims: &'static [usize]) -> Self {
        Self { dims, with: Draw::Normal }
    }

    /// Filled otherwise.
    pub const fn of(dims: &'static [usize], with: Draw) -> Self {
        Self { dims, with }
    }

    /// The elements, in `f64`.
    pub fn draw(&self, random: Random) -> Vec<f64> {
        self.with.draw(self.dims.iter().product(), random)
    }
}

impl Draw {
    /// So many elements.
    pub(crate) fn draw(self, count: usize, random: Random) -> Vec<f64> {
        if let Draw::Distinct = self {
            return random
                .permutation(count)
                .into_iter()
                .map(|i| (i as f64 - count as f64 / 2.0) * 0.05)
                .collect();
        }
        (0..count)
            .map(|i| {
                let uniform = random.uniform(i as u64);
                match self {
                    Draw::AwayFromZero => {
                        if uniform < 0.5 {
                            -0.1 - 2.0 * uniform
                        } else {
                            2.0 * uniform - 0.9
                        }
                    }
                    Draw::Positive => 0.5 + 1.5 * uniform,
                    Draw::Probability => 0.05 + 0.9 * uniform,
                    Draw::Below(bound) => random.below(i as u64, bound) as f64,
                    Draw::These(values) => values.get(i).copied().unwrap_or(f64::NAN),
                    Draw::Normal | Draw::Distinct => random.normal(i as u64),
                }
            })
            .collect()
    }
}

/// An operation as a tape keeps it, the number of inputs forgotten. Implemented for every [`Op`] by the tape.
pub trait AnyOp: Definition<f32> + Definition<f64> + Debug + Send + Sync {
    /// [`Op::NAME`]
    fn name(&self) -> &'static str;
    /// [`Op::SAVES`]
    fn saves(&self) -> Saves;
    /// [`Op::ROLES`]
    fn roles(&self) -> &'static [Role];
    /// [`Op::shape`]; an error too if the number of inputs is wrong.
    fn shape(&self, inputs: &[Extents]) -> Result<Extents, String>;
    /// [`Op::kept`]
    fn kept(&self, inputs: &[Extents]) -> usize;
    /// The operation itself, for a backend that knows its kind.
    fn as_any(&self) -> &dyn Any;
}

impl dyn AnyOp + '_ {
    /// The operation, if it is an `O`.
    pub fn downcast_ref<O: 'static>(&self) -> Option<&O> {
        self.as_any().downcast_ref()
    }
}

/// An operation's forward and backward in one kind of number.
pub trait Definition<T> {
    /// [`Op::forward`]
    fn forward(&self, x: &[View<'_, T>], y: Output<'_, T>);
    /// [`Op::backward`]
    fn backward(
        &self,
        x: &[View<'_, T>],
        y: View<'_, T>,
        kept: &[T],
        moment: Moment,
        dy: &[T],
        dx: &mut [&mut [T]],
    );
}

/// An [`Op`] with its number of inputs forgotten.
pub(crate) struct Erased<O, const N: usize>(pub(crate) O);

impl<O: Debug, const N: usize> Debug for Erased<O, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const EVERY_INPUT: &str = "a tape passes as many inputs as the operation was recorded with";

impl<T: Scalar, O: Op<N>, const N: usize> Definition<T> for Erased<O, N> {
    fn forward(&self, x: &[View<'_, T>], y: Output<'_, T>) {
        self.0.forward(<[View<'_, T>; N]>::try_from(x).expect(EVERY_INPUT), y);
    }

    fn backward(
        &self,
        x: &[View<'_, T>],
        y: View<'_, T>,
        kept: &[T],
        moment: Moment,
        dy: &[T],
        dx: &mut [&mut [T]],
    ) {
        let x = <[View<'_, T>; N]>::try_from(x).expect(EVERY_INPUT);
        let mut dx = dx.iter_mut();
        let dx = std::array::from_fn(|_| &mut **dx.next().expect(EVERY_INPUT));
        self.0.backward(Saved { x, y, kept, moment }, dy, dx);
    }
}

impl<O: Op<N>, const N: usize> AnyOp for Erased<O, N> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn saves(&self) -> Saves {
        O::SAVES
    }

    fn roles(&self) -> &'static [Role] {
        &O::ROLES
    }

    fn shape(&self, inputs: &[Extents]) -> Result<Extents, String> {
        let inputs = inputs.try_into().map_err(|_| format!("it takes {N} inputs"))?;
        self.0.shape(inputs)
    }

    fn kept(&self, inputs: &[Extents]) -> usize {
        inputs.try_into().map_or(0, |inputs| self.0.kept(inputs))
    }

    fn as_any(&self) -> &dyn Any {
        &self.0
    }
}
