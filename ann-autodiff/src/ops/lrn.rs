//! Local response normalization across channels.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y[c] = x[c] / b[c]^beta`, `b[c] = k + alpha / size * sum of x[j]^2 over |j - c| <= size / 2`, on `[n, c, h, w]`
/// (Krizhevsky et al. 2012, section 3.3; `alpha` is divided by `size` as Caffe does).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lrn {
    /// Channels of a sum, odd.
    pub size: usize,
    /// The weight of the squares.
    pub alpha: f64,
    /// The exponent.
    pub beta: f64,
    /// What the squares are added to.
    pub k: f64,
}

impl Lrn {
    /// The channels summed for channel `c` of `n`.
    fn neighbours(self, c: usize, n: usize) -> std::ops::Range<usize> {
        c.saturating_sub(self.size / 2)..n.min(c + self.size / 2 + 1)
    }
}

impl Op<1> for Lrn {
    const NAME: &'static str = "lrn";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "three of four channels",
            op: Self { size: 3, alpha: 0.8, beta: 0.75, k: 1.0 },
            inputs: &[Fill::normal(&[2, 4, 2, 1])],
        },
        Case {
            name: "more than there are",
            op: Self { size: 5, alpha: 0.1, beta: 0.5, k: 2.0 },
            inputs: &[Fill::normal(&[1, 2, 2, 2])],
        },
        Case {
            name: "one channel, one pixel",
            op: Self { size: 1, alpha: 0.8, beta: 0.75, k: 2.0 },
            inputs: &[Fill::normal(&[3, 1, 1, 1])],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        if x.len() != 4 {
            return Err("it takes images [n, c, h, w]".into());
        }
        if self.size % 2 == 1 {
            Ok(x)
        } else {
            Err(format!("a window of {} channels has no middle", self.size))
        }
    }

    // The brackets b.
    fn kept(&self, [x]: [Extents; 1]) -> usize {
        x.count()
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let (n, plane) = (x.extents[1], x.extents[2] * x.extents[3]);
        let (k, beta) = (T::from_f64(self.k), T::from_f64(self.beta));
        let alpha = T::from_f64(self.alpha / self.size as f64);
        for i in 0..x.len() {
            let c = i / plane % n;
            let squares: T = self.neighbours(c, n).map(|j| x[i + j * plane - c * plane]).map(|x| x * x).sum();
            y.kept[i] = k + alpha * squares;
            y.data[i] = x[i] * y.kept[i].powf(-beta);
        }
    }

    // dx[j] = dy[j] b[j]^-beta - 2 alpha beta / size x[j] * sum of dy[c] x[c] b[c]^(-beta - 1) over the c whose sum has j in it.
    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let ([x], b) = (saved.x, saved.kept);
        let (n, plane) = (x.extents[1], x.extents[2] * x.extents[3]);
        let beta = T::from_f64(self.beta);
        let slope = T::from_f64(2.0 * self.alpha * self.beta / self.size as f64);
        for i in 0..x.len() {
            let c = i / plane % n;
            let through: T = self
                .neighbours(c, n)
                .map(|j| i + j * plane - c * plane)
                .map(|at| dy[at] * x[at] * b[at].powf(-beta) / b[at])
                .sum();
            dx[i] += dy[i] * b[i].powf(-beta) - slope * x[i] * through;
        }
    }
}
