//! Which kernel an operation gets.

use super::activation::Elementwise;
use super::conv2d::Convolution;
use super::linear::{Linear, MatMul};
use super::pool::{Of, Pool};
use crate::op::AnyOp;
use crate::{Cpu, Epilogue, Extents, Kernel, Scalar, ops};

/// The kernel for an operation on tensors of these sizes, if there is one.
pub(super) fn kernel<T: Scalar>(
    cpu: &Cpu,
    op: &dyn AnyOp,
    x: &[Extents],
    y: Extents,
) -> Option<Box<dyn Kernel<T>>> {
    // Tensors with nothing in them but for an empty batch are left to the definitions.
    if x.iter().chain([&y]).any(|extents| extents.iter().skip(1).any(|size| *size == 0)) {
        return None;
    }
    let elementwise = |epilogue| Some(Box::new(Elementwise { cpu: cpu.clone(), epilogue }) as Box<dyn Kernel<T>>);
    if let Some(op) = op.downcast_ref::<ops::Linear>() {
        return Some(Box::new(Linear::new::<T>(cpu, op.epilogue, x[0], x[1])));
    }
    if let Some(op) = op.downcast_ref::<ops::Conv2dBias>() {
        let w = op.windows;
        let places = [w.stride, w.pad, w.dilation];
        return Some(Box::new(Convolution::new::<T>(cpu, places, w.groups, op.epilogue, [x[0], x[1], y])));
    }
    if let Some(op) = op.downcast_ref::<ops::Conv2d>() {
        let w = op.windows;
        let places = [w.stride, w.pad, w.dilation];
        return Some(Box::new(Convolution::new::<T>(cpu, places, w.groups, Epilogue::None, [x[0], x[1], y])));
    }
    if op.downcast_ref::<ops::Relu>().is_some() {
        return elementwise(Epilogue::Relu);
    }
    if op.downcast_ref::<ops::Sigmoid>().is_some() {
        return elementwise(Epilogue::Sigmoid);
    }
    if op.downcast_ref::<ops::Tanh>().is_some() {
        return elementwise(Epilogue::Tanh);
    }
    if let Some(op) = op.downcast_ref::<ops::MatMul>() {
        return Some(Box::new(MatMul::new::<T>(cpu, op.transposed, x[0], x[1])));
    }
    if let Some(op) = op.downcast_ref::<ops::MaxPool2d>() {
        return Some(Box::new(Pool::new(cpu, Of::Largest, op.windows, x[0], y)));
    }
    if let Some(op) = op.downcast_ref::<ops::AvgPool2d>() {
        return Some(Box::new(Pool::new(cpu, Of::Mean, op.windows, x[0], y)));
    }
    None
}
