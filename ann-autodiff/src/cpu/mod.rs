//! [`Cpu`]: kernels for the processor. The only place with `unsafe` code: threads that share vectors (`team`, `parts`),
//! instruction sets (`isa`), the innermost loops of the matrix product (`gemm`), planes that a task writes a part of (`conv2d/winograd`).
#![allow(unsafe_code, reason = "kernels; each block says why it is sound")]
#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

mod activation;
#[cfg(test)]
mod beside;
mod chain;
mod concat;
mod conv2d;
mod domain;
mod elementwise;
mod embedding;
mod gemm;
mod halving;
#[cfg(test)]
mod instruction_sets;
mod isa;
mod linear;
mod logits;
mod loss;
mod lrn;
mod math;
mod norm;
mod pages;
mod parts;
mod pool;
mod precision;
mod recurrent;
mod rows;
pub(crate) mod select;
mod small;
mod sweep;
mod taker;
mod team;

use std::sync::Arc;

use crate::op::AnyOp;
use crate::{Backend, Dtype, Error, Extents, Kernel, Operation, Scalar};
pub use domain::Domain;
pub(crate) use gemm::Float;
pub(crate) use isa::{Isa, Loop};
pub use pages::zeros;
use parts::Part;
use precision::Arithmetic;
pub use precision::MatmulPrecision;
pub(crate) use sweep::AnySweep;
pub use sweep::Sweep;
pub(crate) use taker::Sweeping;
pub use taker::Taker;
use team::Team;

/// The processor, the default backend. What it computes does not depend on the number of threads.
#[derive(Clone, Debug)]
pub struct Cpu {
    team: Arc<Team>,
    isa: Isa,
    precision: MatmulPrecision,
}

impl Default for Cpu {
    /// On all processors; all such backends share one set of threads.
    fn default() -> Self {
        Self::on(Arc::new(Team::of_all_processors()))
    }
}

impl Cpu {
    /// On so many threads, the calling one among them; at least one. The threads end with the last clone of this backend and
    /// the last plan compiled for it.
    pub fn with_threads(threads: usize) -> Self {
        Self::on(Arc::new(Team::new(threads)))
    }

    fn on(team: Arc<Team>) -> Self {
        Self { team, isa: Isa::detect(), precision: MatmulPrecision::Full }
    }

    /// The same, with the operands of products rounded to this. Plans of `f64` are refused unless it is
    /// [`Full`](MatmulPrecision::Full).
    #[must_use]
    pub fn matmul_precision(self, precision: MatmulPrecision) -> Self {
        Self { precision, ..self }
    }

    /// What the operands of products are rounded to.
    pub fn precision(&self) -> MatmulPrecision {
        self.precision
    }

    /// On one, two and three threads under each instruction set that this processor has, for checks.
    pub(crate) fn of_every_kind() -> Vec<[Self; 3]> {
        let teams = [1, 2, 3].map(|threads| Arc::new(Team::new(threads)));
        Isa::all().into_iter().map(|isa| teams.clone().map(|team| Self { isa, ..Self::on(team) })).collect()
    }

    /// How many threads take part.
    pub fn threads(&self) -> usize {
        self.team.threads()
    }

    /// From now on the calling thread computes alone, or no longer: this backend, its clones and all plans compiled for it, to the same
    /// bits. For steps that are so short that handing work over takes longer than doing it, which depends on the machine and on what
    /// else is at work there.
    pub fn let_others_rest(&self, rest: bool) {
        self.team.let_rest(rest);
    }

    /// Calls `task(number, pieces)` for each number below `n_tasks`, on all threads: of each vector a task gets the piece of its number,
    /// all of the length beside the vector, but that the last may be shorter or empty.
    ///
    /// ```
    /// use ann_autodiff::Cpu;
    ///
    /// let mut squares = [0; 7];
    /// Cpu::default().deal(3, [(&mut squares, 3)], |number, [piece]| {
    ///     for (i, square) in piece.iter_mut().enumerate() {
    ///         *square = (3 * number + i).pow(2);
    ///     }
    /// });
    /// assert_eq!(squares, [0, 1, 4, 9, 16, 25, 36]);
    /// ```
    pub fn deal<T: Send, const N: usize>(
        &self,
        n_tasks: usize,
        vectors: [(&mut [T], usize); N],
        task: impl Fn(usize, [&mut [T]; N]) + Sync,
    ) {
        parts::deal(&self.team, n_tasks, vectors.map(|(vector, len)| Part::of_task(vector, len)), task);
    }
}

impl Backend for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn check(&self, dtype: Dtype) -> Result<(), Error> {
        match (self.precision, dtype) {
            (MatmulPrecision::Bf16, Dtype::F64) => Err(Error::Backend {
                backend: self.name(),
                dtype,
                reason: "products of `bf16` are summed in `f32`; keep the network in that, or products in full precision",
            }),
            _ => Ok(()),
        }
    }

    fn kernel<T: Scalar>(
        &self,
        op: &Arc<dyn AnyOp>,
        inputs: &[Extents],
        output: Extents,
    ) -> Option<Box<dyn Kernel<T>>> {
        T::kernel(self, &**op, inputs, output)
    }

    fn joint<T: Scalar>(&self, operations: &[Operation<'_>]) -> Option<Box<dyn Kernel<T>>> {
        T::joint(self, operations)
    }

    fn alone(&self) -> Self {
        Self { team: Team::alone(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::{Plan, Tape, ops};

    #[test]
    fn the_operations_of_a_convolutional_network_have_kernels() {
        let tape = Tape::new();
        let halves = ops::Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false };
        let x = tape.data(&[2, 1, 8, 8]);
        let w = tape.parameter("w", &[3, 1, 3, 3]);
        let x = x.conv2d_bias(w, tape.parameter("b", &[3]), ops::Windows::UNIT).relu().max_pool2d(halves);
        let x = x
            .reshape(&[2, 27])
            .linear(tape.parameter("v", &[5, 27]), tape.parameter("c", &[5]))
            .tanh()
            .dropout(0.5);
        let loss = x.mean_squared_error(tape.data(&[2, 5]));
        let plan = Plan::<f32>::compile_for(&Cpu::with_threads(1), &tape, Some(loss), &[]).unwrap();
        let text = plan.explain();
        assert_eq!(text.matches("cpu").count(), 5, "{text}");
        assert!(!text.contains("definition"), "{text}");
    }

    #[test]
    fn a_small_network_stays_on_the_calling_thread_and_a_larger_one_does_not() {
        let is_small = |rows: usize, width: usize, steps: usize| {
            let (tape, n) = (Tape::new(), 4 * width);
            let none = || tape.constant(&[0], &[]);
            let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
            let x = tape.data(&[rows, steps, 64]);
            let (w, u, b) = (parameter("a", &[n, 64]), parameter("b", &[n, width]), parameter("c", &[n]));
            let lstm = ops::Lstm::default();
            let x = tape.apply(lstm, [x, w, u, b, none(), none(), none(), none()]);
            let x = tape.apply(ops::LastStep, [x, none()]).dropout(0.1);
            let x = x.linear(parameter("d", &[10, width]), parameter("e", &[10])).relu();
            let loss = x.softmax_cross_entropy(tape.data(&[rows]), 0.0);
            let cpu = Cpu::with_threads(2);
            let plan = Plan::<f32>::compile_for(&cpu, &tape, Some(loss), &[]).unwrap();
            assert_eq!(plan.sweeps_on(&cpu).threads(), if plan.is_small { 1 } else { 2 });
            plan.is_small
        };
        assert!(is_small(8, 64, 4) && is_small(8, 64, 8));
        assert!(!is_small(8, 64, 16) && !is_small(8, 256, 1));
    }

    #[test]
    fn a_convolutional_network_gives_the_same_bits_on_any_number_of_threads() {
        let gradients_on = |cpu: &Cpu| {
            let tape = Tape::new();
            let halves = ops::Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false };
            let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
            let x = tape.data(&[33, 1, 28, 28]);
            let x =
                x.conv2d_bias(parameter("w1", &[20, 1, 5, 5]), parameter("b1", &[20]), ops::Windows::UNIT);
            let x = x.max_pool2d(halves).dropout(0.2);
            let x =
                x.conv2d_bias(parameter("w2", &[50, 20, 5, 5]), parameter("b2", &[50]), ops::Windows::UNIT);
            let x = x.relu().max_pool2d(halves).reshape(&[33, 800]);
            let x = x.linear(parameter("w3", &[500, 800]), parameter("b3", &[500])).tanh();
            let x = x.linear(parameter("w4", &[10, 500]), parameter("b4", &[10]));
            let loss = x.softmax_cross_entropy(tape.data(&[33]), 0.0);
            let mut plan = Plan::<f32>::compile_for(cpu, &tape, Some(loss), &[]).unwrap();
            let random = Random::new(4);
            let n = plan.n_parameters();
            let parameters: Vec<f32> = (0..n).map(|i| 0.05 * random.normal(i as u64) as f32).collect();
            for (i, x) in plan.input_mut(0).iter_mut().enumerate() {
                *x = random.stream(1).normal(i as u64) as f32;
            }
            let mut gradients = vec![0.0f32; n];
            plan.forward(&parameters).unwrap();
            plan.backward(&parameters, &mut gradients).unwrap();
            assert!(gradients.iter().all(|gradient| gradient.is_finite()));
            gradients.push(plan.loss());
            gradients.iter().map(|gradient| gradient.to_bits()).collect::<Vec<u32>>()
        };
        let alone = gradients_on(&Cpu::with_threads(1));
        for cpu in [Cpu::with_threads(2), Cpu::with_threads(3), Cpu::with_threads(7), Cpu::default()] {
            assert!(gradients_on(&cpu) == alone, "other bits on {} threads", cpu.threads());
        }
    }
}
