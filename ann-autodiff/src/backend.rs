//! [`Backend`]: the seam to the hardware. A plan asks it for a kernel an operation; where it has none, the operation's own
//! definition runs. [`Reference`] never has one: it is the definitions, and the oracle of all others.

use std::fmt::Debug;
use std::sync::Arc;

use crate::op::{AnyOp, Moment, Output, View};
use crate::scalar::sealed::Sealed;
use crate::{Dtype, Error, Extents, Scalar, Taker};

/// Most inputs an operation may have.
pub const MAX_INPUTS: usize = 8;

/// Something that plans are compiled for.
///
/// It has kernels for the operations that it knows by kind; the definitions of the others run. So a backend may grow one kernel at
/// a time:
///
/// ```
/// use std::sync::Arc;
///
/// use ann_autodiff::ops::Relu;
/// use ann_autodiff::{AnyOp, Backend, Backward, Extents, Forward, Kernel, Plan, Scalar, Tape};
///
/// #[derive(Clone, Debug)]
/// struct Mine;
///
/// impl Backend for Mine {
///     fn name(&self) -> &'static str {
///         "mine"
///     }
///     fn kernel<T: Scalar>(&self, op: &Arc<dyn AnyOp>, _: &[Extents], _: Extents) -> Option<Box<dyn Kernel<T>>> {
///         op.downcast_ref::<Relu>().map(|_| Box::new(MyRelu) as Box<dyn Kernel<T>>)
///     }
/// }
///
/// #[derive(Debug)]
/// struct MyRelu;
///
/// impl<T: Scalar> Kernel<T> for MyRelu {
///     fn forward(&self, frame: Forward<'_, T>) {
///         for (x, y) in frame.x[0].iter().zip(frame.y.data) {
///             *y = x.maximum(T::ZERO);
///         }
///     }
///     fn backward(&self, frame: Backward<'_, '_, T>) {
///         let gradient = &mut frame.dx[0];
///         for ((y, dy), dx) in frame.y.iter().zip(frame.dy).zip(gradient.data.iter_mut()) {
///             let slope = if *y > T::ZERO { *dy } else { T::ZERO };
///             *dx = if gradient.fresh { slope } else { *dx + slope };
///         }
///     }
/// }
///
/// let tape = Tape::new();
/// let y = tape.input(&[2]).relu();
/// let mut plan = Plan::<f32>::compile_for(&Mine, &tape, None, &[y])?;
/// plan.input_mut(0).copy_from_slice(&[-1.0, 2.0]);
/// plan.forward(&[])?;
/// assert_eq!(plan.output(0), [0.0, 2.0]);
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
pub trait Backend: Clone + Debug + Send + Sync + 'static {
    /// Its name, for people.
    fn name(&self) -> &'static str;

    /// Refuses plans of numbers that it does not compute in.
    fn check(&self, dtype: Dtype) -> Result<(), Error> {
        let _ = dtype;
        Ok(())
    }

    /// A kernel for an operation on tensors of these sizes, or none if the definition has to do.
    ///
    /// All choices are made here, once a plan: a kernel has none left.
    fn kernel<T: Scalar>(
        &self,
        op: &Arc<dyn AnyOp>,
        inputs: &[Extents],
        output: Extents,
    ) -> Option<Box<dyn Kernel<T>>>;

    /// A kernel for several operations at once, each of which takes what the one before gives as its first input, which nobody else sees.
    /// Its inputs are those of the first, then those of the others but for their first ones. None: they run one by one.
    fn joint<T: Scalar>(&self, operations: &[Operation<'_>]) -> Option<Box<dyn Kernel<T>>> {
        let _ = operations;
        None
    }

    /// The same on the calling thread alone, for a plan of which every kernel is [small](Kernel::is_small).
    #[must_use]
    fn alone(&self) -> Self {
        self.clone()
    }
}

/// An operation on tensors of these sizes.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// Which it is.
    pub op: &'a dyn AnyOp,
    /// Sizes of its inputs.
    pub inputs: &'a [Extents],
    /// Sizes of its output.
    pub output: Extents,
}

/// An operation on tensors of fixed sizes, ready to run.
pub trait Kernel<T>: Debug + Send + Sync {
    /// How many numbers a kernel for [several operations](Backend::joint) keeps from forward to backward; of one operation it is what
    /// that says. There is no room for them where nothing runs backward.
    fn kept(&self) -> usize {
        0
    }

    /// How many numbers of scratch memory it needs; their contents are anything at each call.
    fn scratch(&self) -> usize {
        0
    }

    /// Whether it does so little that a second thread would spend more time on fetching what the first one wrote than it saves.
    fn is_small(&self) -> bool {
        false
    }

    /// Writes the output.
    fn forward(&self, frame: Forward<'_, T>);

    /// Writes or adds the gradients.
    fn backward(&self, frame: Backward<'_, '_, T>);

    /// What prepares a parameter that stays the same, if the kernel gains by it.
    fn holds(&self) -> Option<&dyn Hold<T>> {
        None
    }

    /// What makes the gradient of a parameter piece by piece, if the kernel can.
    fn hands_over(&self) -> Option<&dyn HandOver<T>> {
        None
    }
}

/// A part of a [`Kernel`]: of a parameter that stays the same from run to run it makes once what each run would make of it again, such as
/// a copy in the order in which it is read.
pub trait Hold<T> {
    /// Which of the operation's inputs the parameter is.
    fn input(&self) -> usize;

    /// How many numbers are made of it.
    fn numbers(&self) -> usize;

    /// Makes them.
    fn hold(&self, parameter: &[T], held: &mut [T]);
}

/// A part of a [`Kernel`]: it makes the gradient of a parameter and hands it over piece by piece, for example to the update.
pub trait HandOver<T> {
    /// Which of the operation's inputs the parameter is.
    fn input(&self) -> usize;

    /// Makes all of that gradient, to which nobody else adds. It is called after the kernel's [`backward`](Kernel::backward), in which
    /// nobody wanted that gradient, and finds in scratch memory what that left there. Parameters are not to be seen any more, their views
    /// are empty: who takes the pieces may be changing them.
    fn hand_over(&self, frame: Backward<'_, '_, T>, taker: Taker<'_, T>);
}

/// The tensors of one forward call.
#[derive(Debug)]
pub struct Forward<'a, T> {
    /// The inputs.
    pub x: &'a [View<'a, T>],
    /// What [`Hold`] made of a parameter; empty where that may change from run to run.
    pub held: &'a [T],
    /// The output; all of it is to be written.
    pub y: Output<'a, T>,
    /// Scratch memory.
    pub scratch: &'a mut [T],
}

/// The tensors of one backward call; those that the operation did not save are empty.
#[derive(Debug)]
pub struct Backward<'a, 'b, T> {
    /// The inputs.
    pub x: &'a [View<'a, T>],
    /// The output.
    pub y: View<'a, T>,
    /// What forward left.
    pub kept: &'a [T],
    /// What random operations drew from.
    pub moment: Moment,
    /// The gradient by the output.
    pub dy: &'a [T],
    /// The gradients by the inputs.
    pub dx: &'a mut [Gradient<'b, T>],
    /// Scratch memory.
    pub scratch: &'a mut [T],
}

/// Where the gradient by one input goes.
#[derive(Debug)]
pub struct Gradient<'a, T> {
    /// Its place; empty if nobody wants it.
    pub data: &'a mut [T],
    /// Whether this is the first to write there: then all of it is to be written; else it is to be added to.
    pub fresh: bool,
}

impl<T> Gradient<'_, T> {
    /// Whether anybody wants it.
    pub fn is_wanted(&self) -> bool {
        !self.data.is_empty()
    }
}

/// The operations' own definitions, plain and slow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reference;

impl Backend for Reference {
    fn name(&self) -> &'static str {
        "reference"
    }

    fn kernel<T: Scalar>(&self, _: &Arc<dyn AnyOp>, _: &[Extents], _: Extents) -> Option<Box<dyn Kernel<T>>> {
        None
    }
}

/// A definition as a kernel.
#[derive(Debug)]
pub(crate) struct Defined(pub(crate) Arc<dyn AnyOp>);

impl<T: Scalar> Kernel<T> for Defined {
    // It runs on one thread in any case.
    fn is_small(&self) -> bool {
        true
    }

    fn forward(&self, frame: Forward<'_, T>) {
        <T as Sealed>::definition(&*self.0).forward(frame.x, frame.y);
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let mut dx: [&mut [T]; MAX_INPUTS] = Default::default();
        let n = frame.dx.len();
        for (slot, gradient) in dx.iter_mut().zip(frame.dx) {
            if gradient.fresh {
                gradient.data.fill(T::ZERO);
            }
            *slot = gradient.data;
        }
        let definition = <T as Sealed>::definition(&*self.0);
        definition.backward(frame.x, frame.y, frame.kept, frame.moment, frame.dy, &mut dx[..n]);
    }
}
