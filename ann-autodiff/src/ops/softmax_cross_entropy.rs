//! Cross-entropy of classes on logits.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::pointwise::share;
use crate::scalar::total;
use crate::{Extents, Scalar};

/// The mean over all rows of `-sum of t ln softmax(x)`, `t` being `1 - smoothing` at the row's class and `smoothing / n` more
/// everywhere (Szegedy et al. 2016, section 7).
///
/// `x` is `[.., n]`, the classes `[..]` as whole numbers. A class that is none gives NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SoftmaxCrossEntropy {
    /// The share of the target that is spread over all classes.
    pub smoothing: f64,
}

impl SoftmaxCrossEntropy {
    /// What the target says of class `j` in a row of `n`.
    #[inline(always)]
    fn target<T: Scalar>(self, class: T, j: usize, n: usize) -> T {
        let (spread, hot) = self.targets(n);
        if class == T::from_usize(j) { hot } else { spread }
    }

    /// What it says of the classes that the row is not of, and of that which it is of.
    #[inline(always)]
    pub(crate) fn targets<T: Scalar>(self, n: usize) -> (T, T) {
        let spread = T::from_f64(self.smoothing / n as f64);
        (spread, T::from_f64(1.0 - self.smoothing) + spread)
    }
}

impl SoftmaxCrossEntropy {
    fn sizes(self, x: Extents, classes: Extents) -> Result<Extents, String> {
        if x.last() == 0 || x.is_empty() || x[..x.len() - 1] != classes[..] {
            return Err("it takes logits [.., n] and classes [..]".into());
        }
        if (0.0..=1.0).contains(&self.smoothing) {
            Ok(Extents::SCALAR)
        } else {
            Err(format!("a label smoothing of {} does not lie in [0, 1]", self.smoothing))
        }
    }

    /// The price of one row, whose softmax is written to `p`; what is expected of a class counts as much as `weight` says.
    fn row<T: Scalar>(self, x: &[T], class: T, p: &mut [T], weight: impl Fn(usize) -> T) -> f64 {
        let n = x.len();
        let largest = x.iter().fold(x[0], |m, x| m.maximum(*x));
        let mut exponentials = T::ZERO;
        for (x, p) in x.iter().zip(p.iter_mut()) {
            *p = (*x - largest).exp();
            exponentials += *p;
        }
        for p in p.iter_mut() {
            *p /= exponentials;
        }
        let log = exponentials.ln();
        // By distances from the largest, which lose nothing; a class that cannot be (minus infinity) costs nothing if nobody
        // expects it.
        let cost = |j: usize, x: T| {
            let target = weight(j) * self.target(class, j, n);
            if target == T::ZERO { T::ZERO } else { target * (log + (largest - x)) }
        };
        if number(class, n).is_some() {
            total(x.iter().enumerate().map(|(j, x)| cost(j, *x)))
        } else {
            f64::NAN
        }
    }

    /// The price of one row whose largest logit and logarithm of the sum of exponentials are known, each class counting the same.
    #[inline(always)]
    pub(crate) fn cost<T: Scalar>(self, x: &[T], class: T, largest: T, log: T) -> f64 {
        let n = x.len();
        let at = class.to_f64() as usize;
        if n <= at || class != T::from_usize(at) {
            return f64::NAN;
        }
        let cost = |x: T| (log + (largest - x)).to_f64();
        if self.smoothing == 0.0 {
            return cost(x[at]);
        }
        let spread = self.smoothing / n as f64;
        (1.0 - self.smoothing) * cost(x[at]) + spread * x.iter().map(|x| cost(*x)).sum::<f64>()
    }

    /// `dx += share (softmax - target)` of one row.
    #[inline(always)]
    pub(crate) fn row_backward<T: Scalar>(self, p: &[T], class: T, share: T, dx: &mut [T]) {
        let n = p.len();
        for (j, (p, dx)) in p.iter().zip(dx).enumerate() {
            *dx += share * (*p - self.target(class, j, n));
        }
    }

    /// The same with weights of the classes: `dx += share (softmax sum of w t - w t)`.
    fn row_backward_by_class<T: Scalar>(self, p: &[T], class: T, share: T, dx: &mut [T], weights: &[T]) {
        let n = p.len();
        let target = |j: usize| weights[j] * self.target(class, j, n);
        let sum = T::from_f64(total((0..n).map(target)));
        for (j, (p, dx)) in p.iter().zip(dx).enumerate() {
            *dx += share * (*p * sum - target(j));
        }
    }
}

/// The class as an index. Never `NaN as usize`: a class that is none must show.
fn number<T: Scalar>(class: T, n: usize) -> Option<usize> {
    (0..n).find(|j| class == T::from_usize(*j))
}

/// What each row counts: its own weight times that of its class, 0 for a class that is none.
fn counts<T: Scalar>([classes, rows, weights]: [&[T]; 3]) -> impl Iterator<Item = T> + '_ {
    let of_class = |class: &T| number(*class, weights.len()).map_or(T::ZERO, |j| weights[j]);
    classes.iter().zip(rows).map(move |(class, row)| *row * of_class(class))
}

impl Op<2> for SoftmaxCrossEntropy {
    const NAME: &'static str = "softmax_cross_entropy";
    const SAVES: Saves = Saves::inputs(&[1]);
    const ROLES: [Role; 2] = [Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "plain",
            op: Self { smoothing: 0.0 },
            inputs: &[Fill::normal(&[4, 3]), Fill::of(&[4], Draw::Below(3))],
        },
        Case {
            name: "steps, smoothed",
            op: Self { smoothing: 0.2 },
            inputs: &[Fill::normal(&[2, 3, 4]), Fill::of(&[2, 3], Draw::Below(4))],
        },
        Case {
            name: "one class",
            op: Self { smoothing: 0.1 },
            inputs: &[Fill::normal(&[3, 1]), Fill::of(&[3], Draw::Below(1))],
        },
    ];

    fn shape(&self, [x, classes]: [Extents; 2]) -> Result<Extents, String> {
        self.sizes(x, classes)
    }

    // The softmax.
    fn kept(&self, [x, _]: [Extents; 2]) -> usize {
        x.count()
    }

    fn forward<T: Scalar>(&self, [x, classes]: [View<'_, T>; 2], y: Output<'_, T>) {
        let n = x.extents.last();
        let rows = x.chunks_exact(n).zip(classes.iter()).zip(y.kept.chunks_exact_mut(n));
        let sum: f64 = rows.map(|((x, class), p)| self.row(x, *class, p, |_| T::ONE)).sum();
        y.data[0] = T::from_f64(sum / classes.len() as f64);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        let ([x, classes], n) = (saved.x, saved.x[0].extents.last());
        let share = dy[0] / T::from_usize(x.extents.rows());
        let rows = saved.kept.chunks_exact(n).zip(dx.chunks_exact_mut(n));
        for ((p, dx), class) in rows.zip(classes.iter()) {
            self.row_backward(p, *class, share, dx);
        }
    }
}

/// With weights `[..]` of the rows: `sum of w price / sum of w`, 0 where all weights are. What counts nothing is not looked at:
/// padding may hold anything.
impl Op<3> for SoftmaxCrossEntropy {
    const NAME: &'static str = "softmax_cross_entropy";
    const SAVES: Saves = Saves::inputs(&[1, 2]);
    const ROLES: [Role; 3] = [Role::Differentiable, Role::Fixed, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "examples",
            op: Self { smoothing: 0.0 },
            inputs: &[Fill::normal(&[4, 3]), Fill::of(&[4], Draw::Below(3)), Fill::of(&[4], Draw::Positive)],
        },
        Case {
            name: "steps, some of them padding",
            op: Self { smoothing: 0.2 },
            inputs: &[
                Fill::normal(&[2, 3, 4]),
                Fill::of(&[2, 3], Draw::These(&[1.0, 3.0, 9.0, 0.0, -1.0, 0.5])),
                Fill::of(&[2, 3], Draw::These(&[1.0, 1.0, 0.0, 0.5, 0.0, 0.0])),
            ],
        },
    ];

    fn shape(&self, [x, classes, weights]: [Extents; 3]) -> Result<Extents, String> {
        if weights == classes {
            self.sizes(x, classes)
        } else {
            Err(format!("the weights {weights} have to be as many as the classes {classes}"))
        }
    }

    // The softmax.
    fn kept(&self, [x, ..]: [Extents; 3]) -> usize {
        x.count()
    }

    fn forward<T: Scalar>(&self, [x, classes, weights]: [View<'_, T>; 3], y: Output<'_, T>) {
        let n = x.extents.last();
        let rows = x.chunks_exact(n).zip(classes.iter()).zip(y.kept.chunks_exact_mut(n)).zip(weights.iter());
        let mut sum = 0.0;
        for (((x, class), p), weight) in rows {
            if *weight == T::ZERO {
                p.fill(T::ZERO);
            } else {
                sum += weight.to_f64() * self.row(x, *class, p, |_| T::ONE);
            }
        }
        y.data[0] = T::from_f64(sum * share(&weights));
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 3>, dy: &[T], [dx, ..]: [&mut [T]; 3]) {
        let ([_, classes, weights], n) = (saved.x, saved.x[0].extents.last());
        let all = share(&weights);
        let rows =
            saved.kept.chunks_exact(n).zip(dx.chunks_exact_mut(n)).zip(classes.iter()).zip(weights.iter());
        for (((p, dx), class), weight) in rows {
            if *weight != T::ZERO {
                self.row_backward(p, *class, dy[0] * T::from_f64(weight.to_f64() * all), dx);
            }
        }
    }
}

/// With weights `[..]` of the rows and `[n]` of the classes, as PyTorch weights them: the sum of the rows' `w (-sum of v t ln
/// softmax(x))`, `w` being the row's weight and `v` the classes', over the sum of `w v` at the rows' own classes; so a smoothed target
/// is weighted class by class, and divided by what the classes themselves count. 0 where that is 0; PyTorch gives NaN.
impl Op<4> for SoftmaxCrossEntropy {
    const NAME: &'static str = "softmax_cross_entropy";
    const SAVES: Saves = Saves::inputs(&[1, 2, 3]);
    const ROLES: [Role; 4] = [Role::Differentiable, Role::Fixed, Role::Fixed, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "classes that count differently, one of them nothing",
            op: Self { smoothing: 0.0 },
            inputs: &[
                Fill::normal(&[4, 3]),
                Fill::of(&[4], Draw::These(&[2.0, 0.0, 1.0, 0.0])),
                Fill::of(&[4], Draw::Positive),
                Fill::of(&[3], Draw::These(&[0.5, 0.0, 2.0])),
            ],
        },
        Case {
            name: "steps, some of them padding, smoothed",
            op: Self { smoothing: 0.2 },
            inputs: &[
                Fill::normal(&[2, 3, 4]),
                Fill::of(&[2, 3], Draw::These(&[1.0, 3.0, 9.0, 0.0, -1.0, 0.5])),
                Fill::of(&[2, 3], Draw::These(&[1.0, 1.0, 0.0, 0.5, 0.0, 0.0])),
                Fill::of(&[4], Draw::Positive),
            ],
        },
    ];

    fn shape(&self, [x, classes, rows, weights]: [Extents; 4]) -> Result<Extents, String> {
        if weights[..] != [x.last()] {
            return Err(format!("the weights {weights} have to be one for each of {} classes", x.last()));
        }
        Op::<3>::shape(self, [x, classes, rows])
    }

    // The softmax.
    fn kept(&self, [x, ..]: [Extents; 4]) -> usize {
        x.count()
    }

    fn forward<T: Scalar>(&self, [x, classes, rows, weights]: [View<'_, T>; 4], y: Output<'_, T>) {
        let n = x.extents.last();
        let each = x.chunks_exact(n).zip(classes.iter()).zip(y.kept.chunks_exact_mut(n)).zip(rows.iter());
        let mut sum = 0.0;
        for (((x, class), p), row) in each {
            if *row == T::ZERO {
                p.fill(T::ZERO);
            } else {
                sum += row.to_f64() * self.row(x, *class, p, |j| weights[j]);
            }
        }
        let counted = total(counts([&classes, &rows, &weights]));
        // A class that is none has made the sum NaN.
        let share = if counted == 0.0 && !sum.is_nan() { 0.0 } else { 1.0 / counted };
        y.data[0] = T::from_f64(sum * share);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 4>, dy: &[T], [dx, ..]: [&mut [T]; 4]) {
        let ([_, classes, rows, weights], n) = (saved.x, saved.x[0].extents.last());
        let counted = total(counts([&classes, &rows, &weights]));
        if counted == 0.0 {
            return;
        }
        let each =
            saved.kept.chunks_exact(n).zip(dx.chunks_exact_mut(n)).zip(classes.iter()).zip(rows.iter());
        for (((p, dx), class), row) in each {
            if *row != T::ZERO {
                let share = dy[0] * T::from_f64(row.to_f64() / counted);
                self.row_backward_by_class(p, *class, share, dx, &weights);
            }
        }
    }
}
