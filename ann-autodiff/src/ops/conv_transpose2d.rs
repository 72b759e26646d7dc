//! Transposed convolution: the gradient of a convolution by its input, as an operation of its own.

use super::conv2d::Windows;
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y[n, o, i s + k d - p, j s + l d - p] = sum of x[n, c, i, j] w[c, o, k, l]` over the channels of the group, the pixels and
/// the window (Zeiler et al. 2010, Deconvolutional networks).
///
/// `x` is `[n, c, h, w]`, `w` `[c, o / groups, kh, kw]`, `y` `[n, o, h', w']`, `h' = (h - 1) s - 2 p + d (kh - 1) + 1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConvTranspose2d {
    /// Where the windows lie on the output.
    pub windows: Windows,
}

/// [`ConvTranspose2d`] with a bias `[o]`, one number a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConvTranspose2dBias {
    /// Where the windows lie on the output.
    pub windows: Windows,
}

const STRIDED: Windows = Windows { stride: [2, 3], pad: [1, 0], dilation: [1, 2], groups: 1 };
const GROUPED: Windows = Windows { stride: [1, 2], pad: [1, 0], dilation: [2, 1], groups: 2 };

impl Op<2> for ConvTranspose2d {
    const NAME: &'static str = "conv_transpose2d";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable; 2];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "plain",
            op: Self { windows: Windows::UNIT },
            inputs: &[Fill::normal(&[2, 3, 3, 2]), Fill::normal(&[3, 2, 2, 3])],
        },
        Case {
            name: "strided, padded, dilated",
            op: Self { windows: STRIDED },
            inputs: &[Fill::normal(&[2, 2, 3, 2]), Fill::normal(&[2, 3, 3, 2])],
        },
        Case {
            name: "groups",
            op: Self { windows: GROUPED },
            inputs: &[Fill::normal(&[1, 4, 3, 2]), Fill::normal(&[4, 3, 2, 2])],
        },
        Case {
            name: "one by one",
            op: Self { windows: Windows::UNIT },
            inputs: &[Fill::normal(&[2, 3, 2, 2]), Fill::normal(&[3, 4, 1, 1])],
        },
        Case {
            name: "rows that no window reaches",
            op: Self { windows: Windows { stride: [3, 2], ..Windows::UNIT } },
            inputs: &[Fill::normal(&[2, 1, 2, 3]), Fill::normal(&[1, 2, 2, 1])],
        },
    ];

    fn shape(&self, [x, w]: [Extents; 2]) -> Result<Extents, String> {
        self.windows.transposed_output(x, w)
    }

    fn forward<T: Scalar>(&self, [x, w]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        y.fill(T::ZERO);
        self.windows.products(y.extents, w.extents, x.extents, |xi, yi, wi| y[yi] += x[xi] * w[wi]);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, dw]: [&mut [T]; 2]) {
        let [x, w] = saved.x;
        back(self.windows, [x, w], saved.y.extents, dy, [dx, dw]);
    }
}

const BIASED: &[Fill] = &[Fill::normal(&[2, 4, 2, 3]), Fill::normal(&[4, 1, 2, 2]), Fill::normal(&[2])];

impl Op<3> for ConvTranspose2dBias {
    const NAME: &'static str = "conv_transpose2d_bias";
    const SAVES: Saves = Saves::inputs(&[0, 1]);
    const ROLES: [Role; 3] = [Role::Differentiable; 3];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "groups", op: Self { windows: GROUPED }, inputs: BIASED },
        Case {
            name: "strided, padded, dilated",
            op: Self { windows: STRIDED },
            inputs: &[Fill::normal(&[2, 2, 3, 2]), Fill::normal(&[2, 3, 3, 2]), Fill::normal(&[3])],
        },
    ];

    fn shape(&self, [x, w, b]: [Extents; 3]) -> Result<Extents, String> {
        let y = self.windows.transposed_output(x, w)?;
        if b[..] == [y[1]] { Ok(y) } else { Err(format!("the bias has to be [{}], not {b}", y[1])) }
    }

    fn forward<T: Scalar>(&self, [x, w, b]: [View<'_, T>; 3], mut y: Output<'_, T>) {
        let plane = y.extents[2] * y.extents[3];
        for (i, y) in y.iter_mut().enumerate() {
            *y = b[i / plane % b.len()];
        }
        self.windows.products(y.extents, w.extents, x.extents, |xi, yi, wi| y[yi] += x[xi] * w[wi]);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 3>, dy: &[T], [dx, dw, db]: [&mut [T]; 3]) {
        let [x, w, b] = saved.x;
        let plane = saved.y.extents[2] * saved.y.extents[3];
        if !db.is_empty() {
            for (i, dy) in dy.iter().enumerate() {
                db[i / plane % b.extents[0]] += *dy;
            }
        }
        back(self.windows, [x, w], saved.y.extents, dy, [dx, dw]);
    }
}

/// The gradients by input and weight, where they are wanted.
fn back<T: Scalar>(
    windows: Windows,
    [x, w]: [View<'_, T>; 2],
    y: Extents,
    dy: &[T],
    [dx, dw]: [&mut [T]; 2],
) {
    windows.products(y, w.extents, x.extents, |xi, yi, wi| {
        if let Some(dx) = dx.get_mut(xi) {
            *dx += dy[yi] * w[wi];
        }
        if let Some(dw) = dw.get_mut(wi) {
            *dw += dy[yi] * x[xi];
        }
    });
}
