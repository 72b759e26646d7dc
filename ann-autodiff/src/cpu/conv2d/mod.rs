//! Convolution: the windows of one image at a time gathered into a matrix that stays in the cache, then a product.
//!
//! Where the largest elements of windows of the output are all that is wanted, they are picked image by image, and the output itself never
//! leaves the cache.
//!
//! Tasks are images, or chunks of them. The gradient of the weight is summed in each chunk by itself, and the chunks, whose
//! number depends on the sizes alone, are added in order.

mod depthwise;
mod loops;
#[cfg(test)]
mod picked;
#[cfg(test)]
mod rates;
mod sizes;
mod transposed;
mod windows;
mod winograd;

use super::activation::{finish_plane, through};
use super::gemm::{Into, Product, transpose};
use super::halving::{Halves, Halving};
use super::linear::ColumnSums;
use super::parts::{Part, deal};
use super::pool::Pool;
use crate::backend::{Backward, Forward};
use crate::{Cpu, Epilogue, Kernel, Scalar};
pub(super) use depthwise::Depthwise;
use loops::LaneSum;
pub(super) use transposed::Transposed;
use windows::{Gather, Geometry, Runs, Scatter};
pub(super) use winograd::winograd;

/// `y = f(conv(x, w) + b)`, or what is picked of that.
#[derive(Debug)]
pub(super) struct Convolution {
    cpu: Cpu,
    epilogue: Epilogue,
    /// Picks, if that is wanted; then the epilogue is none or a rectifier.
    pool: Option<Pool>,
    geometry: Geometry,
    images: usize,
    groups: usize,
    /// Numbers in one window.
    window: usize,
    /// Filters of one group, and the same rounded up to whole vectors.
    filters: usize,
    filters_padded: usize,
    /// The output, some rows at a time.
    strips: Vec<Strip>,
    /// Pixels of the largest strip, and the same rounded up to whole vectors.
    pixels: usize,
    padded: usize,
    /// Numbers in a line of the matrix of windows.
    line: usize,
    /// Images of a task forward.
    together: usize,
    /// Images of a chunk backward.
    chunk: usize,
}

#[derive(Clone, Copy, Debug)]
struct Products {
    /// Pixels of the strip, rounded up to whole vectors.
    padded: usize,
    forward: Product,
    by_input: Product,
    by_weight: Product,
}

/// A strip of the output.
#[derive(Debug)]
struct Strip {
    /// Its rows.
    height: usize,
    /// Its first pixel, and how many it has.
    start: usize,
    pixels: usize,
    products: Products,
    /// Where the windows lie on the image.
    runs: Vec<Runs>,
}

/// What one thread works on backward.
struct Bench<'a, T> {
    dz: &'a mut [T],
    dz_columns: &'a mut [T],
    matrix: &'a mut [T],
    product: &'a mut [T],
}

impl Convolution {
    /// The windows of a strip as a matrix.
    fn gather<T: Scalar>(&self, strip: &Strip, image: &[T], matrix: &mut [T]) {
        let (runs, size, stride) =
            (&strip.runs, [strip.height, self.geometry.output[1]], self.geometry.stride[1]);
        self.cpu.isa.run(Gather { runs, size, stride, line: self.line, image, matrix });
    }

    /// The output of an image, whether it is given or only picked from.
    fn forward_image<T: Scalar>(&self, x: &[T], w: &[T], b: Option<&[T]>, y: &mut [T], scratch: &mut [T]) {
        let isa = self.cpu.isa;
        let (matrix, scratch) = scratch.split_at_mut(self.matrix());
        let group_image = self.image() / self.groups;
        let (plane, weight) = (self.plane(), self.filters * self.window);
        for (group, y) in y.chunks_exact_mut(self.filters * plane).enumerate() {
            let image = &x[group * group_image..][..group_image];
            let w = &w[group * weight..][..weight];
            for strip in &self.strips {
                let windows = if self.geometry.is_pointwise() {
                    &image[strip.start..]
                } else {
                    self.gather(strip, image, matrix);
                    &*matrix
                };
                strip.products.forward.serial(w, windows, &mut y[strip.start..], Into::Fresh, scratch);
            }
        }
        if b.is_some() || self.epilogue != Epilogue::None {
            for (filter, y) in y.chunks_exact_mut(plane).enumerate() {
                finish_plane(isa, self.epilogue, y, b.map_or(T::ZERO, |b| b[filter]));
            }
        }
    }

    /// Picks of the output of an image.
    fn picks<T: Scalar>(&self) -> Option<(Halves<T>, Halving)> {
        self.pool.as_ref()?.halves(self.groups * self.filters)
    }

    /// Numbers of what an image gives: its output, or what is picked of it.
    fn given(&self) -> usize {
        self.pool.as_ref().map_or(self.output(), |pool| self.groups * self.filters * pool.output())
    }

    /// Numbers that are kept of the picks of an image.
    fn kept_of_image<T: Scalar>(&self) -> usize {
        self.picks::<T>().map_or(0, |(halves, of)| halves.kept(of))
    }

    /// The gradients of one image and group; empty slices where nobody wants them. `db` and `dw` are added to, and `dx` is.
    fn backward_image<T: Scalar>(
        &self,
        [x, w_columns, y, dy]: [&[T]; 4],
        [dx, dw, db]: [&mut [T]; 3],
        bench: &mut Bench<'_, T>,
    ) {
        let isa = self.cpu.isa;
        let (plane, geometry) = (self.plane(), self.geometry);
        // Of picks only those were kept that a gradient goes through.
        let epilogue = if self.pool.is_some() { Epilogue::None } else { self.epilogue };
        for strip in &self.strips {
            let padded = strip.products.padded;
            // Without an activation the gradient of whole planes is as it is needed.
            let is_whole = epilogue == Epilogue::None && strip.pixels == plane && padded == plane;
            if !is_whole {
                for (filter, dz) in bench.dz.chunks_exact_mut(padded).take(self.filters).enumerate() {
                    let at = filter * plane + strip.start..filter * plane + strip.start + strip.pixels;
                    let (dz, rest) = dz.split_at_mut(strip.pixels);
                    let y = if y.is_empty() { &[] } else { &y[at.clone()] };
                    through(isa, epilogue, dz, &dy[at], y);
                    rest.fill(T::ZERO);
                }
            }
            let dz = if is_whole { dy } else { &*bench.dz };
            for (db, dz) in db.iter_mut().zip(dz.chunks_exact(padded)) {
                *db += isa.run(LaneSum(&dz[..strip.pixels]));
            }
            if !dw.is_empty() {
                let columns = &mut bench.dz_columns[..strip.pixels * self.filters_padded];
                transpose(isa, dz, [self.filters, padded], columns, self.filters_padded);
                let windows = if geometry.is_pointwise() {
                    &x[strip.start..]
                } else {
                    self.gather(strip, x, bench.matrix);
                    &*bench.matrix
                };
                strip.products.by_weight.serial(windows, columns, dw, Into::Sum, bench.product);
            }
            if !dx.is_empty() {
                if geometry.is_pointwise() {
                    let dx = &mut dx[strip.start..];
                    strip.products.by_input.serial(w_columns, dz, dx, Into::Sum, bench.product);
                } else {
                    strip.products.by_input.serial(w_columns, dz, bench.matrix, Into::Fresh, bench.product);
                    let (runs, size, stride) =
                        (&strip.runs, [strip.height, self.geometry.output[1]], self.geometry.stride[1]);
                    isa.run(Scatter { runs, size, stride, line: self.line, matrix: bench.matrix, image: dx });
                }
            }
        }
    }
}

impl<T: Scalar> Kernel<T> for Convolution {
    fn kept(&self) -> usize {
        self.images * self.kept_of_image::<T>()
    }

    fn scratch(&self) -> usize {
        let shared =
            self.weight() + (self.chunks() + 1) * self.partial() + self.chunks() * self.groups * self.filters;
        shared + self.cpu.threads() * self.own_scratch()
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, w) = (frame.x[0].data, frame.x[1].data);
        let b = frame.x.get(2).map(|b| b.data);
        let (given, kept_of_image) = (self.given(), self.kept_of_image::<T>());
        let scratch = &mut frame.scratch[..self.cpu.threads() * self.own_scratch()];
        if self.together * given == 0 {
            return;
        }
        let parts = [
            Part::of_task(frame.y.data, self.together * given),
            Part::of_task(frame.y.kept, self.together * kept_of_image),
            Part::of_thread(scratch, self.own_scratch()),
        ];
        deal(&self.cpu.team, self.images.div_ceil(self.together), parts, |number, [y, kept, scratch]| {
            let images = x[number * self.together * self.image()..].chunks_exact(self.image());
            for (number, (y, x)) in y.chunks_exact_mut(given).zip(images).enumerate() {
                let Some((halves, of)) = self.picks() else {
                    self.forward_image(x, w, b, y, scratch);
                    continue;
                };
                let (output, scratch) = scratch.split_at_mut(self.output());
                self.forward_image(x, w, b, output, scratch);
                if kept.is_empty() {
                    halves.pick(of, output, y);
                } else {
                    let kept = piece_mut(kept, number, kept_of_image);
                    halves.pick_and_keep(of, output, y, kept, self.epilogue == Epilogue::Relu);
                }
            }
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let (x, w, y, dy) = (frame.x[0].data, frame.x[1].data, frame.y.data, frame.dy);
        let [dx, dw, rest @ ..] = frame.dx else { return };
        let db = rest.first_mut();
        let (weight, partial, chunks) = (self.weight(), self.partial(), self.chunks());
        let all_filters = self.groups * self.filters;

        let (w_columns, scratch) = frame.scratch.split_at_mut(weight);
        let (dw_partial, scratch) = scratch.split_at_mut(chunks * partial);
        let (db_partial, scratch) = scratch.split_at_mut(chunks * all_filters);
        let (dw_sum, scratch) = scratch.split_at_mut(partial);
        if dx.is_wanted() {
            // The weight of each group column by column, as the product reads it for every image.
            let group = self.filters * self.window;
            deal(team, self.groups, [Part::of_task(w_columns, group)], |number, [to]| {
                let from = &w[number * group..][..group];
                transpose(*isa, from, [self.filters, self.window], to, self.filters);
            });
        }
        let (w_columns, fresh) = (&*w_columns, dx.fresh);
        let wants_weight = dw.is_wanted();
        let wants_bias = db.as_ref().is_some_and(|db| db.is_wanted());
        let parts = [
            Part::of_task(&mut *dx.data, self.chunk * self.image()),
            Part::of_task(if wants_weight { dw_partial } else { &mut [] }, partial),
            Part::of_task(if wants_bias { db_partial } else { &mut [] }, all_filters),
            Part::of_thread(scratch, self.own_scratch()),
        ];
        deal(team, chunks, parts, |number, [dx, dw, db, scratch]| {
            dw.fill(T::ZERO);
            db.fill(T::ZERO);
            if fresh {
                dx.fill(T::ZERO);
            }
            let [dz, dz_columns] = self.dz();
            let (dz, scratch) = scratch.split_at_mut(dz);
            let (dz_columns, scratch) = scratch.split_at_mut(dz_columns);
            let (matrix, product) = scratch.split_at_mut(self.matrix());
            if self.filters < self.filters_padded {
                // Columns beyond the filters are multiplied, too.
                dz_columns.fill(T::ZERO);
            }
            let (product, by_output) = product.split_at_mut(product.len() - self.picked());
            let mut bench = Bench { dz, dz_columns, matrix, product };
            let first = number * self.chunk;
            for image in first..(first + self.chunk).min(self.images) {
                let dy = match self.picks() {
                    Some((halves, of)) => {
                        let kept = piece(frame.kept, image, self.kept_of_image::<T>());
                        halves.spread_kept(of, kept, piece(dy, image, self.given()), by_output);
                        &*by_output
                    }
                    None => piece(dy, image, self.output()),
                };
                for group in 0..self.groups {
                    let index = image * self.groups + group;
                    let of = |values, len: usize| piece(values, index, len);
                    let image_len = self.image() / self.groups;
                    let output_len = self.output() / self.groups;
                    let weight_len = self.filters * self.window;
                    let given = [
                        of(x, image_len),
                        piece(w_columns, group, weight_len),
                        of(y, output_len),
                        piece(dy, group, output_len),
                    ];
                    let wanted = [
                        piece_mut(dx, index - first * self.groups, image_len),
                        piece_mut(dw, group, partial / self.groups),
                        piece_mut(db, group, self.filters),
                    ];
                    self.backward_image(given, wanted, &mut bench);
                }
            }
        });

        if let Some(db) = db
            && wants_bias
        {
            isa.run(ColumnSums {
                rows: db_partial,
                width: all_filters,
                first: 0,
                sums: db.data,
                fresh: db.fresh,
            });
        }
        if wants_weight {
            const PIECE: usize = 1 << 12;
            deal(team, partial.div_ceil(PIECE), [Part::of_task(dw_sum, PIECE)], |number, [sums]| {
                isa.run(ColumnSums {
                    rows: dw_partial,
                    width: partial,
                    first: number * PIECE,
                    sums,
                    fresh: true,
                });
            });
            let (dw_sum, fresh) = (&*dw_sum, dw.fresh);
            deal(team, all_filters, [Part::of_task(dw.data, self.window)], |filter, [dw]| {
                let start = filter / self.filters * self.window * self.filters_padded + filter % self.filters;
                for (dw, sum) in dw.iter_mut().zip(dw_sum[start..].iter().step_by(self.filters_padded)) {
                    *dw = if fresh { *sum } else { *dw + *sum };
                }
            });
        }
    }
}

/// Piece `index` of a vector cut into pieces of `len`; empty if the vector is.
fn piece<T>(values: &[T], index: usize, len: usize) -> &[T] {
    values.get(index * len..(index + 1) * len).unwrap_or_default()
}

fn piece_mut<T>(values: &mut [T], index: usize, len: usize) -> &mut [T] {
    values.get_mut(index * len..(index + 1) * len).unwrap_or_default()
}
