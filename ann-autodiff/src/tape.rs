//! [`Tape`] and [`Var`]: operations in the order in which they were called, without any numbers.
//!
//! A mistake (sizes that do not fit) is kept by the tape and reported when the tape is compiled, so that formulas can be
//! written as formulas: every value that depends on the mistake is void, nothing is computed.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::op::{AnyOp, Erased, Op};
use crate::parameters::{Layout, Segment};
use crate::{Dyn, Error, Extents, Shaped, fits};

/// The list of operations of one computation.
///
/// ```
/// use ann_autodiff::{Plan, Tape};
///
/// let tape = Tape::new();
/// let x = tape.input(&[3]);
/// let loss = (x * x).sum();
/// let mut plan = Plan::<f64>::compile(&tape, Some(loss), &[])?;
/// plan.input_mut(0).copy_from_slice(&[1.0, 2.0, 3.0]);
/// plan.forward(&[])?;
/// assert_eq!(plan.loss(), 14.0);
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
pub struct Tape {
    record: RefCell<Record>,
}

impl Default for Tape {
    fn default() -> Self {
        // What is recorded outside all scopes belongs to the one without a name.
        let record = Record { scopes: vec![String::new()], ..Record::default() };
        Self { record: RefCell::new(record) }
    }
}

/// What a tape holds.
#[derive(Clone, Default)]
pub(crate) struct Record {
    pub(crate) nodes: Vec<Node>,
    /// The inputs in the order in which they were made, and whether their gradients are wanted.
    pub(crate) inputs: Vec<(Id, bool)>,
    /// The parameters in the order in which they were made.
    pub(crate) parameters: Vec<(Id, Segment)>,
    /// The states in the order in which they were made, and what becomes of each.
    pub(crate) states: Vec<(Id, Option<Id>)>,
    pub(crate) scopes: Vec<String>,
    /// Where each open scope ends in the path of the current one.
    open: Vec<String>,
    streams: u64,
    error: Option<Error>,
}

/// A value on a tape.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) extents: Extents,
    /// The scope it was recorded in, an index of `Record::scopes`.
    pub(crate) scope: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Input,
    Parameter,
    Constant(Arc<[f64]>),
    Op(Arc<dyn AnyOp>, Vec<Id>),
}

/// The number of a node.
pub(crate) type Id = usize;

/// The value that stands for all that depends on a mistake.
const VOID: Id = usize::MAX;

/// A value on a tape: a handle, to be copied freely. `S` is the shape of one example where it is known to the compiler.
pub struct Var<'t, S = Dyn> {
    pub(crate) tape: &'t Tape,
    pub(crate) id: Id,
    shape: PhantomData<fn() -> S>,
}

impl<S> Clone for Var<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Var<'_, S> {}

impl<S> fmt::Debug for Var<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Var({}: {})", self.id, self.extents())
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.record.borrow();
        for (id, node) in record.nodes.iter().enumerate() {
            let scope = &record.scopes[node.scope];
            match &node.kind {
                NodeKind::Input => writeln!(f, "{id}: {} input", node.extents)?,
                NodeKind::Parameter => writeln!(f, "{id}: {} parameter of {scope}", node.extents)?,
                NodeKind::Constant(_) => writeln!(f, "{id}: {} constant", node.extents)?,
                NodeKind::Op(op, inputs) => {
                    writeln!(f, "{id}: {} {op:?} of {inputs:?} in {scope}", node.extents)?;
                }
            }
        }
        Ok(())
    }
}

impl Tape {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }

    /// A value given from outside at each run, whose gradient can be asked for.
    pub fn input(&self, dims: &[usize]) -> Var<'_> {
        self.leaf(dims, true)
    }

    /// A value given from outside whose gradient nobody wants: data, labels. Nothing is computed for it.
    pub fn data(&self, dims: &[usize]) -> Var<'_> {
        self.leaf(dims, false)
    }

    fn leaf(&self, dims: &[usize], differentiable: bool) -> Var<'_> {
        let Some(extents) = self.check(Extents::new(dims)) else { return self.void() };
        let var = self.node(NodeKind::Input, extents);
        self.record.borrow_mut().inputs.push((var.id, differentiable));
        var
    }

    /// A value kept from run to run: zeros at first, then what [`carry`](Self::carry) says. It has no gradient.
    ///
    /// The state of a recurrent layer at the end of a batch is what the next batch begins with:
    ///
    /// ```
    /// use ann_autodiff::{Plan, Tape};
    ///
    /// let tape = Tape::new();
    /// let (x, sum) = (tape.data(&[2]), tape.state(&[2]));
    /// tape.carry(sum, sum + x);
    /// let mut plan = Plan::<f32>::compile(&tape, None, &[])?;
    /// for _ in 0..3 {
    ///     plan.input_mut(0).copy_from_slice(&[1.0, 10.0]);
    ///     plan.forward(&[])?;
    ///     plan.advance();
    /// }
    /// assert_eq!(plan.state(0), [3.0, 30.0]);
    /// # Ok::<(), ann_autodiff::Error>(())
    /// ```
    pub fn state(&self, dims: &[usize]) -> Var<'_> {
        let Some(extents) = self.check(Extents::new(dims)) else { return self.void() };
        let var = self.node(NodeKind::Input, extents);
        self.record.borrow_mut().states.push((var.id, None));
        var
    }

    /// What a [`state`](Self::state) is from the next [`Plan::advance`](crate::Plan::advance) on: `next`, of the same sizes. The
    /// last word counts.
    pub fn carry<A, B>(&self, state: Var<'_, A>, next: Var<'_, B>) {
        const OP: &str = "carry";
        if !std::ptr::eq(state.tape, self) || !std::ptr::eq(next.tape, self) {
            self.fail(Error::Tapes { op: OP });
            return;
        }
        if state.id == VOID || next.id == VOID {
            return;
        }
        let extents = [state.extents(), next.extents()];
        let place = self.record.borrow().states.iter().position(|(id, _)| *id == state.id);
        match place {
            None => drop(self.refuse(OP, &extents, "the first is no state of this tape".into())),
            Some(_) if extents[0] != extents[1] => {
                self.refuse(OP, &extents, "a state keeps its sizes".into());
            }
            Some(place) => self.record.borrow_mut().states[place].1 = Some(next.id),
        }
    }

    /// A value that is the same at each run, row-major.
    pub fn constant(&self, dims: &[usize], values: &[f64]) -> Var<'_> {
        let Some(extents) = self.check(Extents::new(dims)) else { return self.void() };
        if extents.count() != values.len() {
            let (expected, found) = (extents.count(), values.len());
            return self.fail(Error::Length { what: "the values of a constant", expected, found });
        }
        self.node(NodeKind::Constant(values.into()), extents)
    }

    /// A parameter, called `name` within the open scopes.
    pub fn parameter(&self, name: &str, dims: &[usize]) -> Var<'_> {
        self.segment(name, dims, true)
    }

    /// A running statistic: kept and saved with the parameters, but moved by [`Role::Statistic`](crate::Role), not by
    /// an optimizer.
    pub fn statistic(&self, name: &str, dims: &[usize]) -> Var<'_> {
        self.segment(name, dims, false)
    }

    fn segment(&self, name: &str, dims: &[usize], trainable: bool) -> Var<'_> {
        let Some(extents) = self.check(Extents::new(dims)) else { return self.void() };
        let name = self.path(name);
        if self.record.borrow().parameters.iter().any(|(_, segment)| segment.name == name) {
            return self.fail(Error::DuplicateParameter { name });
        }
        let var = self.node(NodeKind::Parameter, extents);
        self.record.borrow_mut().parameters.push((var.id, Segment { name, extents, trainable, start: 0 }));
        var
    }

    /// A parameter that was recorded before, to use it twice: by its name within the open scopes, the innermost first.
    pub fn shared(&self, name: &str) -> Var<'_> {
        let found = {
            let record = self.record.borrow();
            let scopes =
                record.open.iter().rev().map(|scope| format!("{scope}.{name}")).chain([name.to_owned()]);
            let id_of =
                |path: String| record.parameters.iter().find(|(_, s)| s.name == path).map(|(id, _)| *id);
            scopes.into_iter().find_map(id_of)
        };
        if let Some(id) = found {
            return self.var(id);
        }
        let known = self.record.borrow().parameters.iter().map(|(_, s)| s.name.clone()).collect();
        self.fail(Error::UnknownParameter { name: name.to_owned(), known })
    }

    /// Calls `f`; what it records belongs to the scope `name`, and its parameters are called `name.…`.
    pub fn scope<R>(&self, name: &str, f: impl FnOnce() -> R) -> R {
        self.enter(Some(name));
        let result = f();
        self.enter(None);
        result
    }

    /// Opens a scope, or closes the last one.
    fn enter(&self, name: Option<&str>) {
        let path = name.map(|name| self.path(name));
        let record = &mut *self.record.borrow_mut();
        match path {
            Some(path) => record.open.push(path),
            None => drop(record.open.pop()),
        }
        record.scopes.push(record.open.last().cloned().unwrap_or_default());
    }

    /// The name with the open scopes in front.
    pub fn path(&self, name: &str) -> String {
        match self.record.borrow().open.last() {
            Some(path) => format!("{path}.{name}"),
            None => name.to_owned(),
        }
    }

    /// A number for a random operation to draw by: different for each on this tape, the same on the next.
    pub fn stream(&self) -> u64 {
        let record = &mut *self.record.borrow_mut();
        record.streams += 1;
        record.streams
    }

    /// Records an operation. It takes at most [`MAX_INPUTS`](crate::MAX_INPUTS) inputs; more do not compile.
    pub fn apply<'t, O: Op<N>, const N: usize>(&'t self, op: O, inputs: [Var<'t>; N]) -> Var<'t> {
        const { assert!(N <= crate::MAX_INPUTS, "an operation takes at most `MAX_INPUTS` inputs") };
        if inputs.iter().any(|x| !std::ptr::eq(x.tape, self)) {
            return self.fail(Error::Tapes { op: O::NAME });
        }
        if inputs.iter().any(|x| x.id == VOID) {
            return self.void();
        }
        let extents = inputs.map(Var::extents);
        let shape = op.shape(extents);
        match shape.and_then(|shape| Extents::new(&shape).map_err(|error| error.to_string())) {
            Ok(shape) => {
                let ids = inputs.iter().map(|x| x.id).collect();
                self.node(NodeKind::Op(Arc::new(Erased(op)), ids), shape)
            }
            Err(reason) => self.refuse(O::NAME, &extents, reason),
        }
    }

    /// What was recorded, in order: the scope, and the operation with its settings and how many values before it each of its
    /// inputs is. Two recordings that compute the same on batches of other sizes have the same list.
    ///
    /// ```
    /// let tape = ann_autodiff::Tape::new();
    /// tape.scope("act", || tape.input(&[8, 3]).leaky_relu(0.1));
    /// assert_eq!(tape.operations(), [("act".to_owned(), "LeakyRelu { a: 0.1 } of 1 before".to_owned())]);
    /// ```
    pub fn operations(&self) -> Vec<(String, String)> {
        let record = self.record.borrow();
        let operation = |(id, node): (Id, &Node)| {
            let NodeKind::Op(op, inputs) = &node.kind else { return None };
            let distances: Vec<String> = inputs.iter().map(|input| (id - input).to_string()).collect();
            Some((record.scopes[node.scope].clone(), format!("{op:?} of {} before", distances.join(", "))))
        };
        record.nodes.iter().enumerate().filter_map(operation).collect()
    }

    /// Where the parameters lie in the one vector: the trainable ones first, in the order of recording.
    pub fn layout(&self) -> Layout {
        Layout::new(self.record.borrow().parameters.iter().map(|(_, segment)| segment.clone()).collect())
    }

    /// The first mistake, if there was one.
    pub fn finish(&self) -> Result<(), Error> {
        self.record.borrow().error.clone().map_or(Ok(()), Err)
    }

    /// The first mistake, or what was recorded.
    pub(crate) fn record(&self) -> Result<Record, Error> {
        self.finish()?;
        Ok(self.record.borrow().clone())
    }

    /// The open scope's path.
    fn here(&self) -> String {
        self.record.borrow().open.last().cloned().unwrap_or_default()
    }

    /// Keeps a mistake about sizes.
    pub(crate) fn refuse(&self, op: &'static str, inputs: &[Extents], reason: String) -> Var<'_> {
        self.fail(Error::Shape { scope: self.here(), op, inputs: inputs.to_vec(), reason })
    }

    /// Keeps a mistake; the value of what it made is void.
    pub(crate) fn fail(&self, error: Error) -> Var<'_> {
        self.record.borrow_mut().error.get_or_insert(error);
        self.void()
    }

    fn check<R>(&self, result: Result<R, Error>) -> Option<R> {
        result.map_err(|error| self.fail(error)).ok()
    }

    fn void(&self) -> Var<'_> {
        self.var(VOID)
    }

    fn var<S>(&self, id: Id) -> Var<'_, S> {
        Var { tape: self, id, shape: PhantomData }
    }

    fn node(&self, kind: NodeKind, extents: Extents) -> Var<'_> {
        let record = &mut *self.record.borrow_mut();
        let scope = record.scopes.len() - 1;
        record.nodes.push(Node { kind, extents, scope });
        self.var(record.nodes.len() - 1)
    }
}

impl<'t, S> Var<'t, S> {
    /// The tape it is on.
    pub fn tape(self) -> &'t Tape {
        self.tape
    }

    /// The sizes, batch included. Those of a single number if the value is void.
    pub fn extents(self) -> Extents {
        self.tape.record.borrow().nodes.get(self.id).map_or(Extents::SCALAR, |node| node.extents)
    }

    /// The same value, its shape known only at run time.
    pub fn untyped(self) -> Var<'t> {
        self.tape.var(self.id)
    }

    /// The same value, its shape known to the compiler: an error of the tape if it is another.
    /// The first axis is the batch.
    pub fn typed<R: Shaped>(self) -> Var<'t, R> {
        let extents = self.extents();
        if self.id != VOID
            && let Some(wanted) = R::DIMS
            && !extents.split_first().is_some_and(|(_, dims)| fits(wanted, dims))
        {
            let (scope, expected) = (self.tape.here(), wanted.to_vec());
            return self.tape.fail(Error::Type { scope, expected, found: extents }).tape.var(VOID);
        }
        self.tape.var(self.id)
    }
}
