//! Convolution with windows of 3 by 3 or 5 by 5 side by side, by Winograd's minimal filtering (Lavin and Gray, "Fast algorithms for
//! convolutional neural networks", 2015): tiles of the output with fewer products than a window has numbers, see `lanes`.
//!
//! Tiles of all images are columns of one matrix, so that the filters are read once for many images. An element of the output
//! is made of sums over the channels from the first to the last, whatever tiles are beside it: an image's output has the same bits in
//! any batch.
//!
//! In `f32` the root mean square of the error, measured by the test below on random numbers, is 2e-7 to 5e-7 of the numbers' own at
//! 4 by 4 points: one to two times that of direct sums, which are made in parts. At 6 by 6 it is 6e-7 to 1.5e-6: forward two to four
//! times as much as direct sums, in the gradient by the input five times, in that by the weight four to ten times. Of sums from the first
//! number to the last the points 1 and 2 make the error two to three times that of those taken.

#![expect(
    clippy::needless_range_loop,
    reason = "the number of a row or column is an offset, too, and a power of a point"
)]

mod collect;
mod grid;
mod lanes;
mod loops;
mod pass;
mod patches;
mod weight;

use crate::backend::{Backward, Forward};
use crate::cpu::activation::finish_plane;
use crate::cpu::gemm::Product;
use crate::cpu::parts::{Part, deal};
use crate::{Cpu, Epilogue, Extents, Hold, Kernel, Scalar};
use grid::Grid;
use loops::SlopeSum;
use pass::{Pass, Target};
use weight::ByWeight;

/// Fewest channels and filters of a group for which it pays, of windows of 3 by 3 and of 5 by 5. Of fewer, what goes from thread to thread
/// between transforms and products is much beside these: where threads share no cache, a second one brings nothing.
const FEWEST: [usize; 2] = [16, 32];
/// Fewest rows and columns of the output for which tiles of 4 by 4 pay.
const LARGE: usize = 14;
/// Most numbers of filters that are held transformed: with more, memory would be the price.
const HELD: usize = 1 << 20;

/// `y = f(conv(x, w) + b)` for windows of `R` by `R`, tiles of `M` by `M`, at `P` by `P` points.
#[derive(Debug)]
struct Winograd<const P: usize, const R: usize, const M: usize> {
    cpu: Cpu,
    epilogue: Epilogue,
    images: usize,
    groups: usize,
    /// Channels and filters of a group.
    channels: usize,
    filters: usize,
    /// Numbers of one filter's output of an image.
    plane: usize,
    forward: Pass<P, R, M, P>,
    by_input: ByInput<P, R, M>,
    by_weight: ByWeight<P, R, M>,
}

/// The gradient by the input.
#[derive(Debug)]
enum ByInput<const P: usize, const R: usize, const M: usize> {
    /// A convolution of that by the output by filters turned.
    Turned(Pass<P, R, M, P>),
    /// The forward pass transposed, where there are many more tiles of the input than of the output.
    Transposed(Pass<P, R, M, M>),
}

/// The kernel, if it is a convolution of this kind.
pub(in crate::cpu) fn winograd<T: Scalar>(
    cpu: &Cpu,
    [stride, pad, dilation]: [[usize; 2]; 3],
    groups: usize,
    epilogue: Epilogue,
    [x, w, y]: [Extents; 3],
) -> Option<Box<dyn Kernel<T>>> {
    let fits = w[2] == w[3] && [stride, dilation] == [[1; 2]; 2] && pad.iter().all(|pad| *pad < w[2]);
    let fewest = FEWEST[usize::from(w[2] == 5)];
    if !fits || x[1] / groups < fewest || y[1] / groups < fewest {
        return None;
    }
    let places = (cpu, pad, groups, epilogue, [x, w, y]);
    match w[2] {
        3 if y[2].min(y[3]) < LARGE => Some(Box::new(Winograd::<4, 3, 2>::new::<T>(places))),
        3 => Some(Box::new(Winograd::<6, 3, 4>::new::<T>(places))),
        5 => Some(Box::new(Winograd::<6, 5, 2>::new::<T>(places))),
        _ => None,
    }
}

impl<const P: usize, const R: usize, const M: usize> Winograd<P, R, M> {
    fn new<T: Scalar>(
        (cpu, pad, groups, epilogue, [x, _, y]): (&Cpu, [usize; 2], usize, Epilogue, [Extents; 3]),
    ) -> Self {
        let (channels, filters) = (x[1] / groups, y[1] / groups);
        let (image, output) = ([x[2], x[3]], [y[2], y[3]]);
        let images = [x[0], groups];
        let turned = pad.map(|pad| R - 1 - pad);
        let tiles = |size| Grid::tiles_of(size, M);
        let count = |size| tiles(size).iter().product::<usize>();
        // Rows of tiles that panels cut would be added up as other images are beside them.
        let is_whole = (2 * Product::vector::<T>(cpu.isa)).is_multiple_of(tiles(output)[1].max(1));
        let by_input = if is_whole && 3 * count(output) < 2 * count(image) {
            ByInput::Transposed(Pass::new::<T>(cpu, images, [filters, channels], [output, image, pad]))
        } else {
            ByInput::Turned(Pass::new::<T>(cpu, images, [filters, channels], [output, image, turned]))
        };
        Self {
            cpu: cpu.clone(),
            epilogue,
            images: x[0],
            groups,
            channels,
            filters,
            plane: y[2] * y[3],
            forward: Pass::new::<T>(cpu, images, [channels, filters], [image, output, pad]),
            by_input,
            by_weight: ByWeight::new::<T>(cpu, images, [channels, filters], [image, output, pad]),
        }
    }
}

impl<const P: usize, const R: usize, const M: usize> Winograd<P, R, M> {
    /// How the filters lie forward.
    fn forwards(&self) -> ([usize; 2], bool) {
        ([R * R * self.channels, R * R], false)
    }
}

/// The filters transformed.
impl<T: Scalar, const P: usize, const R: usize, const M: usize> Hold<T> for Winograd<P, R, M> {
    fn input(&self) -> usize {
        1
    }

    fn numbers(&self) -> usize {
        self.groups * self.forward.transformed()
    }

    fn hold(&self, parameter: &[T], held: &mut [T]) {
        for (group, held) in held.chunks_exact_mut(self.forward.transformed()).enumerate() {
            self.forward.transform(parameter, self.forwards(), group, held);
        }
    }
}

impl<T: Scalar, const P: usize, const R: usize, const M: usize> Kernel<T> for Winograd<P, R, M> {
    fn scratch(&self) -> usize {
        let by_input = match &self.by_input {
            ByInput::Turned(pass) => pass.scratch(),
            ByInput::Transposed(pass) => pass.scratch(),
        };
        self.forward.scratch().max(by_input).max(self.by_weight.scratch())
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, w) = (frame.x[0].data, frame.x[1].data);
        let b = frame.x.get(2).map(|b| b.data);
        let y = frame.y.data;
        let target = Target { planes: &mut *y, fresh: true };
        let from = [x, &[]];
        self.forward.run(from, Epilogue::None, w, self.forwards(), frame.held, target, frame.scratch);
        if b.is_some() || self.epilogue != Epilogue::None {
            let image = self.groups * self.filters;
            deal(&self.cpu.team, self.images * image, [Part::of_task(y, self.plane)], |number, [y]| {
                let bias = b.map_or(T::ZERO, |b| b[number % image]);
                finish_plane(self.cpu.isa, self.epilogue, y, bias);
            });
        }
    }

    fn holds(&self) -> Option<&dyn Hold<T>> {
        (self.groups * self.forward.transformed() <= HELD).then_some(self as &dyn Hold<T>)
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let (x, w, y, dy) = (frame.x[0].data, frame.x[1].data, frame.y.data, frame.dy);
        let [dx, dw, rest @ ..] = frame.dx else { return };
        if let Some(db) = rest.first_mut().filter(|db| db.is_wanted()) {
            let (filters, fresh) = (self.groups * self.filters, db.fresh);
            deal(team, filters, [Part::of_task(&mut *db.data, 1)], |filter, [db]| {
                let mut sum = if fresh { T::ZERO } else { db[0] };
                for image in 0..self.images {
                    let at = (image * filters + filter) * self.plane;
                    let slope = (self.epilogue != Epilogue::None).then(|| (self.epilogue, &y[at..]));
                    sum += isa.run(SlopeSum { dy: &dy[at..at + self.plane], slope });
                }
                db[0] = sum;
            });
        }
        if dw.is_wanted() {
            self.by_weight.run([x, dy, y], self.epilogue, dw, frame.scratch);
        }
        if dx.is_wanted() {
            let target = Target { planes: &mut *dx.data, fresh: dx.fresh };
            let steps = [R * R, R * R * self.channels];
            match &self.by_input {
                ByInput::Turned(pass) => {
                    pass.run([dy, y], self.epilogue, w, (steps, true), &[], target, frame.scratch);
                }
                ByInput::Transposed(pass) => {
                    pass.run([dy, y], self.epilogue, w, (steps, false), &[], target, frame.scratch);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Gradient;
    use crate::cpu::conv2d::Convolution;
    use crate::cpu::isa::Isa;
    use crate::op::{Moment, Output, View};
    use crate::random::Random;

    /// Output and gradients by input and weight of a convolution of random images, by minimal filtering or directly.
    fn found<T: Scalar>(
        cpu: &Cpu,
        is_minimal: bool,
        images: usize,
        [channels, side, kernel, pad]: [usize; 4],
    ) -> [Vec<f64>; 3] {
        let extents = |dims: &[usize]| Extents::new(dims).expect("sizes");
        let out = side + 2 * pad - kernel + 1;
        let at = [[images, channels, side, side], [32, channels, kernel, kernel], [images, 32, out, out]];
        let at = at.map(|dims| extents(&dims));
        let places = [[1; 2], [pad; 2], [1; 2]];
        let kernel: Box<dyn Kernel<T>> = if is_minimal {
            winograd(cpu, places, 1, Epilogue::None, at).expect("it is of this kind")
        } else {
            Box::new(Convolution::new::<T>(cpu, places, 1, Epilogue::None, at))
        };
        let drawn = |stream: u64, len: usize| -> Vec<T> {
            let random = Random::new(1).stream(stream);
            // Numbers that `f32` holds exactly.
            (0..len).map(|i| T::from_f64(f64::from(random.normal(i as u64) as f32))).collect()
        };
        let [x, w, dy] = [0, 1, 2].map(|i| drawn(i as u64, at[i].count()));
        let (mut dx, mut dw) = (vec![T::NAN; x.len()], vec![T::NAN; w.len()]);
        let (mut y, mut scratch) = (vec![T::NAN; dy.len()], vec![T::NAN; kernel.scratch()]);
        let views = [View { data: &x[..], extents: at[0] }, View { data: &w[..], extents: at[1] }];
        let to = Output { data: &mut y, extents: at[2], kept: &mut [], moment: Moment::default() };
        kernel.forward(Forward { x: &views, held: &[], y: to, scratch: &mut scratch });
        kernel.backward(Backward {
            x: &views,
            y: View { data: &[], extents: at[2] },
            kept: &[],
            moment: Moment::default(),
            dy: &dy,
            dx: &mut [Gradient { data: &mut dx, fresh: true }, Gradient { data: &mut dw, fresh: true }],
            scratch: &mut scratch,
        });
        [y, dx, dw].map(|values| values.into_iter().map(Scalar::to_f64).collect())
    }

    /// The root of the mean square of what is wrong, of numbers of size 1.
    fn error(found: &[f64], exact: &[f64]) -> f64 {
        let wrong: f64 = found.iter().zip(exact).map(|(found, exact)| (found - exact).powi(2)).sum();
        (wrong / exact.iter().map(|x| x * x).sum::<f64>()).sqrt()
    }

    // Rounding to `f32` alone is an error of 3e-8. Direct sums, made in parts of 384 numbers, have errors from 1e-7 to 4e-7 here.
    #[test]
    fn the_error_of_single_precision_stays_small() {
        let sizes = [[64, 12, 3, 1], [512, 7, 3, 1], [64, 28, 3, 1], [256, 14, 3, 1], [96, 27, 5, 2]];
        for sizes in sizes.into_iter().chain([[32, 12, 5, 0], [50, 12, 5, 0]]) {
            let cpu = &Cpu::with_threads(1);
            let exact = found::<f64>(cpu, false, 2, sizes);
            let [double, direct, minimal] = [
                found::<f64>(cpu, true, 2, sizes),
                found::<f32>(cpu, false, 2, sizes),
                found::<f32>(cpu, true, 2, sizes),
            ];
            for i in 0..3 {
                let [double, direct, minimal] =
                    [&double, &direct, &minimal].map(|found| error(&found[i], &exact[i]));
                eprintln!("{sizes:?} {i}: {minimal:.1e}, {:.1} times {direct:.1e}", minimal / direct);
                assert!(double < 1e-14 && minimal < 3e-6, "{sizes:?} {i}: {double}, {minimal}");
            }
        }
    }

    #[test]
    fn an_image_has_the_same_bits_in_any_batch_on_any_number_of_threads() {
        // Tiles that fill panels and that do not, patches that are read and, without padding, added up.
        let sizes = [[17, 13, 3, 1], [20, 19, 3, 1], [32, 12, 5, 0], [32, 13, 5, 0], [33, 11, 5, 2]];
        for isa in Isa::all() {
            for sizes in sizes {
                let of = |threads: usize, images: usize| {
                    let cpu = Cpu { isa, ..Cpu::with_threads(threads) };
                    found::<f32>(&cpu, true, images, sizes)
                };
                let all = of(1, 7);
                assert!(all == of(3, 7), "{isa:?} {sizes:?} on three threads");
                for images in [1, 2, 3] {
                    let some = of(2, images);
                    for i in 0..2 {
                        assert!(
                            some[i] == all[i][..some[i].len()],
                            "{isa:?} {sizes:?}, {images} images, {i}"
                        );
                    }
                }
            }
        }
    }
}
