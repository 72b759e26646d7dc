//! Convolution with windows of 3 by 3 side by side, by Winograd's minimal filtering (Lavin and Gray, "Fast algorithms for
//! convolutional neural networks", 2015): tiles of 2 by 2 of the output from patches of 4 by 4, with 16 products instead of 36.
//!
//! Tiles of all images are columns of one matrix, so that the filters are read once for many images. An element of the output
//! is made of sums over the channels from the first to the last, whatever tiles are beside it: an image's output has the same bits in
//! any batch. Beside a sum over all products of a window its error is some two times as large.

mod grid;
mod lanes;
mod loops;
mod pass;
mod weight;

use crate::backend::{Backward, Forward};
use crate::cpu::activation::finish_plane;
use crate::cpu::parts::{Part, deal};
use crate::{Cpu, Epilogue, Extents, Kernel, Scalar};
use loops::SlopeSum;
use pass::{Pass, Target};
use weight::ByWeight;

/// Fewest channels and filters of a group for which it pays.
const FEWEST: usize = 16;

/// `y = f(conv(x, w) + b)` for windows of 3 by 3.
#[derive(Debug)]
pub(in crate::cpu) struct Winograd {
    cpu: Cpu,
    epilogue: Epilogue,
    images: usize,
    groups: usize,
    /// Channels and filters of a group.
    channels: usize,
    filters: usize,
    /// Numbers of one filter's output of an image.
    plane: usize,
    forward: Pass,
    by_input: Pass,
    by_weight: ByWeight,
}

impl Winograd {
    /// If it is a convolution of this kind.
    pub(in crate::cpu) fn new<T: Scalar>(
        cpu: &Cpu,
        [stride, pad, dilation]: [[usize; 2]; 3],
        groups: usize,
        epilogue: Epilogue,
        [x, w, y]: [Extents; 3],
    ) -> Option<Self> {
        let (channels, filters) = (x[1] / groups, y[1] / groups);
        let fits = w[2..] == [3, 3] && [stride, dilation] == [[1; 2]; 2] && pad.iter().all(|pad| *pad <= 2);
        if !fits || channels < FEWEST || filters < FEWEST {
            return None;
        }
        let (image, output) = ([x[2], x[3]], [y[2], y[3]]);
        let images = [x[0], groups];
        Some(Self {
            cpu: cpu.clone(),
            epilogue,
            images: x[0],
            groups,
            channels,
            filters,
            plane: y[2] * y[3],
            forward: Pass::new::<T>(cpu, images, [channels, filters], [image, output, pad]),
            by_input: Pass::new::<T>(
                cpu,
                images,
                [filters, channels],
                [output, image, pad.map(|pad| 2 - pad)],
            ),
            by_weight: ByWeight::new::<T>(cpu, images, [channels, filters], [image, output, pad]),
        })
    }
}

impl<T: Scalar> Kernel<T> for Winograd {
    fn scratch(&self) -> usize {
        self.forward.scratch().max(self.by_input.scratch()).max(self.by_weight.scratch())
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, w) = (frame.x[0].data, frame.x[1].data);
        let b = frame.x.get(2).map(|b| b.data);
        let y = frame.y.data;
        let target = Target { planes: &mut *y, fresh: true };
        let steps = [9 * self.channels, 9];
        self.forward.run([x, &[]], Epilogue::None, w, steps, false, target, frame.scratch);
        if b.is_some() || self.epilogue != Epilogue::None {
            let image = self.groups * self.filters;
            deal(&self.cpu.team, self.images * image, [Part::of_task(y, self.plane)], |number, [y]| {
                let bias = b.map_or(T::ZERO, |b| b[number % image]);
                finish_plane(self.cpu.isa, self.epilogue, y, bias);
            });
        }
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
            let steps = [9, 9 * self.channels];
            self.by_input.run([dy, y], self.epilogue, w, steps, true, target, frame.scratch);
        }
    }
}
