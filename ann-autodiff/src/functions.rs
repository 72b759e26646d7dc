//! What can be written on a [`Var`]: the operations as methods and operators, and functions composed of them.

use std::ops;

use crate::op::Op;
use crate::ops::{Add, Linear, Mul, Relu, Reshape, Sigmoid, Sum, Tanh};
use crate::{Extents, Var};

impl<'t, S> Var<'t, S> {
    /// An operation of one input.
    pub fn map<O: Op<1>>(self, op: O) -> Var<'t> {
        self.tape.apply(op, [self.untyped()])
    }

    /// `max(x, 0)`
    pub fn relu(self) -> Var<'t> {
        self.map(Relu)
    }

    /// `1 / (1 + e^-x)`
    pub fn sigmoid(self) -> Var<'t> {
        self.map(Sigmoid)
    }

    /// `tanh(x)`
    pub fn tanh(self) -> Var<'t> {
        self.map(Tanh)
    }

    /// The sum of all elements.
    pub fn sum(self) -> Var<'t> {
        self.map(Sum { scale: 1.0 })
    }

    /// The mean of all elements.
    pub fn mean(self) -> Var<'t> {
        self.map(Sum { scale: 1.0 / self.extents().count() as f64 })
    }

    /// The same elements in other sizes.
    pub fn reshape(self, dims: &[usize]) -> Var<'t> {
        match Extents::new(dims) {
            Ok(extents) => self.map(Reshape { extents }),
            Err(error) => self.tape.fail(error),
        }
    }

    /// `x W^T + b`, see [`Linear`].
    pub fn linear<A, B>(self, w: Var<'t, A>, b: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Linear::default(), [self.untyped(), w.untyped(), b.untyped()])
    }
}

impl<'t, A, B> ops::Add<Var<'t, B>> for Var<'t, A> {
    type Output = Var<'t>;

    fn add(self, other: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Add, [self.untyped(), other.untyped()])
    }
}

impl<'t, A, B> ops::Mul<Var<'t, B>> for Var<'t, A> {
    type Output = Var<'t>;

    fn mul(self, other: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Mul, [self.untyped(), other.untyped()])
    }
}
