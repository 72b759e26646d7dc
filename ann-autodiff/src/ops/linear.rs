//! The dense layer's operation: a matrix product with bias, and an activation that a plan may have joined to it.

use crate::epilogue::Epilogue;
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = f(x W^T + b)`; `x` is `[.., k]`, `W` `[n, k]`, `b` `[n]`, `y` `[.., n]`; `f` the epilogue, none as recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linear {
    /// What a plan joined to it.
    pub epilogue: Epilogue,
}

const INPUTS: &[Fill] = &[Fill::normal(&[2, 3, 4]), Fill::normal(&[5, 4]), Fill::normal(&[5])];

impl Op<3> for Linear {
    const NAME: &'static str = "linear";
    // The epilogue's slope is told by the output.
    const SAVES: Saves = Saves::inputs(&[0, 1]).and_output();
    const ROLES: [Role; 3] = [Role::Differentiable; 3];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "plain", op: Self { epilogue: Epilogue::None }, inputs: INPUTS },
        Case { name: "relu", op: Self { epilogue: Epilogue::Relu }, inputs: INPUTS },
        Case { name: "sigmoid", op: Self { epilogue: Epilogue::Sigmoid }, inputs: INPUTS },
        Case { name: "tanh", op: Self { epilogue: Epilogue::Tanh }, inputs: INPUTS },
        Case {
            name: "one by one",
            op: Self { epilogue: Epilogue::None },
            inputs: &[Fill::normal(&[1, 1]), Fill::normal(&[1, 1]), Fill::normal(&[1])],
        },
        Case {
            name: "a vector",
            op: Self { epilogue: Epilogue::None },
            inputs: &[Fill::normal(&[4]), Fill::normal(&[3, 4]), Fill::normal(&[3])],
        },
    ];

    fn shape(&self, [x, w, b]: [Extents; 3]) -> Result<Extents, String> {
        let [n, k] = w[..] else { return Err(format!("the weight has to be [n, k], not {w}")) };
        if x.is_empty() || x.last() != k {
            return Err(format!("the weight {w} takes rows of {k}"));
        }
        if b[..] != [n] {
            return Err(format!("the bias of a weight {w} has to be [{n}], not {b}"));
        }
        Ok(x.with_last(n))
    }

    fn forward<T: Scalar>(&self, [x, w, b]: [View<'_, T>; 3], mut y: Output<'_, T>) {
        let (n, k) = (w.extents[0], w.extents[1]);
        for row in 0..x.extents.rows() {
            for j in 0..n {
                let mut sum = b[j];
                for i in 0..k {
                    sum += x[row * k + i] * w[j * k + i];
                }
                y[row * n + j] = self.epilogue.apply(sum);
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 3>, dy: &[T], [dx, dw, db]: [&mut [T]; 3]) {
        let [x, w, _] = saved.x;
        let (n, k) = (w.extents[0], w.extents[1]);
        for row in 0..x.extents.rows() {
            for j in 0..n {
                let dz = self.epilogue.through(dy[row * n + j], saved.y[row * n + j]);
                if let Some(db) = db.get_mut(j) {
                    *db += dz;
                }
                for i in 0..k {
                    if let Some(dx) = dx.get_mut(row * k + i) {
                        *dx += dz * w[j * k + i];
                    }
                    if let Some(dw) = dw.get_mut(j * k + i) {
                        *dw += dz * x[row * k + i];
                    }
                }
            }
        }
    }
}
