//! Dense layers of a few inputs and outputs one behind the other, and perhaps the cross-entropy behind them, at once: by columns of rows,
//! which are turned once for all of them.

use super::activation::{finish_plane, through};
use super::gemm::{BLOCK, Mix, SHORT, Sums, in_columns};
use super::logits::{ColumnCosts, ColumnSlopes, is_plain};
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward, MAX_INPUTS, Operation};
use crate::op::View;
use crate::ops::{Linear, SoftmaxCrossEntropy};
use crate::{Cpu, Epilogue, Kernel, Scalar};

/// Rows of a task: whole blocks.
const TOGETHER: usize = 512;

/// `y = f(.. g(x V^T + c) .. W^T + b)`, or what such logits cost. Keeps what goes into each layer and comes out of the last, task by task,
/// in columns; of logits their softmax.
#[derive(Debug)]
pub(super) struct Chain {
    cpu: Cpu,
    rows: usize,
    layers: Vec<Layer>,
    has_loss: bool,
    /// Numbers of a row of the first layer's input, and of the last layer's output.
    first: usize,
    last: usize,
    /// Numbers that are kept of each row, and the most of them at one place.
    width: usize,
    widest: usize,
    /// Numbers of all weights and biases.
    sums: usize,
}

#[derive(Clone, Copy, Debug)]
struct Layer {
    epilogue: Epilogue,
    /// Numbers of a row that goes in, and that comes out.
    k: usize,
    n: usize,
}

impl Chain {
    /// If they are small dense layers, but that the last may be the cross-entropy.
    pub(super) fn new(cpu: &Cpu, operations: &[Operation<'_>]) -> Option<Self> {
        let layer = |operation: &Operation<'_>| {
            let linear = operation.op.downcast_ref::<Linear>()?;
            let (n, k) = (operation.inputs[1][0], operation.inputs[1][1]);
            let is_small = (1..=SHORT).contains(&n) && (1..=SHORT).contains(&k);
            is_small.then_some(Layer { epilogue: linear.epilogue, k, n })
        };
        let (last, others) = operations.split_last()?;
        let loss = last
            .op
            .downcast_ref::<SoftmaxCrossEntropy>()
            .filter(|op| is_plain(**op) && last.inputs.len() == 2);
        let has_loss = loss.is_some();
        let layers = if has_loss { others } else { operations };
        let layers = layers.iter().map(layer).collect::<Option<Vec<_>>>()?;
        let (first, last, rows) = (*layers.first()?, *layers.last()?, operations[0].output.rows());
        // The softmax lies where the slope of an activation would be told from.
        if rows == 0 || has_loss && last.epilogue != Epilogue::None {
            return None;
        }
        Some(Self {
            cpu: cpu.clone(),
            rows,
            has_loss,
            first: first.k,
            last: last.n,
            width: first.k + layers.iter().map(|layer| layer.n).sum::<usize>(),
            widest: layers.iter().map(|layer| layer.n.max(layer.k)).max()?,
            sums: layers.iter().map(|layer| layer.n * layer.k + layer.n).sum(),
            layers,
        })
    }

    fn n_tasks(&self) -> usize {
        self.rows.div_ceil(TOGETHER)
    }

    /// Rows of task `number`.
    fn rows_of(&self, number: usize) -> usize {
        TOGETHER.min(self.rows - number * TOGETHER)
    }

    /// Numbers of each weight and bias.
    fn lens(&self) -> impl Iterator<Item = usize> {
        self.layers.iter().flat_map(|layer| [layer.n * layer.k, layer.n])
    }
}

impl<T: Scalar> Kernel<T> for Chain {
    fn kept(&self) -> usize {
        in_columns(self.rows, self.width)
    }

    /// Forward what each task's rows cost, and room for what is not kept; backward two gradients by what is between layers, and its sums.
    fn scratch(&self) -> usize {
        let forward = self.n_tasks() + in_columns(self.rows, self.width);
        forward.max(2 * in_columns(self.rows, self.widest) + self.n_tasks() * self.sums)
    }

    fn is_small(&self) -> bool {
        self.n_tasks() == 1
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let isa = self.cpu.isa;
        let columns = T::columns(isa);
        let Self { first, last, width, .. } = *self;
        let (x, others) = frame.x.split_at(1);
        let (parameters, classes) = others.split_at(2 * self.layers.len());
        let (costs, room) = frame.scratch.split_at_mut(self.n_tasks());
        let kept = if frame.y.kept.is_empty() { room } else { frame.y.kept };
        let of_task = if self.has_loss {
            Part::of_task(&mut *costs, 1)
        } else {
            Part::of_task(&mut *frame.y.data, TOGETHER * last)
        };
        let parts = [Part::of_task(kept, TOGETHER * width), of_task];
        deal(&self.cpu.team, self.n_tasks(), parts, |number, [kept, y]| {
            let rows = self.rows_of(number);
            let (mut into, mut rest) = kept.split_at_mut(in_columns(rows, first));
            columns.turn(&x[0].data[number * TOGETHER * first..][..rows * first], first, into);
            for (layer, parameters) in self.layers.iter().zip(parameters.chunks_exact(2)) {
                let Layer { epilogue, k, n } = *layer;
                let (out, behind) = rest.split_at_mut(in_columns(rows, n));
                columns.mix(Mix {
                    x: into,
                    coefficients: parameters[0].data,
                    steps: [k, 1],
                    bias: parameters[1].data,
                    floor: if epilogue == Epilogue::Relu { T::ZERO } else { -T::INFINITY },
                    y: out,
                    blocks: rows.div_ceil(BLOCK),
                    k,
                    n,
                });
                if matches!(epilogue, Epilogue::Sigmoid | Epilogue::Tanh) {
                    finish_plane(isa, epilogue, out, T::ZERO);
                }
                (into, rest) = (out, behind);
            }
            if let [classes] = classes {
                let classes = &classes.data[number * TOGETHER..][..rows];
                let sum = isa.run_fused(ColumnCosts { n: last, columns: into, classes });
                y[0] = T::from_f64(sum / self.rows as f64);
            } else {
                columns.turn_back(into, last, y);
            }
        });
        if self.has_loss {
            frame.y.data[0] = T::from_f64(costs.iter().map(|cost| cost.to_f64()).sum());
        }
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let Self { first, widest, .. } = *self;
        let (parameters, classes) = frame.x[1..].split_at(2 * self.layers.len());
        let (dx, gradients) = frame.dx.split_at_mut(1);
        let (dx, gradients) = (&mut dx[0], &mut gradients[..parameters.len()]);
        let task = Task {
            chain: self,
            parameters,
            classes: classes.first().map(|classes| classes.data),
            kept: frame.kept,
            dy: frame.dy,
            is_passed: dx.is_wanted(),
            fresh: dx.fresh,
        };
        let (room, sums) = frame.scratch.split_at_mut(2 * in_columns(self.rows, widest));
        let mut into: [&mut [T]; MAX_INPUTS] = Default::default();
        if self.n_tasks() == 1 && gradients.iter().all(|gradient| gradient.is_wanted() && gradient.fresh) {
            for (into, gradient) in into.iter_mut().zip(gradients) {
                *into = &mut *gradient.data;
            }
            return task.run(0, room, &mut into, dx.data);
        }
        let sums = &mut sums[..self.n_tasks() * self.sums];
        let parts = [
            Part::of_task(room, 2 * TOGETHER * widest),
            Part::of_task(&mut *sums, self.sums),
            Part::of_task(&mut *dx.data, TOGETHER * first),
        ];
        deal(&self.cpu.team, self.n_tasks(), parts, |number, [room, sums, dx]| {
            let mut into: [&mut [T]; MAX_INPUTS] = Default::default();
            let mut rest = sums;
            for (into, len) in into.iter_mut().zip(self.lens()) {
                let (sums, behind) = rest.split_at_mut(len);
                (*into, rest) = (sums, behind);
            }
            task.run(number, room, &mut into, dx);
        });
        for (number, sums) in sums.chunks_exact(self.sums).enumerate() {
            let mut rest = sums;
            for (into, len) in gradients.iter_mut().zip(self.lens()) {
                let (sums, behind) = rest.split_at(len);
                let fresh = into.fresh && number == 0;
                for (into, sum) in into.data.iter_mut().zip(sums) {
                    *into = if fresh { *sum } else { *into + *sum };
                }
                rest = behind;
            }
        }
    }
}

/// What all tasks see when they run backward.
struct Task<'a, T> {
    chain: &'a Chain,
    parameters: &'a [View<'a, T>],
    classes: Option<&'a [T]>,
    kept: &'a [T],
    dy: &'a [T],
    /// Whether anybody wants the gradient by the first layer's input, and whether it is the first to be written there.
    is_passed: bool,
    fresh: bool,
}

impl<T: Scalar> Task<'_, T> {
    /// Writes the gradients by the weights and biases, and those by the rows of task `number`.
    fn run(&self, number: usize, room: &mut [T], into: &mut [&mut [T]], dx: &mut [T]) {
        let Chain { cpu: Cpu { isa, .. }, layers, first, last, width, .. } = self.chain;
        let columns = T::columns(*isa);
        let (first, last) = (*first, *last);
        let rows = self.chain.rows_of(number);
        let blocks = rows.div_ceil(BLOCK);
        let (mut by_out, mut other) = room.split_at_mut(room.len() / 2);
        let mut kept = &self.kept[number * TOGETHER * width..][..blocks * BLOCK * width];
        let by_last = &mut by_out[..blocks * BLOCK * last];
        if let Some(classes) = self.classes {
            let classes = &classes[number * TOGETHER..][..rows];
            let share = self.dy[0] / T::from_usize(self.chain.rows);
            let p = &kept[kept.len() - by_last.len()..];
            isa.run(ColumnSlopes { n: last, p, classes, share, dx: by_last });
        } else {
            columns.turn(&self.dy[number * TOGETHER * last..][..rows * last], last, by_last);
        }
        let layers = layers.iter().zip(self.parameters.chunks_exact(2)).zip(into.chunks_exact_mut(2));
        for (number, ((layer, parameters), into)) in layers.enumerate().rev() {
            let Layer { epilogue, k, n } = *layer;
            let (rest, out) = kept.split_at(kept.len() - blocks * BLOCK * n);
            let x = &rest[rest.len() - blocks * BLOCK * k..];
            if epilogue != Epilogue::None {
                through(*isa, epilogue, &mut other[..out.len()], &by_out[..out.len()], out);
                (by_out, other) = (other, by_out);
            }
            let dz = &by_out[..out.len()];
            let [c, of_a] = into else { continue };
            columns.sums(Sums { a: dz, b: x, c, of_a, blocks, m: n, n: k });
            if self.is_passed || 0 < number {
                let (coefficients, steps) = (parameters[0].data, [1, k]);
                let (floor, y) = (-T::INFINITY, &mut other[..x.len()]);
                columns.mix(Mix { x: dz, coefficients, steps, bias: &[], floor, y, blocks, k: n, n: k });
                (by_out, other) = (other, by_out);
            }
            kept = rest;
        }
        if self.is_passed {
            let by_x = &by_out[..blocks * BLOCK * first];
            if self.fresh {
                columns.turn_back(by_x, first, dx);
            } else {
                let passed = &mut other[..dx.len()];
                columns.turn_back(by_x, first, passed);
                for (dx, passed) in dx.iter_mut().zip(passed) {
                    *dx += *passed;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::beside::{Net, check};
    use crate::random::Random;
    use crate::{Plan, Tape, Var};

    /// What comes behind the layers.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Loss {
        CrossEntropy,
        Smoothed,
        Squares,
    }

    #[derive(Debug)]
    struct Dense {
        widths: &'static [usize],
        epilogues: &'static [Epilogue],
        loss: Loss,
        rows: usize,
        /// Whether the gradient by the input is asked for, and whether others are added to it and to that by the first weight.
        passes: bool,
        adds: bool,
    }

    impl Net for Dense {
        fn record<'t>(&self, tape: &'t Tape) -> Var<'t> {
            let (rows, last) = (self.rows, *self.widths.last().unwrap());
            let dims = [rows, self.widths[0]];
            let input = if self.passes { tape.input(&dims) } else { tape.data(&dims) };
            let (mut x, mut first) = (input, None);
            for (number, sizes) in self.widths.windows(2).enumerate() {
                let w = tape.parameter(&format!("w{number}"), &[sizes[1], sizes[0]]);
                first = first.or(Some(w));
                x = x.linear(w, tape.parameter(&format!("b{number}"), &[sizes[1]]));
                x = match self.epilogues[number] {
                    Epilogue::None => x,
                    Epilogue::Relu => x.relu(),
                    Epilogue::Sigmoid => x.sigmoid(),
                    Epilogue::Tanh => x.tanh(),
                };
            }
            let loss = match self.loss {
                Loss::CrossEntropy => x.softmax_cross_entropy(tape.data(&[rows]), 0.0),
                Loss::Smoothed => x.softmax_cross_entropy(tape.data(&[rows]), 0.1),
                Loss::Squares => x.mean_squared_error(tape.data(&[rows, last])),
            };
            let Some(w) = first.filter(|_| self.adds) else { return loss };
            loss + (input * input).sum() + (w * w).sum()
        }

        fn target(&self, i: usize) -> Option<f64> {
            (self.loss != Loss::Squares).then(|| (i % self.widths.last().unwrap()) as f64)
        }
    }

    const NETS: &[(&[usize], &[Epilogue], Loss, usize)] = {
        use Epilogue::{None, Relu, Sigmoid, Tanh};
        &[
            (&[4, 5, 4, 3], &[Relu, Relu, None], Loss::CrossEntropy, 3),
            (&[4, 5, 4, 3], &[Sigmoid, Tanh, None], Loss::Smoothed, 2),
            (&[7, 2], &[None], Loss::CrossEntropy, 1),
            (&[16, 16, 1], &[Tanh, Sigmoid], Loss::Squares, 1),
            // An activation in front of the loss: the layers alone.
            (&[3, 16, 9], &[None, Relu], Loss::CrossEntropy, 1),
            // More layers than an operation has room for inputs.
            (&[2, 3, 4, 5, 6, 7], &[Tanh, Tanh, Tanh, Tanh, None], Loss::CrossEntropy, 4),
        ]
    };

    fn all<T: Scalar>(bound: f64) {
        for (number, cpus) in Cpu::of_every_kind().iter().enumerate() {
            for (widths, epilogues, loss, joined) in NETS {
                for (i, rows) in [1, 16, 33, TOGETHER + 1, 2 * TOGETHER + 30].into_iter().enumerate() {
                    let (passes, adds) = ((number + i) % 2 == 0, i % 4 == 2);
                    let net = Dense { widths, epilogues, loss: *loss, rows, passes: passes || adds, adds };
                    check::<T>(&net, cpus, *joined, bound);
                }
            }
        }
    }

    // A few thousand roundings of sums near 1, most of which cancel.
    #[test]
    fn layers_at_once_are_what_each_is_by_definition() {
        all::<f32>(1e-5);
        all::<f64>(1e-13);
    }

    #[test]
    fn what_is_used_twice_or_asked_for_is_not_joined_over() {
        let joined = |asks: bool, uses: bool| {
            let tape = Tape::new();
            let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
            let x = tape.data(&[5, 4]).linear(parameter("a", &[3, 4]), parameter("b", &[3])).relu();
            let y = x.linear(parameter("c", &[2, 3]), parameter("d", &[2]));
            let loss = y.softmax_cross_entropy(tape.data(&[5]), 0.0);
            let loss = if uses { loss + x.sum() } else { loss };
            let outputs: &[Var<'_>] = if asks { &[x] } else { &[] };
            let plan = Plan::<f32>::compile(&tape, Some(loss), outputs).unwrap();
            plan.explain().matches("as one").count()
        };
        assert_eq!([joined(false, false), joined(true, false), joined(false, true)], [2, 1, 1]);
    }

    #[test]
    fn a_weight_that_is_used_twice_keeps_its_layers_apart() {
        let tape = Tape::new();
        let (w, b) = (tape.parameter("w", &[4, 4]), tape.parameter("b", &[4]));
        let y = tape.data(&[5, 4]).linear(w, b).tanh().linear(w, tape.parameter("c", &[4]));
        let loss = y.mean_squared_error(tape.data(&[5, 4]));
        assert_eq!(
            Plan::<f32>::compile(&tape, Some(loss), &[]).unwrap().explain().matches("as one").count(),
            0
        );
    }

    #[test]
    fn layers_at_once_give_the_bits_of_one_by_one() {
        let outputs = |cpu: &Cpu, asks: bool| {
            let tape = Tape::new();
            let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
            let x = tape.data(&[21, 9]).linear(parameter("a", &[7, 9]), parameter("b", &[7])).tanh();
            let y = x.linear(parameter("c", &[16, 7]), parameter("d", &[16])).relu();
            let outputs: &[Var<'_>] = if asks { &[y, x] } else { &[y] };
            let mut plan = Plan::<f32>::compile_for(cpu, &tape, None, outputs).unwrap();
            assert_eq!(plan.explain().matches("as one").count(), usize::from(!asks));
            let draw = |stream: u64, i: usize| Random::new(9).stream(stream).normal(i as u64) as f32;
            plan.input_mut(0).iter_mut().enumerate().for_each(|(i, x)| *x = draw(1, i));
            let parameters: Vec<f32> = (0..plan.n_parameters()).map(|i| draw(2, i)).collect();
            plan.forward(&parameters).unwrap();
            plan.output(0).to_vec()
        };
        for cpu in Cpu::of_every_kind().iter().flatten() {
            assert!(outputs(cpu, false) == outputs(cpu, true), "{cpu:?}");
        }
    }

    #[test]
    fn a_fault_within_is_named_by_its_layer() {
        let tape = Tape::new();
        let mut x = tape.data(&[3, 2]);
        for name in ["first", "second"] {
            x = tape.scope(name, || x.linear(tape.parameter("w", &[2, 2]), tape.parameter("b", &[2])));
        }
        let loss = x.softmax_cross_entropy(tape.data(&[3]), 0.0);
        let mut plan = Plan::<f32>::compile(&tape, Some(loss), &[]).unwrap();
        assert_eq!(plan.explain().matches("as one").count(), 2);
        plan.input_mut(0).fill(1.0);
        // Twice 1e30, and then times 1e30.
        let parameters: Vec<f32> = tape
            .layout()
            .segments()
            .iter()
            .flat_map(|segment| {
                vec![if segment.name.ends_with('w') { 1e30 } else { 0.0 }; segment.range().len()]
            })
            .collect();
        plan.forward(&parameters).unwrap();
        assert!(!plan.loss().is_finite());
        let fault = plan.first_fault(&parameters).unwrap().unwrap();
        assert_eq!((fault.scope.as_str(), fault.op, fault.in_parameter), ("second", "linear", false));
    }
}
