//! Several tensors one after the other: a task is a line of the output, or of one input's gradient.

use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::{Cpu, Extents, Kernel, Scalar};

/// See [`crate::ops::Concat`].
#[derive(Debug)]
pub(super) struct Concat {
    cpu: Cpu,
    axis: usize,
    /// How many lines there are, and numbers in one.
    lines: usize,
    whole: usize,
}

impl Concat {
    pub(super) fn new(cpu: &Cpu, axis: usize, y: Extents) -> Self {
        let whole = y[axis..].iter().product();
        Self { cpu: cpu.clone(), axis, lines: y[..axis].iter().product(), whole }
    }

    fn length(&self, x: Extents) -> usize {
        x[self.axis..].iter().product()
    }
}

impl<T: Scalar> Kernel<T> for Concat {
    fn forward(&self, frame: Forward<'_, T>) {
        let x = frame.x;
        let parts = [Part::of_task(frame.y.data, self.whole)];
        deal(&self.cpu.team, self.lines, parts, |line, [y]| {
            let mut start = 0;
            for x in x {
                let part = self.length(x.extents);
                y[start..start + part].copy_from_slice(&x[line * part..][..part]);
                start += part;
            }
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let mut start = 0;
        for (x, dx) in frame.x.iter().zip(frame.dx) {
            let part = self.length(x.extents);
            let (dy, fresh) = (frame.dy, dx.fresh);
            if dx.is_wanted() {
                let parts = [Part::of_task(&mut *dx.data, part)];
                deal(&self.cpu.team, self.lines, parts, |line, [dx]| {
                    let dy = &dy[line * self.whole + start..][..part];
                    if fresh {
                        dx.copy_from_slice(dy);
                    } else {
                        for (dx, dy) in dx.iter_mut().zip(dy) {
                            *dx += *dy;
                        }
                    }
                });
            }
            start += part;
        }
    }
}
