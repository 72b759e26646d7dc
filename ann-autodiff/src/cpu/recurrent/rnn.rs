//! A step of a plain recurrent layer.

use super::cell::{Backward, Cell, Forward, Given};
use super::each::{with1, with2};
use crate::cpu::isa::{FusedLoop, Isa, Loop};
use crate::cpu::math::Math;
use crate::{Epilogue, Scalar};

/// See [`crate::ops::Rnn`]. Its one gate is the output itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rnn {
    pub(super) activation: Epilogue,
}

impl Cell for Rnn {
    const GATES: usize = 1;
    const KEEPS: bool = false;
    const HAS_CELL: bool = false;
    const SPLIT: bool = false;
    const STATE: usize = 4;

    fn forward<T: Scalar>(&self, isa: Isa, given: Given<'_, T>, row: Forward<'_, T>) {
        isa.run_fused(Step(self.activation, given, row));
    }

    fn backward<T: Scalar>(&self, isa: Isa, _: Given<'_, T>, row: Backward<'_, T>) {
        isa.run(StepBack(self.activation, row));
    }
}

struct Step<'a, T>(Epilogue, Given<'a, T>, Forward<'a, T>);

impl<T: Scalar> FusedLoop for Step<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let Self(activation, given, Forward { z, h, y, .. }) = self;
        match activation {
            Epilogue::None => with2(y, z, given.bias, |y, z, b| y + z + b),
            Epilogue::Relu => with2(y, z, given.bias, |y, z, b| {
                let sum = y + z + b;
                if sum < T::ZERO { T::ZERO } else { sum }
            }),
            Epilogue::Sigmoid => with2(y, z, given.bias, |y, z, b| Math::fast_sigmoid::<FUSED>(y + z + b)),
            Epilogue::Tanh => with2(y, z, given.bias, |y, z, b| Math::fast_tanh::<FUSED>(y + z + b)),
        }
        h.copy_from_slice(y);
    }
}

struct StepBack<'a, T>(Epilogue, Backward<'a, T>);

impl<T: Scalar> Loop for StepBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self(activation, Backward { y, dy, dh, dz, sums, .. }) = self;
        with1(dh, dy, |dh, dy| dh + dy);
        match activation {
            Epilogue::None => with2(dz, dh, y, |_, dh, y| Epilogue::None.through(dh, y)),
            Epilogue::Relu => with2(dz, dh, y, |_, dh, y| Epilogue::Relu.through(dh, y)),
            Epilogue::Sigmoid => with2(dz, dh, y, |_, dh, y| Epilogue::Sigmoid.through(dh, y)),
            Epilogue::Tanh => with2(dz, dh, y, |_, dh, y| Epilogue::Tanh.through(dh, y)),
        }
        with1(sums, dz, |sum, dz| sum + dz);
        dh.fill(T::ZERO);
    }
}
