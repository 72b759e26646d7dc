//! [`Cpu`]: kernels for the processor. The only place with `unsafe` code: threads that share vectors (`team`, `parts`),
//! instruction sets (`isa`), the innermost loops of the matrix product (`gemm`).
#![allow(unsafe_code, reason = "kernels; each block says why it is sound")]

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

    fn kernel<T: Scalar>(&self, op: &Arc<dyn AnyOp>, inputs: &[Extents], output: Extents) -> Option<Box<dyn Kernel<T>>> {
        select::kernel(self, &**op, inputs, output)
    }
}
