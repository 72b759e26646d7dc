//! A step of long short-term memory.

use super::cell::{Backward, Cell, Forward, Given};
use super::each::{with1, with2, with3, with4};
use crate::cpu::isa::{FusedLoop, Isa};
use crate::cpu::math::Math;
use crate::{Epilogue, Scalar};

/// See [`crate::ops::Lstm`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Lstm;

impl Cell for Lstm {
    const GATES: usize = 4;
    const KEEPS: bool = true;
    const HAS_CELL: bool = true;
    const SPLIT: bool = false;
    const STATE: usize = 5;

    fn forward<T: Scalar>(&self, isa: Isa, given: Given<'_, T>, row: Forward<'_, T>) {
        isa.run_fused(Step(given, row));
    }

    fn backward<T: Scalar>(&self, isa: Isa, given: Given<'_, T>, row: Backward<'_, T>) {
        isa.run_fused(StepBack(given, row));
    }
}

struct Step<'a, T>(Given<'a, T>, Forward<'a, T>);

impl<T: Scalar> FusedLoop for Step<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let Self(Given { bias, special: peep }, Forward { gates, z, extra, h, c, y }) = self;
        let n = h.len();
        let (input_forget, rest) = gates.split_at_mut(2 * n);
        let (g, o) = rest.split_at_mut(n);
        if !peep.is_empty() {
            let (i, f) = input_forget.split_at_mut(n);
            with2(i, &peep[..n], c, |i, p, c| i + p * c);
            with2(f, &peep[n..2 * n], c, |f, p, c| f + p * c);
        }
        with2(input_forget, &z[..2 * n], &bias[..2 * n], |i, z, b| Math::fast_sigmoid::<FUSED>(i + z + b));
        with2(g, &z[2 * n..3 * n], &bias[2 * n..3 * n], |g, z, b| Math::fast_tanh::<FUSED>(g + z + b));
        let (i, f) = input_forget.split_at(n);
        with3(c, i, f, g, |c, i, f, g| f * c + i * g);
        if !peep.is_empty() {
            with2(o, &peep[2 * n..], c, |o, p, c| o + p * c);
        }
        with2(o, &z[3 * n..], &bias[3 * n..], |o, z, b| Math::fast_sigmoid::<FUSED>(o + z + b));
        with2(h, o, c, |_, o, c| o * Math::fast_tanh::<FUSED>(c));
        extra.copy_from_slice(c);
        y.copy_from_slice(h);
    }
}

struct StepBack<'a, T>(Given<'a, T>, Backward<'a, T>);

impl<T: Scalar> FusedLoop for StepBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval<const FUSED: bool>(self) {
        let Self(Given { special: peep, .. }, row) = self;
        let Backward { gates, extra: new, c: old, dy, dy_c, dh, dc, dz, sums, special, .. } = row;
        let n = dh.len();
        let (i, rest) = gates.split_at(n);
        let (f, rest) = rest.split_at(n);
        let (g, o) = rest.split_at(n);
        let (di, rest) = dz.split_at_mut(n);
        let (df, rest) = rest.split_at_mut(n);
        let (dg, do_) = rest.split_at_mut(n);
        with1(dh, dy, |dh, dy| dh + dy);
        // tanh(c), for as long as nothing else is there.
        let squashed = &mut *dg;
        with1(squashed, new, |_, c| Math::fast_tanh::<FUSED>(c));
        with3(do_, dh, squashed, o, |_, dh, squashed, o| Epilogue::Sigmoid.through(dh * squashed, o));
        with3(dc, dh, squashed, o, |dc, dh, squashed, o| dc + Epilogue::Tanh.through(dh * o, squashed));
        if !dy_c.is_empty() {
            with1(dc, dy_c, |dc, dy| dc + dy);
        }
        if !peep.is_empty() {
            with2(dc, do_, &peep[2 * n..], |dc, do_, p| dc + do_ * p);
        }
        with3(di, dc, g, i, |_, dc, g, i| Epilogue::Sigmoid.through(dc * g, i));
        with3(df, dc, old, f, |_, dc, c, f| Epilogue::Sigmoid.through(dc * c, f));
        with3(dg, dc, i, g, |_, dc, i, g| Epilogue::Tanh.through(dc * i, g));
        with1(dc, f, |dc, f| dc * f);
        if !peep.is_empty() {
            with4(dc, di, &peep[..n], df, &peep[n..2 * n], |dc, di, pi, df, pf| dc + di * pi + df * pf);
        }
        if !special.is_empty() {
            let (of_i, rest) = special.split_at_mut(n);
            let (of_f, of_o) = rest.split_at_mut(n);
            with2(of_i, di, old, |sum, dz, c| sum + dz * c);
            with2(of_f, df, old, |sum, dz, c| sum + dz * c);
            with2(of_o, do_, new, |sum, dz, c| sum + dz * c);
        }
        with1(sums, dz, |sum, dz| sum + dz);
        dh.fill(T::ZERO);
    }
}
