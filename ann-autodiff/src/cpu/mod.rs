//! [`Cpu`]: kernels for the processor. The only place with `unsafe` code: threads that share vectors (`team`, `parts`),
//! instruction sets (`isa`), the innermost loops of the matrix product (`gemm`).
#![allow(unsafe_code, reason = "kernels; each block says why it is sound")]
#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

mod activation;
mod conv2d;
mod elementwise;
mod gemm;
mod isa;
mod linear;
mod math;
mod norm;
mod parts;
mod pool;
mod select;
mod team;

use std::sync::Arc;

use crate::op::AnyOp;
use crate::{Backend, Extents, Kernel, Scalar};
pub(crate) use gemm::Float;
use isa::Isa;
use team::Team;

/// The processor, the default backend. What it computes does not depend on the number of threads.
#[derive(Clone, Debug)]
pub struct Cpu {
    team: Arc<Team>,
    isa: Isa,
}

impl Default for Cpu {
    /// On all processors; all such backends share one set of threads.
    fn default() -> Self {
        Self { team: Team::of_all_processors(), isa: Isa::detect() }
    }
}

impl Cpu {
    /// On so many threads, the calling one among them; at least one. The threads end with the last clone of this backend and
    /// the last plan compiled for it.
    pub fn with_threads(threads: usize) -> Self {
        Self { team: Arc::new(Team::new(threads)), isa: Isa::detect() }
    }

    /// How many threads take part.
    pub fn threads(&self) -> usize {
        self.team.threads()
    }
}

impl Backend for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn kernel<T: Scalar>(
        &self,
        op: &Arc<dyn AnyOp>,
        inputs: &[Extents],
        output: Extents,
    ) -> Option<Box<dyn Kernel<T>>> {
        select::kernel(self, &**op, inputs, output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
}
