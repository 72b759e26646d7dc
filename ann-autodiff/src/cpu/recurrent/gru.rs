//! A step of gated recurrent units.

use super::cell::{Backward, Cell, Forward, Given};
use super::each::{with1, with2, with3};
use crate::cpu::isa::{FusedLoop, Isa, Loop};
use crate::cpu::math::Math;
use crate::{Epilogue, Scalar};

/// See [`crate::ops::Gru`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Gru;

impl Cell for Gru {
    const GATES: usize = 3;
    const KEEPS: bool = true;
    const HAS_CELL: bool = false;
    const SPLIT: bool = true;
    const STATE: usize = 5;

    fn forward<T: Scalar>(&self, isa: Isa, given: Given<'_, T>, row: Forward<'_, T>) {
        isa.run_fused(Step(given, row));
    }

    fn backward<T: Scalar>(&self, isa: Isa, _: Given<'_, T>, row: Backward<'_, T>) {
        isa.run(StepBack(row));
    }
}

struct Step<'a, T>(Given<'a, T>, Forward<'a, T>);

impl<T: Scalar> FusedLoop for Step<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let Self(Given { bias, special }, Forward { gates, z, extra: inner, h, y, .. }) = self;
        let n = h.len();
        let (reset_update, m) = gates.split_at_mut(2 * n);
        with2(reset_update, &z[..2 * n], &bias[..2 * n], |r, z, b| Math::fast_sigmoid::<FUSED>(r + z + b));
        let (r, update) = reset_update.split_at(n);
        with2(inner, &z[2 * n..], special, |_, z, b| z + b);
        with3(m, &bias[2 * n..], r, inner, |m, b, r, inner| Math::fast_tanh::<FUSED>(m + b + r * inner));
        with2(h, m, update, |h, m, z| (T::ONE - z) * m + z * h);
        y.copy_from_slice(h);
    }
}

struct StepBack<'a, T>(Backward<'a, T>);

impl<T: Scalar> Loop for StepBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Backward { gates, extra: inner, h, dy, dh, dz, du, sums, special, .. } = self.0;
        let n = dh.len();
        let (r, rest) = gates.split_at(n);
        let (update, m) = rest.split_at(n);
        let (dr, rest) = dz.split_at_mut(n);
        let (dupdate, dm) = rest.split_at_mut(n);
        with1(dh, dy, |dh, dy| dh + dy);
        with3(dm, dh, update, m, |_, dh, z, m| Epilogue::Tanh.through(dh * (T::ONE - z), m));
        with3(dr, dm, inner, r, |_, dm, inner, r| Epilogue::Sigmoid.through(dm * inner, r));
        with3(dupdate, h, m, dh, |_, h, m, dh| dh * (h - m));
        with1(dupdate, update, |d, z| Epilogue::Sigmoid.through(d, z));
        du[..n].copy_from_slice(dr);
        du[n..2 * n].copy_from_slice(dupdate);
        with2(&mut du[2 * n..], dm, r, |_, dm, r| dm * r);
        with1(dh, update, |dh, z| dh * z);
        with1(sums, dz, |sum, dz| sum + dz);
        with1(special, &du[2 * n..], |sum, du| sum + du);
    }
}
