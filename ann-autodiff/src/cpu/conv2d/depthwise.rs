//! Convolution of each channel by itself: sums of shifted planes. As a product of matrices it would be one of a single row.
//!
//! Tasks are some planes of one image. The gradients of weight and bias are summed in each plane by itself, and the images are
//! added in order.

use super::loops::LaneSum;
use super::windows::{Geometry, Runs};
use crate::backend::{Backward, Forward};
use crate::cpu::activation::{finish_plane, through};
use crate::cpu::isa::Loop;
use crate::cpu::parts::{Part, deal};
use crate::{Cpu, Epilogue, Extents, Kernel, Scalar};

/// Numbers a task goes over.
const NUMBERS: usize = 1 << 14;

/// `y = f(conv(x, w) + b)` with as many groups as there are channels on either side.
#[derive(Debug)]
pub(in crate::cpu) struct Depthwise {
    cpu: Cpu,
    epilogue: Epilogue,
    stride: usize,
    /// Where the plane lies under each element of the window.
    runs: Vec<Runs>,
    images: usize,
    channels: usize,
    /// Numbers in a plane of the input and of the output, and in a row of the output.
    input: usize,
    output: usize,
    row: usize,
    /// Planes of one task.
    together: usize,
}

impl Depthwise {
    pub(in crate::cpu) fn new(
        cpu: &Cpu,
        [stride, pad, dilation]: [[usize; 2]; 3],
        epilogue: Epilogue,
        [x, w, y]: [Extents; 3],
    ) -> Self {
        let geometry = Geometry {
            channels: 1,
            image: [x[2], x[3]],
            kernel: [w[2], w[3]],
            output: [y[2], y[3]],
            stride,
            pad,
            dilation,
        };
        let (input, output) = (x[2] * x[3], y[2] * y[3]);
        Self {
            cpu: cpu.clone(),
            epilogue,
            stride: stride[1],
            runs: geometry.runs([0, y[2]]),
            images: x[0],
            channels: x[1],
            input,
            output,
            row: y[3],
            together: (NUMBERS / input.max(output).max(1)).max(1),
        }
    }

    fn planes(&self) -> usize {
        self.images * self.channels
    }
}

/// `y += w x`, shifted by each element of the window.
struct Spread<'a, T> {
    of: &'a Depthwise,
    x: &'a [T],
    w: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Loop for Spread<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { of, x, w, y } = self;
        for (runs, w) in of.runs.iter().zip(w) {
            let (first, end) = runs.columns;
            if first == end || runs.rows.0 == runs.rows.1 {
                continue;
            }
            let rows = y[runs.rows.0 * of.row..runs.rows.1 * of.row].chunks_exact_mut(of.row);
            let rows = rows.zip(x[runs.start..].chunks(runs.step));
            if of.stride == 1 {
                for (y, x) in rows {
                    for (y, x) in y[first..end].iter_mut().zip(x) {
                        *y += *w * *x;
                    }
                }
            } else {
                for (y, x) in rows {
                    for (y, x) in y[first..end].iter_mut().zip(x.iter().step_by(of.stride)) {
                        *y += *w * *x;
                    }
                }
            }
        }
    }
}

/// `dx += w dz`, shifted back by each element of the window.
struct Collect<'a, T> {
    of: &'a Depthwise,
    dz: &'a [T],
    w: &'a [T],
    dx: &'a mut [T],
}

impl<T: Scalar> Loop for Collect<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { of, dz, w, dx } = self;
        for (runs, w) in of.runs.iter().zip(w) {
            let (first, end) = runs.columns;
            if first == end || runs.rows.0 == runs.rows.1 {
                continue;
            }
            let rows = dz[runs.rows.0 * of.row..runs.rows.1 * of.row].chunks_exact(of.row);
            let rows = rows.zip(dx[runs.start..].chunks_mut(runs.step));
            if of.stride == 1 {
                for (dz, dx) in rows {
                    for (dx, dz) in dx.iter_mut().zip(&dz[first..end]) {
                        *dx += *w * *dz;
                    }
                }
            } else {
                for (dz, dx) in rows {
                    for (dx, dz) in dx.iter_mut().step_by(of.stride).zip(&dz[first..end]) {
                        *dx += *w * *dz;
                    }
                }
            }
        }
    }
}

/// `dw = sum of dz x`, for each element of the window, in 16 lanes that are added in order.
struct Correlate<'a, T> {
    of: &'a Depthwise,
    x: &'a [T],
    dz: &'a [T],
    dw: &'a mut [T],
}

impl<T: Scalar> Loop for Correlate<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { of, x, dz, dw } = self;
        for (runs, dw) in of.runs.iter().zip(dw) {
            *dw = T::ZERO;
            let (first, end) = runs.columns;
            if first == end || runs.rows.0 == runs.rows.1 {
                continue;
            }
            let mut lanes = [T::ZERO; 16];
            let rows = dz[runs.rows.0 * of.row..runs.rows.1 * of.row].chunks_exact(of.row);
            for (dz, x) in rows.zip(x[runs.start..].chunks(runs.step)) {
                let dz = &dz[first..end];
                if of.stride == 1 {
                    let (mut dz, mut x) = (dz.chunks_exact(16), x[..dz.len()].chunks_exact(16));
                    for (dz, x) in (&mut dz).zip(&mut x) {
                        for i in 0..16 {
                            lanes[i] += dz[i] * x[i];
                        }
                    }
                    for ((lane, dz), x) in lanes.iter_mut().zip(dz.remainder()).zip(x.remainder()) {
                        *lane += *dz * *x;
                    }
                } else {
                    for (i, (dz, x)) in dz.iter().zip(x.iter().step_by(of.stride)).enumerate() {
                        lanes[i % 16] += *dz * *x;
                    }
                }
            }
            for lane in lanes {
                *dw += lane;
            }
        }
    }
}

impl<T: Scalar> Kernel<T> for Depthwise {
    // For each plane the gradients of its window and its bias; for each thread a plane of dz.
    fn scratch(&self) -> usize {
        self.planes() * (self.runs.len() + 1) + self.cpu.threads() * self.output
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, w) = (frame.x[0].data, frame.x[1].data);
        let b = frame.x.get(2).map(|b| b.data);
        let Cpu { team, isa, .. } = &self.cpu;
        let parts = [Part::of_task(frame.y.data, self.together * self.output)];
        deal(team, self.planes().div_ceil(self.together), parts, |number, [y]| {
            for (index, y) in y.chunks_exact_mut(self.output).enumerate() {
                let plane = number * self.together + index;
                let channel = plane % self.channels;
                y.fill(T::ZERO);
                let x = &x[plane * self.input..][..self.input];
                isa.run(Spread { of: self, x, w: &w[channel * self.runs.len()..][..self.runs.len()], y });
                if b.is_some() || self.epilogue != Epilogue::None {
                    finish_plane(*isa, self.epilogue, y, b.map_or(T::ZERO, |b| b[channel]));
                }
            }
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, w, y, dy) = (frame.x[0].data, frame.x[1].data, frame.y.data, frame.dy);
        let [dx, dw, rest @ ..] = frame.dx else { return };
        let Cpu { team, isa, .. } = &self.cpu;
        let (window, planes) = (self.runs.len(), self.planes());
        let (dw_parts, scratch) = frame.scratch.split_at_mut(planes * window);
        let (db_parts, dz) = scratch.split_at_mut(planes);
        let (fresh, wants_weight) = (dx.fresh, dw.is_wanted());
        let db = rest.first_mut().filter(|db| db.is_wanted());
        let wants_bias = db.is_some();
        let parts = [
            Part::of_task(&mut *dx.data, self.together * self.input),
            Part::of_task(if wants_weight { &mut *dw_parts } else { &mut [] }, self.together * window),
            Part::of_task(if wants_bias { &mut *db_parts } else { &mut [] }, self.together),
            Part::of_thread(dz, self.output),
        ];
        deal(team, planes.div_ceil(self.together), parts, |number, [dx, dw, db, dz]| {
            for index in 0..self.together.min(planes - number * self.together) {
                let plane = number * self.together + index;
                let at = plane * self.output..(plane + 1) * self.output;
                through(*isa, self.epilogue, dz, &dy[at.clone()], if y.is_empty() { &[] } else { &y[at] });
                if let Some(db) = db.get_mut(index) {
                    *db = isa.run(LaneSum(dz));
                }
                if let Some(dw) = dw.get_mut(index * window..(index + 1) * window) {
                    isa.run(Correlate { of: self, x: &x[plane * self.input..][..self.input], dz, dw });
                }
                if let Some(dx) = dx.get_mut(index * self.input..(index + 1) * self.input) {
                    if fresh {
                        dx.fill(T::ZERO);
                    }
                    let w = &w[plane % self.channels * window..][..window];
                    isa.run(Collect { of: self, dz, w, dx });
                }
            }
        });
        for (gradient, parts) in [(Some(dw), &*dw_parts), (db, &*db_parts)] {
            let Some(gradient) = gradient.filter(|gradient| gradient.is_wanted()) else { continue };
            let width = gradient.data.len();
            if gradient.fresh {
                gradient.data.fill(T::ZERO);
            }
            for image in parts.chunks_exact(width) {
                for (sum, part) in gradient.data.iter_mut().zip(image) {
                    *sum += *part;
                }
            }
        }
    }
}
