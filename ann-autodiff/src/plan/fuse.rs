//! Joining neighbours: an activation goes into the operation whose output it alone uses. And what an operation is told of its input:
//! that it is draws.

use std::sync::Arc;

use super::schedule::Instruction;
use crate::Epilogue;
use crate::op::{AnyOp, Erased};
use crate::ops::{Bernoulli, Conv2dBias, Linear, MatMul, Relu, Sigmoid, Tanh};

/// Joins what can be joined; `uses` counts how often each value is used, by operations or from outside.
pub(super) fn fuse(instructions: Vec<Instruction>, uses: &[usize]) -> Vec<Instruction> {
    let mut fused: Vec<Instruction> = Vec::with_capacity(instructions.len());
    let mut drawn = Vec::new();
    for mut next in instructions {
        if next.op.downcast_ref::<Bernoulli>().is_some() {
            drawn.push(next.output);
        }
        if let Some(op) = next.op.downcast_ref::<MatMul>()
            && drawn.contains(&next.inputs[0])
        {
            next.op = Arc::new(Erased::<_, 2>(MatMul { of_draws: true, ..*op }));
        }
        // Recording order puts an activation right behind its producer; only there it is looked for.
        if let Some(last) = fused.last_mut()
            && next.inputs == [last.output]
            && uses[last.output] == 1
            && let Some(op) = joined(&*last.op, &*next.op)
        {
            *last = Instruction { op, output: next.output, extents: next.extents, ..last.clone() };
        } else {
            fused.push(next);
        }
    }
    fused
}

/// The two operations as one, if there is one that does both.
fn joined(producer: &dyn AnyOp, next: &dyn AnyOp) -> Option<Arc<dyn AnyOp>> {
    let epilogue = epilogue(next)?;
    if producer.downcast_ref::<Linear>().is_some_and(|op| op.epilogue == Epilogue::None) {
        return Some(Arc::new(Erased::<_, 3>(Linear { epilogue })));
    }
    if let Some(op) = producer.downcast_ref::<Conv2dBias>().filter(|op| op.epilogue == Epilogue::None) {
        return Some(Arc::new(Erased::<_, 3>(Conv2dBias { epilogue, ..op.clone() })));
    }
    None
}

/// The activation as an epilogue, if its derivative can be told from its output.
fn epilogue(op: &dyn AnyOp) -> Option<Epilogue> {
    if op.downcast_ref::<Relu>().is_some() {
        Some(Epilogue::Relu)
    } else if op.downcast_ref::<Sigmoid>().is_some() {
        Some(Epilogue::Sigmoid)
    } else if op.downcast_ref::<Tanh>().is_some() {
        Some(Epilogue::Tanh)
    } else {
        None
    }
}
