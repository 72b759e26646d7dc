//! Transposed convolution by the kernel of the convolution whose gradient it is: forward is that one's way back to its input.

use super::Convolution;
use super::loops::LaneSum;
use crate::backend::{Backward, Forward, Gradient};
use crate::cpu::activation::finish_plane;
use crate::cpu::parts::{Part, deal};
use crate::op::{Moment, Output, View};
use crate::{Cpu, Epilogue, Extents, Kernel, Scalar};

/// See [`crate::ops::ConvTranspose2d`] and [`crate::ops::ConvTranspose2dBias`].
#[derive(Debug)]
pub(in crate::cpu) struct Transposed {
    /// From the output of this operation to its input.
    inner: Convolution,
    x: Extents,
    y: Extents,
}

impl Transposed {
    pub(in crate::cpu) fn new<T: Scalar>(
        cpu: &Cpu,
        places: [[usize; 2]; 3],
        groups: usize,
        [x, w, y]: [Extents; 3],
    ) -> Self {
        Self { inner: Convolution::new::<T>(cpu, places, groups, Epilogue::None, [y, w, x]), x, y }
    }

    /// Numbers of one channel of the output.
    fn plane(&self) -> usize {
        self.y[2] * self.y[3]
    }
}

fn nothing<T>(extents: Extents) -> View<'static, T>
where
    T: 'static,
{
    View { data: &[], extents }
}

impl<T: Scalar> Kernel<T> for Transposed {
    // Room for the gradient by the input where it is to be added to another.
    fn scratch(&self) -> usize {
        Kernel::<T>::scratch(&self.inner) + self.x.count()
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (y, w) = (frame.y.data, frame.x[1]);
        let mut wanted = [Gradient { data: &mut *y, fresh: true }, Gradient { data: &mut [], fresh: true }];
        self.inner.backward(Backward {
            x: &[nothing(self.y), w],
            y: nothing(self.x),
            kept: &[],
            moment: Moment::default(),
            dy: frame.x[0].data,
            dx: &mut wanted,
            scratch: frame.scratch,
        });
        let Some(b) = frame.x.get(2).map(|b| b.data) else { return };
        let planes = self.y[0] * self.y[1];
        deal(&self.inner.cpu.team, planes, [Part::of_task(y, self.plane())], |number, [y]| {
            finish_plane(self.inner.cpu.isa, Epilogue::None, y, b[number % b.len()]);
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let Cpu { team, isa, .. } = &self.inner.cpu;
        let (x, w, dy) = (frame.x[0], frame.x[1], View { data: frame.dy, extents: self.y });
        let [dx, dw, rest @ ..] = frame.dx else { return };
        let (sum, scratch) = frame.scratch.split_at_mut(self.x.count());
        if dx.is_wanted() {
            let data = if dx.fresh { &mut *dx.data } else { &mut *sum };
            let y = Output { data, extents: self.x, kept: &mut [], moment: Moment::default() };
            self.inner.forward(Forward { x: &[dy, w], held: &[], y, scratch: &mut *scratch });
            if !dx.fresh {
                for (dx, sum) in dx.data.iter_mut().zip(&*sum) {
                    *dx += *sum;
                }
            }
        }
        if dw.is_wanted() {
            let fresh = dw.fresh;
            let mut wanted =
                [Gradient { data: &mut [], fresh: true }, Gradient { data: &mut *dw.data, fresh }];
            self.inner.backward(Backward {
                x: &[dy, w],
                y: nothing(self.x),
                kept: &[],
                moment: Moment::default(),
                dy: x.data,
                dx: &mut wanted,
                scratch,
            });
        }
        if let Some(db) = rest.first_mut().filter(|db| db.is_wanted()) {
            let (plane, channels, fresh) = (self.plane(), self.y[1], db.fresh);
            deal(team, channels, [Part::of_task(&mut *db.data, 1)], |channel, [db]| {
                let mut total = if fresh { T::ZERO } else { db[0] };
                for image in 0..self.y[0] {
                    total += isa.run(LaneSum(&frame.dy[(image * channels + channel) * plane..][..plane]));
                }
                db[0] = total;
            });
        }
    }
}
