//! What holds for the definition of every operation, whatever it computes; [`laws`](crate::laws) holds the kernels to it.
//!
//! On each of an operation's cases, called directly, without a plan: forward writes all of its output and reads none of it;
//! backward reads nothing but what was saved, adds to its gradients, and computes each of them alike whether or not the others
//! are wanted; both give the same bits twice, and in `f32` nearly what they give in `f64`; no NaN is hidden. On sizes that are
//! like the cases' but odd, with empty axes and axes of one among them, an operation refuses or computes, but never panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::op::{Case, Moment, Op, Output, Role, Saved, View};
use crate::random::Random;
use crate::{Cpu, Extents, Plan, Scalar, Tape, Var};

/// How far `f32` may be from `f64`, relative to the largest number of a tensor: some hundred units of its last place.
const ROUNDING: f64 = 1e-5;
/// How many odd sizes are tried for each case.
const TRIALS: u64 = 60;

/// Checks the laws on each case of an operation.
pub(crate) fn check<O: Op<N>, const N: usize>() -> Result<(), String> {
    for (number, case) in O::CASES.iter().enumerate() {
        on_case::<O, N>(number, case)
            .map_err(|what| format!("`{}`, case `{}`: {what}", O::NAME, case.name))?;
    }
    Ok(())
}

fn on_case<O: Op<N>, const N: usize>(number: usize, case: &Case<O>) -> Result<(), String> {
    if case.inputs.len() != N {
        return Err(format!("it has {} inputs, the operation takes {N}", case.inputs.len()));
    }
    let random = Random::new(number as u64);
    let extents: [Extents; N] = std::array::from_fn(|i| Extents::constant(case.inputs[i].dims));
    // Rounded to f32, so that both kinds of numbers begin with the same.
    let values: [Vec<f64>; N] = std::array::from_fn(|i| {
        case.inputs[i]
            .draw(random.stream(i as u64))
            .into_iter()
            .map(|value| f64::from(value as f32))
            .collect()
    });
    let single = Subject::<f32, O, N>::new(&case.op, extents, &values)?.check()?;
    let double = Subject::<f64, O, N>::new(&case.op, extents, &values)?.check()?;
    for (number, (single, double)) in single.iter().zip(&double).enumerate() {
        let largest = double.iter().map(|x| x.abs()).fold(0.0, f64::max);
        for (index, (single, double)) in single.iter().zip(double).enumerate() {
            if (f64::from(*single) - double).abs() > ROUNDING * largest {
                return Err(format!(
                    "element {index} of {} is {single:e} in f32, {double:e} in f64",
                    name(number)
                ));
            }
        }
    }
    nan_is_seen(&case.op, extents, &values)?;
    for trial in 0..TRIALS {
        let odd = odd_sizes(random.stream(1000 + trial), extents);
        let values: [Vec<f64>; N] =
            std::array::from_fn(|i| values[i].iter().copied().cycle().take(odd[i].count()).collect());
        // Values of an empty input cannot be repeated.
        if (0..N).any(|i| values[i].len() != odd[i].count()) {
            continue;
        }
        let run = || {
            let Ok(subject) = Subject::<f64, O, N>::new(&case.op, odd, &values) else { return Ok(()) };
            subject.check().map(drop)
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(result) => result.map_err(|what| format!("on {odd:?}: {what}"))?,
            Err(_) => return Err(format!("it panics on {odd:?}")),
        }
    }
    Ok(())
}

/// Sizes like those given, but odd: one size replaced wherever it occurs, or an axis of one input changed, added or left out.
fn odd_sizes<const N: usize>(random: Random, extents: [Extents; N]) -> [Extents; N] {
    let mut dims = extents.map(|extents| extents.to_vec());
    let input = random.below(0, N);
    let axis = random.below(1, dims[input].len().max(1));
    let size = [0, 1, 2, 5][random.below(2, 4)];
    match (random.below(3, 8), dims[input].get(axis).copied()) {
        (0, _) => dims[input].insert(axis.min(dims[input].len()), size),
        (1, Some(_)) => drop(dims[input].remove(axis)),
        (2, Some(old)) => dims[input][axis] = if old == size { 3 } else { size },
        (_, Some(old)) => {
            for dim in dims.iter_mut().flatten().filter(|dim| **dim == old) {
                *dim = size;
            }
        }
        (_, None) => {}
    }
    std::array::from_fn(|i| Extents::new(&dims[i]).unwrap_or(extents[i]))
}

/// Wherever an input is NaN, the output has a NaN: by definition, and by the processor's kernel under each instruction set.
fn nan_is_seen<O: Op<N>, const N: usize>(
    op: &O,
    extents: [Extents; N],
    values: &[Vec<f64>; N],
) -> Result<(), String> {
    let kinds = Cpu::of_every_kind();
    for i in (0..N).filter(|i| O::ROLES[*i] != Role::Statistic && 0 < extents[*i].count()) {
        let mut values = values.clone();
        values[i].fill(f64::NAN);
        let y = Subject::<f64, O, N>::new(op, extents, &values)?.forward(0.0).y;
        if y.is_empty() {
            continue;
        }
        if !y.iter().any(|y| y.is_nan()) {
            return Err(format!("input {i} is NaN, the output is not"));
        }
        let tape = Tape::new();
        let x: [Var<'_>; N] = extents.map(|extents| tape.input(&extents));
        let y = tape.apply(op.clone(), x);
        for [cpu, ..] in &kinds {
            let mut plan =
                Plan::<f32>::compile_for(cpu, &tape, None, &[y]).map_err(|error| error.to_string())?;
            for (number, values) in values.iter().enumerate() {
                for (to, from) in plan.input_mut(number).iter_mut().zip(values) {
                    *to = *from as f32;
                }
            }
            plan.forward(&[]).map_err(|error| error.to_string())?;
            if !plan.output(0).iter().any(|y| y.is_nan()) {
                return Err(format!("input {i} is NaN, the output of the kernel is not, {cpu:?}"));
            }
        }
    }
    Ok(())
}

/// An operation with its inputs.
struct Subject<'o, T, O, const N: usize> {
    op: &'o O,
    extents: [Extents; N],
    x: [Vec<T>; N],
    y: Extents,
    dy: Vec<T>,
}

/// What forward wrote.
struct Written<T> {
    y: Vec<T>,
    kept: Vec<T>,
}

/// What stands in for the inputs, and the output, that are not saved.
#[derive(Clone, Copy)]
enum Unsaved {
    Themselves,
    Nan,
    Nothing,
}

const MOMENT: Moment = Moment { seed: 3, step: 5 };

impl<'o, T: Scalar, O: Op<N>, const N: usize> Subject<'o, T, O, N> {
    fn new(op: &'o O, extents: [Extents; N], values: &[Vec<f64>; N]) -> Result<Self, String> {
        let y = op.shape(extents)?;
        let x = std::array::from_fn(|i| values[i].iter().map(|value| T::from_f64(*value)).collect());
        let random = Random::new(7);
        // Rounded to f32 for the same reason as the inputs.
        let dy = (0..y.count() as u64).map(|i| T::from_f64(f64::from(random.normal(i) as f32))).collect();
        Ok(Self { op, extents, x, y, dy })
    }

    /// Forward into memory that holds `garbage`.
    fn forward(&self, garbage: f64) -> Written<T> {
        let garbage = T::from_f64(garbage);
        let (mut y, mut kept) = (vec![garbage; self.y.count()], vec![garbage; self.op.kept(self.extents)]);
        let x = std::array::from_fn(|i| View { data: &self.x[i][..], extents: self.extents[i] });
        self.op.forward(x, Output { data: &mut y, extents: self.y, kept: &mut kept, moment: MOMENT });
        Written { y, kept }
    }

    /// Backward, added to `start`, of those that are wanted.
    fn backward(&self, written: &Written<T>, unsaved: Unsaved, wanted: [bool; N], start: T) -> [Vec<T>; N] {
        let stand_in = |saved: bool, values: &Vec<T>| match unsaved {
            _ if saved => values.clone(),
            Unsaved::Themselves => values.clone(),
            Unsaved::Nan => vec![T::NAN; values.len()],
            Unsaved::Nothing => Vec::new(),
        };
        let x: [Vec<T>; N] = std::array::from_fn(|i| stand_in(O::SAVES.input(i), &self.x[i]));
        let y = stand_in(O::SAVES.output(), &written.y);
        let saved = Saved {
            x: std::array::from_fn(|i| View { data: &x[i][..], extents: self.extents[i] }),
            y: View { data: &y[..], extents: self.y },
            kept: &written.kept,
            moment: MOMENT,
        };
        let mut dx: [Vec<T>; N] =
            std::array::from_fn(|i| vec![start; if wanted[i] { self.x[i].len() } else { 0 }]);
        self.op.backward(saved, &self.dy, dx.each_mut().map(|dx| &mut dx[..]));
        dx
    }

    /// Checks the laws; gives the output and the gradients by each input.
    fn check(&self) -> Result<Vec<Vec<T>>, String> {
        let written = self.forward(f64::NAN);
        let again = self.forward(7.0);
        if bits(&written.y) != bits(&again.y) || bits(&written.kept) != bits(&again.kept) {
            return Err("what forward writes depends on what was there".into());
        }
        // Nobody asks for the gradient by labels, or for gradients at all if there is nothing to be differentiated.
        let all = O::ROLES.map(|role| role != Role::Fixed);
        let dx = self.backward(&written, Unsaved::Themselves, all, T::ZERO);
        for (unsaved, what) in [(Unsaved::Nan, "reads"), (Unsaved::Nothing, "counts on the length of")] {
            let other = self.backward(&written, unsaved, all, T::ZERO);
            if (0..N).any(|i| bits(&other[i]) != bits(&dx[i])) {
                return Err(format!("backward {what} an input or output that it has not saved"));
            }
        }
        let added = self.backward(&written, Unsaved::Nothing, all, T::ONE);
        for i in (0..N).filter(|i| all[*i]) {
            let alone = self.backward(&written, Unsaved::Nothing, std::array::from_fn(|j| i == j), T::ZERO);
            if bits(&alone[i]) != bits(&dx[i]) {
                return Err(format!("the gradient by input {i} depends on whether others are wanted"));
            }
            let largest = dx[i].iter().map(|dx| dx.to_f64().abs()).fold(1.0, f64::max);
            let rounding = 100.0 * T::EPSILON.to_f64() * largest;
            if added[i]
                .iter()
                .zip(&dx[i])
                .any(|(added, dx)| (*added - T::ONE - *dx).to_f64().abs() > rounding)
            {
                return Err(format!("the gradient by input {i} is written, not added"));
            }
        }
        Ok(std::iter::once(written.y).chain(dx).collect())
    }
}

fn name(number: usize) -> String {
    if number == 0 { "the output".to_owned() } else { format!("the gradient by input {}", number - 1) }
}

/// The bits of each number; all NaN are alike.
fn bits<T: Scalar>(values: &[T]) -> Vec<u64> {
    values.iter().map(|value| if value.is_nan() { u64::MAX } else { value.to_f64().to_bits() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{Fill, Saves};

    const SOUND: u8 = 0;
    const READS_UNSAVED: u8 = 1;
    const COUNTS_ON_UNSAVED: u8 = 2;
    const OVERWRITES: u8 = 3;
    const HIDES_NAN: u8 = 4;
    const ADDS_TO_OUTPUT: u8 = 5;
    const PANICS: u8 = 6;
    const IS_INEXACT: u8 = 7;
    const NEEDS_OTHERS: u8 = 8;

    /// `y = 2 (a + b)` with a flaw.
    #[derive(Clone, Debug, PartialEq)]
    struct Flawed<const FLAW: u8>;

    impl<const FLAW: u8> Op<2> for Flawed<FLAW> {
        const NAME: &'static str = "flawed";
        const SAVES: Saves = Saves::NOTHING;
        const ROLES: [Role; 2] = [Role::Differentiable; 2];
        const CASES: &'static [Case<Self>] =
            &[Case { name: "two rows", op: Self, inputs: &[Fill::normal(&[2, 3]), Fill::normal(&[2, 3])] }];

        fn shape(&self, [a, b]: [Extents; 2]) -> Result<Extents, String> {
            if a == b { Ok(a) } else { Err("of the same sizes".into()) }
        }

        fn forward<T: Scalar>(&self, [a, b]: [View<'_, T>; 2], mut y: Output<'_, T>) {
            let first = if FLAW == PANICS { a[0] } else { T::ZERO };
            for i in 0..a.len() {
                let sum = T::from_f64(2.0) * (a[i] + b[i]);
                match FLAW {
                    ADDS_TO_OUTPUT => y[i] += sum,
                    HIDES_NAN if sum.is_nan() => y[i] = first,
                    IS_INEXACT => y[i] = sum + T::from_f64(1e6) * T::EPSILON,
                    _ => y[i] = sum,
                }
            }
        }

        fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [da, db]: [&mut [T]; 2]) {
            let [x, _] = saved.x;
            let factor = match FLAW {
                READS_UNSAVED if x.first().is_some_and(|x| x.is_nan()) => 3.0,
                COUNTS_ON_UNSAVED if x.is_empty() => 3.0,
                NEEDS_OTHERS if db.is_empty() => 3.0,
                _ => 2.0,
            };
            for dx in [da, db] {
                for (dx, dy) in dx.iter_mut().zip(dy) {
                    let more = T::from_f64(factor) * *dy;
                    if FLAW == OVERWRITES { *dx = more } else { *dx += more }
                }
            }
        }
    }

    #[test]
    fn each_flaw_is_found_and_a_sound_operation_passes() {
        check::<Flawed<SOUND>, 2>().unwrap();
        let found = [
            (check::<Flawed<READS_UNSAVED>, 2>(), "reads an input"),
            (check::<Flawed<COUNTS_ON_UNSAVED>, 2>(), "counts on the length"),
            (check::<Flawed<OVERWRITES>, 2>(), "written, not added"),
            (check::<Flawed<HIDES_NAN>, 2>(), "is NaN, the output is not"),
            (check::<Flawed<ADDS_TO_OUTPUT>, 2>(), "depends on what was there"),
            (check::<Flawed<PANICS>, 2>(), "it panics on"),
            (check::<Flawed<IS_INEXACT>, 2>(), "in f32"),
            (check::<Flawed<NEEDS_OTHERS>, 2>(), "whether others are wanted"),
        ];
        for (result, expected) in found {
            let report = result.unwrap_err();
            assert!(report.contains(expected) && report.contains("`flawed`, case `two rows`"), "{report}");
        }
    }
}
