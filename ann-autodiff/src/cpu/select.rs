//! Which kernel an operation gets.

use super::activation::Elementwise;
use super::chain::Chain;
use super::concat::Concat;
use super::conv2d::{Convolution, Depthwise, Transposed, winograd};
use super::elementwise::{Arithmetic, Bernoulli, Binary, Dropout, Noise, Pieces, Softplus};
use super::embedding::Embedding;
use super::linear::{Linear, MatMul};
use super::loss::{CrossEntropy, Mean};
use super::lrn::Lrn;
use super::norm::ChannelNorm;
use super::pool::{Of, Pool};
use super::recurrent;
use super::rows::{AddRow, SumRows};
use super::small::SmallLinear;
use crate::op::AnyOp;
use crate::{Cpu, Epilogue, Extents, Kernel, MatmulPrecision, Operation, Scalar, ops};

/// The kernel for an operation on tensors of these sizes, if there is one.
pub(crate) fn kernel<T: Scalar>(
    cpu: &Cpu,
    op: &dyn AnyOp,
    x: &[Extents],
    y: Extents,
) -> Option<Box<dyn Kernel<T>>> {
    // Tensors with nothing in them but for an empty batch are left to the definitions.
    if x.iter().chain([&y]).any(|extents| extents.iter().skip(1).any(|size| *size == 0)) {
        return None;
    }
    let count = y.count();
    let elementwise =
        |epilogue| Some(Box::new(Elementwise { cpu: cpu.clone(), epilogue, count }) as Box<dyn Kernel<T>>);
    if let Some(op) = op.downcast_ref::<ops::Linear>() {
        if let Some(small) = SmallLinear::new(cpu, op.epilogue, x[0], x[1]) {
            return Some(Box::new(small));
        }
        return Some(Box::new(Linear::new::<T>(cpu, op.epilogue, x[0], x[1])));
    }
    if let Some(op) = op.downcast_ref::<ops::Conv2dBias>() {
        let w = op.windows;
        return Some(convolution(cpu, w, op.epilogue, [x[0], x[1], y]));
    }
    if let Some(op) = op.downcast_ref::<ops::Conv2d>() {
        let w = op.windows;
        return Some(convolution(cpu, w, Epilogue::None, [x[0], x[1], y]));
    }
    let transposed = op.downcast_ref::<ops::ConvTranspose2d>().map(|op| op.windows);
    if let Some(w) = transposed.or(op.downcast_ref::<ops::ConvTranspose2dBias>().map(|op| op.windows)) {
        let places = [w.stride, w.pad, w.dilation];
        return Some(Box::new(Transposed::new::<T>(cpu, places, w.groups, [x[0], x[1], y])));
    }
    if let Some(op) = op.downcast_ref::<ops::Lrn>() {
        return Some(Box::new(Lrn::new(cpu, *op, x[0])));
    }
    if let Some(op) = op.downcast_ref::<ops::Concat>() {
        return Some(Box::new(Concat::new(cpu, op.axis, y)));
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
        return Some(Box::new(MatMul::new::<T>(cpu, *op, x[0], x[1])));
    }
    if let Some(op) = op.downcast_ref::<ops::MaxPool2d>() {
        return Some(Box::new(Pool::new(cpu, Of::Largest, op.windows, x[0], y)));
    }
    if let Some(op) = op.downcast_ref::<ops::AvgPool2d>() {
        return Some(Box::new(Pool::new(cpu, Of::Mean, op.windows, x[0], y)));
    }
    if let Some(op) = op.downcast_ref::<ops::BatchNorm>() {
        // Of an empty batch there are no statistics to divide by its size.
        if x[0].count() == 0 {
            return None;
        }
        return Some(Box::new(ChannelNorm::new(cpu, op.eps, true, x[0])));
    }
    if let Some(op) = op.downcast_ref::<ops::Normalize>() {
        return Some(Box::new(ChannelNorm::new(cpu, op.eps, false, x[0])));
    }
    if let Some(op) = op.downcast_ref::<ops::Dropout>() {
        return Some(Box::new(Dropout { cpu: cpu.clone(), p: op.p, stream: op.stream, count }));
    }
    if let Some(op) = op.downcast_ref::<ops::Bernoulli>() {
        return Some(Box::new(Bernoulli { cpu: cpu.clone(), stream: op.stream }));
    }
    if op.downcast_ref::<ops::Embedding>().is_some() {
        return Some(Box::new(Embedding { cpu: cpu.clone(), vocab: x[1][0], n: x[1][1] }));
    }
    if let Some(op) = op.downcast_ref::<ops::GaussianNoise>() {
        return Some(Box::new(Noise { cpu: cpu.clone(), op: *op }));
    }
    if op.downcast_ref::<ops::Softplus>().is_some() {
        return Some(Box::new(Softplus { cpu: cpu.clone() }));
    }
    if let Some(op) = op.downcast_ref::<ops::SoftmaxCrossEntropy>() {
        // With weights the definition has to do.
        let plain = x.len() == 2 && 0 < x[0].count();
        return plain.then(|| Box::new(CrossEntropy::new(cpu, *op, x[0].rows(), x[0].last())) as _);
    }
    if let Some(op) = op.downcast_ref::<ops::SumAxis>() {
        let (width, is_last) = (x[0].last(), op.axis + 1 == x[0].len());
        return (is_last && 0 < width)
            .then(|| Box::new(SumRows { cpu: cpu.clone(), width, scale: op.scale }) as _);
    }
    if op.downcast_ref::<ops::Add>().is_some() && x[0].len() == x[1].len() + 1 && x[0].ends_with(&x[1]) {
        let width = x[1].count();
        return Some(Box::new(AddRow { cpu: cpu.clone(), width }));
    }
    recurrent::kernel(cpu, op, x).or_else(|| by_element(cpu, op, x))
}

/// The kernel for several operations at once, if there is one.
pub(crate) fn joint<T: Scalar>(cpu: &Cpu, operations: &[Operation<'_>]) -> Option<Box<dyn Kernel<T>>> {
    // Left to the definitions, as above.
    let is_empty = |extents: &Extents| extents.iter().skip(1).any(|size| *size == 0);
    if operations.iter().any(|of| of.inputs.iter().chain([&of.output]).any(is_empty)) {
        return None;
    }
    if let Some(chain) = Chain::new(cpu, operations) {
        return Some(Box::new(chain));
    }
    let [first, pool] = operations else { return None };
    let pooling = pool.op.downcast_ref::<ops::MaxPool2d>()?.windows;
    let (windows, epilogue) = if let Some(op) = first.op.downcast_ref::<ops::Conv2dBias>() {
        (op.windows, op.epilogue)
    } else {
        (first.op.downcast_ref::<ops::Conv2d>()?.windows, Epilogue::None)
    };
    let sizes = [first.inputs[0], first.inputs[1], first.output];
    let pool = Pool::new(cpu, Of::Largest, pooling, first.output, pool.output);
    if special::<T>(cpu, windows, epilogue, sizes).is_some() {
        return None;
    }
    let places = [windows.stride, windows.pad, windows.dilation];
    let convolution = Convolution::new::<T>(cpu, places, windows.groups, epilogue, sizes);
    Some(Box::new(convolution.picked_by::<T>(pool)?))
}

/// The kernel for a convolution.
fn convolution<T: Scalar>(
    cpu: &Cpu,
    windows: ops::Windows,
    epilogue: Epilogue,
    sizes: [Extents; 3],
) -> Box<dyn Kernel<T>> {
    let places = [windows.stride, windows.pad, windows.dilation];
    special(cpu, windows, epilogue, sizes)
        .unwrap_or_else(|| Box::new(Convolution::new::<T>(cpu, places, windows.groups, epilogue, sizes)))
}

/// The kernel for one that is not made of the products of its windows.
fn special<T: Scalar>(
    cpu: &Cpu,
    windows: ops::Windows,
    epilogue: Epilogue,
    [x, w, y]: [Extents; 3],
) -> Option<Box<dyn Kernel<T>>> {
    let places = [windows.stride, windows.pad, windows.dilation];
    // Of a single channel the windows make a matrix worth multiplying by.
    if 1 < windows.groups && windows.groups == x[1] && windows.groups == y[1] {
        return Some(Box::new(Depthwise::new(cpu, places, epilogue, [x, w, y])));
    }
    // Filtering would round sums of numbers, and needs as many instructions as pairs do.
    if cpu.precision == MatmulPrecision::Full {
        return winograd(cpu, places, windows.groups, epilogue, [x, w, y]);
    }
    None
}

/// The kernel for an operation that treats each element by itself.
fn by_element<T: Scalar>(cpu: &Cpu, op: &dyn AnyOp, x: &[Extents]) -> Option<Box<dyn Kernel<T>>> {
    macro_rules! pieces {
        ($($op:ident),+) => {
            $(if let Some(op) = op.downcast_ref::<ops::$op>() {
                return Some(Box::new(Pieces { cpu: cpu.clone(), op: op.clone(), count: x[0].count() }));
            })+
        };
    }
    macro_rules! means {
        ($($op:ident),+) => {
            $(if let Some(op) = op.downcast_ref::<ops::$op>() {
                let count = x[0].count();
                // With weights the definition has to do.
                return (0 < count && x.len() == 2).then(|| Box::new(Mean { cpu: cpu.clone(), op: op.clone(), count }) as _);
            })+
        };
    }
    macro_rules! binary {
        ($($op:ident: $of:ident),+) => {
            $(if op.downcast_ref::<ops::$op>().is_some() {
                // With broadcasting the definition has to do.
                let binary = || Box::new(Binary { cpu: cpu.clone(), of: Arithmetic::$of }) as _;
                return (x[0] == x[1]).then(binary);
            })+
        };
    }
    pieces!(Affine, Copy, Detach, Elu, Gelu, LeakyRelu, Silu);
    means!(BinaryCrossEntropy, Huber, MeanAbsoluteError, MeanSquaredError);
    binary!(Add: Sum, Sub: Difference, Mul: Product);
    None
}
