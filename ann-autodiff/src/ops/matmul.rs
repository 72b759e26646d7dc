//! The matrix product.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x w`, or `y = x w^T` if transposed; `x` is `[.., k]`, `w` `[k, n]` or `[n, k]`, `y` `[.., n]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatMul {
    /// Whether the second matrix is transposed.
    pub transposed: bool,
    /// Whether the first is known to be zeros and ones, as draws are: what a plan found out.
    pub of_draws: bool,
}

const PLAIN: MatMul = MatMul { transposed: false, of_draws: false };
const TRANSPOSED: MatMul = MatMul { transposed: true, of_draws: false };

impl MatMul {
    fn at(self, w: Extents, i: usize, j: usize) -> usize {
        if self.transposed { j * w[1] + i } else { i * w[1] + j }
    }
}

impl Op<2> for MatMul {
    const NAME: &'static str = "matmul";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable; 2];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "plain", op: PLAIN, inputs: &[Fill::normal(&[2, 3, 4]), Fill::normal(&[4, 5])] },
        Case { name: "transposed", op: TRANSPOSED, inputs: &[Fill::normal(&[3, 4]), Fill::normal(&[5, 4])] },
        Case { name: "one by one", op: PLAIN, inputs: &[Fill::normal(&[3, 1]), Fill::normal(&[1, 1])] },
        Case {
            name: "steps, transposed",
            op: TRANSPOSED,
            inputs: &[Fill::normal(&[2, 3, 4]), Fill::normal(&[5, 4])],
        },
        Case {
            name: "said to be of draws, and not",
            op: Self { of_draws: true, ..PLAIN },
            inputs: &[Fill::normal(&[18, 35]), Fill::normal(&[35, 33])],
        },
        Case {
            name: "of draws",
            op: Self { of_draws: true, ..PLAIN },
            inputs: &[Fill::of(&[18, 35], Draw::Below(2)), Fill::normal(&[35, 33])],
        },
    ];

    fn shape(&self, [x, w]: [Extents; 2]) -> Result<Extents, String> {
        let [rows, columns] = w[..] else { return Err(format!("the second has to be a matrix, not {w}")) };
        let (k, n) = if self.transposed { (columns, rows) } else { (rows, columns) };
        if x.is_empty() || x.last() != k {
            return Err(format!("the second takes rows of {k}"));
        }
        Ok(x.with_last(n))
    }

    fn forward<T: Scalar>(&self, [x, w]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let (k, n) = (x.extents.last(), y.extents.last());
        for row in 0..x.extents.rows() {
            for j in 0..n {
                let mut sum = T::ZERO;
                for i in 0..k {
                    sum += x[row * k + i] * w[self.at(w.extents, i, j)];
                }
                y[row * n + j] = sum;
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, dw]: [&mut [T]; 2]) {
        let [x, w] = saved.x;
        let (k, n) = (x.extents.last(), saved.y.extents.last());
        for row in 0..x.extents.rows() {
            for j in 0..n {
                for i in 0..k {
                    if let Some(dx) = dx.get_mut(row * k + i) {
                        *dx += dy[row * n + j] * w[self.at(w.extents, i, j)];
                    }
                    if let Some(dw) = dw.get_mut(self.at(w.extents, i, j)) {
                        *dw += dy[row * n + j] * x[row * k + i];
                    }
                }
            }
        }
    }
}
