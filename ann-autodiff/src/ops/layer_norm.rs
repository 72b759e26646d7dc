//! Layer normalization.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = (x - mean) / sqrt(variance + eps)`, mean and (biased) variance over the last `axes` axes (Ba, Kiros, Hinton 2016).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNorm {
    /// Over how many of the last axes.
    pub axes: usize,
    /// What is added to the variance.
    pub eps: f64,
}

impl LayerNorm {
    fn width(self, x: Extents) -> usize {
        x[x.len() - self.axes..].iter().product()
    }
}

impl Op<1> for LayerNorm {
    const NAME: &'static str = "layer_norm";
    const SAVES: Saves = Saves::OUTPUT;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "features", op: Self { axes: 1, eps: 1e-3 }, inputs: &[Fill::normal(&[3, 5])] },
        Case { name: "images", op: Self { axes: 3, eps: 1e-5 }, inputs: &[Fill::normal(&[2, 2, 3, 2])] },
        Case { name: "steps", op: Self { axes: 1, eps: 1e-3 }, inputs: &[Fill::normal(&[2, 3, 4])] },
        Case {
            name: "two of three axes",
            op: Self { axes: 2, eps: 1e-3 },
            inputs: &[Fill::normal(&[2, 3, 2])],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        if self.axes == 0 || x.len() < self.axes {
            return Err(format!("there are no {} last axes", self.axes));
        }
        if self.width(x) == 0 { Err("there is nothing to take the mean of".into()) } else { Ok(x) }
    }

    // 1 / sqrt(variance + eps) of each row.
    fn kept(&self, [x]: [Extents; 1]) -> usize {
        x.count() / self.width(x).max(1)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let width = self.width(x.extents);
        let count = T::from_usize(width);
        for ((x, y), scale) in x.chunks_exact(width).zip(y.data.chunks_exact_mut(width)).zip(y.kept) {
            let mean = x.iter().copied().sum::<T>() / count;
            let variance = x.iter().map(|x| (*x - mean) * (*x - mean)).sum::<T>() / count;
            *scale = T::ONE / (variance + T::from_f64(self.eps)).sqrt();
            for (x, y) in x.iter().zip(y) {
                *y = (*x - mean) * *scale;
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let width = self.width(saved.x[0].extents);
        let count = T::from_usize(width);
        let rows = saved.y.chunks_exact(width).zip(dy.chunks_exact(width)).zip(dx.chunks_exact_mut(width));
        for (((y, dy), dx), scale) in rows.zip(saved.kept) {
            let mean = dy.iter().copied().sum::<T>() / count;
            let along = y.iter().zip(dy).map(|(y, dy)| *y * *dy).sum::<T>() / count;
            for ((y, dy), dx) in y.iter().zip(dy).zip(dx) {
                *dx += *scale * (*dy - mean - *y * along);
            }
        }
    }
}
