//! What is chosen for a convolution when a plan is compiled, and how much memory its parts take.

use super::windows::Geometry;
use super::{Convolution, Products, Strip};
use crate::cpu::gemm::{Product, Strides};
use crate::cpu::pool::Pool;
use crate::{Cpu, Epilogue, Extents, Scalar};

/// Most numbers in the matrix of windows: half of the second cache.
const MATRIX: usize = 1 << 17;
/// Multiply-adds that are worth a task of their own.
const TASK: usize = 1 << 18;
/// Most chunks whose gradients of the weight are summed by themselves, and most numbers these take together.
const CHUNKS: usize = 16;
const PARTIAL: usize = 1 << 22;

impl Convolution {
    pub(in crate::cpu) fn new<T: Scalar>(
        cpu: &Cpu,
        [stride, pad, dilation]: [[usize; 2]; 3],
        groups: usize,
        epilogue: Epilogue,
        [x, w, y]: [Extents; 3],
    ) -> Self {
        let vector = Product::vector::<T>(cpu.isa);
        let geometry = Geometry {
            channels: x[1] / groups,
            image: [x[2], x[3]],
            kernel: [w[2], w[3]],
            output: [y[2], y[3]],
            stride,
            pad,
            dilation,
        };
        let (window, filters) = (geometry.window(), y[1] / groups);
        let [height, width] = geometry.output;
        let strip = (MATRIX / (window * width).max(1)).clamp(1, height.max(1));
        let line =
            if geometry.is_pointwise() { height * width } else { (strip * width).next_multiple_of(vector) };
        let filters_padded = filters.next_multiple_of(vector);
        let products = |rows: usize| {
            let pixels = rows * width;
            let padded = pixels.next_multiple_of(vector);
            let (lines, planes) = (Strides::rows(line), Strides::rows(height * width));
            let dz = Strides::rows(padded);
            // In place of a matrix of windows the image itself has no padding.
            let (read, n) = if geometry.is_pointwise() { (pixels, pixels) } else { (padded, padded) };
            let (by_filter, by_window) = (Strides::rows(filters_padded), Strides::rows(window));
            Products {
                padded,
                forward: Product::plain::<T>(cpu, [filters, pixels, window], by_window, lines, planes, read),
                by_input: Product::plain::<T>(
                    cpu,
                    [window, n, filters],
                    Strides::rows(filters),
                    dz,
                    lines,
                    padded,
                ),
                by_weight: Product::plain::<T>(
                    cpu,
                    [window, filters_padded, pixels],
                    lines,
                    by_filter,
                    by_filter,
                    filters_padded,
                ),
            }
        };
        let strip_from = |first: usize| {
            let end = (first + strip).min(height);
            let runs = if geometry.is_pointwise() { Vec::new() } else { geometry.runs([first, end]) };
            let products = products(end - first);
            Strip { height: end - first, start: first * width, pixels: (end - first) * width, products, runs }
        };
        let cost = (filters * groups * window * height * width).max(1);
        let images = x[0];
        let partial = (groups * window * filters_padded).max(1);
        let chunks = images.min(CHUNKS).min((PARTIAL / partial).max(2)).max(1);
        Self {
            cpu: cpu.clone(),
            epilogue,
            pool: None,
            geometry,
            images,
            groups,
            window,
            filters,
            filters_padded,
            strips: (0..height).step_by(strip).map(strip_from).collect(),
            pixels: strip * width,
            padded: (strip * width).next_multiple_of(vector),
            line,
            together: (TASK / cost).clamp(1, images.max(1)),
            chunk: images.div_ceil(chunks).max((TASK / 2 / cost).min(images)).max(1),
        }
    }

    /// The same with a pool behind it that there are loops for, if a gradient goes through what it picks or not at all.
    pub(in crate::cpu) fn picked_by<T: Scalar>(self, pool: Pool) -> Option<Self> {
        let is_right = matches!(self.epilogue, Epilogue::None | Epilogue::Relu);
        let has_loops = pool.halves::<T>(self.groups * self.filters).is_some();
        (is_right && has_loops).then(|| Self { pool: Some(pool), ..self })
    }

    /// Numbers in an image of all groups, in the output of one filter, in the output of an image.
    pub(super) fn image(&self) -> usize {
        self.groups * self.geometry.channels * self.geometry.image[0] * self.geometry.image[1]
    }

    pub(super) fn plane(&self) -> usize {
        self.geometry.output[0] * self.geometry.output[1]
    }

    pub(super) fn output(&self) -> usize {
        self.groups * self.filters * self.plane()
    }

    /// Numbers in the matrix of windows.
    pub(super) fn matrix(&self) -> usize {
        if self.geometry.is_pointwise() { 0 } else { self.window * self.line }
    }

    /// Numbers in dz of one strip, as it lies and column by column.
    pub(super) fn dz(&self) -> [usize; 2] {
        [self.filters * self.padded, self.pixels * self.filters_padded]
    }

    pub(super) fn product_scratch(&self) -> usize {
        let of = |p: &Products| p.forward.scratch().max(p.by_input.scratch()).max(p.by_weight.scratch());
        self.strips.iter().map(|strip| of(&strip.products)).max().unwrap_or(0)
    }

    /// Scratch memory of one thread.
    pub(super) fn own_scratch(&self) -> usize {
        self.matrix() + self.dz().iter().sum::<usize>() + self.product_scratch() + self.picked()
    }

    /// Numbers in an output that is only picked from, or in the gradient by it.
    pub(super) fn picked(&self) -> usize {
        if self.pool.is_some() { self.output() } else { 0 }
    }

    /// Numbers in the gradient of the weight as chunks sum it: `[group, window, filter]`.
    pub(super) fn partial(&self) -> usize {
        self.groups * self.window * self.filters_padded
    }

    pub(super) fn chunks(&self) -> usize {
        self.images.div_ceil(self.chunk)
    }

    /// Numbers in the weight.
    pub(super) fn weight(&self) -> usize {
        self.groups * self.filters * self.window
    }
}
