//! Activations: on their own, and as the last step of products and convolutions.

use crate::backend::{Backward, Forward};
use crate::cpu::gemm::Into;
use crate::cpu::isa::{FusedLoop, Isa};
use crate::cpu::math::Math;
use crate::cpu::parts::{Part, deal};
use crate::{Cpu, Epilogue, Kernel, Scalar};

/// Numbers that are worth a task of their own, for loops that do little with each.
pub(super) const PIECE: usize = 1 << 14;

/// An activation known to the compiler.
pub(super) trait Activation {
    fn value<T: Scalar, const FUSED: bool>(x: T) -> T;
    /// The gradient by the input, of that by the output `y`.
    fn through<T: Scalar>(dy: T, y: T) -> T;
}

pub(super) struct Identity;
pub(super) struct Rectifier;
pub(super) struct Logistic;
pub(super) struct Tangent;

macro_rules! activation {
    ($name:ident, $epilogue:expr, $value:expr) => {
        impl Activation for $name {
            #[inline(always)]
            fn value<T: Scalar, const FUSED: bool>(x: T) -> T {
                #[inline(always)]
                fn value<T: Scalar>(x: T, f: impl Fn(T) -> T) -> T {
                    f(x)
                }
                value(x, $value)
            }
            #[inline(always)]
            fn through<T: Scalar>(dy: T, y: T) -> T {
                $epilogue.through(dy, y)
            }
        }
    };
}

activation!(Identity, Epilogue::None, |x| x);
activation!(Rectifier, Epilogue::Relu, |x| if x < T::ZERO { T::ZERO } else { x });
activation!(Logistic, Epilogue::Sigmoid, Math::fast_sigmoid::<FUSED>);
activation!(Tangent, Epilogue::Tanh, Math::fast_tanh::<FUSED>);

/// Runs the kernel that is compiled for an activation.
macro_rules! dispatch {
    ($isa:expr, $epilogue:expr, $kernel:ident, $of:expr) => {{
        use $crate::Epilogue;
        use $crate::cpu::activation::{Identity, Logistic, Rectifier, Tangent};
        match $epilogue {
            Epilogue::None => $isa.run_fused($kernel::<Identity, _>($of, std::marker::PhantomData)),
            Epilogue::Relu => $isa.run_fused($kernel::<Rectifier, _>($of, std::marker::PhantomData)),
            Epilogue::Sigmoid => $isa.run_fused($kernel::<Logistic, _>($of, std::marker::PhantomData)),
            Epilogue::Tanh => $isa.run_fused($kernel::<Tangent, _>($of, std::marker::PhantomData)),
        }
    }};
}

struct OnRows<F, O>(O, std::marker::PhantomData<F>);

impl<F: Activation, T: Scalar> FusedLoop for OnRows<F, (&mut [T], &[T])> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let (y, bias) = self.0;
        for row in y.chunks_exact_mut(bias.len()) {
            for (y, b) in row.iter_mut().zip(bias) {
                *y = F::value::<T, FUSED>(*y + *b);
            }
        }
    }
}

/// `y = f(y + bias)` on rows as long as the bias.
pub(super) fn finish_rows<T: Scalar>(isa: Isa, epilogue: Epilogue, y: &mut [T], bias: &[T]) {
    if !bias.is_empty() {
        dispatch!(isa, epilogue, OnRows, (y, bias));
    }
}

struct OnPlane<F, O>(O, std::marker::PhantomData<F>);

impl<F: Activation, T: Scalar> FusedLoop for OnPlane<F, (&mut [T], T)> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let (y, bias) = self.0;
        for y in y {
            *y = F::value::<T, FUSED>(*y + bias);
        }
    }
}

/// `y = f(y + bias)`, one bias for all.
pub(super) fn finish_plane<T: Scalar>(isa: Isa, epilogue: Epilogue, y: &mut [T], bias: T) {
    dispatch!(isa, epilogue, OnPlane, (y, bias));
}

struct Slopes<F, O>(O, std::marker::PhantomData<F>);

impl<F: Activation, T: Scalar> FusedLoop for Slopes<F, (&mut [T], &[T], &[T])> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let (dz, dy, y) = self.0;
        for ((dz, dy), y) in dz.iter_mut().zip(dy).zip(y) {
            *dz = F::through(*dy, *y);
        }
    }
}

/// `dz = dy f'(y)`
pub(super) fn through<T: Scalar>(isa: Isa, epilogue: Epilogue, dz: &mut [T], dy: &[T], y: &[T]) {
    if epilogue == Epilogue::None {
        dz.copy_from_slice(dy);
    } else {
        dispatch!(isa, epilogue, Slopes, (dz, dy, y));
    }
}

struct Values<F, O>(O, std::marker::PhantomData<F>);

impl<F: Activation, T: Scalar> FusedLoop for Values<F, (&mut [T], &[T])> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let (y, x) = self.0;
        for (y, x) in y.iter_mut().zip(x) {
            *y = F::value::<T, FUSED>(*x);
        }
    }
}

struct AddSlopes<F, O>(O, std::marker::PhantomData<F>);

impl<F: Activation, T: Scalar> FusedLoop for AddSlopes<F, (&mut [T], &[T], &[T])> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let (dx, dy, y) = self.0;
        for ((dx, dy), y) in dx.iter_mut().zip(dy).zip(y) {
            *dx += F::through(*dy, *y);
        }
    }
}

/// An activation on its own.
#[derive(Debug)]
pub(super) struct Elementwise {
    pub(super) cpu: Cpu,
    pub(super) epilogue: Epilogue,
    /// Elements.
    pub(super) count: usize,
}

impl<T: Scalar> Kernel<T> for Elementwise {
    fn is_small(&self) -> bool {
        self.count <= PIECE
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, y) = (frame.x[0].data, frame.y.data);
        deal(&self.cpu.team, y.len().div_ceil(PIECE), [Part::of_task(y, PIECE)], |number, [y]| {
            let x = &x[number * PIECE..][..y.len()];
            dispatch!(self.cpu.isa, self.epilogue, Values, (y, x));
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (y, dy) = (frame.y.data, frame.dy);
        let [dx] = frame.dx else { return };
        let into = Into::gradient(dx.fresh);
        deal(
            &self.cpu.team,
            dx.data.len().div_ceil(PIECE),
            [Part::of_task(dx.data, PIECE)],
            |number, [dx]| {
                let (y, dy) = (&y[number * PIECE..][..dx.len()], &dy[number * PIECE..][..dx.len()]);
                match into {
                    Into::Fresh => dispatch!(self.cpu.isa, self.epilogue, Slopes, (dx, dy, y)),
                    Into::Sum => dispatch!(self.cpu.isa, self.epilogue, AddSlopes, (dx, dy, y)),
                }
            },
        );
    }
}
