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
}

/// Where the runs of one element of the window, `(channel, k, l)`, lie: rows of the output `rows` have it on the image, in each
/// the columns `columns`; the first of them is at `start` of the image, the rows of the output are `step` apart there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Runs {
    pub(super) rows: (usize, usize),
    pub(super) columns: (usize, usize),
    pub(super) start: usize,
    pub(super) step: usize,
}

impl Geometry {
    /// Places of the output along an axis, from `first` to `end`, whose windows have their element `at` on the image.
    fn inside(&self, axis: usize, at: usize, [first, end]: [usize; 2]) -> (usize, usize) {
        let (offset, pad, stride) = (at * self.dilation[axis], self.pad[axis], self.stride[axis]);
        let low = pad.saturating_sub(offset).div_ceil(stride).clamp(first, end);
        (low, (self.image[axis] + pad).saturating_sub(offset).div_ceil(stride).clamp(low, end))
    }

    /// The runs of each element of the window in the rows of a strip.
    pub(super) fn runs(&self, strip: [usize; 2]) -> Vec<Runs> {
        (0..self.window()).map(|index| self.runs_of(strip, self.element(index))).collect()
    }

    /// The runs of an element of the window in the rows of a strip, counted from the strip's first.
    fn runs_of(&self, strip: [usize; 2], [channel, k, l]: [usize; 3]) -> Runs {
        let [height, width] = self.image;
        let rows = self.inside(0, k, strip);
        let columns = self.inside(1, l, [0, self.output[1]]);
        let mut start = 0;
        if rows.0 < rows.1 && columns.0 < columns.1 {
            let row = rows.0 * self.stride[0] + k * self.dilation[0] - self.pad[0];
            let column = columns.0 * self.stride[1] + l * self.dilation[1] - self.pad[1];
            start = (channel * height + row) * width + column;
        }
        let rows = (rows.0 - strip[0], rows.1 - strip[0]);
        Runs { rows, columns, start, step: width * self.stride[0] }
    }

    /// The element of the window, `(channel, k, l)`, at `index` of it.
    fn element(&self, index: usize) -> [usize; 3] {
        let [height, width] = self.kernel;
        [index / (height * width), index / width % height, index % width]
    }
}

/// The windows of the output rows as columns of a matrix `[window, line]`; what is beside the image, and the end of each
/// line, is 0.
pub(super) struct Gather<'a, T> {
    pub(super) runs: &'a [Runs],
    /// Rows and columns of the strip of the output.
    pub(super) size: [usize; 2],
    pub(super) stride: usize,
    pub(super) line: usize,
    pub(super) image: &'a [T],
    pub(super) matrix: &'a mut [T],
}

impl<T: Scalar> Loop for Gather<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { runs, size: [height, width], stride, line, image, matrix } = self;
        // Loops, no closures: those would not be compiled for the instruction set.
        for (line, runs) in matrix.chunks_exact_mut(line).zip(runs) {
            let whole = runs.rows == (0, height) && runs.columns == (0, width);
            let used = height * width;
            // What is not on the image stays 0; the padding of a line always.
            let (pixels, padding) = line.split_at_mut(used);
            padding.fill(T::ZERO);
            if !whole {
                pixels.fill(T::ZERO);
            }
            let (first, end) = runs.columns;
            if first == end || runs.rows.0 == runs.rows.1 {
                continue;
            }
            let inside = &mut pixels[runs.rows.0 * width..runs.rows.1 * width];
            if stride == 1 && first == 0 && end == width {
                let image = &image[runs.start..];
                // Widths that are usual, known to the compiler.
                match width {
                    8 => copy_rows::<T, 8>(inside, image, runs.step),
                    16 => copy_rows::<T, 16>(inside, image, runs.step),
                    24 => copy_rows::<T, 24>(inside, image, runs.step),
                    _ => {
                        for (to, from) in inside.chunks_exact_mut(width).zip(image.chunks(runs.step)) {
                            copy(to, &from[..width]);
                        }
                    }
                }
                continue;
            }
            let rows = inside.chunks_exact_mut(width).zip(image[runs.start..].chunks(runs.step));
            if stride == 1 {
                for (to, from) in rows {
                    copy(&mut to[first..end], &from[..end - first]);
                }
            } else {
                for (to, from) in rows {
                    for (to, from) in to[first..end].iter_mut().zip(from.iter().step_by(stride)) {
                        *to = *from;
                    }
                }
            }
        }
    }
}

/// Adds the columns of a matrix as [`Gather`] makes it to where they came from.
pub(super) struct Scatter<'a, T> {
    pub(super) runs: &'a [Runs],
    /// Rows and columns of the strip of the output.
    pub(super) size: [usize; 2],
    pub(super) stride: usize,
    pub(super) line: usize,
    pub(super) matrix: &'a [T],
    pub(super) image: &'a mut [T],
}

impl<T: Scalar> Loop for Scatter<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { runs, size: [_, width], stride, line, matrix, image } = self;
        for (line, runs) in matrix.chunks_exact(line).zip(runs) {
            let (first, end) = runs.columns;
            if first == end || runs.rows.0 == runs.rows.1 {
                continue;
            }
            let inside = &line[runs.rows.0 * width..runs.rows.1 * width];
            if stride == 1 && first == 0 && end == width {
                let image = &mut image[runs.start..];
                match width {
                    8 => add_rows::<T, 8>(inside, image, runs.step),
                    16 => add_rows::<T, 16>(inside, image, runs.step),
                    24 => add_rows::<T, 24>(inside, image, runs.step),
                    _ => {
                        for (values, to) in inside.chunks_exact(width).zip(image.chunks_mut(runs.step)) {
                            add(&mut to[..width], values);
                        }
                    }
                }
                continue;
            }
            let rows = inside.chunks_exact(width).zip(image[runs.start..].chunks_mut(runs.step));
            if stride == 1 {
                for (values, to) in rows {
                    add(&mut to[..end - first], &values[first..end]);
                }
            } else {
                for (values, to) in rows {
                    for (to, value) in to.iter_mut().step_by(stride).zip(&values[first..end]) {
                        *to += *value;
                    }
                }
            }
        }
    }
}

/// Whole rows of `WIDTH`.
#[inline(always)]
fn copy_rows<T: Scalar, const WIDTH: usize>(to: &mut [T], from: &[T], step: usize) {
    let (rows, _) = to.as_chunks_mut::<WIDTH>();
    for (i, row) in rows.iter_mut().enumerate() {
        row.copy_from_slice(&from[i * step..][..WIDTH]);
    }
}

#[inline(always)]
fn add_rows<T: Scalar, const WIDTH: usize>(values: &[T], to: &mut [T], step: usize) {
    let (rows, _) = values.as_chunks::<WIDTH>();
    for (i, row) in rows.iter().enumerate() {
        let to = &mut to[i * step..][..WIDTH];
        let mut sums = *row;
        for j in 0..WIDTH {
            sums[j] += to[j];
        }
        to.copy_from_slice(&sums);
    }
}

/// Runs are short: whole vectors without the call that `copy_from_slice` makes of an unknown length, the last ones perhaps twice.
#[inline(always)]
pub(super) fn copy<T: Scalar>(to: &mut [T], from: &[T]) {
    let len = to.len().min(from.len());
    if 8 <= len {
        for at in (0..len - 7).step_by(8) {
            to[at..][..8].copy_from_slice(&from[at..][..8]);
        }
        to[len - 8..][..8].copy_from_slice(&from[len - 8..][..8]);
    } else if 4 <= len {
        to[..4].copy_from_slice(&from[..4]);
        to[len - 4..][..4].copy_from_slice(&from[len - 4..][..4]);
    } else {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
    }
}

#[inline(always)]
fn add<T: Scalar>(to: &mut [T], values: &[T]) {
    let (mut to, mut values) = (to.chunks_exact_mut(8), values.chunks_exact(8));
    for (to, values) in (&mut to).zip(&mut values) {
        let mut sums = [T::ZERO; 8];
        for i in 0..8 {
            sums[i] = to[i] + values[i];
        }
        to.copy_from_slice(&sums);
    }
    for (to, value) in to.into_remainder().iter_mut().zip(values.remainder()) {
        *to += *value;
    }
}
