//! Batch normalization while training.

use super::prelu::{channel, channels};
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = (x - mean) / sqrt(variance + eps) * weight + bias`, mean and (biased) variance of each channel over the batch
/// (Ioffe and Szegedy 2015). Channels are axis 1 of `[n, c, h, w]`, else the last.
///
/// Inputs: `x`, `weight [c]`, `bias [c]`, and the running mean and variance `[c]`, which are moved towards the batch's own; the
/// variance by its unbiased estimate, as PyTorch does. A single value a channel is refused: it has no variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm {
    /// What is added to the variance.
    pub eps: f64,
}

impl Op<5> for BatchNorm {
    const NAME: &'static str = "batch_norm";
    const SAVES: Saves = Saves::inputs(&[0, 1, 3, 4]);
    const ROLES: [Role; 5] =
        [Role::Differentiable, Role::Differentiable, Role::Differentiable, Role::Statistic, Role::Statistic];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "images",
            op: Self { eps: 1e-3 },
            inputs: &[
                Fill::normal(&[2, 3, 2, 2]),
                Fill::normal(&[3]),
                Fill::normal(&[3]),
                Fill::normal(&[3]),
                Fill::normal(&[3]),
            ],
        },
        Case {
            name: "features",
            op: Self { eps: 1e-2 },
            inputs: &[
                Fill::normal(&[5, 2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
            ],
        },
        Case {
            name: "steps",
            op: Self { eps: 1e-2 },
            inputs: &[
                Fill::normal(&[2, 3, 2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
            ],
        },
        Case {
            name: "an empty batch",
            op: Self { eps: 1e-2 },
            inputs: &[
                Fill::normal(&[0, 2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
            ],
        },
    ];

    fn shape(&self, [x, rest @ ..]: [Extents; 5]) -> Result<Extents, String> {
        if x.len() < 2 {
            return Err("it takes features [n, c] or images [n, c, h, w]".into());
        }
        let c = channels(x);
        if 0 < c && x.count() == c {
            return Err("a single value a channel has no variance: it takes batches of at least two".into());
        }
        if rest.iter().all(|extents| extents[..] == [c]) {
            Ok(x)
        } else {
            Err(format!("all others have to be [{c}]"))
        }
    }

    // Mean and 1 / sqrt(variance + eps) of each channel.
    fn kept(&self, [x, ..]: [Extents; 5]) -> usize {
        2 * channels(x)
    }

    fn forward<T: Scalar>(&self, [x, weight, bias, ..]: [View<'_, T>; 5], y: Output<'_, T>) {
        let c = channels(x.extents);
        let count = T::from_usize(x.len() / c.max(1));
        let (mean, scale) = y.kept.split_at_mut(c);
        mean.fill(T::ZERO);
        scale.fill(T::ZERO);
        for (i, x_i) in x.iter().enumerate() {
            mean[channel(i, x.extents)] += *x_i / count;
        }
        for (i, x_i) in x.iter().enumerate() {
            let c = channel(i, x.extents);
            scale[c] += (*x_i - mean[c]) * (*x_i - mean[c]) / count;
        }
        for scale in scale.iter_mut() {
            *scale = T::ONE / (*scale + T::from_f64(self.eps)).sqrt();
        }
        for i in 0..x.len() {
            let c = channel(i, x.extents);
            y.data[i] = (x[i] - mean[c]) * scale[c] * weight[c] + bias[c];
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 5>, dy: &[T], [dx, dw, db, dm, dv]: [&mut [T]; 5]) {
        let [x, weight, _, running_mean, running_var] = saved.x;
        let n = channels(x.extents);
        let elements = x.len() / n.max(1);
        let count = T::from_usize(elements);
        let (mean, scale) = saved.kept.split_at(n);
        for c in 0..n {
            let of = |i: &usize| channel(*i, x.extents) == c;
            let normal = |i: usize| (x[i] - mean[c]) * scale[c];
            let sum: T = (0..x.len()).filter(of).map(|i| dy[i]).sum();
            let along: T = (0..x.len()).filter(of).map(|i| dy[i] * normal(i)).sum();
            if let Some(dw) = dw.get_mut(c) {
                *dw += along;
            }
            if let Some(db) = db.get_mut(c) {
                *db += sum;
            }
            if !dx.is_empty() {
                for i in (0..x.len()).filter(of) {
                    dx[i] += weight[c] * scale[c] * (dy[i] - (sum + normal(i) * along) / count);
                }
            }
            // A batch of nothing tells nothing.
            if elements == 0 {
                continue;
            }
            if let Some(dm) = dm.get_mut(c) {
                *dm += running_mean[c] - mean[c];
            }
            if let Some(dv) = dv.get_mut(c) {
                // Rounded, the difference may fall below what a variance can be.
                let biased = (T::ONE / (scale[c] * scale[c]) - T::from_f64(self.eps)).maximum(T::ZERO);
                let unbiased = biased * count / T::from_usize(elements - 1);
                *dv += running_var[c] - unbiased;
            }
        }
    }
}
