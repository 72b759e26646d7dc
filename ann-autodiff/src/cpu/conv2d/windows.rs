//! Windows of an image gathered into a matrix, and added back.

use crate::Scalar;
use crate::cpu::isa::Loop;

/// Sizes of one image (of one group of channels) and of the windows on it. Pairs are height, width.
#[derive(Clone, Copy, Debug)]
pub(super) struct Geometry {
    pub(super) channels: usize,
    pub(super) image: [usize; 2],
    pub(super) kernel: [usize; 2],
    pub(super) output: [usize; 2],
    pub(super) stride: [usize; 2],
    pub(super) pad: [usize; 2],
    pub(super) dilation: [usize; 2],
}

impl Geometry {
    /// Numbers in one window.
    pub(super) fn window(&self) -> usize {
        self.channels * self.kernel[0] * self.kernel[1]
    }

    /// Whether windows are single pixels, all of them in turn: then the image is the matrix.
    pub(super) fn is_pointwise(&self) -> bool {
        self.kernel == [1; 2] && self.stride == [1; 2] && self.pad == [0; 2]
    }

    /// Output columns whose element `l` of the window lies on the image.
    #[inline(always)]
    fn inside(&self, l: usize) -> (usize, usize) {
        let (offset, pad, stride) = (l * self.dilation[1], self.pad[1], self.stride[1]);
        let first = pad.saturating_sub(offset).div_ceil(stride).min(self.output[1]);
        let end = (self.image[1] + pad).saturating_sub(offset).div_ceil(stride).min(self.output[1]);
        (first, end.max(first))
    }
}

/// Calls `$body` with a range of the matrix, and a range of the image or none where the window is beside it, for each run
/// of a window's element along a row.
macro_rules! runs {
    ($geometry:expr, $rows:expr, $line:expr, |$to:ident, $from:ident, $stride:ident| $inside:block, |$beside:ident| $outside:block) => {
        let geometry = $geometry;
        let [height, width] = geometry.image;
        let out = geometry.output[1];
        let mut start = 0;
        for channel in 0..geometry.channels {
            for k in 0..geometry.kernel[0] {
                for l in 0..geometry.kernel[1] {
                    let (first, end) = geometry.inside(l);
                    let mut at = start;
                    for i in $rows {
                        let row = (i * geometry.stride[0] + k * geometry.dilation[0]).wrapping_sub(geometry.pad[0]);
                        if row < height && first < end {
                            let $beside = at..at + first;
                            $outside
                            let column = first * geometry.stride[1] + l * geometry.dilation[1] - geometry.pad[1];
                            let $from = (channel * height + row) * width + column;
                            let $to = at + first..at + end;
                            let $stride = geometry.stride[1];
                            $inside
                            let $beside = at + end..at + out;
                            $outside
                        } else {
                            let $beside = at..at + out;
                            $outside
                        }
                        at += out;
                    }
                    let $beside = at..start + $line;
                    $outside
                    start += $line;
                }
            }
        }
    };
}

/// The windows of the output rows as columns of a matrix `[window, line]`; what is beside the image, and the end of each
/// line, is 0.
pub(super) struct Gather<'a, T> {
    pub(super) geometry: Geometry,
    pub(super) rows: [usize; 2],
    pub(super) line: usize,
    pub(super) image: &'a [T],
    pub(super) matrix: &'a mut [T],
}

impl<T: Scalar> Loop for Gather<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { geometry, rows, line, image, matrix } = self;
        runs!(
            geometry,
            rows[0]..rows[1],
            line,
            |to, from, stride| {
                let to = &mut matrix[to];
                if stride == 1 {
                    copy(to, &image[from..from + to.len()]);
                } else {
                    for (to, from) in to.iter_mut().zip(image[from..].iter().step_by(stride)) {
                        *to = *from;
                    }
                }
            },
            |beside| {
                for to in &mut matrix[beside] {
                    *to = T::ZERO;
                }
            }
        );
    }
}

/// Adds the columns of a matrix as [`Gather`] makes it to where they came from.
pub(super) struct Scatter<'a, T> {
    pub(super) geometry: Geometry,
    pub(super) rows: [usize; 2],
    pub(super) line: usize,
    pub(super) matrix: &'a [T],
    pub(super) image: &'a mut [T],
}

impl<T: Scalar> Loop for Scatter<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { geometry, rows, line, matrix, image } = self;
        runs!(
            geometry,
            rows[0]..rows[1],
            line,
            |to, from, stride| {
                let values = &matrix[to];
                if stride == 1 {
                    add(&mut image[from..from + values.len()], values);
                } else {
                    for (to, value) in image[from..].iter_mut().step_by(stride).zip(values) {
                        *to += *value;
                    }
                }
            },
            |_beside| {}
        );
    }
}

/// Runs are short: whole vectors without the call that `copy_from_slice` makes of an unknown length.
#[inline(always)]
fn copy<T: Scalar>(to: &mut [T], from: &[T]) {
    let (mut to, mut from) = (to.chunks_exact_mut(8), from.chunks_exact(8));
    for (to, from) in (&mut to).zip(&mut from) {
        to.copy_from_slice(from);
    }
    for (to, from) in to.into_remainder().iter_mut().zip(from.remainder()) {
        *to = *from;
    }
}

#[inline(always)]
fn add<T: Scalar>(to: &mut [T], values: &[T]) {
    let (mut to, mut values) = (to.chunks_exact_mut(8), values.chunks_exact(8));
    for (to, values) in (&mut to).zip(&mut values) {
        for i in 0..8 {
            to[i] += values[i];
        }
    }
    for (to, value) in to.into_remainder().iter_mut().zip(values.remainder()) {
        *to += *value;
    }
}
