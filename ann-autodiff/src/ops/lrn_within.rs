//! Local response normalization within a channel.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x / b^beta`, `b = k + alpha / size^2 * sum of x^2` over the `size` x `size` window around each pixel of a channel, on
/// `[n, c, h, w]`. Beyond the image are zeros (Caffe's `WITHIN_CHANNEL`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LrnWithin {
    /// Height and width of a window, odd.
    pub size: usize,
    /// The weight of the squares.
    pub alpha: f64,
    /// The exponent.
    pub beta: f64,
    /// What the squares are added to.
    pub k: f64,
}

impl LrnWithin {
    /// The pixels of the window around pixel `i`.
    fn window(self, i: usize, x: Extents) -> impl Iterator<Item = usize> {
        let (height, width, half) = (x[2], x[3], self.size / 2);
        let (row, column, start) = (i / width % height, i % width, i - i % (height * width));
        let columns = column.saturating_sub(half)..width.min(column + half + 1);
        (row.saturating_sub(half)..height.min(row + half + 1))
            .flat_map(move |row| columns.clone().map(move |column| start + row * width + column))
    }

    fn share(self) -> f64 {
        self.alpha / (self.size * self.size) as f64
    }
}

impl Op<1> for LrnWithin {
    const NAME: &'static str = "lrn_within";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "three by three",
            op: Self { size: 3, alpha: 0.9, beta: 0.75, k: 1.0 },
            inputs: &[Fill::normal(&[1, 2, 4, 3])],
        },
        Case {
            name: "larger than the image",
            op: Self { size: 5, alpha: 0.9, beta: 0.5, k: 2.0 },
            inputs: &[Fill::normal(&[2, 1, 2, 3])],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        if x.len() != 4 {
            return Err("it takes images [n, c, h, w]".into());
        }
        if self.size % 2 == 1 { Ok(x) } else { Err(format!("a window of {} has no middle", self.size)) }
    }

    // The brackets b.
    fn kept(&self, [x]: [Extents; 1]) -> usize {
        x.count()
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let (k, beta, share) = (T::from_f64(self.k), T::from_f64(self.beta), T::from_f64(self.share()));
        for i in 0..x.len() {
            let squares: T = self.window(i, x.extents).map(|at| x[at] * x[at]).sum();
            y.kept[i] = k + share * squares;
            y.data[i] = x[i] * y.kept[i].powf(-beta);
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let ([x], b) = (saved.x, saved.kept);
        let beta = T::from_f64(self.beta);
        let slope = T::from_f64(2.0 * self.share() * self.beta);
        for i in 0..x.len() {
            let through: T =
                self.window(i, x.extents).map(|at| dy[at] * x[at] * b[at].powf(-beta) / b[at]).sum();
            dx[i] += dy[i] * b[i].powf(-beta) - slope * x[i] * through;
        }
    }
}
