//! Batch normalization at prediction.

use super::prelu::{channel, channels};
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = (x - mean) / sqrt(variance + eps) * weight + bias` with given means and variances `[c]`; channels are axis 1 of
/// `[n, c, h, w]`, else the last. Inputs: `x`, `weight`, `bias`, mean, variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalize {
    /// What is added to the variance.
    pub eps: f64,
}

impl Normalize {
    fn scale<T: Scalar>(self, variance: T) -> T {
        T::ONE / (variance + T::from_f64(self.eps)).sqrt()
    }
}

impl Op<5> for Normalize {
    const NAME: &'static str = "normalize";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 5] =
        [Role::Differentiable, Role::Differentiable, Role::Differentiable, Role::Fixed, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "images",
            op: Self { eps: 1e-3 },
            inputs: &[
                Fill::normal(&[2, 3, 2, 1]),
                Fill::normal(&[3]),
                Fill::normal(&[3]),
                Fill::normal(&[3]),
                Fill::of(&[3], Draw::Positive),
            ],
        },
        Case {
            name: "features",
            op: Self { eps: 1e-2 },
            inputs: &[
                Fill::normal(&[4, 2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::normal(&[2]),
                Fill::of(&[2], Draw::Positive),
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
                Fill::of(&[2], Draw::Positive),
            ],
        },
    ];

    fn shape(&self, [x, rest @ ..]: [Extents; 5]) -> Result<Extents, String> {
        if x.len() < 2 {
            return Err("it takes features [n, c] or images [n, c, h, w]".into());
        }
        let c = channels(x);
        if rest.iter().all(|extents| extents[..] == [c]) {
            Ok(x)
        } else {
            Err(format!("all others have to be [{c}]"))
        }
    }

    fn forward<T: Scalar>(&self, [x, weight, bias, mean, variance]: [View<'_, T>; 5], y: Output<'_, T>) {
        for i in 0..x.len() {
            let c = channel(i, x.extents);
            y.data[i] = (x[i] - mean[c]) * self.scale(variance[c]) * weight[c] + bias[c];
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 5>, dy: &[T], [dx, dw, db, ..]: [&mut [T]; 5]) {
        let [x, weight, _, mean, variance] = saved.x;
        for (i, dy) in dy.iter().enumerate() {
            let c = channel(i, x.extents);
            let scale = self.scale(variance[c]);
            if let Some(dx) = dx.get_mut(i) {
                *dx += *dy * scale * weight[c];
            }
            if let Some(dw) = dw.get_mut(c) {
                *dw += *dy * (x[i] - mean[c]) * scale;
            }
            if let Some(db) = db.get_mut(c) {
                *db += *dy;
            }
        }
    }
}
