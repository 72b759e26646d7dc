//! Pooling by the largest element.

use crate::extents::padded;
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// Where the windows of a pooling lie. Pairs are height, width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pooling {
    /// The window.
    pub kernel: [usize; 2],
    /// Steps from window to window.
    pub stride: [usize; 2],
    /// Places around the image that windows may reach into.
    pub pad: [usize; 2],
    /// Whether a last window may stick out.
    pub ceil: bool,
}

impl Pooling {
    /// The sizes of the output for `[n, c, h, w]`. A last window that sticks out begins within the image or its padding in front.
    pub(crate) fn output(self, x: Extents) -> Result<Extents, String> {
        let [n, c, height, width] = x[..] else { return Err("it takes images [n, c, h, w]".into()) };
        let mut out = [0; 2];
        for (axis, extent) in [height, width].into_iter().enumerate() {
            let (kernel, stride, pad) = (self.kernel[axis], self.stride[axis], self.pad[axis]);
            if kernel == 0 || stride == 0 {
                return Err("window and stride are at least 1".into());
            }
            if extent == 0 {
                return Err("the image has no pixels".into());
            }
            if kernel <= pad {
                return Err(format!("a padding of {pad} leaves windows of {kernel} without a pixel"));
            }
            let whole = padded(extent, pad)?;
            let Some(room) = whole.checked_sub(kernel) else {
                return Err(format!("a window of {kernel} does not fit on {whole}"));
            };
            out[axis] = if self.ceil { room.div_ceil(stride) } else { room / stride } + 1;
            if self.ceil && extent + pad <= (out[axis] - 1).saturating_mul(stride) {
                out[axis] -= 1;
            }
        }
        Extents::new(&[n, c, out[0], out[1]]).map_err(|error| error.to_string())
    }

    /// Calls `f(y index, window)` for every window: the rows and columns of the image in it, where its channel begins, and how many
    /// places it covers with its padding.
    pub(crate) fn each(self, x: Extents, y: Extents, mut f: impl FnMut(usize, Window)) {
        let (planes, height, width) = (x[0] * x[1], x[2], x[3]);
        let (rows, columns) = (y[2], y[3]);
        for plane in 0..planes {
            for i in 0..rows {
                for j in 0..columns {
                    let (top, bottom, tall) = self.range(0, i, height);
                    let (left, right, wide) = self.range(1, j, width);
                    let start = plane * height * width;
                    let window = Window {
                        start,
                        rows: (top, bottom),
                        columns: (left, right),
                        width,
                        area: tall * wide,
                    };
                    f((plane * rows + i) * columns + j, window);
                }
            }
        }
    }

    /// Of window `i`: where it begins and ends within the image, and its length with padding.
    fn range(self, axis: usize, i: usize, extent: usize) -> (usize, usize, usize) {
        let pad = self.pad[axis];
        let start = i * self.stride[axis];
        // What it reaches beyond the padding is no part of it.
        let end = (start + self.kernel[axis]).min(extent + 2 * pad);
        (start.saturating_sub(pad).min(extent), end.saturating_sub(pad).min(extent), end - start)
    }
}

/// One window of a pooling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    start: usize,
    rows: (usize, usize),
    columns: (usize, usize),
    width: usize,
    pub(crate) area: usize,
}

impl Window {
    /// The elements of the image in it.
    pub(crate) fn elements(self) -> impl Iterator<Item = usize> {
        let columns = self.columns.0..self.columns.1;
        (self.rows.0..self.rows.1)
            .flat_map(move |row| columns.clone().map(move |column| self.start + row * self.width + column))
    }
}

/// The largest element of each window, `[n, c, h, w] -> [n, c, h', w']`. The first of equals has the gradient; NaN is larger than
/// anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool2d {
    /// Where the windows lie.
    pub windows: Pooling,
}

pub(super) const PLAIN: Pooling = Pooling { kernel: [2, 2], stride: [2, 2], pad: [0, 0], ceil: false };
pub(super) const OVERLAPPING: Pooling = Pooling { kernel: [3, 2], stride: [2, 1], pad: [1, 0], ceil: false };
pub(super) const CEIL: Pooling = Pooling { kernel: [3, 3], stride: [2, 2], pad: [1, 0], ceil: true };

impl MaxPool2d {
    fn largest<T: Scalar>(x: &[T], window: Window) -> usize {
        let mut elements = window.elements();
        let mut best = elements.next().unwrap_or_default();
        for at in elements {
            if x[best] < x[at] || (x[at].is_nan() && !x[best].is_nan()) {
                best = at;
            }
        }
        best
    }
}

impl Op<1> for MaxPool2d {
    const NAME: &'static str = "max_pool2d";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "plain",
            op: Self { windows: PLAIN },
            inputs: &[Fill::of(&[2, 2, 5, 4], Draw::Distinct)],
        },
        Case {
            name: "overlapping",
            op: Self { windows: OVERLAPPING },
            inputs: &[Fill::of(&[1, 2, 5, 4], Draw::Distinct)],
        },
        Case { name: "ceil", op: Self { windows: CEIL }, inputs: &[Fill::of(&[1, 1, 6, 6], Draw::Distinct)] },
        Case {
            name: "uneven, ceil",
            op: Self { windows: Pooling { kernel: [2, 3], stride: [3, 2], pad: [0, 1], ceil: true } },
            inputs: &[Fill::of(&[2, 1, 7, 6], Draw::Distinct)],
        },
        Case {
            name: "pixels between windows",
            op: Self { windows: Pooling { kernel: [1, 2], stride: [2, 3], pad: [0, 0], ceil: false } },
            inputs: &[Fill::of(&[1, 2, 5, 7], Draw::Distinct)],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        self.windows.output(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        self.windows.each(x.extents, y.extents, |at, window| y[at] = x[Self::largest(&x, window)]);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let [x] = saved.x;
        self.windows.each(x.extents, saved.y.extents, |at, window| dx[Self::largest(&x, window)] += dy[at]);
    }
}
