//! [`Cpu`]: kernels for the processor.

use std::sync::Arc;

use crate::op::AnyOp;
use crate::{Backend, Extents, Kernel, Scalar};

/// The processor, the default backend.
#[derive(Clone, Debug, Default)]
pub struct Cpu {}

impl Backend for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn kernel<T: Scalar>(&self, _: &Arc<dyn AnyOp>, _: &[Extents], _: Extents) -> Option<Box<dyn Kernel<T>>> {
        None
    }
}
